#include "common/wire/topic_rules.h"

#include <string.h>

#include "common/base/text.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/* The first level of what agent1, its agents and agentctl say to one another. */
#define TOPIC_ROOT "agents"

#define FILTER_MAX_BYTES  1024
#define FILTER_MAX_LEVELS 200 /* what mosquitto takes */

/* A wildcard stands alone in its level, and # ends the filter. */
static bool is_level(const char *level, bool is_last)
{
    if (strcmp(level, "#") == 0)
        return is_last;
    return strcmp(level, "+") == 0 || !strpbrk(level, "+#");
}

static bool has_levels(char *const *levels)
{
    unsigned i;

    for (i = 0; levels[i]; i++) {
        if (!is_level(levels[i], levels[i + 1] == NULL))
            return false;
    }
    return true;
}

bool topic_rule_is_valid(const char *filter)
{
    g_auto(GStrv) levels = g_strsplit(filter, "/", -1);
    const char *first = levels[0] ? levels[0] : "";

    if (!*first || *first == '$' || strpbrk(first, "+#") || strcmp(first, TOPIC_ROOT) == 0)
        return false;
    return strlen(filter) <= FILTER_MAX_BYTES && has_levels(levels);
}

/* U+FDD0 to U+FDEF, and the last two of each plane, are no characters (MQTT 5, 1.5.4): a broker may
 * end the connection of who sends one. */
static bool has_no_character(const char *text)
{
    for (; *text; text = text_next(text)) {
        gunichar c = g_utf8_get_char(text);

        if ((c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe)
            return true;
    }
    return false;
}

static char *complain_of_text(const char *topic)
{
    if (!*topic)
        return reason_make(REASON_TOPIC_NONE, NULL);
    if (!text_is_harmless(topic) || strpbrk(topic, "\n\t") || has_no_character(topic))
        return reason_make(REASON_TOPIC_TEXT, NULL);
    if (strlen(topic) > FILTER_MAX_BYTES)
        return reason_make(REASON_TOPIC_LONG, G_STRINGIFY(FILTER_MAX_BYTES), NULL);
    return NULL;
}

static char *complain_of_first(const char *first, TopicUse use)
{
    if (*first == '$')
        return reason_make(REASON_TOPIC_BROKERS, NULL);
    if (strcmp(first, TOPIC_ROOT) == 0)
        return reason_make(REASON_TOPIC_WIRE, NULL);
    if (!*first)
        return reason_make(REASON_TOPIC_SLASH, NULL);
    if (use == TOPIC_FOR_FILTER && strpbrk(first, "+#"))
        return reason_make(REASON_FILTER_FIRST, NULL);
    return NULL;
}

static char *complain_of_levels(char **levels, const char *topic, TopicUse use)
{
    if (g_strv_length(levels) > FILTER_MAX_LEVELS)
        return reason_make(REASON_TOPIC_DEEP, G_STRINGIFY(FILTER_MAX_LEVELS), NULL);
    if (use == TOPIC_FOR_MESSAGE && strpbrk(topic, "+#"))
        return reason_make(REASON_TOPIC_ONE, NULL);
    if (!has_levels(levels))
        return reason_make(REASON_FILTER_SIGNS, NULL);
    return NULL;
}

char *topic_rule_complaint(const char *topic, TopicUse use)
{
    char *complaint = complain_of_text(topic);
    g_auto(GStrv) levels = NULL;

    if (complaint)
        return complaint;

    levels = g_strsplit(topic, "/", -1);
    complaint = complain_of_first(levels[0], use);
    return complaint ? complaint : complain_of_levels(levels, topic, use);
}

/* Level by level: + covers any one level but #, # covers whatever is left, also nothing. */
static bool covers(const char *filter, const char *wanted)
{
    g_auto(GStrv) ours = g_strsplit(filter, "/", -1);
    g_auto(GStrv) theirs = g_strsplit(wanted, "/", -1);
    unsigned i;

    for (i = 0; ours[i]; i++) {
        if (strcmp(ours[i], "#") == 0)
            return true;
        if (!theirs[i] || strcmp(theirs[i], "#") == 0)
            return false;
        if (strcmp(ours[i], "+") != 0 && strcmp(ours[i], theirs[i]) != 0)
            return false;
    }
    return theirs[i] == NULL;
}

bool topic_rules_cover(const GPtrArray *filters, const char *wanted)
{
    unsigned i;

    if (!topic_rule_is_valid(wanted))
        return false;
    for (i = 0; filters && i < filters->len; i++) {
        if (covers(filters->pdata[i], wanted))
            return true;
    }
    return false;
}

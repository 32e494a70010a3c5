#include "agent1/model/topic_line.h"

#include <stddef.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

#define SHOWN_CHARS 40
/* Phones write one for two hyphens. */
#define EN_DASH "\xE2\x80\x93"
#define EM_DASH "\xE2\x80\x94"

/* Each reads its value; false: it is none. NULL for an option without one. */
typedef bool (*ReadValue)(TopicLine *line, const char *value);

static bool read_count(TopicLine *line, const char *value)
{
    uint64_t count;

    if (!g_ascii_string_to_unsigned(value, 10, 1, LISTEN_COUNT_MAX, &count, NULL))
        return false;
    line->count = (unsigned)count;
    return true;
}

static bool read_time(TopicLine *line, const char *value)
{
    int64_t ms;

    if (!duration_parse(value, &ms, NULL) || ms < 1000 || ms > LISTEN_TIME_MAX_MS)
        return false;
    line->time_ms = ms;
    return true;
}

static const struct {
    const char *name;
    TopicUse use;
    ReadValue read;
} options[] = {
    { "retain", TOPIC_FOR_MESSAGE, NULL },
    { "count", TOPIC_FOR_FILTER, read_count },
    { "time", TOPIC_FOR_FILTER, read_time },
};

/* No option here takes another value. */
static char *expect_value(ReadValue read)
{
    return read == read_count
               ? reason_make(REASON_LISTEN_COUNT, G_STRINGIFY(LISTEN_COUNT_MAX), NULL)
               : reason_make(REASON_LISTEN_TIME, NULL);
}

/* The name of an option, behind its dashes; NULL: the word is none. */
static const char *option_name(const char *word)
{
    static const char *const dashes[] = { "--", EM_DASH, EN_DASH EN_DASH, EN_DASH };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(dashes); i++) {
        if (g_str_has_prefix(word, dashes[i]) && g_ascii_isalpha(word[strlen(dashes[i])]))
            return word + strlen(dashes[i]);
    }
    return NULL;
}

static char *take_option(TopicLine *line, const char *name, char **words, unsigned *at,
                         TopicUse use)
{
    g_autofree char *shown = text_make_line(name, SHOWN_CHARS);
    const char *value;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(options); i++) {
        if (options[i].use == use && g_ascii_strcasecmp(options[i].name, name) == 0)
            break;
    }
    if (i == G_N_ELEMENTS(options))
        return reason_make(use == TOPIC_FOR_MESSAGE ? REASON_PUBLISH_OPTION : REASON_LISTEN_OPTION,
                           shown, NULL);
    if (!options[i].read) {
        line->is_retained = true;
        return NULL;
    }
    value = words[*at + 1];
    if (value && options[i].read(line, value)) {
        (*at)++;
        return NULL;
    }
    return expect_value(options[i].read);
}

/* Everything before the first option. The caller owns it. */
static char *take_topic(char **words, unsigned *out_at)
{
    g_autoptr(GString) topic = g_string_new(NULL);
    unsigned i;

    for (i = 0; words[i] && !option_name(words[i]); i++)
        g_string_append_printf(topic, "%s%s", i ? " " : "", words[i]);
    *out_at = i;
    return g_strstrip(g_strdup(topic->str));
}

/* Blanks inside a topic stay, those around a value do not count. */
static void drop_blanks(char **words, unsigned from)
{
    unsigned kept = from;
    unsigned i;

    for (i = from; words[i]; i++) {
        if (*words[i])
            words[kept++] = words[i];
        else
            g_free(words[i]);
    }
    words[kept] = NULL;
}

char *topic_line_read(const char *text, TopicUse use, TopicLine *out)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    unsigned i;

    *out = (TopicLine){ .count = LISTEN_COUNT_DEFAULT, .time_ms = LISTEN_TIME_DEFAULT_MS };
    out->topic = take_topic(words, &i);
    drop_blanks(words, i);
    for (; words[i]; i++) {
        const char *name = option_name(words[i]);
        char *complaint;

        if (!name)
            return reason_make(REASON_BEHIND_TOPIC, NULL);
        complaint = take_option(out, name, words, &i, use);
        if (complaint)
            return complaint;
    }
    return topic_rule_complaint(out->topic, use);
}

void topic_line_clear(TopicLine *line)
{
    g_clear_pointer(&line->topic, g_free);
}

#include "common/wire/topic_rules.h"

#include <string.h>

#include "common/base/banned.h"

#define FILTER_MAX_BYTES 1024

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

    if (!*first || *first == '$' || strpbrk(first, "+#") || strcmp(first, "agents") == 0)
        return false;
    return strlen(filter) <= FILTER_MAX_BYTES && has_levels(levels);
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

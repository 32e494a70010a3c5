#include "agent1/providers/trigger_pattern.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

#define LIST_MARK ";;"

static void add_part(TriggerPattern *pattern, const char *name, size_t length, bool is_optional)
{
    PatternPart *part = &pattern->parts[pattern->count];

    /* The table is our own. */
    g_assert(pattern->count < PATTERN_PARTS_MAX && length <= PATTERN_NAME_MAX_CHARS);
    pattern->count++;
    part->is_optional = is_optional;
    memcpy(part->name, name, length);
    g_strdelimit(part->name, " ", '_');
}

TriggerPattern trigger_pattern_read(const char *arguments)
{
    TriggerPattern pattern = { .is_list = strstr(arguments, LIST_MARK) != NULL };
    bool is_optional = false;

    for (const char *at = arguments; *at && !g_str_has_prefix(at, LIST_MARK); at++) {
        size_t length = 0;

        if (*at == '[' || *at == ']')
            is_optional = *at == '[';
        else if (*at == '<')
            length = strcspn(++at, ">");
        else if (g_ascii_isalpha(*at))
            length = strcspn(at, "]");
        if (length == 0)
            continue;
        add_part(&pattern, at, length, is_optional);
        /* Behind '>', or before the ']'. */
        at += length - (at[length] != '>');
    }

    return pattern;
}

#include "common/wire/fence.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/base/banned.h"

#define BLANKS       " \t\r\v\f"
#define FENCE_MIN    3
#define INDENT_PLAIN 3 /* more is code, where no fence was opened so deep */
#define NEVER_ENDS   SIZE_MAX

/* What may stand before the first word of a line of a list: "- ", "1. ". */
static const char *skip_list_signs(const char *at)
{
    for (;;) {
        size_t digits;

        at += strspn(at, BLANKS "-*+");
        digits = strspn(at, "0123456789");
        if (digits == 0 || !strchr(".)", at[digits]) || at[digits] == '\0')
            return at;
        at += digits + 1;
    }
}

static size_t row_length(const char *at, char sign)
{
    size_t length = 0;

    while (at[length] && at[length] == sign)
        length++;
    return length;
}

static bool open_fence(Fence *fence, const char *line)
{
    const char *at = skip_list_signs(line);
    size_t length = row_length(at, *at);

    if ((*at != '`' && *at != '~') || length < FENCE_MIN)
        return false;

    fence->sign = *at;
    fence->indent = (size_t)(at - line);
    fence->length = *at == '`' && strchr(at + length, '`') ? NEVER_ENDS : length;
    return true;
}

static bool closes(const Fence *fence, const char *line)
{
    size_t indent = strspn(line, BLANKS);
    size_t length = row_length(line + indent, fence->sign);

    return length >= fence->length && indent <= MAX(fence->indent, INDENT_PLAIN) &&
           line[indent + length + strspn(line + indent + length, BLANKS)] == '\0';
}

FencePlace fence_step(Fence *fence, const char *line)
{
    if (fence->sign == '\0')
        return open_fence(fence, line) ? FENCE_EDGE : FENCE_OUTSIDE;
    if (!closes(fence, line))
        return FENCE_INSIDE;

    *fence = (Fence){ .sign = '\0' };
    return FENCE_EDGE;
}

#include "agent1/cli/partial.h"

#include <string.h>

#include "common/base/banned.h"

/* More than agent1 sends in parts. */
#define PARTIAL_MAX_BYTES (256 * 1024)

void partial_init(Partial *partial)
{
    *partial = (Partial){ .text = g_string_new(NULL) };
}

void partial_clear(Partial *partial)
{
    if (partial->text)
        g_string_free(partial->text, TRUE);
    partial->text = NULL;
}

void partial_reset(Partial *partial)
{
    partial_clear(partial);
    partial_init(partial);
}

void partial_take(Partial *partial, int64_t offset, const char *text)
{
    size_t at = (size_t)offset;

    if (at > partial->text->len || at + strlen(text) > PARTIAL_MAX_BYTES)
        return;

    if (at < partial->printed) {
        partial->printed = 0;
        partial->fence = 0;
        partial->is_replaced = true;
    }
    g_string_truncate(partial->text, at);
    g_string_append(partial->text, text);
}

char *partial_take_lines(Partial *partial)
{
    const char *from = partial->text->str + partial->printed;
    const char *end = strrchr(from, '\n');

    if (!end)
        return NULL;

    partial->printed = (size_t)(end + 1 - partial->text->str);
    return g_strndup(from, (size_t)(end + 1 - from));
}

const char *partial_line(const Partial *partial)
{
    return partial->text->str + partial->printed;
}

const char *partial_rest(const Partial *partial, const char *whole)
{
    size_t printed = partial->printed;

    /* The last of its lines may end the whole. */
    if (printed == 0 || strncmp(whole, partial->text->str, printed - 1) != 0)
        return whole;
    if (whole[printed - 1] == '\0')
        return whole + printed - 1;
    return whole[printed - 1] == '\n' ? whole + printed : whole;
}

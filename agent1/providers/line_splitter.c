#include "agent1/providers/line_splitter.h"

#include <string.h>

#include "common/base/banned.h"

void line_splitter_init(LineSplitter *splitter, LineEnd ends_in, size_t max_bytes)
{
    *splitter =
        (LineSplitter){ .ends_in = ends_in, .max_bytes = max_bytes, .line = g_string_new(NULL) };
}

void line_splitter_clear(LineSplitter *splitter)
{
    g_string_free(splitter->line, TRUE);
    splitter->line = NULL;
}

static size_t find_end(const LineSplitter *splitter, const char *bytes, size_t left)
{
    const char *lf = memchr(bytes, '\n', left);
    size_t length = lf ? (size_t)(lf - bytes) : left;
    const char *cr = splitter->ends_in == LINE_ENDS_IN_ANY ? memchr(bytes, '\r', length) : NULL;

    return cr ? (size_t)(cr - bytes) : length;
}

static void skip(const char **bytes, size_t *left, size_t count)
{
    *bytes += count;
    *left -= count;
}

LineState line_splitter_take(LineSplitter *splitter, const char **bytes, size_t *left)
{
    size_t length;

    if (splitter->line->len > splitter->max_bytes)
        return LINE_TOO_LONG;
    if (splitter->is_told)
        g_string_truncate(splitter->line, 0);
    splitter->is_told = false;
    if (*left == 0)
        return LINE_WANTED;
    if (splitter->is_after_cr && **bytes == '\n')
        skip(bytes, left, 1);
    splitter->is_after_cr = false;

    length = find_end(splitter, *bytes, *left);
    /* One byte more than allowed marks it as too long. */
    g_string_append_len(splitter->line, *bytes,
                        (gssize)MIN(length, splitter->max_bytes + 1 - splitter->line->len));
    skip(bytes, left, length);
    if (splitter->line->len > splitter->max_bytes)
        return LINE_TOO_LONG;
    if (*left == 0)
        return LINE_WANTED;

    splitter->is_after_cr = **bytes == '\r';
    skip(bytes, left, 1);
    splitter->is_told = true;
    return LINE_WHOLE;
}

bool line_splitter_take_rest(LineSplitter *splitter)
{
    bool has_rest =
        !splitter->is_told && splitter->line->len > 0 && splitter->line->len <= splitter->max_bytes;

    splitter->is_told = true;
    return has_rest;
}

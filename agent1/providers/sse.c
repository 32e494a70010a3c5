#include "agent1/providers/sse.h"

#include <string.h>

#include "common/base/banned.h"

#define BOM "\xef\xbb\xbf"

void sse_init(SseReader *reader, size_t max_bytes)
{
    *reader = (SseReader){ .name = g_string_new(NULL), .data = g_string_new(NULL) };
    line_splitter_init(&reader->lines, LINE_ENDS_IN_ANY, max_bytes);
}

void sse_clear(SseReader *reader)
{
    line_splitter_clear(&reader->lines);
    g_string_free(reader->name, TRUE);
    g_string_free(reader->data, TRUE);
}

static void begin_event(SseReader *reader)
{
    g_string_truncate(reader->name, 0);
    g_string_truncate(reader->data, 0);
    reader->has_data = false;
    reader->is_told = false;
}

static void take_field(SseReader *reader, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name_length = colon ? (size_t)(colon - line) : length;
    const char *value = colon ? colon + 1 : line + length;
    size_t value_length = (size_t)(line + length - value);

    if (value_length > 0 && *value == ' ') {
        value++;
        value_length--;
    }
    if (name_length == strlen("event") && memcmp(line, "event", name_length) == 0) {
        g_string_truncate(reader->name, 0);
        g_string_append_len(reader->name, value, (gssize)value_length);
    } else if (name_length == strlen("data") && memcmp(line, "data", name_length) == 0) {
        if (reader->has_data)
            g_string_append_c(reader->data, '\n');
        g_string_append_len(reader->data, value, (gssize)value_length);
        reader->has_data = true;
    }
}

/* Returns true at the end of an event that has data. */
static bool take_line(SseReader *reader)
{
    const GString *line = reader->lines.line;
    size_t skipped = 0;

    if (!reader->is_begun && line->len >= strlen(BOM) && memcmp(line->str, BOM, strlen(BOM)) == 0)
        skipped = strlen(BOM);
    reader->is_begun = true;
    if (line->len > skipped) {
        take_field(reader, line->str + skipped, line->len - skipped);
        return false;
    }

    if (!reader->has_data)
        begin_event(reader);
    return reader->has_data;
}

SseState sse_take(SseReader *reader, const char **bytes, size_t *left)
{
    LineState state;

    if (reader->is_told)
        begin_event(reader);
    while ((state = line_splitter_take(&reader->lines, bytes, left)) == LINE_WHOLE) {
        if (take_line(reader)) {
            reader->is_told = true;
            return SSE_EVENT;
        }
        if (reader->data->len > reader->lines.max_bytes)
            return SSE_TOO_LONG;
    }

    return state == LINE_WANTED ? SSE_WANTED : SSE_TOO_LONG;
}

bool sse_take_rest(SseReader *reader)
{
    if (reader->is_told)
        begin_event(reader);
    if (line_splitter_take_rest(&reader->lines) && reader->lines.line->len > 0)
        take_line(reader);
    reader->is_told = true;

    return reader->has_data && reader->data->len <= reader->lines.max_bytes;
}

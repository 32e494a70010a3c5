#include "agent2/flow/worker_excerpt.h"

#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define PROGRESS_LINES 10

typedef struct Span {
    const char *bytes;
    size_t length;
} Span;

static Span span_of(GBytes *bytes)
{
    Span span = { .bytes = "", .length = 0 };
    gsize length = 0;
    const void *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;

    if (data) {
        span.bytes = data;
        span.length = length;
    }
    return span;
}

static bool is_continuation(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static bool fits(const char *bytes, size_t length, size_t budget)
{
    g_autofree char *text = text_make_harmless(bytes, length);

    return text_json_length(text, strlen(text)) <= budget;
}

/* How many of the first bytes fit, without the beginning of a character that does not. */
static size_t fitting_head(Span span, size_t budget)
{
    size_t low = 0;
    size_t high = MIN(span.length, budget);

    while (low < high) {
        size_t middle = high - (high - low) / 2;

        if (fits(span.bytes, middle, budget))
            low = middle;
        else
            high = middle - 1;
    }
    for (unsigned i = 0; i < 3 && low > 0 && low < span.length && is_continuation(span.bytes[low]);
         i++)
        low--;
    return low;
}

/* How many of the last bytes fit, without the end of a character that began before. */
static size_t fitting_tail(Span span, size_t budget)
{
    size_t low = 0;
    size_t high = MIN(span.length, budget);

    while (low < high) {
        size_t middle = high - (high - low) / 2;

        if (fits(span.bytes + span.length - middle, middle, budget))
            low = middle;
        else
            high = middle - 1;
    }
    for (unsigned i = 0; i < 3 && low > 0 && is_continuation(span.bytes[span.length - low]); i++)
        low--;
    return low;
}

/* The whole output when head and tail join, otherwise NULL. */
static GByteArray *join(Span head, Span tail, int64_t tail_offset, int64_t total)
{
    g_autoptr(GByteArray) whole = NULL;
    size_t overlap;

    if (tail_offset < 0 || (size_t)tail_offset > head.length)
        return NULL;
    overlap = MIN(head.length - (size_t)tail_offset, tail.length);
    whole = g_byte_array_new();
    g_byte_array_append(whole, (const guint8 *)head.bytes, (guint)head.length);
    g_byte_array_append(whole, (const guint8 *)tail.bytes + overlap,
                        (guint)(tail.length - overlap));
    return (int64_t)whole->len == total ? g_steal_pointer(&whole) : NULL;
}

static void end_line(GString *text)
{
    if (text->len > 0 && text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
}

/* Both ends, and between them how much is not there. */
static char *cut(Span head, Span tail, int64_t total)
{
    size_t from_head = fitting_head(head, OUTPUT_HEAD_BYTES);
    size_t from_tail = fitting_tail(tail, OUTPUT_TAIL_BYTES);
    int64_t left_out = MAX(total - (int64_t)from_head - (int64_t)from_tail, 0);
    g_autofree char *first = text_make_harmless(head.bytes, from_head);
    g_autofree char *last = text_make_harmless(tail.bytes + tail.length - from_tail, from_tail);
    g_autofree char *size = size_format(left_out);
    GString *text = g_string_new(first);

    end_line(text);
    g_string_append_printf(text, "… %s left out …\n", size);
    g_string_append(text, last);
    return g_string_free(text, FALSE);
}

void worker_excerpt_init(WorkerExcerpt *excerpt, GBytes *head, GBytes *tail, int64_t tail_offset,
                         int64_t total)
{
    Span first = span_of(head);
    Span last = span_of(tail);
    g_autoptr(GByteArray) whole = join(first, last, last.length > 0 ? tail_offset : 0, total);

    if (whole && whole->len == 0) {
        excerpt->text = g_strdup("");
        excerpt->is_truncated = false;
        return;
    }
    if (whole &&
        fits((const char *)whole->data, whole->len, OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES)) {
        excerpt->text = text_make_harmless((const char *)whole->data, whole->len);
        excerpt->is_truncated = false;
        return;
    }
    if (whole) {
        /* It is all here, but its escaped form is too long: both ends come from one piece. */
        first = (Span){ (const char *)whole->data, whole->len / 2 };
        last = (Span){ (const char *)whole->data + whole->len / 2, whole->len - whole->len / 2 };
    }
    excerpt->text = cut(first, last, total);
    excerpt->is_truncated = true;
}

void worker_excerpt_clear(WorkerExcerpt *excerpt)
{
    g_clear_pointer(&excerpt->text, g_free);
}

char *worker_excerpt_last_lines(GBytes *tail)
{
    Span span = span_of(tail);
    g_autofree char *text = NULL;

    while (span.length > 0 && is_continuation(*span.bytes)) {
        span.bytes++;
        span.length--;
    }
    text = text_make_harmless(span.bytes, span.length);
    return text_last_lines(text, PROGRESS_LINES, PROGRESS_TAIL_BYTES);
}

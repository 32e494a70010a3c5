/* Lines and server-sent events: the same ones whatever the reads, within their bounds. */
#include "agent1/providers/sse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define MAX_BYTES 40
#define CUTS      50 /* random ways to cut each stream */

/* How a stream is cut: every byte, nowhere, or by a seed. */
static size_t next_cut(GRand *random, unsigned way, size_t left)
{
    if (way == 0)
        return left;
    return way == 1 ? 1 : (size_t)g_rand_int_range(random, 1, (gint32)MIN(left, 9) + 1);
}

/* ---- lines ---- */

static char *split(LineEnd ends_in, const char *stream, size_t length, GRand *random, unsigned way)
{
    GString *out = g_string_new(NULL);
    LineState state = LINE_WANTED;
    LineSplitter splitter;

    line_splitter_init(&splitter, ends_in, MAX_BYTES);
    while (length > 0 && state != LINE_TOO_LONG) {
        size_t left = next_cut(random, way, length);

        length -= left;
        while ((state = line_splitter_take(&splitter, &stream, &left)) == LINE_WHOLE)
            g_string_append_printf(out, "%s/", splitter.line->str);
        stream += left;
    }
    if (state == LINE_TOO_LONG)
        g_string_append(out, "too long");
    else if (line_splitter_take_rest(&splitter))
        g_string_append(out, splitter.line->str);
    assert_false(line_splitter_take_rest(&splitter));
    line_splitter_clear(&splitter);

    return g_string_free(out, FALSE);
}

#define FORTY "0123456789012345678901234567890123456789"

static const struct {
    const char *what;
    LineEnd ends_in;
    const char *stream;
    const char *lines;
} line_rows[] = {
    { "LF", LINE_ENDS_IN_LF, "a\nb\n", "a/b/" },
    { "no end at the end", LINE_ENDS_IN_LF, "a\nb", "a/b" },
    { "empty lines", LINE_ENDS_IN_LF, "\n\na\n\n", "//a//" },
    { "CR is a sign like any", LINE_ENDS_IN_LF, "a\r\nb\rc\n", "a\r/b\rc/" },
    { "any end", LINE_ENDS_IN_ANY, "a\nb\rc\r\nd\n", "a/b/c/d/" },
    { "CR LF is one end, LF CR are two", LINE_ENDS_IN_ANY, "a\r\n\r\nb\n\rc", "a//b//c" },
    { "CR LF, then LF", LINE_ENDS_IN_ANY, "a\r\n\nb\r\n\n\r\n", "a//b///" },
    { "CR at the end", LINE_ENDS_IN_ANY, "a\r", "a/" },
    { "nothing", LINE_ENDS_IN_ANY, "", "" },
    { "as long as allowed", LINE_ENDS_IN_LF, FORTY "\n" FORTY, FORTY "/" FORTY },
    { "longer", LINE_ENDS_IN_LF, "a\n" FORTY "x\nb\n", "a/too long" },
};

static void test_lines(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(line_rows); i++) {
        for (unsigned way = 0; way < CUTS; way++) {
            const char *stream = line_rows[i].stream;
            g_autofree char *lines =
                split(line_rows[i].ends_in, stream, strlen(stream), random, way);

            if (!g_str_equal(lines, line_rows[i].lines))
                fail_msg("%s: %s", line_rows[i].what, lines);
        }
    }
}

/* ---- events ---- */

static char *read_events(const char *stream, GRand *random, unsigned way)
{
    GString *out = g_string_new(NULL);
    size_t length = strlen(stream);
    SseState state = SSE_WANTED;
    SseReader reader;

    sse_init(&reader, MAX_BYTES);
    while (length > 0 && state != SSE_TOO_LONG) {
        size_t left = next_cut(random, way, length);

        length -= left;
        while ((state = sse_take(&reader, &stream, &left)) == SSE_EVENT)
            g_string_append_printf(out, "%s=%s;", reader.name->str, reader.data->str);
        stream += left;
    }
    if (state == SSE_TOO_LONG)
        g_string_append(out, "too long");
    else if (sse_take_rest(&reader))
        g_string_append_printf(out, "%s=%s.", reader.name->str, reader.data->str);
    sse_clear(&reader);

    return g_string_free(out, FALSE);
}

static const struct {
    const char *what;
    const char *stream;
    const char *events; /* "name=data;" each; the last, without its empty line, with a stop */
} event_rows[] = {
    { "one", "data: a\n\n", "=a;" },
    { "with a name", "event: ping\ndata: {}\n\n", "ping={};" },
    { "the name is of one event alone", "event: x\ndata: 1\n\ndata: 2\n\n", "x=1;=2;" },
    { "the last name counts", "event: x\nevent: y\ndata: 1\n\n", "y=1;" },
    { "a name without data is none", "event: x\n\ndata: 1\n\n", "=1;" },
    { "CR LF", "event: x\r\ndata: 1\r\n\r\n", "x=1;" },
    { "CR", "event: x\rdata: 1\r\rdata: 2\r\r", "x=1;=2;" },
    { "mixed ends", "data: 1\r\ndata: 2\rdata: 3\n\r\n", "=1\n2\n3;" },
    { "data lines are joined", "data: a\ndata:\ndata: b\n\n", "=a\n\nb;" },
    { "one blank goes", "data:  a \n\ndata:b\n\n", "= a ;=b;" },
    { "a field without a colon", "data\n\ndata\ndata\n\n", "=;=\n;" },
    { "comments", ": ping\n\ndata: 1\n: x\ndata: 2\n\n:\n\n", "=1\n2;" },
    { "other fields", "id: 7\nretry: 10\ndatum: x\nDATA: y\ndata: 1\n\n", "=1;" },
    { "a BOM before the first",
      "\xef\xbb\xbf"
      "data: 1\n\n",
      "=1;" },
    { "a BOM later is no BOM",
      "data: 1\n\n\xef\xbb\xbf"
      "data: 2\n\n",
      "=1;" },
    { "a BOM alone", "\xef\xbb\xbf\n\ndata: 1\n\n", "=1;" },
    { "more empty lines", "\n\n\ndata: 1\n\n\n\n", "=1;" },
    { "no empty line at the end", "data: 1\n\ndata: 2\n", "=1;=2." },
    { "no end of the line, either", "data: 1\n\ndata: 2", "=1;=2." },
    { "a field half said", "data: 1\n\nda", "=1;" },
    { "a comment half said", "data: 1\n\n: x", "=1;" },
    { "nothing", "", "" },
    { "a colon in the data", "data: a: b\n\n", "=a: b;" },
    { "as long as allowed", "data: 0123456789012345678901234567890123\n\n",
      "=0123456789012345678901234567890123;" },
    { "a line too long", "data: 1\n\ndata: " FORTY "\n\n", "=1;too long" },
    { "too long together", "data: 01234567890123456789\ndata: 01234567890123456789\ndata: x\n\n",
      "too long" },
};

static void test_events(void **state)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(event_rows); i++) {
        for (unsigned way = 0; way < CUTS; way++) {
            g_autofree char *events = read_events(event_rows[i].stream, random, way);

            if (!g_str_equal(events, event_rows[i].events))
                fail_msg("%s: %s", event_rows[i].what, events);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * Long texts, apart from the others because they take long: excerpts of outputs, which whatever
 * bytes a task writes are harmless and within the limits of the wire, as are its last lines; and
 * messages that are longer than a stanza may be, which are cut.
 */
#include "agent2/flow/worker_excerpt.h"

#include "agent1/edge/xmpp_outgoing.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

/* An output grown from the input: its bytes, said again and again. */
static GBytes *grow(FuzzInput *input, size_t most)
{
    bool is_long = fuzz_one_in(input, 64);
    size_t length = ((size_t)fuzz_byte(input) << (is_long ? 9 : 2)) % (most + 1);
    size_t period = fuzz_byte(input);
    size_t take = MIN(input->left, period);
    g_autofree uint8_t *bytes = g_malloc0(length + 1);

    for (size_t at = 0; take && at < length; at += take)
        memcpy(bytes + at, input->at, MIN(take, length - at));
    input->at += take;
    input->left -= take;

    return g_bytes_new(bytes, length);
}

static void check_excerpt(FuzzInput *input)
{
    enum { HEAD = 3 * OUTPUT_HEAD_BYTES, TAIL = 2 * OUTPUT_TAIL_BYTES, LINE = 64 };
    int64_t tail_offset = fuzz_number(input);
    int64_t total = fuzz_number(input);
    g_autoptr(GBytes) head = grow(input, HEAD);
    g_autoptr(GBytes) tail = grow(input, TAIL);
    g_autofree char *lines = NULL;
    WorkerExcerpt excerpt;

    if (fuzz_one_in(input, 2)) {
        /* As the journal reads them. */
        tail_offset = (int64_t)fuzz_byte(input) << 8;
        total = tail_offset + (int64_t)g_bytes_get_size(tail);
    }
    tail_offset = MAX(tail_offset, 0);
    total = MAX(total, 0);
    worker_excerpt_init(&excerpt, head, tail, tail_offset, total);
    g_assert(text_is_harmless(excerpt.text));
    g_assert_cmpuint(text_json_length(excerpt.text, strlen(excerpt.text)), <=,
                     OUTPUT_HEAD_BYTES + OUTPUT_TAIL_BYTES + LINE);
    worker_excerpt_clear(&excerpt);

    lines = worker_excerpt_last_lines(tail);
    g_assert(g_utf8_validate(lines, -1, NULL));
    g_assert_cmpuint(strlen(lines), <=, PROGRESS_TAIL_BYTES);
}

static void check_stanza(FuzzInput *input)
{
    unsigned repeats = fuzz_byte(input) * 4u;
    g_autofree char *part = fuzz_text(input);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *xml = NULL;

    for (unsigned i = 0; i < repeats && text->len < 2 * XMPP_BODY_MAX_BYTES; i++)
        g_string_append(text, part);
    xml = xmpp_outgoing_chat("id", "ana@example.org", text->str);
    g_assert(g_utf8_validate(xml, -1, NULL) && g_str_has_suffix(xml, "</message>"));
    g_assert_cmpuint(strlen(xml), <=, XMPP_BODY_MAX_BYTES + 512);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);

    if (fuzz_one_in(&input, 4))
        check_stanza(&input);
    else
        check_excerpt(&input);
}

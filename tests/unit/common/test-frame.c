/* Frames: the vector of the protocol, round trips, and everything that must not open. */
#include "common/wire/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/problem.h"

#include "common/base/banned.h"

#define TOPIC "agents/web1/inbox"
#define BODY  "{\"type\":\"task\"}"
#define HEAD  "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9_AsrhtHHw ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7"

static const char sealed[] = "agent/1 sealed " HEAD "\n3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ";
static const char clear[] = "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNQ\n" BODY;

typedef struct Fixture {
    Key sender_public;
    Key receiver_public;
    FramePair pair; /* as the receiver makes it */
    uint8_t nonce[FRAME_NONCE_BYTES];
} Fixture;

static void count_up(uint8_t *bytes, size_t length, unsigned first)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(first + i);
}

static int set_up(void **state)
{
    Fixture *fixture = g_new0(Fixture, 1);
    Key sender;
    Key receiver;

    count_up(sender.bytes, KEY_BYTES, 0x01);
    count_up(receiver.bytes, KEY_BYTES, 0x21);
    count_up(fixture->nonce, FRAME_NONCE_BYTES, 0x64);
    frame_public_key(&sender, &fixture->sender_public);
    frame_public_key(&receiver, &fixture->receiver_public);
    if (!frame_pair_init(&fixture->pair, &fixture->sender_public, &receiver))
        return -1;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    g_free(*state);
    return 0;
}

static void test_vector_keys(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *receiver = key_print(&fixture->receiver_public);
    FramePair as_sender;
    Key sender;

    assert_string_equal(receiver, "x25519:WGmv9FBUlzLLqu1eXfmzCm2jHLDldCutWtShp2jxpns");

    count_up(sender.bytes, KEY_BYTES, 0x01);
    assert_true(frame_pair_init(&as_sender, &fixture->receiver_public, &sender));
    assert_memory_equal(as_sender.bytes, fixture->pair.bytes, KEY_BYTES);
    /* The protocol gives its two ends: ec88f6e1…a74b08d. */
    assert_memory_equal(as_sender.bytes, "\xec\x88\xf6\xe1", 4);
    assert_memory_equal(as_sender.bytes + 29, "\x74\xb0\x8d", 3);
    assert_int_equal(as_sender.bytes[28] & 0x0f, 0x0a);

    frame_pair_clear(&as_sender);
    for (size_t i = 0; i < KEY_BYTES; i++)
        assert_int_equal(as_sender.bytes[i], 0);
}

static void test_vector_frames(void **state)
{
    static const struct {
        const char *what;
        FrameKind kind;
        const char *frame;
    } rows[] = {
        { "sealed", FRAME_SEALED, sealed },
        { "clear", FRAME_CLEAR, clear },
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *opened = NULL;
        g_autofree char *made = NULL;
        size_t length = 0;
        FrameKind kind;
        Key sender;

        print_message("%s\n", rows[i].what);
        made = frame_make(rows[i].kind, &fixture->pair, &fixture->sender_public, fixture->nonce,
                          TOPIC, BODY, strlen(BODY), &length);
        assert_string_equal(made, rows[i].frame);
        assert_int_equal(length, strlen(rows[i].frame));

        assert_true(frame_is_one(made, length));
        assert_true(frame_read_header(made, length, &kind, &sender, &error));
        assert_int_equal(kind, rows[i].kind);
        assert_true(key_equal(&sender, &fixture->sender_public));

        opened = frame_open(&fixture->pair, TOPIC, made, length, &length, &error);
        assert_null(error);
        assert_string_equal(opened, BODY);
        assert_int_equal(length, strlen(BODY));
    }
}

static char *open_copy(const Fixture *fixture, const char *topic, const char *frame, size_t length,
                       GError **error)
{
    /* An exact copy, so that the sanitizer sees a read behind it. */
    g_autofree char *copy = g_memdup2(frame, length);
    size_t opened_length;

    return frame_open(&fixture->pair, topic, copy, length, &opened_length, error);
}

static void test_every_bit_counts(void **state)
{
    static const char *const frames[] = { sealed, clear };
    Fixture *fixture = *state;

    for (size_t f = 0; f < G_N_ELEMENTS(frames); f++) {
        g_autofree char *frame = g_strdup(frames[f]);
        size_t length = strlen(frame);

        for (size_t bit = 0; bit < length * 8; bit++) {
            g_autofree char *opened = NULL;

            frame[bit / 8] = (char)(frame[bit / 8] ^ 1 << bit % 8);
            opened = open_copy(fixture, TOPIC, frame, length, NULL);
            if (opened)
                fail_msg("frame %zu opens with bit %zu flipped", f, bit);
            frame[bit / 8] = (char)(frame[bit / 8] ^ 1 << bit % 8);
        }
        for (size_t cut = 0; cut < length; cut++) {
            g_autofree char *opened = open_copy(fixture, TOPIC, frame, cut, NULL);

            if (opened)
                fail_msg("frame %zu opens cut to %zu bytes", f, cut);
        }
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *what;
        const char *topic;
        const char *frame;
        Problem code;
    } rows[] = {
        { "sealed, moved to another agent", "agents/web2/inbox", sealed, PROBLEM_REFUSED },
        { "clear, moved to another agent", "agents/web2/inbox", clear, PROBLEM_REFUSED },
        { "clear, body dropped", TOPIC, "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNQ\n",
          PROBLEM_REFUSED },
        { "sealed turned into clear", TOPIC,
          "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNQ\n"
          "3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ",
          PROBLEM_REFUSED },
        { "clear turned into sealed", TOPIC, "agent/1 sealed " HEAD "\njghC2Qu25C0FtUTR03pwNQ",
          PROBLEM_REFUSED },
        { "clear with one more byte", TOPIC,
          "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNQ\n" BODY " ", PROBLEM_REFUSED },
        { "padding behind the ciphertext", TOPIC,
          "agent/1 sealed " HEAD "\n3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ==", PROBLEM_SYNTAX },
        { "bits behind the ciphertext", TOPIC,
          "agent/1 sealed " HEAD "\n3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rR", PROBLEM_SYNTAX },
        { "a newline behind the ciphertext", TOPIC,
          "agent/1 sealed " HEAD "\n3is-10EJ_4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ\n", PROBLEM_SYNTAX },
        { "a newline within the ciphertext", TOPIC,
          "agent/1 sealed " HEAD "\n3is-10EJ_4KByaRd5D6wrk8irxNH\n6snivXhD5ZX2rQ", PROBLEM_SYNTAX },
        { "ordinary base64, not that of URLs", TOPIC,
          "agent/1 sealed " HEAD "\n3is+10EJ/4KByaRd5D6wrk8irxNH6snivXhD5ZX2rQ", PROBLEM_SYNTAX },
        { "no room for a tag", TOPIC, "agent/1 sealed " HEAD "\n3is-10EJ", PROBLEM_SYNTAX },
        { "no ciphertext", TOPIC, "agent/1 sealed " HEAD "\n", PROBLEM_SYNTAX },
        { "bits behind the tag", TOPIC, "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNR\n" BODY,
          PROBLEM_SYNTAX },
        { "another version", TOPIC, "agent/2 sealed " HEAD "\n3is-10EJ", PROBLEM_SYNTAX },
        { "another kind", TOPIC, "agent/1 signed " HEAD "\n3is-10EJ", PROBLEM_SYNTAX },
        { "two spaces", TOPIC, "agent/1  sealed " HEAD "\n3is-10EJ", PROBLEM_SYNTAX },
        { "a carriage return", TOPIC, "agent/1 sealed " HEAD "\r\n3is-10EJ", PROBLEM_SYNTAX },
        { "no header", TOPIC, BODY, PROBLEM_SYNTAX },
        { "nothing", TOPIC, "", PROBLEM_SYNTAX },
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *opened = NULL;

        print_message("%s\n", rows[i].what);
        opened = open_copy(fixture, rows[i].topic, rows[i].frame, strlen(rows[i].frame), &error);
        assert_null(opened);
        assert_int_equal(error->domain, PROBLEM);
        assert_int_equal(error->code, rows[i].code);
    }
}

/* With a line break in a topic, the tag of a clear frame would not tell where the body begins. */
static void test_body_moved_into_the_topic(void **state)
{
    Fixture *fixture = *state;
    g_autoptr(GError) error = NULL;
    g_autofree char *made = NULL;
    g_autofree char *opened = NULL;
    size_t length;

    made = frame_make(FRAME_CLEAR, &fixture->pair, &fixture->sender_public, fixture->nonce, TOPIC,
                      "a\nb", 3, &length);
    memmove(made + length - 3, "b", 2);
    opened = open_copy(fixture, TOPIC "\na", made, length - 2, &error);
    assert_null(opened);
    assert_int_equal(error->code, PROBLEM_REFUSED);
}

static void test_another_pair(void **state)
{
    Fixture *fixture = *state;
    Fixture other = *fixture;
    g_autofree char *opened = NULL;
    Key stranger;

    count_up(stranger.bytes, KEY_BYTES, 0x41);
    assert_true(frame_pair_init(&other.pair, &fixture->sender_public, &stranger));
    opened = open_copy(&other, TOPIC, sealed, strlen(sealed), NULL);
    assert_null(opened);
}

static void test_keys_of_small_order(void **state)
{
    Key secret;
    Key zero = { { 0 } };
    Key one = { { 1 } };
    FramePair pair;

    (void)state;
    count_up(secret.bytes, KEY_BYTES, 1);
    assert_false(frame_pair_init(&pair, &zero, &secret));
    assert_false(frame_pair_init(&pair, &one, &secret));
}

static void test_sizes(void **state)
{
    static const FrameKind kinds[] = { FRAME_SEALED, FRAME_CLEAR };
    static const size_t sizes[] = { 0, 1, 2, 3, 4, 1000, BODY_MAX_BYTES };
    Fixture *fixture = *state;
    g_autofree char *body = g_malloc(BODY_MAX_BYTES);

    for (size_t i = 0; i < BODY_MAX_BYTES; i++)
        body[i] = (char)(i * 7);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        for (size_t s = 0; s < G_N_ELEMENTS(sizes); s++) {
            g_autoptr(GError) error = NULL;
            g_autofree char *opened = NULL;
            g_autofree char *made = NULL;
            size_t length;

            made = frame_make(kinds[k], &fixture->pair, &fixture->sender_public, fixture->nonce,
                              TOPIC, body, sizes[s], &length);
            assert_true(length <= FRAME_MAX_BYTES);
            opened = frame_open(&fixture->pair, TOPIC, made, length, &length, &error);
            assert_non_null(opened);
            assert_int_equal(length, sizes[s]);
            assert_memory_equal(opened, body, length);
            assert_int_equal(opened[length], 0);
        }
    }
}

static void test_oversize(void **state)
{
    static const struct {
        const char *what;
        const char *head;
        size_t body;
    } rows[] = {
        { "sealed, frame", "agent/1 sealed " HEAD "\n", FRAME_MAX_BYTES },
        { "sealed, body", "agent/1 sealed " HEAD "\n", (BODY_MAX_BYTES + 16 + 3) / 3 * 4 },
        { "clear, body", "agent/1 clear " HEAD " jghC2Qu25C0FtUTR03pwNQ\n", BODY_MAX_BYTES + 1 },
    };
    Fixture *fixture = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *body = g_strnfill(rows[i].body, 'A');
        g_autofree char *frame = g_strconcat(rows[i].head, body, NULL);

        print_message("%s\n", rows[i].what);
        assert_null(open_copy(fixture, TOPIC, frame, strlen(frame), &error));
        assert_int_equal(error->code, PROBLEM_LIMIT);
    }
}

static void test_what_is_a_frame(void **state)
{
    (void)state;
    assert_true(frame_is_one("agent/1 x", 9));
    assert_false(frame_is_one("agent/1", 7));
    assert_false(frame_is_one("Agent/1 x", 9));
    assert_false(frame_is_one("hello, agent/1 ", 15));
    assert_false(frame_is_one("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector_keys),
        cmocka_unit_test(test_vector_frames),
        cmocka_unit_test(test_every_bit_counts),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_body_moved_into_the_topic),
        cmocka_unit_test(test_another_pair),
        cmocka_unit_test(test_keys_of_small_order),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_oversize),
        cmocka_unit_test(test_what_is_a_frame),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * Everything that parses bytes from the network, fed with what a seeded generator makes of valid
 * texts: no crash, no read outside the bytes, and whatever is accepted prints back to the same.
 */
#include "common/wire/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/frame.h"

#include "common/base/banned.h"

#define ITERATIONS 20000
#define TOPIC      "agents/web1/inbox"
#define ULID       "01ARZ3NDEKTSV4RRFFQ69G5FAV"

/* splitmix64: every run of the test is the same. */
static uint64_t draw(uint64_t *seed)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static size_t draw_below(uint64_t *seed, size_t bound)
{
    return (size_t)(draw(seed) % bound);
}

static const char *const snippets[] = {
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\u0000",
    "\\ud83d",
    "\\udc4d",
    "\\u00e9",
    "null",
    "true",
    "false",
    "-1",
    "1e999",
    "0.1",
    "1e-7",
    "9007199254740993",
    "\n",
    " ",
    "\t",
    "\xff",
    "\xe2\x80",
    "\"a\":",
    "\xe2\x80\xae",
    "\"type\":\"task\",",
    "\"run\":[],",
    "agent/1 ",
    "=",
    "-_",
};

/* A few changes of a valid text: bytes, snippets, cuts, repeats. */
static GString *mutate(const char *text, size_t length, uint64_t *seed)
{
    GString *out = g_string_new_len(text, (gssize)length);
    size_t changes = draw_below(seed, 4);

    for (size_t i = 0; i < changes; i++) {
        size_t at = draw_below(seed, out->len + 1);
        size_t count = MIN(draw_below(seed, 12), out->len - at);
        const char *snippet = snippets[draw_below(seed, G_N_ELEMENTS(snippets))];
        g_autofree char *part = g_strndup(out->str + at, count);

        switch (draw_below(seed, 4)) {
        case 0:
            if (at < out->len)
                out->str[at] = (char)draw(seed);
            break;
        case 1:
            g_string_insert(out, (gssize)at, snippet);
            break;
        case 2:
            g_string_erase(out, (gssize)at, (gssize)count);
            break;
        default:
            g_string_insert(out, (gssize)at, part);
            break;
        }
    }
    return out;
}

static GString *make_noise(uint64_t *seed)
{
    GString *out = g_string_new(NULL);
    size_t length = draw_below(seed, 60);

    while (out->len < length) {
        if (draw_below(seed, 3) == 0)
            g_string_append_c(out, (char)draw(seed));
        else
            g_string_append(out, snippets[draw_below(seed, G_N_ELEMENTS(snippets))]);
    }
    return out;
}

static const char *const json_texts[] = {
    "{\"a\":[1,-2.5e3,\"x\\n\\u00e9\",null,true],\"b\":{\"c\":{},\"d\":[]}}",
    "[0.1,1e300,5e-324,9007199254740991,\"\\ud83d\\udc4d \\\"\\\\\\/\"]",
    "{\"type\":\"task\",\"id\":\"" ULID
    "\",\"from\":\"agent1\",\"ts\":\"2026-11-21T02:14:05.123Z\","
    "\"run\":\"" ULID
    "\",\"number\":1,\"attempt\":1,\"epoch\":5,\"agent\":\"web1\",\"task\":\"ls\","
    "\"expires\":\"2026-11-21T02:19:05.000Z\",\"timeout_s\":60,\"requested_by\":\"s\","
    "\"approval\":{\"id\":\"a\",\"hash\":\"b\"},\"args\":{\"x\":[1]}}",
    "{\"type\":\"reply\",\"id\":\"" ULID
    "\",\"from\":\"agent1\",\"ts\":\"2026-11-21T02:14:05.123Z\","
    "\"in_reply_to\":\"x\",\"text\":\"t\",\"final\":true,\"runs\":[\"" ULID
    "\"],\"outcome\":\"ok\"}",
};

/* The next text, in a buffer that ends where the text does. */
static char *next_text(uint64_t *seed, size_t *length)
{
    const char *text = json_texts[draw_below(seed, G_N_ELEMENTS(json_texts))];
    GString *made = draw_below(seed, 4) == 0 ? make_noise(seed) : mutate(text, strlen(text), seed);
    char *exact = g_malloc(made->len + (made->len == 0));

    memcpy(exact, made->str, made->len);
    *length = made->len;
    g_string_free(made, TRUE);
    return exact;
}

static void test_json(void **state)
{
    unsigned accepted = 0;
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < ITERATIONS; i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *printed = NULL;
        g_autofree char *again = NULL;
        g_autofree char *pretty = NULL;
        g_autoptr(Json) json = NULL;
        g_autoptr(Json) second = NULL;
        g_autoptr(Json) third = NULL;
        size_t length;
        g_autofree char *text = next_text(&seed, &length);

        json = json_parse(text, length, BODY_MAX_BYTES, &error);
        assert_int_equal(json == NULL, error != NULL);
        if (!json) {
            assert_true(text_is_harmless(error->message));
            continue;
        }
        accepted++;
        printed = json_print(json);
        second = json_parse(printed, strlen(printed), BODY_MAX_BYTES, NULL);
        assert_non_null(second);
        again = json_print(second);
        assert_string_equal(again, printed);

        pretty = json_print_pretty(json);
        third = json_parse(pretty, strlen(pretty), BODY_MAX_BYTES, NULL);
        g_free(again);
        again = json_print(third);
        assert_string_equal(again, printed);
    }
    /* The generator must reach both sides. */
    assert_in_range(accepted, ITERATIONS / 20, ITERATIONS * 19 / 20);
}

static void test_messages(void **state)
{
    unsigned accepted = 0;
    uint64_t seed = 2;

    (void)state;
    for (int i = 0; i < ITERATIONS; i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) message = NULL;
        g_autoptr(Message) second = NULL;
        g_autofree char *body = NULL;
        g_autofree char *again = NULL;
        size_t length;
        g_autofree char *text = next_text(&seed, &length);

        message = message_decode(text, length, &error);
        assert_int_equal(message == NULL, error != NULL);
        if (!message)
            continue;
        accepted++;
        body = message_encode(message, NULL);
        second = message_decode(body, strlen(body), NULL);
        assert_non_null(second);
        again = message_encode(second, NULL);
        assert_string_equal(again, body);
    }
    assert_in_range(accepted, ITERATIONS / 20, ITERATIONS * 19 / 20);
}

static void test_frames(void **state)
{
    static const uint8_t nonce[FRAME_NONCE_BYTES] = { 1 };
    static const char body[] = "{\"type\":\"task\"}";
    const Key sender = { { 1 } };
    const Key receiver = { { 2 } };
    unsigned accepted = 0;
    uint64_t seed = 3;
    FramePair pair;
    Key public_key;
    char *frames[2];
    size_t lengths[2];

    (void)state;
    frame_public_key(&sender, &public_key);
    assert_true(frame_pair_init(&pair, &public_key, &receiver));
    for (int kind = 0; kind < 2; kind++)
        frames[kind] = frame_make((FrameKind)kind, &pair, &public_key, nonce, TOPIC, body,
                                  strlen(body), &lengths[kind]);

    for (int i = 0; i < ITERATIONS; i++) {
        size_t kind = draw_below(&seed, 2);
        GString *made = mutate(frames[kind], lengths[kind], &seed);
        g_autofree char *exact = g_malloc(made->len + (made->len == 0));
        g_autoptr(GError) error = NULL;
        g_autofree char *opened = NULL;
        size_t length = 0;

        memcpy(exact, made->str, made->len);
        opened = frame_open(&pair, TOPIC, exact, made->len, &length, &error);
        assert_int_equal(opened == NULL, error != NULL);
        if (opened) {
            /* Only the frame itself opens. */
            accepted++;
            assert_int_equal(made->len, lengths[kind]);
            assert_memory_equal(exact, frames[kind], made->len);
            assert_string_equal(opened, body);
        }
        g_string_free(made, TRUE);
    }
    assert_in_range(accepted, ITERATIONS / 20, ITERATIONS * 19 / 20);
    g_free(frames[0]);
    g_free(frames[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

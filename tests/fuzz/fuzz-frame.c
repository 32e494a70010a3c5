/*
 * Frames: any bytes are opened or refused; what opens is byte for byte what frame_make() makes of
 * the body and the nonce in it. And a frame that is made opens on its own topic by its own keys,
 * and by no others; no change of it opens at all.
 */
#include "common/wire/frame.h"

#include "common/base/limits.h"
#include "tests/fuzz/harness.h"

#include <string.h>

#include "common/base/banned.h"

#define TOPIC "agents/web1/inbox"

static struct {
    bool is_ready;
    Key sender;     /* public */
    FramePair pair; /* of the sender's secret and the receiver's key */
    FramePair other;
} keys;

/* The secrets of the test vector in README.md. */
static void make_keys(void)
{
    Key sender, receiver, receiver_public;

    if (keys.is_ready)
        return;
    for (unsigned i = 0; i < KEY_BYTES; i++) {
        sender.bytes[i] = (uint8_t)(1 + i);
        receiver.bytes[i] = (uint8_t)(33 + i);
    }
    frame_public_key(&sender, &keys.sender);
    frame_public_key(&receiver, &receiver_public);
    g_assert(frame_pair_init(&keys.pair, &receiver_public, &sender));
    sender.bytes[0] = 99;
    g_assert(frame_pair_init(&keys.other, &receiver_public, &sender));
    keys.is_ready = true;
}

/* The nonce in a frame that was opened. */
static void read_nonce(const char *payload, size_t length, uint8_t nonce[FRAME_NONCE_BYTES])
{
    g_autofree char *text = g_strndup(payload, MIN(length, 150));
    g_auto(GStrv) words = g_strsplit_set(text, " \n", 5);
    g_autofree char *padded = NULL;
    g_autofree uint8_t *bytes = NULL;
    gsize count;

    padded = g_strdelimit(g_strdup(words[3]), "-", '+');
    bytes = g_base64_decode(g_strdelimit(padded, "_", '/'), &count);
    g_assert_cmpuint(count, ==, FRAME_NONCE_BYTES);
    memcpy(nonce, bytes, FRAME_NONCE_BYTES);
}

static void check_any(const char *payload, size_t length)
{
    g_autoptr(GError) header_error = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *body = NULL;
    g_autofree char *again = NULL;
    uint8_t nonce[FRAME_NONCE_BYTES];
    size_t body_length, again_length;
    FrameKind kind = FRAME_SEALED;
    bool has_header;
    Key sender;

    has_header = frame_read_header(payload, length, &kind, &sender, &header_error);
    fuzz_check_error(has_header, header_error);
    body = frame_open(&keys.pair, TOPIC, payload, length, &body_length, &error);
    fuzz_check_error(body != NULL, error);
    if (!body)
        return;

    g_assert(has_header && frame_is_one(payload, length) && key_equal(&sender, &keys.sender));
    g_assert_cmpuint(body_length, <=, BODY_MAX_BYTES);
    read_nonce(payload, length, nonce);
    again = frame_make(kind, &keys.pair, &sender, nonce, TOPIC, body, body_length, &again_length);
    fuzz_check_same(payload, length, again, again_length);
}

static void check_refused(const FramePair *pair, const char *topic, const char *payload,
                          size_t length)
{
    g_autoptr(GError) error = NULL;
    size_t body_length;
    g_autofree char *body = frame_open(pair, topic, payload, length, &body_length, &error);

    g_assert(!body);
    fuzz_check_error(false, error);
}

/* A few changes; the result is as long as it says. */
static GByteArray *change(FuzzInput *input, const char *frame, size_t length)
{
    GByteArray *bytes = g_byte_array_new();
    unsigned changes = fuzz_below(input, 4) + 1;

    g_byte_array_append(bytes, (const uint8_t *)frame, (guint)length);
    for (unsigned i = 0; i < changes; i++) {
        guint high = fuzz_byte(input);
        guint at = (high << 8 | fuzz_byte(input)) % (bytes->len + 1);
        uint8_t value = fuzz_byte(input);

        switch (fuzz_below(input, 4)) {
        case 0:
            if (at < bytes->len)
                bytes->data[at] = value;
            break;
        case 1:
            g_byte_array_set_size(bytes, at);
            break;
        case 2:
            g_byte_array_append(bytes, &value, 1);
            break;
        default:
            if (at < bytes->len)
                g_byte_array_remove_index(bytes, at);
            break;
        }
    }

    return bytes;
}

static void check_made(FuzzInput *input)
{
    FrameKind kind = fuzz_below(input, 2) ? FRAME_CLEAR : FRAME_SEALED;
    g_autoptr(GByteArray) changed = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *frame = NULL;
    g_autofree char *body = NULL;
    g_autofree char *topic = NULL;
    uint8_t nonce[FRAME_NONCE_BYTES];
    size_t body_length, length;

    for (unsigned i = 0; i < FRAME_NONCE_BYTES; i++)
        nonce[i] = fuzz_byte(input);
    topic = fuzz_utf8(input);
    frame = frame_make(kind, &keys.pair, &keys.sender, nonce, TOPIC, (const char *)input->at,
                       input->left, &length);
    body = frame_open(&keys.pair, TOPIC, frame, length, &body_length, &error);
    g_assert_no_error(error);
    fuzz_check_same(body, body_length, input->at, input->left);

    check_refused(&keys.other, TOPIC, frame, length);
    if (!g_str_equal(topic, TOPIC))
        check_refused(&keys.pair, topic, frame, length);
    changed = change(input, frame, length);
    if (changed->len != length || memcmp(changed->data, frame, length) != 0)
        check_refused(&keys.pair, TOPIC, (const char *)changed->data, changed->len);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);

    make_keys();
    if (fuzz_byte(&input) == 'm')
        check_made(&input);
    else
        check_any((const char *)data, size);
}

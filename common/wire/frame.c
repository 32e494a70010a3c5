#include "common/wire/frame.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/wire/base64.h"

#include <sodium.h>
#include <string.h>

#include "common/base/banned.h"

#define MAGIC     "agent/1 "
#define TAG_BYTES crypto_aead_xchacha20poly1305_ietf_ABYTES

G_STATIC_ASSERT(KEY_BYTES == crypto_box_BEFORENMBYTES);
G_STATIC_ASSERT(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
G_STATIC_ASSERT(FRAME_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);

static const char *const kind_names[] = {
    [FRAME_SEALED] = "sealed",
    [FRAME_CLEAR] = "clear",
};

/* A frame taken apart; nothing in it is authenticated. */
typedef struct Parts {
    FrameKind kind;
    Key sender;
    uint8_t nonce[FRAME_NONCE_BYTES];
    uint8_t tag[TAG_BYTES]; /* of a clear frame */
    const char *body;       /* what stands behind the header line */
    size_t body_length;
} Parts;

void frame_public_key(const Key *secret, Key *out_public)
{
    int failed = crypto_scalarmult_base(out_public->bytes, secret->bytes);

    g_assert(failed == 0);
}

bool frame_pair_init(FramePair *pair, const Key *peer_public, const Key *own_secret)
{
    return crypto_box_beforenm(pair->bytes, peer_public->bytes, own_secret->bytes) == 0;
}

void frame_pair_clear(FramePair *pair)
{
    sodium_memzero(pair, sizeof(*pair));
}

/* What stands before topic, nonce and body is shorter. */
#define HEAD_MAX_BYTES 128

/* "agent/1 <kind> <sender key>", with room for so many bytes more. */
static GString *begin(FrameKind kind, const Key *sender, size_t room)
{
    GString *out = g_string_sized_new(HEAD_MAX_BYTES + room);

    g_string_append(out, MAGIC);
    g_string_append(out, kind_names[kind]);
    g_string_append_c(out, ' ');
    base64_append(out, sender->bytes, KEY_BYTES);
    return out;
}

/* What the tag covers besides the ciphertext; of a clear frame that is the body too. */
static GString *associated_data(FrameKind kind, const Key *sender, const char *topic,
                                const char *body, size_t length)
{
    size_t covered = kind == FRAME_CLEAR ? length : 0;
    GString *data = begin(kind, sender, strlen(topic) + covered);

    g_string_append_c(data, '\n');
    g_string_append(data, topic);
    g_string_append_c(data, '\n');
    g_string_append_len(data, body, (gssize)covered);
    return data;
}

char *frame_make(FrameKind kind, const FramePair *pair, const Key *own_public,
                 const uint8_t nonce[FRAME_NONCE_BYTES], const char *topic, const char *body,
                 size_t length, size_t *out_length)
{
    bool is_sealed = kind == FRAME_SEALED;
    size_t sealed_length = is_sealed ? length : 0;
    g_autoptr(GString) data = associated_data(kind, own_public, topic, body, length);
    g_autofree uint8_t *cipher = g_malloc(sealed_length + TAG_BYTES);
    GString *out = begin(kind, own_public, base64_length(length + TAG_BYTES));

    g_assert(length <= BODY_MAX_BYTES);
    g_assert(!strchr(topic, '\n'));

    /* Of an empty message the ciphertext is the tag alone. */
    crypto_aead_xchacha20poly1305_ietf_encrypt(cipher, NULL, (const uint8_t *)body, sealed_length,
                                               (const uint8_t *)data->str, data->len, NULL, nonce,
                                               pair->bytes);

    g_string_append_c(out, ' ');
    base64_append(out, nonce, FRAME_NONCE_BYTES);
    g_string_append_c(out, is_sealed ? '\n' : ' ');
    base64_append(out, cipher, sealed_length + TAG_BYTES);
    if (!is_sealed) {
        g_string_append_c(out, '\n');
        g_string_append_len(out, body, (gssize)length);
    }

    *out_length = out->len;
    return g_string_free(out, FALSE);
}

bool frame_is_one(const char *payload, size_t length)
{
    return length >= strlen(MAGIC) && memcmp(payload, MAGIC, strlen(MAGIC)) == 0;
}

static bool take_text(const char **at, const char *end, const char *text)
{
    size_t length = strlen(text);

    if ((size_t)(end - *at) < length || memcmp(*at, text, length) != 0)
        return false;
    *at += length;
    return true;
}

static bool take_base64(const char **at, const char *end, uint8_t *out, size_t bytes)
{
    size_t length = base64_length(bytes);

    if ((size_t)(end - *at) < length || !base64_decode(*at, length, out, bytes))
        return false;
    *at += length;
    return true;
}

static bool take_header(const char **at, const char *end, Parts *parts)
{
    if (!take_text(at, end, MAGIC))
        return false;
    if (take_text(at, end, "sealed "))
        parts->kind = FRAME_SEALED;
    else if (take_text(at, end, "clear "))
        parts->kind = FRAME_CLEAR;
    else
        return false;

    if (!take_base64(at, end, parts->sender.bytes, KEY_BYTES) || !take_text(at, end, " ") ||
        !take_base64(at, end, parts->nonce, FRAME_NONCE_BYTES))
        return false;
    if (parts->kind == FRAME_CLEAR &&
        (!take_text(at, end, " ") || !take_base64(at, end, parts->tag, TAG_BYTES)))
        return false;
    return take_text(at, end, "\n");
}

static bool take_apart(const char *payload, size_t length, Parts *parts, GError **error)
{
    const char *at = payload;

    if (length > FRAME_MAX_BYTES) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                    "a frame of %" G_GSIZE_FORMAT " bytes: expected at most %d", length,
                    FRAME_MAX_BYTES);
        return false;
    }
    if (!take_header(&at, payload + length, parts)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                    "not a frame: expected \"agent/1 sealed <key> <nonce>\" or "
                    "\"agent/1 clear <key> <nonce> <tag>\" and a line break");
        return false;
    }

    parts->body = at;
    parts->body_length = length - (size_t)(at - payload);
    return true;
}

bool frame_read_header(const char *payload, size_t length, FrameKind *out_kind, Key *out_sender,
                       GError **error)
{
    Parts parts;

    if (!take_apart(payload, length, &parts, error))
        return false;

    *out_kind = parts.kind;
    *out_sender = parts.sender;
    return true;
}

/* The ciphertext with its tag, or of a clear frame its tag; NULL when it is not base64 of a body
 * within the limit. The caller owns it. */
static uint8_t *ciphertext(const Parts *parts, size_t *out_length, GError **error)
{
    bool is_sealed = parts->kind == FRAME_SEALED;
    size_t length = is_sealed ? parts->body_length / 4 * 3 + parts->body_length % 4 * 3 / 4
                              : parts->body_length + TAG_BYTES;
    g_autofree uint8_t *bytes = NULL;

    if (length > BODY_MAX_BYTES + TAG_BYTES) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "a body of more than %d bytes", BODY_MAX_BYTES);
        return NULL;
    }
    if (!is_sealed) {
        *out_length = TAG_BYTES;
        return g_memdup2(parts->tag, TAG_BYTES);
    }

    bytes = g_malloc(length + 1);
    if (length < TAG_BYTES || !base64_decode(parts->body, parts->body_length, bytes, length)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                    "the ciphertext is not unpadded URL-safe base64 of at least a tag");
        return NULL;
    }
    *out_length = length;
    return g_steal_pointer(&bytes);
}

/* The caller owns the copy, which ends in a NUL that does not count. */
static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = g_malloc(length + 1);

    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *frame_open(const FramePair *pair, const char *topic, const char *payload, size_t length,
                 size_t *out_length, GError **error)
{
    Parts parts;
    g_autofree uint8_t *cipher = NULL;
    g_autofree char *plain = NULL;
    g_autoptr(GString) data = NULL;
    size_t cipher_length;

    if (!take_apart(payload, length, &parts, error))
        return NULL;
    cipher = ciphertext(&parts, &cipher_length, error);
    if (!cipher)
        return NULL;

    /* A line break in the topic would let it take over the first lines of a clear body. The tag's
     * bytes of the buffer stay zero and end the text. */
    data = associated_data(parts.kind, &parts.sender, topic, parts.body, parts.body_length);
    plain = g_malloc0(cipher_length);
    if (strchr(topic, '\n') ||
        crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)plain, NULL, NULL, cipher,
                                                   cipher_length, (const uint8_t *)data->str,
                                                   data->len, parts.nonce, pair->bytes) != 0) {
        g_set_error(error, PROBLEM, PROBLEM_REFUSED,
                    "the frame does not open: changed, moved, or made for another key");
        return NULL;
    }

    if (parts.kind == FRAME_CLEAR) {
        *out_length = parts.body_length;
        return copy_bytes(parts.body, parts.body_length);
    }
    *out_length = cipher_length - TAG_BYTES;
    return g_steal_pointer(&plain);
}

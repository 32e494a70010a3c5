/*
 * Frames: the one envelope of everything signed on MQTT.
 *
 *     agent/1 sealed <sender key> <nonce>\n<ciphertext with tag>
 *     agent/1 clear <sender key> <nonce> <tag>\n{"type":"status", …}
 *
 * XChaCha20-Poly1305-IETF of libsodium under the pair's key, crypto_box_beforenm(peer public, own
 * secret). Binary parts are unpadded URL-safe base64, canonical only. Associated data is
 * "agent/1 <sealed|clear> <sender key>\n<topic>\n", for clear frames followed by the body (and an
 * empty message). So a frame can be neither moved to another topic, nor changed from one kind into
 * the other; it is opened before any of its JSON is parsed.
 *
 * Does not know who may say what (agent1/flow/admission.h, agent2/flow/admission.h) and draws no
 * random: the nonce is an argument. Pure.
 */
#ifndef COMMON_WIRE_FRAME_H
#define COMMON_WIRE_FRAME_H

#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_NONCE_BYTES 24

typedef enum {
    FRAME_SEALED,
    FRAME_CLEAR,
} FrameKind;

/* The shared key of two long-term keys. Secret: wipe with frame_pair_clear(). */
typedef struct FramePair {
    uint8_t bytes[KEY_BYTES];
} FramePair;

/* The public key of a secret one. */
void frame_public_key(const Key *secret, Key *out_public);

/* False for a peer's key for which beforenm fails (small order). */
bool frame_pair_init(FramePair *pair, const Key *peer_public, const Key *own_secret);
void frame_pair_clear(FramePair *pair);

/* Makes a frame. body is at most BODY_MAX_BYTES (asserted: the caller checked). The caller owns the
 * result, which is also NUL-terminated. */
char *frame_make(FrameKind kind, const FramePair *pair, const Key *own_public,
                 const uint8_t nonce[FRAME_NONCE_BYTES], const char *topic, const char *body,
                 size_t length, size_t *out_length);

/* True when the payload begins as a frame does ("agent/1 "): otherwise it is unsigned text. */
bool frame_is_one(const char *payload, size_t length);

/* Reads only the header: the kind and who claims to have sent it. Nothing is authenticated yet. */
bool frame_read_header(const char *payload, size_t length, FrameKind *out_kind, Key *out_sender,
                       GError **error);

/* Authenticates and decrypts. Returns the body (NUL-terminated; may contain other bytes, the length
 * counts), which the caller owns. PROBLEM_SYNTAX, PROBLEM_LIMIT, PROBLEM_REFUSED. */
char *frame_open(const FramePair *pair, const char *topic, const char *payload, size_t length,
                 size_t *out_length, GError **error);

#endif

/*
 * X25519 keys (RFC 7748) as the wire, the files and people write them. Pure.
 */
#ifndef COMMON_WIRE_KEY_H
#define COMMON_WIRE_KEY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define KEY_BYTES 32

typedef struct Key {
    uint8_t bytes[KEY_BYTES];
} Key;

/* "x25519:" and 43 characters of unpadded URL-safe base64. Refuses non-canonical base64. */
bool key_parse(const char *text, Key *out, GError **error);

/* The caller owns the text. */
char *key_print(const Key *key);

/* True when key_parse() would accept the text (for tables of fields). */
bool key_is_valid_text(const char *text);

/* SHA-256 of the raw key as 16 groups of four hex digits with spaces between. The caller owns it.
 */
char *key_fingerprint(const Key *key);

/* True when the text, without spaces and colons and in any case, is at least 8 hex digits and the
 * beginning of the key's fingerprint. */
bool key_fingerprint_begins(const Key *key, const char *text);

bool key_equal(const Key *a, const Key *b);

#endif

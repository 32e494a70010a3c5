#include "common/wire/key.h"

#include "common/base/problem.h"
#include "common/wire/base64.h"

#include <sodium.h>
#include <string.h>

#include "common/base/banned.h"

#define PREFIX           "x25519:"
#define DIGITS_A_GROUP   4
#define BEGIN_MIN_DIGITS 8
#define EXPECTED         "a key: " PREFIX " and 43 characters of URL-safe base64"

static bool read_key(const char *text, Key *out)
{
    const char *base64;
    Key key = { { 0 } };

    if (!g_str_has_prefix(text, PREFIX))
        return false;
    base64 = text + strlen(PREFIX);
    if (!base64_decode(base64, strlen(base64), key.bytes, KEY_BYTES))
        return false;

    *out = key;
    return true;
}

bool key_parse(const char *text, Key *out, GError **error)
{
    if (read_key(text, out))
        return true;

    problem_set_expected(error, PROBLEM_SYNTAX, text, EXPECTED);
    return false;
}

char *key_print(const Key *key)
{
    GString *out = g_string_new(PREFIX);

    base64_append(out, key->bytes, KEY_BYTES);
    return g_string_free(out, FALSE);
}

bool key_is_valid_text(const char *text)
{
    Key key;

    return read_key(text, &key);
}

char *key_fingerprint(const Key *key)
{
    uint8_t hash[crypto_hash_sha256_BYTES];
    GString *out = g_string_new(NULL);

    crypto_hash_sha256(hash, key->bytes, KEY_BYTES);
    for (size_t i = 0; i < sizeof(hash); i++) {
        if (i > 0 && i % (DIGITS_A_GROUP / 2) == 0)
            g_string_append_c(out, ' ');
        g_string_append_printf(out, "%02x", hash[i]);
    }
    return g_string_free(out, FALSE);
}

/* Only the digits count: the rest are what people put between them. */
static char *without_separators(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text; text++) {
        if (*text != ' ' && *text != ':')
            g_string_append_c(out, g_ascii_tolower(*text));
    }
    return g_string_free(out, FALSE);
}

bool key_fingerprint_begins(const Key *key, const char *text)
{
    g_autofree char *fingerprint = key_fingerprint(key);
    g_autofree char *whole = without_separators(fingerprint);
    g_autofree char *start = without_separators(text);

    return strlen(start) >= BEGIN_MIN_DIGITS && g_str_has_prefix(whole, start);
}

bool key_equal(const Key *a, const Key *b)
{
    return sodium_memcmp(a->bytes, b->bytes, KEY_BYTES) == 0;
}

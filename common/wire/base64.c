#include "common/wire/base64.h"

#include <sodium.h>

#include "common/base/banned.h"

#define VARIANT sodium_base64_VARIANT_URLSAFE_NO_PADDING

size_t base64_length(size_t bytes)
{
    return sodium_base64_encoded_len(bytes, VARIANT) - 1; /* it counts the NUL */
}

void base64_append(GString *out, const uint8_t *bytes, size_t length)
{
    size_t before = out->len;
    size_t added = base64_length(length);

    g_string_set_size(out, before + added);
    sodium_bin2base64(out->str + before, added + 1, bytes, length, VARIANT);
}

/* libsodium 1.0.18 takes some bytes above 0x7f for characters of the alphabet. It refuses leftover
 * bits that are not zero (RFC 4648, section 3.5), so one content has one form. */
static bool is_ascii(const char *text, size_t length)
{
    unsigned char seen = 0;

    for (size_t i = 0; i < length; i++)
        seen |= (unsigned char)text[i];
    return seen < 0x80;
}

bool base64_decode(const char *text, size_t length, uint8_t *out, size_t bytes)
{
    const char *end = NULL;
    size_t decoded = 0;

    return length == base64_length(bytes) && is_ascii(text, length) &&
           sodium_base642bin(out, bytes, text, length, NULL, &decoded, &end, VARIANT) == 0 &&
           end == text + length && decoded == bytes;
}

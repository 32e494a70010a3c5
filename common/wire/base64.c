/*
 * By tables, and so not in the same time for all contents, as libsodium's functions are: these took
 * a quarter of what agent1 did for a task. What passes here is seen by the broker anyhow; the files
 * of secret keys are read by common/sys/secret.c.
 */
#include "common/wire/base64.h"

#include "common/base/banned.h"

#define GROUP_BYTES ((size_t)3)
#define GROUP_CHARS ((size_t)4)

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* What a character stands for, and one more: 0 is none. */
/* clang-format off */
static const uint8_t values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};
/* clang-format on */

size_t base64_length(size_t bytes)
{
    size_t rest = bytes % GROUP_BYTES;

    return bytes / GROUP_BYTES * GROUP_CHARS + (rest ? rest + 1 : 0);
}

/* A group of up to three bytes, the first one highest. */
static uint32_t join(const uint8_t *bytes, size_t count)
{
    return (uint32_t)bytes[0] << 16 | (count > 1 ? (uint32_t)bytes[1] << 8 : 0) |
           (count > 2 ? bytes[2] : 0);
}

static void encode(char *out, uint32_t group, size_t chars)
{
    for (size_t i = 0; i < chars; i++)
        out[i] = alphabet[group >> (18 - 6 * i) & 63];
}

void base64_append(GString *out, const uint8_t *bytes, size_t length)
{
    size_t rest = length % GROUP_BYTES;
    const uint8_t *end = bytes + length - rest;
    char *at;

    g_string_set_size(out, out->len + base64_length(length));
    at = out->str + out->len - base64_length(length);
    for (; bytes < end; bytes += GROUP_BYTES, at += GROUP_CHARS)
        encode(at, join(bytes, GROUP_BYTES), GROUP_CHARS);
    if (rest)
        encode(at, join(bytes, rest), rest + 1);
}

/* Reads up to four characters; bits that none has stay zero. False when one is none. */
static bool decode(const char *text, size_t chars, uint32_t *out_group)
{
    uint32_t group = 0;
    bool is_good = true;

    for (size_t i = 0; i < chars; i++) {
        uint8_t value = values[(unsigned char)text[i]];

        is_good &= value != 0;
        group |= ((uint32_t)value - 1) << (18 - 6 * i);
    }
    *out_group = group;
    return is_good;
}

static void split(uint8_t *out, uint32_t group, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (uint8_t)(group >> (16 - 8 * i));
}

/* What is left over at the end is zero (RFC 4648, section 3.5), so that one content has one form.
 */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t bytes)
{
    size_t rest = bytes % GROUP_BYTES;
    const uint8_t *end = out + bytes - rest;
    bool is_good = true;
    uint32_t group;

    if (length != base64_length(bytes))
        return false;
    for (; out < end; out += GROUP_BYTES, text += GROUP_CHARS) {
        is_good &= decode(text, GROUP_CHARS, &group);
        split(out, group, GROUP_BYTES);
    }
    if (!rest)
        return is_good;

    is_good &= decode(text, rest + 1, &group);
    split(out, group, rest);
    return is_good && (group & (0xffffffU >> (8 * rest))) == 0;
}

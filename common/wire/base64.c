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

static void encode_rest(char *out, uint32_t group, size_t chars)
{
    for (size_t i = 0; i < chars; i++)
        out[i] = alphabet[group >> (18 - 6 * i) & 63];
}

/* Written out, as the compiler leaves a loop of four: this is what most of the time goes into. */
static void encode(char *out, const uint8_t *bytes)
{
    out[0] = alphabet[bytes[0] >> 2];
    out[1] = alphabet[(bytes[0] << 4 | bytes[1] >> 4) & 63];
    out[2] = alphabet[(bytes[1] << 2 | bytes[2] >> 6) & 63];
    out[3] = alphabet[bytes[2] & 63];
}

void base64_append(GString *out, const uint8_t *bytes, size_t length)
{
    size_t rest = length % GROUP_BYTES;
    const uint8_t *end = bytes + length - rest;
    char *at;

    g_string_set_size(out, out->len + base64_length(length));
    at = out->str + out->len - base64_length(length);
    for (; bytes < end; bytes += GROUP_BYTES, at += GROUP_CHARS)
        encode(at, bytes);
    if (rest)
        encode_rest(at, join(bytes, rest), rest + 1);
}

/* Reads up to four characters; bits that none has stay zero. False when one is none. */
static bool decode_rest(const char *text, size_t chars, uint32_t *out_group)
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

/* Reads four characters. Below 0 when one is none, since 0 - 1 has all bits. */
static int32_t decode(uint8_t *out, const char *text)
{
    int32_t first = values[(unsigned char)text[0]] - 1;
    int32_t second = values[(unsigned char)text[1]] - 1;
    int32_t third = values[(unsigned char)text[2]] - 1;
    int32_t fourth = values[(unsigned char)text[3]] - 1;

    out[0] = (uint8_t)((uint32_t)first << 2 | (uint32_t)second >> 4);
    out[1] = (uint8_t)((uint32_t)second << 4 | (uint32_t)third >> 2);
    out[2] = (uint8_t)((uint32_t)third << 6 | (uint32_t)fourth);
    return first | second | third | fourth;
}

/* What is left over at the end is zero (RFC 4648, section 3.5), so that one content has one form.
 */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t bytes)
{
    size_t rest = bytes % GROUP_BYTES;
    const uint8_t *end = out + bytes - rest;
    int32_t seen = 0;
    uint32_t group;

    if (length != base64_length(bytes))
        return false;
    for (; out < end; out += GROUP_BYTES, text += GROUP_CHARS)
        seen |= decode(out, text);
    if (!rest)
        return seen >= 0;

    if (!decode_rest(text, rest + 1, &group))
        seen = -1;
    split(out, group, rest);
    return seen >= 0 && (group & (0xffffffU >> (8 * rest))) == 0;
}

#include "agent1/providers/stream_json.h"

#include <string.h>

#include "common/base/banned.h"

#define ESCAPE_LENGTH strlen("\\u0000")

/* The digits of U+FFFD. */
static const char replacement[] = { 'f', 'f', 'f', 'd' };

/* The code of an escape of four digits, or -1. */
static int escape_code(const char *at)
{
    int code = 0;

    if (at[0] != '\\' || at[1] != 'u')
        return -1;
    for (unsigned i = 2; i < ESCAPE_LENGTH; i++) {
        int digit = g_ascii_xdigit_value(at[i]);

        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

static bool is_high(int code)
{
    return code >= 0xd800 && code <= 0xdbff;
}

static bool is_low(int code)
{
    return code >= 0xdc00 && code <= 0xdfff;
}

/* In place: a replacement is as long as what it replaces. */
static void mend_escapes(char *text)
{
    for (char *at = strchr(text, '\\'); at; at = strchr(at, '\\')) {
        int code = escape_code(at);

        if (code < 0) {
            at += at[1] ? 2 : 1;
            continue;
        }
        if (is_high(code) && is_low(escape_code(at + ESCAPE_LENGTH)))
            at += ESCAPE_LENGTH;
        else if (is_high(code) || is_low(code) || code == 0)
            memcpy(at + 2, replacement, sizeof(replacement));
        at += ESCAPE_LENGTH;
    }
}

Json *stream_json_parse(const char *bytes, size_t length)
{
    g_autofree char *text = g_utf8_make_valid(bytes, (gssize)length);

    mend_escapes(text);
    return json_parse(text, strlen(text), SIZE_MAX, NULL);
}

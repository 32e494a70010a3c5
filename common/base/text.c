#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define REPLACEMENT_CHARACTER "\xef\xbf\xbd"
#define ELLIPSIS              "\xe2\x80\xa6"
#define FENCE_MIN_BACKTICKS   3

typedef struct Range {
    gunichar first;
    gunichar last;
} Range;

/* Characters that act instead of being seen, in rising order. */
static const Range hidden[] = {
    { 0x0000, 0x0008 },   /* C0, but for \t and \n */
    { 0x000b, 0x001f },   /* C0, \r among them */
    { 0x007f, 0x009f },   /* DEL and C1 */
    { 0x00ad, 0x00ad },   /* soft hyphen */
    { 0x034f, 0x034f },   /* combining grapheme joiner */
    { 0x061c, 0x061c },   /* Arabic letter mark */
    { 0x115f, 0x1160 },   /* Hangul fillers */
    { 0x17b4, 0x17b5 },   /* Khmer inherent vowels */
    { 0x180b, 0x180f },   /* Mongolian selectors and vowel separator */
    { 0x200b, 0x200f },   /* zero-width space and joiners, direction marks */
    { 0x2028, 0x202e },   /* line and paragraph separators, bidirectional embeddings */
    { 0x2060, 0x206f },   /* word joiner, invisible operators, bidirectional isolates */
    { 0x3164, 0x3164 },   /* Hangul filler */
    { 0xfeff, 0xfeff },   /* BOM */
    { 0xffa0, 0xffa0 },   /* half-width Hangul filler */
    { 0xfff0, 0xfffb },   /* interlinear annotation */
    { 0xfffe, 0xffff },   /* not characters: XML 1.0 refuses them, a server ends the stream */
    { 0x1bca0, 0x1bca3 }, /* shorthand controls */
    { 0x1d173, 0x1d17a }, /* musical controls */
    { 0xe0000, 0xe0fff }, /* tags, variation selectors */
};

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

const char *text_next(const char *at)
{
    at++;
    while (is_inside_character(*at))
        at++;
    return at;
}

/* One of these after a visible character chooses between its forms, as emoji do; a row of them, or
 * one after nothing, carries hidden data. */
static bool is_variation_selector(gunichar c)
{
    return c >= 0xfe00 && c <= 0xfe0f;
}

static bool is_hidden(gunichar c, gunichar previous)
{
    if (is_variation_selector(c))
        return previous <= ' ' || is_variation_selector(previous);
    for (size_t i = 0; i < G_N_ELEMENTS(hidden) && hidden[i].first <= c; i++) {
        if (c <= hidden[i].last)
            return true;
    }
    return false;
}

/* Most texts are nothing else. */
static size_t visible_ascii_length(const char *at, const char *end)
{
    const char *start = at;

    while (at < end && *at >= ' ' && *at < 0x7f)
        at++;
    return (size_t)(at - start);
}

static char *make_harmless(const char *bytes, size_t length, bool is_shown)
{
    GString *out = g_string_sized_new(length);
    const char *at = bytes;
    const char *end = bytes + length;
    gunichar previous = 0;

    while (at < end) {
        size_t ascii = visible_ascii_length(at, end);
        gunichar c;

        if (ascii > 0) {
            g_string_append_len(out, at, (gssize)ascii);
            at += ascii;
            previous = (gunichar)at[-1];
            continue;
        }
        /* For a NUL byte GLib says "incomplete", as if more were to come. */
        c = *at ? g_utf8_get_char_validated(at, end - at) : 0;

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append(out, REPLACEMENT_CHARACTER);
            at++;
            previous = 0xfffd;
            continue;
        }
        if (c == '\r' && end - at > 1 && at[1] == '\n') {
            at++;
            continue;
        }
        if (is_hidden(c, previous)) {
            if (is_shown) {
                g_string_append_printf(out, "<U+%04X>", c);
                previous = '>';
            }
        } else {
            g_string_append_unichar(out, c);
            previous = c;
        }
        at += g_unichar_to_utf8(c, NULL);
    }
    return g_string_free(out, FALSE);
}

char *text_make_harmless(const char *bytes, size_t length)
{
    return make_harmless(bytes, length, true);
}

char *text_make_visible(const char *bytes, size_t length)
{
    return make_harmless(bytes, length, false);
}

bool text_is_harmless(const char *text)
{
    gunichar previous = 0;

    if (!g_utf8_validate(text, -1, NULL))
        return false;
    for (; *text; text = text_next(text)) {
        gunichar c = g_utf8_get_char(text);

        if (is_hidden(c, previous))
            return false;
        previous = c;
    }
    return true;
}

/* Cuts a text of more than max_chars characters, so that with the ellipsis it has that many. */
static void abridge(GString *line, size_t max_chars)
{
    const char *end;

    if ((size_t)g_utf8_strlen(line->str, -1) <= max_chars)
        return;
    if (max_chars == 0) {
        g_string_truncate(line, 0);
        return;
    }

    end = g_utf8_offset_to_pointer(line->str, (glong)max_chars - 1);
    g_string_truncate(line, (gsize)(end - line->str));
    while (line->len && line->str[line->len - 1] == ' ')
        g_string_truncate(line, line->len - 1);
    g_string_append(line, ELLIPSIS);
}

/* Most are lines already. */
static bool is_line(const char *text, size_t length, size_t max_chars)
{
    return length > 0 && length <= max_chars && text[0] != ' ' && text[length - 1] != ' ' &&
           visible_ascii_length(text, text + length) == length;
}

char *text_make_line(const char *text, size_t max_chars)
{
    size_t length = strlen(text);
    g_autofree char *harmless = NULL;
    GString *line;

    if (is_line(text, length, max_chars))
        return g_strdup(text);

    harmless = text_make_harmless(text, length);
    line = g_string_sized_new(strlen(harmless));

    g_strstrip(harmless);
    for (const char *at = harmless; *at; at++) {
        bool is_break = *at == '\n' || *at == '\t';

        if (!is_break)
            g_string_append_c(line, *at);
        else if (line->str[line->len - 1] != ' ')
            g_string_append_c(line, ' ');
    }

    abridge(line, max_chars);
    return g_string_free(line, FALSE);
}

static size_t json_length_of_byte(char byte)
{
    if (byte == '"' || byte == '\\' || byte == '\n' || byte == '\r' || byte == '\t' ||
        byte == '\b' || byte == '\f')
        return 2;
    return (unsigned char)byte < 0x20 ? strlen("\\u0000") : 1;
}

size_t text_json_length(const char *text, size_t length)
{
    size_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum += json_length_of_byte(text[i]);
    return sum;
}

char *text_head(const char *text, size_t length, size_t max_json_bytes)
{
    size_t end = 0;
    size_t used = 0;

    while (end < length && used + json_length_of_byte(text[end]) <= max_json_bytes)
        used += json_length_of_byte(text[end++]);
    while (end > 0 && end < length && is_inside_character(text[end]))
        end--;
    return g_strndup(text, end);
}

char *text_last_lines(const char *text, unsigned max_lines, size_t max_bytes)
{
    size_t end = strlen(text);
    size_t start;
    unsigned lines = 0;

    if (end > 0 && text[end - 1] == '\n')
        end--;
    for (start = end; start > 0 && end - start < max_bytes; start--) {
        if (text[start - 1] == '\n' && ++lines >= max_lines)
            break;
    }
    if (max_lines == 0)
        start = end;
    while (start < end && is_inside_character(text[start]))
        start++;
    return g_strndup(text + start, end - start);
}

char *text_fence(const char *text)
{
    size_t longest = FENCE_MIN_BACKTICKS - 1;
    bool has_newline = g_str_has_suffix(text, "\n");
    g_autofree char *fence = NULL;

    for (const char *at = text; *at;) {
        size_t run = strspn(at, "`");

        longest = MAX(longest, run);
        at += MAX(run, 1);
    }

    fence = g_strnfill(longest + 1, '`');
    return g_strconcat(fence, "\n", text, has_newline ? "" : "\n", fence, NULL);
}

void text_append_number(GString *out, int64_t number)
{
    char digits[20];
    size_t length = 0;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

    if (number < 0)
        g_string_append_c(out, '-');
    do
        digits[sizeof(digits) - ++length] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    g_string_append_len(out, digits + sizeof(digits) - length, (gssize)length);
}

char *text_fill(const char *format, char *const *parts)
{
    GString *text = g_string_new(NULL);
    unsigned next = 0;

    while (*format) {
        if (format[0] == '%' && format[1] == 's') {
            g_string_append(text, parts[next++]);
            format += 2;
        } else if (format[0] == '%' && g_ascii_isdigit(format[1]) && format[2] == '$') {
            g_string_append(text, parts[format[1] - '1']);
            format += 4;
        } else {
            g_string_append_c(text, *format++);
        }
    }
    return g_string_free(text, FALSE);
}

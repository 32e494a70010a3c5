/*
 * The writing half of json.h. cJSON's own printer rounds numbers to 15 digits when 2^53 - 1 needs
 * 16, and indents in a way that people who edit files do not.
 */
#include "common/data/json.h"

#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define INDENT            2
#define FLAT_MAX_BYTES    90
#define USUAL_BYTES       512 /* of a message */
#define DOUBLE_MIN_DIGITS 15
#define DOUBLE_MAX_DIGITS 17

/* How many characters at the beginning stand for themselves. */
static size_t plain_length(const char *text)
{
    size_t length = 0;

    while ((unsigned char)text[length] >= 0x20 && text[length] != '"' && text[length] != '\\')
        length++;
    return length;
}

void json_write_text(GString *out, const char *text)
{
    static const char escaped[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";

    g_assert(g_utf8_validate(text, -1, NULL));
    g_string_append_c(out, '"');
    for (;;) {
        size_t length = plain_length(text);
        const char *special;

        g_string_append_len(out, text, (gssize)length);
        text += length;
        if (!*text)
            break;
        special = strchr(escaped, *text);
        if (special) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, letters[special - escaped]);
        } else {
            g_string_append_printf(out, "\\u%04x", (unsigned)*text);
        }
        text++;
    }
    g_string_append_c(out, '"');
}

/* With as few digits as read back to the same double. */
static void print_number(GString *out, const Json *json)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    double number = 0;
    int64_t whole;

    if (json_int(json, &whole)) {
        text_append_number(out, whole);
        return;
    }

    json_number(json, &number);
    for (int digits = DOUBLE_MIN_DIGITS; digits <= DOUBLE_MAX_DIGITS; digits++) {
        char format[] = { '%', '.', '1', (char)('0' + digits % 10), 'g', '\0' };

        g_ascii_formatd(text, sizeof(text), format, number);
        if (g_ascii_strtod(text, NULL) == number)
            break;
    }
    g_string_append(out, text);
}

static void print_members(GString *out, const Json *container)
{
    for (const Json *node = json_first(container); node; node = json_next(node)) {
        if (json_name(node)) {
            json_write_text(out, json_name(node));
            g_string_append_c(out, ':');
        }
        json_write(out, node);
        if (json_next(node))
            g_string_append_c(out, ',');
    }
}

void json_write(GString *out, const Json *json)
{
    switch (json_kind(json)) {
    case JSON_ABSENT:
    case JSON_NULL:
        g_string_append(out, "null");
        break;
    case JSON_BOOL:
        g_string_append(out, json_bool(json) ? "true" : "false");
        break;
    case JSON_NUMBER:
        print_number(out, json);
        break;
    case JSON_STRING:
        json_write_text(out, json_string(json));
        break;
    case JSON_ARRAY:
        g_string_append_c(out, '[');
        print_members(out, json);
        g_string_append_c(out, ']');
        break;
    case JSON_OBJECT:
        g_string_append_c(out, '{');
        print_members(out, json);
        g_string_append_c(out, '}');
        break;
    }
}

char *json_print(const Json *json)
{
    GString *out = g_string_sized_new(USUAL_BYTES);

    json_write(out, json);
    return g_string_free(out, FALSE);
}

static bool is_container(const Json *json)
{
    return json_kind(json) == JSON_ARRAY || json_kind(json) == JSON_OBJECT;
}

/* An empty container, or a short array without containers: on one line. */
static bool print_flat(GString *out, const Json *container)
{
    g_autoptr(GString) line = NULL;

    if (json_kind(container) == JSON_OBJECT && json_first(container))
        return false;
    for (const Json *node = json_first(container); node; node = json_next(node)) {
        if (is_container(node))
            return false;
    }

    line = g_string_new(json_kind(container) == JSON_ARRAY ? "[" : "{");
    for (const Json *node = json_first(container); node; node = json_next(node)) {
        json_write(line, node);
        if (json_next(node))
            g_string_append(line, ", ");
        if (line->len > FLAT_MAX_BYTES)
            return false;
    }
    g_string_append_c(line, json_kind(container) == JSON_ARRAY ? ']' : '}');
    g_string_append(out, line->str);
    return true;
}

static void break_line(GString *out, unsigned level)
{
    g_string_append_printf(out, "\n%*s", (int)(level * INDENT), "");
}

static void print_pretty(GString *out, const Json *json, unsigned level)
{
    bool is_array = json_kind(json) == JSON_ARRAY;

    if (!is_container(json)) {
        json_write(out, json);
        return;
    }
    if (print_flat(out, json))
        return;

    g_string_append_c(out, is_array ? '[' : '{');
    for (const Json *node = json_first(json); node; node = json_next(node)) {
        break_line(out, level + 1);
        if (json_name(node)) {
            json_write_text(out, json_name(node));
            g_string_append(out, ": ");
        }
        print_pretty(out, node, level + 1);
        if (json_next(node))
            g_string_append_c(out, ',');
    }
    break_line(out, level);
    g_string_append_c(out, is_array ? ']' : '}');
}

char *json_print_pretty(const Json *json)
{
    GString *out = g_string_new(NULL);

    print_pretty(out, json, 0);
    g_string_append_c(out, '\n');
    return g_string_free(out, FALSE);
}

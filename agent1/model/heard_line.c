#include "agent1/model/heard_line.h"

#include <string.h>

#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define TOPIC_SHOWN_CHARS 160
#define HEX_SHOWN_BYTES   24
#define LINES_SHOWN       20

/* A text that was cut may end within a character. */
static size_t whole_characters(const char *payload, size_t length, bool is_cut)
{
    const char *end;

    if (g_utf8_validate_len(payload, length, &end) || !is_cut || !*end ||
        g_utf8_get_char_validated(end, payload + length - end) != (gunichar)-2)
        return length;
    return (size_t)(end - payload);
}

static void append_hex(GString *out, const char *payload, size_t length, size_t whole_length)
{
    size_t i;

    g_string_append_printf(out, "(%zu byte%s that %s no text:", whole_length,
                           whole_length == 1 ? "" : "s", whole_length == 1 ? "is" : "are");
    for (i = 0; i < MIN(length, HEX_SHOWN_BYTES); i++)
        g_string_append_printf(out, " %02x", (unsigned char)payload[i]);
    g_string_append_printf(out, "%s)", whole_length > HEX_SHOWN_BYTES ? " …" : "");
}

/* At most so many characters and lines; false: there was more. */
static bool append_lines(GString *out, const char *text, size_t max_chars)
{
    unsigned lines = 1;
    size_t chars;

    for (chars = 0; *text; chars++) {
        const char *next = text_next(text);

        if (chars == max_chars || (*text == '\n' && lines == LINES_SHOWN))
            return false;
        g_string_append_len(out, text, next - text);
        if (*text == '\n') {
            lines++;
            g_string_append(out, "  ");
        }
        text = next;
    }
    return true;
}

static void append_text(GString *out, const char *payload, size_t length, size_t whole_length,
                        size_t max_chars)
{
    g_autofree char *harmless = text_make_harmless(payload, length);
    g_autofree char *size = size_format((int64_t)whole_length);

    /* Many who publish by a shell leave the end of the line in. */
    if (g_str_has_suffix(harmless, "\n"))
        harmless[strlen(harmless) - 1] = '\0';
    if (!append_lines(out, harmless, max_chars) || length < whole_length)
        g_string_append_printf(out, "… (%s in all)", size);
}

char *heard_line(const char *topic, bool is_retained, const char *payload, size_t length,
                 size_t whole_length, size_t max_chars)
{
    g_autofree char *shown = text_make_line(topic, TOPIC_SHOWN_CHARS);
    GString *out = g_string_new(NULL);
    size_t usable = whole_characters(payload, length, length < whole_length);

    g_string_append_printf(out, "[%s%s] ", shown, is_retained ? ", retained" : "");
    if (whole_length == 0)
        g_string_append(out, "(empty)");
    else if (g_utf8_validate_len(payload, usable, NULL))
        append_text(out, payload, usable, whole_length, max_chars);
    else
        append_hex(out, payload, length, whole_length);
    return g_string_free(out, FALSE);
}

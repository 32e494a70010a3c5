#include "agent1/cli/columns.h"

#include <string.h>

#include "common/base/banned.h"

#define LEFT_COLUMNS 24
/* Where less is left for the right side it stands below. */
#define NARROW       60
#define INDENT_BELOW 2
/* Narrower ones are no terminals, and nobody reads along wider lines. */
#define TOTAL_MIN 20
#define TOTAL_MAX 120

static unsigned width(const char *text, size_t length)
{
    return (unsigned)g_utf8_strlen(text, (glong)length);
}

/* How many bytes of the text stand on one line: whole words, at least one. */
static size_t line_length(const char *text, unsigned columns)
{
    size_t fits = strcspn(text, " ");
    size_t next = fits;

    while (text[next] != '\0') {
        next += 1 + strcspn(text + next + 1, " ");
        if (width(text, next) > columns)
            break;
        fits = next;
    }

    return fits;
}

/* The text in lines of total columns, indented; `used` columns of the first line are taken. */
static void append_lines(GString *out, unsigned total, unsigned indent, unsigned used,
                         const char *text)
{
    while (*text != '\0') {
        size_t length = line_length(text, total - indent);

        g_string_append_printf(out, "%*s%.*s\n", (int)(indent - used), "", (int)length, text);
        text += length;
        text += strspn(text, " ");
        used = 0;
    }
}

void columns_append_text(GString *out, unsigned total, const char *text)
{
    append_lines(out, CLAMP(total, TOTAL_MIN, TOTAL_MAX), 0, 0, text);
}

void columns_append(GString *out, unsigned total, const char *left, const char *right)
{
    unsigned fits = CLAMP(total, TOTAL_MIN, TOTAL_MAX);
    unsigned used = width(left, strlen(left));

    if (fits < NARROW) {
        append_lines(out, fits, 0, 0, left);
        append_lines(out, fits, INDENT_BELOW, 0, right);
        return;
    }
    g_string_append(out, left);
    if (used + 2 > LEFT_COLUMNS) {
        g_string_append_c(out, '\n');
        used = 0;
    }
    append_lines(out, fits, LEFT_COLUMNS, used, right);
}

#include "agent1/cli/columns.h"

#include <stdbool.h>
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

/* Columns stand apart by more than one blank, or by bars. */
static bool is_table(const char *text)
{
    return *text == '|' || strstr(text, "  ");
}

/* "!cancel 12", "@web1 uptime", "SCHEDULE: …": with an end of line in it, it would be another. */
static bool is_to_be_typed(const char *text)
{
    size_t capitals = strspn(text, G_CSET_A_2_Z "_");

    return *text == '!' || *text == '@' || (capitals > 1 && text[capitals] == ':');
}

GPtrArray *columns_wrap(unsigned total, const char *line)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    size_t indent = strspn(line, " ");
    const char *text = line + indent;

    if (width(line, strlen(line)) <= total || total < indent + TOTAL_MIN || is_table(text) ||
        is_to_be_typed(text)) {
        g_ptr_array_add(lines, g_strdup(line));
        return lines;
    }
    while (*text != '\0') {
        size_t length = line_length(text, total - (unsigned)indent);

        g_ptr_array_add(lines, g_strdup_printf("%*s%.*s", (int)indent, "", (int)length, text));
        text += length;
        text += strspn(text, " ");
    }
    return lines;
}

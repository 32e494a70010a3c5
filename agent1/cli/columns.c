#include "agent1/cli/columns.h"

#include <string.h>

#include "common/base/banned.h"

#define LEFT_COLUMNS  24
#define TOTAL_COLUMNS 80

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

void columns_append(GString *out, const char *left, const char *right)
{
    unsigned used = width(left, strlen(left));

    g_string_append(out, left);
    if (used + 2 > LEFT_COLUMNS) {
        g_string_append_c(out, '\n');
        used = 0;
    }
    while (*right != '\0') {
        size_t length = line_length(right, TOTAL_COLUMNS - LEFT_COLUMNS);

        g_string_append_printf(out, "%*s%.*s\n", (int)(LEFT_COLUMNS - used), "", (int)length,
                               right);
        right += length;
        right += strspn(right, " ");
        used = 0;
    }
}

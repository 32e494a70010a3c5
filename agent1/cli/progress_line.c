#include "agent1/cli/progress_line.h"

#include <string.h>

#include "agent1/cli/screen_width.h"
#include "common/base/limits.h"
#include "common/base/quantity.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define DETAIL_CHARS 500

struct ProgressLine {
    FILE *out;
    bool is_shown;
};

ProgressLine *progress_line_new(FILE *out)
{
    ProgressLine *line = g_new0(ProgressLine, 1);

    line->out = out;

    return line;
}

void progress_line_free(ProgressLine *line)
{
    if (!line)
        return;

    progress_line_hide(line);
    g_free(line);
}

/* The text cut to the columns that it may take on a terminal. */
static char *cut_to_columns(const char *text, unsigned columns)
{
    const char *end = text;
    unsigned taken = 0;

    while (*end != '\0') {
        gunichar c = g_utf8_get_char(end);

        taken += g_unichar_iszerowidth(c) ? 0 : g_unichar_iswide(c) ? 2 : 1;
        if (taken > columns)
            break;
        end += g_utf8_skip[(guchar)*end];
    }

    return g_strndup(text, (size_t)(end - text));
}

/* Whole seconds: a tenth would be past before it is read. */
static char *format_elapsed(int64_t ms)
{
    return ms < 60 * 1000 ? g_strdup_printf("%d s", (int)(MAX(ms, 0) / 1000)) : duration_format(ms);
}

char *progress_line_format(const char *label, int64_t elapsed_ms, const char *detail,
                           unsigned columns)
{
    g_autofree char *elapsed = format_elapsed(elapsed_ms);
    g_autofree char *last = detail ? text_last_lines(detail, 1, PROGRESS_TAIL_BYTES) : g_strdup("");
    g_autofree char *shown_label = text_make_line(label, DETAIL_CHARS);
    g_autofree char *shown_last = text_make_line(last, DETAIL_CHARS);
    g_autofree char *whole =
        g_strjoin("  ", shown_label, elapsed, *shown_last != '\0' ? shown_last : NULL, NULL);

    return cut_to_columns(whole, columns);
}

void progress_line_show(ProgressLine *line, const char *label, int64_t elapsed_ms,
                        const char *detail)
{
    /* A terminal may begin a new line after the last column: that one stays free. */
    g_autofree char *text =
        progress_line_format(label, elapsed_ms, detail, screen_width(fileno(line->out)) - 1);

    fprintf(line->out, "\r\033[K%s", text);
    (void)fflush(line->out);
    line->is_shown = true;
}

void progress_line_hide(ProgressLine *line)
{
    if (!line->is_shown)
        return;

    fputs("\r\033[K", line->out);
    (void)fflush(line->out);
    line->is_shown = false;
}

#include "agent1/cli/printer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent1/cli/columns.h"
#include "agent1/cli/screen_width.h"
#include "common/base/text.h"
#include "common/data/json.h"
#include "common/wire/run_state.h"

#include "common/base/banned.h"

#define COLOR_GREEN  "\033[32m"
#define COLOR_RED    "\033[31m"
#define COLOR_YELLOW "\033[33m"
#define COLOR_DIM    "\033[2m"
#define COLOR_OFF    "\033[0m"

bool printer_can_draw(int fd)
{
    return isatty(fd) && g_strcmp0(g_getenv("TERM"), "dumb") != 0;
}

static bool wants_color(const CliOptions *options)
{
    const char *no_color = g_getenv("NO_COLOR");

    return !options->is_plain && !(no_color && *no_color != '\0') &&
           printer_can_draw(STDOUT_FILENO);
}

void printer_init(Printer *printer, const CliOptions *options)
{
    *printer = (Printer){
        .is_json = options->is_json,
        .is_quiet = options->is_quiet,
        .has_color = wants_color(options),
        .has_screen = isatty(STDOUT_FILENO),
    };
}

/* By what the outcome means for the person, which is what the exit codes say. */
static const char *color_of(const char *outcome)
{
    switch (outcome_exit_code(outcome)) {
    case 0:
        return COLOR_GREEN;
    case 4:
        return COLOR_YELLOW;
    default:
        return COLOR_RED;
    }
}

/* The state's word of a line "#12 web1: failed (exit 1, 0.4 s)" or "web1: refused (…)"; NULL when
 * the line is of another kind. */
static const char *find_state(const char *line, size_t *out_length)
{
    const char *colon = strstr(line, ": ");
    const char *word = colon ? colon + 2 : NULL;
    size_t length;
    RunState state;
    g_autofree char *name = NULL;

    if (!word || colon == line)
        return NULL;

    length = strspn(word, "abcdefghijklmnopqrstuvwxyz_");
    name = g_strndup(word, length);
    if (!run_state_parse(name, &state) && !g_str_equal(name, OUTCOME_REFUSED))
        return NULL;

    *out_length = length;
    return word;
}

static void dress_line(GString *out, const char *line)
{
    size_t length = 0;
    const char *state = find_state(line, &length);
    g_autofree char *word = state ? g_strndup(state, length) : NULL;

    if (!state) {
        g_string_append(out, line);
        return;
    }

    g_string_append_len(out, line, state - line);
    g_string_append_printf(out, "%s%s%s%s", color_of(word), word, COLOR_OFF, state + length);
}

/* A line of backticks opens a block, one that is at least as long closes it (text_fence()). */
static bool toggle_fence(const char *line, size_t *fence)
{
    size_t ticks = strspn(line, "`");

    if (ticks < 3 || (*fence > 0 && (ticks < *fence || line[ticks] != '\0')))
        return false;

    *fence = *fence > 0 ? 0 : ticks;
    return true;
}

/* What stands in no fence. */
static void dress_words(GString *out, const char *line, bool has_color, unsigned columns)
{
    g_autoptr(GPtrArray) pieces = columns_wrap(columns > 0 ? columns : G_MAXINT, line);

    for (unsigned i = 0; i < pieces->len; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        if (has_color && i == 0)
            dress_line(out, pieces->pdata[i]);
        else
            g_string_append(out, pieces->pdata[i]);
    }
}

char *printer_dress_more(const char *text, bool has_color, unsigned columns, size_t *fence)
{
    g_autofree char *harmless = text_make_harmless(text, strlen(text));
    g_auto(GStrv) lines = g_strsplit(harmless, "\n", -1);
    GString *out = g_string_new(NULL);

    /* Behind the last end of line there is none. */
    for (unsigned i = 0; lines[i] && (lines[i + 1] || *lines[i]); i++) {
        bool is_fence = toggle_fence(lines[i], fence);

        if (is_fence && has_color)
            g_string_append_printf(out, COLOR_DIM "%s" COLOR_OFF, lines[i]);
        else if (is_fence || *fence > 0)
            g_string_append(out, lines[i]);
        else
            dress_words(out, lines[i], has_color, columns);
        g_string_append_c(out, '\n');
    }

    return g_string_free(out, FALSE);
}

char *printer_dress(const char *text, bool has_color, unsigned columns)
{
    g_autofree char *trimmed = g_strchomp(g_strdup(text));
    size_t fence = 0;

    return printer_dress_more(trimmed, has_color, columns, &fence);
}

/* Of a terminal, as it is now; 0: it is none, and a program may read along. */
static unsigned columns_of(int fd)
{
    return isatty(fd) ? screen_width(fd) : 0;
}

static bool print_json_line(const Printer *printer, const char *text)
{
    g_autofree char *harmless = printer->has_screen ? text_make_harmless(text, strlen(text)) : NULL;

    return puts(harmless ? harmless : text) >= 0;
}

/* The objects of the lists that an answer holds, each on a line. */
static bool print_items(const Printer *printer, const Json *lists)
{
    bool is_written = true;

    for (const Json *list = json_first(lists); list; list = json_next(list)) {
        if (json_kind(lists) != JSON_OBJECT || json_kind(list) != JSON_ARRAY)
            continue;
        for (const Json *item = json_first(list); item; item = json_next(item)) {
            g_autofree char *text = json_kind(item) == JSON_OBJECT ? json_print(item) : NULL;

            is_written = is_written && (!text || print_json_line(printer, text));
        }
    }
    return is_written;
}

/* What is left of it when its lists were printed: how many there are of each. */
static Json *without_lists(const Json *data)
{
    Json *rest = json_kind(data) == JSON_OBJECT ? json_new_object() : NULL;

    for (const Json *member = json_first(data); rest && member; member = json_next(member)) {
        if (json_kind(member) != JSON_ARRAY)
            json_set(rest, json_name(member), json_copy(member));
    }
    return rest;
}

static bool print_answer(const Printer *printer, const Message *message)
{
    g_autoptr(Message) rest = message_copy(message);
    g_autofree char *text = NULL;

    json_free(rest->reply.data);
    rest->reply.data = without_lists(message->reply.data);
    text = message_print(rest);
    return print_items(printer, message->reply.data) && print_json_line(printer, text);
}

static bool print_json(const Printer *printer, Heard heard, const Message *message)
{
    g_autofree char *text = NULL;
    bool is_written;

    if ((heard == HEARD_ANSWER || heard == HEARD_REPLY) && message->reply.data) {
        is_written = print_answer(printer, message);
    } else {
        text = message_print(message);
        is_written = print_json_line(printer, text);
    }
    return is_written && fflush(stdout) == 0;
}

static bool print_text(const Printer *printer, const MessageReply *reply)
{
    g_autofree char *text =
        printer_dress(reply->text, printer->has_color, columns_of(STDOUT_FILENO));

    return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
}

bool printer_lines(const Printer *printer, const char *lines, size_t *fence)
{
    g_autofree char *text =
        printer_dress_more(lines, printer->has_color, columns_of(STDOUT_FILENO), fence);

    return fputs(text, stdout) >= 0 && fflush(stdout) == 0;
}

bool printer_object(const Printer *printer, Heard heard, const Message *message)
{
    bool has_end = heard == HEARD_REPLY && reply_has_end(message->reply.text);

    if (heard == HEARD_NOTHING || (printer->is_quiet && heard != HEARD_ANSWER && !has_end))
        return true;
    if (printer->is_json)
        return print_json(printer, heard, message);
    if (heard == HEARD_ANSWER || has_end)
        return print_text(printer, &message->reply);
    if (heard == HEARD_REPLY) {
        g_autofree char *text =
            printer_dress(message->reply.text, false, columns_of(STDERR_FILENO));

        fputs(text, stderr);
    }
    return true;
}

void printer_news(const Printer *printer, const char *text)
{
    g_autofree char *dressed = printer_dress(text, printer->has_color, columns_of(STDERR_FILENO));

    if (!printer->is_quiet)
        fputs(dressed, stderr);
}

void printer_text(const Printer *printer, const char *text)
{
    FILE *out = printer->is_json ? stderr : stdout;

    fputs(text, out);
    (void)fflush(out);
}

static void print_line(const char *format, va_list arguments)
{
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *harmless = text_make_harmless(text, strlen(text));

    fprintf(stderr, "agentctl: %s\n", harmless);
}

void printer_note(const Printer *printer, const char *format, ...)
{
    va_list arguments;

    if (printer->is_quiet)
        return;

    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
}

void printer_problem(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_line(format, arguments);
    va_end(arguments);
}

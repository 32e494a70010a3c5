#include "agent1/cli/talk.h"

#include <string.h>
#include <unistd.h>

#include "agent1/cli/ask_words.h"
#include "agent1/cli/line_history.h"
#include "agent1/cli/line_reader.h"
#include "agent1/cli/screen_width.h"
#include "agent1/cli/stopping.h"
#include "agent1/cli/terminal.h"
#include "agent1/cli/typed_line.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"
#include "common/wire/stop_word.h"

#include "common/base/banned.h"

typedef struct Talk {
    Client *client;
    char *agent;        /* whom a plain line is for; NULL: agent1 */
    Terminal *terminal; /* NULL: the lines come from reader */
    LineReader *reader;
    char *history; /* the file; NULL: lines are not kept */
    int exit_code;
    bool is_over;
} Talk;

/* ---- what a line does -------------------------------------------------------------------------
 */

static void choose_agent(Talk *talk, const char *agent)
{
    g_free(talk->agent);
    talk->agent = g_strdup(agent);
    completion_set_agent(client_completion(talk->client), agent);
    if (agent)
        completion_learn_agent(client_completion(talk->client), agent);
}

/* At a terminal the conversation stays with whom it was with where there is no such agent; in a
 * pipe the next line tells. */
static void turn_to(Talk *talk, const char *agent)
{
    if (!agent || !talk->terminal || client_find_agent(talk->client, agent))
        choose_agent(talk, agent);
}

static void show_help(const Talk *talk)
{
    g_autofree char *help = typed_line_help(screen_width(STDOUT_FILENO));

    printer_text(client_printer(talk->client), help);
}

/* Asked anew: its output may have grown since. */
static void show_last(Talk *talk)
{
    int64_t run = client_last_run(talk->client);
    g_autofree char *text = g_strdup_printf("!run %" G_GINT64_FORMAT, run);

    if (run > 0) {
        talk->exit_code = client_ask(talk->client, text);
        return;
    }
    printer_problem("/last: no run was made in this conversation yet; !runs lists the last ones");
    talk->exit_code = CLI_EXIT_USAGE;
}

static void do_line(Talk *talk, const char *line)
{
    g_autofree char *text = NULL;

    switch (typed_line_read(line, talk->agent, &text)) {
    case TYPED_NOTHING:
        break;
    case TYPED_TEXT:
        talk->exit_code = client_ask(talk->client, text);
        break;
    case TYPED_HELP:
        show_help(talk);
        break;
    case TYPED_LAST:
        show_last(talk);
        break;
    case TYPED_AGENT:
        turn_to(talk, text);
        break;
    case TYPED_QUIT:
        talk->is_over = true;
        break;
    case TYPED_WRONG:
        printer_problem("%s", text);
        talk->exit_code = CLI_EXIT_USAGE;
        break;
    }
}

/* ---- on a terminal ----------------------------------------------------------------------------
 */

static void remember(Talk *talk, const char *line)
{
    g_autoptr(GError) error = NULL;

    if (strspn(line, " \t") == strlen(line))
        return;

    terminal_remember(talk->terminal, line);
    if (talk->history && !line_history_append(talk->history, line, &error)) {
        printer_problem("lines are not kept: %s", error->message);
        g_clear_pointer(&talk->history, g_free);
    }
}

/* "stop" is for what is waited for. To an agent it is a task. */
static bool is_stop_word(const Talk *talk, const char *line)
{
    return !talk->agent && client_current(talk->client) && stop_word_is(line);
}

/* Whether a model still writes is for agent1 to know: the answer may be over while its run is
 * waited for, and may go on after one. NULL where no model was asked. The caller owns it. */
static char *read_stop_word(const Talk *talk)
{
    const Ask *ask = client_current(talk->client);

    return ask_is_talk(ask) ? stopping_command(ask) : NULL;
}

/* What agent1 is asked by a line that does not wait for its turn; NULL: nothing. The caller owns
 * it. */
static char *read_passing(const Talk *talk, const char *line, bool is_behind, TypedKind *out_kind)
{
    g_autofree char *text = NULL;
    int64_t run = client_last_run(talk->client);

    *out_kind = typed_line_passes(line, is_behind) ? typed_line_read(line, talk->agent, &text)
                                                   : TYPED_NOTHING;
    if (*out_kind == TYPED_LAST && run > 0)
        return g_strdup_printf("!run %" G_GINT64_FORMAT, run);
    return *out_kind == TYPED_TEXT ? g_steal_pointer(&text) : NULL;
}

/* False when agent1 is to answer it. */
static bool answer_here(const Talk *talk, const char *line, TypedKind kind)
{
    g_autofree char *text = NULL;

    if (kind == TYPED_HELP) {
        text = typed_line_help(screen_width(STDOUT_FILENO));
        client_show_beside(talk->client, text);
    } else if (is_stop_word(talk, line)) {
        text = ask_goes_on(client_current(talk->client), true, clock_now_ms());
        client_note_beside(talk->client, text);
    }
    return text;
}

/* A line that was typed while something is waited for: a command does not wait for its turn. */
static bool take_command(const char *line, bool is_behind, void *data)
{
    Talk *talk = data;
    TypedKind kind = TYPED_NOTHING;
    g_autofree char *text = is_stop_word(talk, line) ? read_stop_word(talk)
                                                     : read_passing(talk, line, is_behind, &kind);

    if (text ? !client_ask_beside(talk->client, text, line) : !answer_here(talk, line, kind))
        return false;
    remember(talk, line);
    return true;
}

static void talk_on_terminal(Talk *talk)
{
    while (!talk->is_over && client_end_signal(talk->client) == 0) {
        g_autofree char *prompt = g_strconcat(talk->agent ? talk->agent : "agent1", "> ", NULL);
        g_autofree char *line = NULL;

        client_take_interrupt(talk->client);
        switch (terminal_read_line(talk->terminal, prompt, &line)) {
        case TERMINAL_LINE:
            remember(talk, line);
            do_line(talk, line);
            talk->is_over = talk->is_over || client_is_leaving(talk->client);
            break;
        case TERMINAL_WOKEN:
            break;
        case TERMINAL_CLOSED:
            talk->is_over = true;
            break;
        }
    }
    client_take_leave(talk->client);
    talk->exit_code = CLI_EXIT_OK;
}

static bool open_terminal(Talk *talk)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) past = NULL;

    talk->history = line_history_default_path();
    past = line_history_load(talk->history, &error);
    if (!past) {
        printer_problem("lines are not kept: %s", error->message);
        g_clear_pointer(&talk->history, g_free);
        past = g_ptr_array_new();
    }

    talk->terminal = terminal_new(client_completion(talk->client), past);
    client_use_terminal(talk->client, talk->terminal, take_command, talk);
    return talk->terminal;
}

/* ---- from a pipe ------------------------------------------------------------------------------
 */

static void talk_in_lines(Talk *talk)
{
    const bool *is_woken = client_interrupt(talk->client);

    talk->reader = line_reader_new(STDIN_FILENO, CHAT_TEXT_MAX_BYTES);
    while (!talk->is_over && !*is_woken) {
        g_autoptr(GError) error = NULL;
        g_autofree char *line = line_reader_next(talk->reader, is_woken, &error);

        if (error) {
            printer_problem("%s", error->message);
            talk->exit_code = CLI_EXIT_USAGE;
        }
        if (g_error_matches(error, PROBLEM, PROBLEM_LIMIT))
            continue;
        if (!line)
            break;
        if (!g_utf8_validate(line, -1, NULL)) {
            printer_problem("a line is not UTF-8");
            talk->exit_code = CLI_EXIT_USAGE;
            continue;
        }

        do_line(talk, line);
        /* What follows may depend on what was not done. */
        if (talk->exit_code == CLI_EXIT_UNREACHABLE && client_is_cut_off(talk->client))
            break;
    }
    if (*is_woken)
        talk->exit_code = CLI_EXIT_INTERRUPTED;
    line_reader_free(talk->reader);
}

int talk_run(Client *client, const CliOptions *options)
{
    Talk talk = { .client = client };
    bool is_on_terminal = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && open_terminal(&talk);

    choose_agent(&talk, options->agent);
    if (options->agent && is_on_terminal)
        client_look_for(client, options->agent);
    if (is_on_terminal) {
        printer_note(client_printer(client), "/help lists what there is, Ctrl-D ends");
        talk_on_terminal(&talk);
    } else {
        talk_in_lines(&talk);
    }

    client_use_terminal(client, NULL, NULL, NULL);
    terminal_free(talk.terminal);
    g_free(talk.agent);
    g_free(talk.history);
    return talk.exit_code;
}

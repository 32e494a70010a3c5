#include "agent1/cli/client.h"

#include <stdio.h>
#include <unistd.h>

#include "agent1/cli/ask_words.h"
#include "agent1/cli/channel.h"
#include "agent1/cli/coming_answer.h"
#include "agent1/cli/interrupt.h"
#include "agent1/cli/leave.h"
#include "agent1/cli/live_view.h"
#include "agent1/cli/lookup.h"
#include "agent1/cli/stopping.h"
#include "agent1/cli/typed_line.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

struct Client {
    const CliOptions *options;
    Printer printer;
    Channel *channel;
    Completion *completion;
    Lookup *lookup;
    LiveView view;     /* its ask is what is waited for */
    ClientTakes takes; /* with a terminal */
    void *takes_data;
    Message *last_answer; /* NULL: none yet */
    int64_t last_run;     /* its number; 0: none yet */
    bool has_written_all; /* standard output took everything */
    bool is_cut_off;
    bool is_leaving;
    Interrupt interrupt;
    Stopping stopping;   /* of what is waited for */
    ComingAnswer answer; /* of what is waited for */
};

static void learn(Client *client, const Ask *ask, Heard heard, const Message *message)
{
    int64_t run;

    if (heard != HEARD_ANSWER && heard != HEARD_REPLY)
        return;

    completion_learn(client->completion, ask->text, message->reply.text);
    run = reply_last_run(&message->reply);
    client->last_run = run > 0 ? run : client->last_run;
    if (heard == HEARD_ANSWER) {
        lookup_note(client->lookup, ask->text);
        message_free(client->last_answer);
        client->last_answer = message_copy(message);
    }
}

/* At a terminal, what a subscription brings does not keep the prompt. */
static bool is_worth_waiting(const Client *client, const Ask *ask)
{
    switch (ask->state) {
    case ASK_WAITING:
    case ASK_TAKEN:
        return !client->view.terminal || !ask_listens(ask);
    case ASK_LATE:
    case ASK_ANSWERED:
    case ASK_KEPT:
    case ASK_UNREACHABLE:
        return false;
    }
    g_assert_not_reached();
}

/* ---- what the channel tells ---- */

static void note_progress(Client *client, const Ask *ask, Heard heard, const Message *message)
{
    if (ask != client->view.ask)
        return;

    if (heard == HEARD_REPLY) {
        live_view_set_news(&client->view, ask_without_label(ask, message->reply.text));
    } else if (heard == HEARD_PROGRESS) {
        live_view_set_news(&client->view, message->progress.tail);
        live_view_set_elapsed(&client->view, message->progress.elapsed_ms);
    }
}

static void hear_hidden(Client *client, Heard heard, Ask *ask, const Message *message)
{
    g_autofree char *told = stopping_heard(&client->stopping, heard, ask)
                                ? NULL
                                : lookup_heard(client->lookup, heard, ask, message);

    if (!told)
        return;

    live_view_hide(&client->view);
    printer_problem("%s", told);
    live_view_show(&client->view);
}

/* Above what answers something that was asked beside another thing; once. */
static void name_question(Client *client, Ask *ask)
{
    if (ask->unnamed && !client->printer.is_quiet)
        fprintf(stderr, "> %s\n", ask->unnamed);
    g_clear_pointer(&ask->unnamed, g_free);
    if (client->view.ask && ask != client->view.ask)
        coming_answer_part(&client->answer);
}

/* What came of an answer stands where the whole will stand; elsewhere than on a terminal only the
 * whole is printed. */
static void show_piece(Client *client, const MessageReply *reply)
{
    if (!coming_answer_take(&client->answer, reply))
        return;

    live_view_hide(&client->view);
    if (!coming_answer_print(&client->answer))
        client->has_written_all = false;
    live_view_set_news(&client->view, coming_answer_line(&client->answer));
    live_view_show(&client->view);
}

static bool print_object(Client *client, Ask *ask, Heard heard, const Message *message)
{
    if (heard == HEARD_ANSWER && ask == client->view.ask &&
        coming_answer_has_begun(&client->answer))
        return coming_answer_rest(&client->answer, message->reply.text);
    name_question(client, ask);
    return printer_object(&client->printer, heard, message);
}

/* Of what the progress line shows only the words are printed. */
static bool print(Client *client, Ask *ask, Heard heard, const Message *message,
                  bool is_shown_below)
{
    if (!is_shown_below)
        return print_object(client, ask, heard, message);
    return heard != HEARD_REPLY || coming_answer_words(&client->answer, &message->reply);
}

/* Shown in the progress line alone; but how one of several runs ended stays. */
static bool is_passing(Heard heard, const Message *message)
{
    return heard != HEARD_REPLY || !reply_has_end(message->reply.text);
}

static void on_heard(Heard heard, Ask *ask, const Message *message, void *data)
{
    Client *client = data;
    bool is_shown_below = client->view.line && ask == client->view.ask && ask_is_pending(ask) &&
                          is_worth_waiting(client, ask) && is_passing(heard, message);

    if (ask->is_hidden) {
        hear_hidden(client, heard, ask, message);
        return;
    }
    if (heard == HEARD_PIECE && !client->printer.is_json) {
        if (ask == client->view.ask)
            show_piece(client, &message->reply);
        return;
    }
    note_progress(client, ask, heard, message);
    learn(client, ask, heard, message);

    live_view_hide(&client->view);
    if (!print(client, ask, heard, message, is_shown_below))
        client->has_written_all = false;
    if (ask == client->view.ask && (heard == HEARD_REPLY || heard == HEARD_ANSWER))
        coming_answer_next(&client->answer);
    live_view_show(&client->view);

    if (heard != HEARD_ANSWER)
        return;
    /* Who stays at the terminal hears how it goes on. */
    if (client->view.terminal && ask_waits(ask))
        channel_keep(client->channel, ask);
    else if (ask != client->view.ask)
        channel_forget(client->channel, ask);
}

/* What was typed meanwhile is shown in the progress line. */
static void on_typed(bool is_leaving, void *data)
{
    Client *client = data;

    if (is_leaving) {
        client->is_leaving = true;
        client->interrupt.is_raised = true;
    }
    live_view_show(&client->view);
}

static bool on_line(const char *line, bool is_behind, void *data)
{
    Client *client = data;

    return client->takes(line, is_behind, client->takes_data);
}

static void on_late(Ask *ask, void *data)
{
    Client *client = data;

    if (ask->is_hidden) {
        hear_hidden(client, HEARD_NOTHING, ask, NULL);
        return;
    }
    /* Who waits for it sees its state. */
    if (ask == client->view.ask || ask->state != ASK_UNREACHABLE)
        return;

    live_view_hide(&client->view);
    leave_unanswered(ask, channel_was_connected(client->channel), clock_now_ms());
    live_view_show(&client->view);
    channel_forget(client->channel, ask);
}

static void on_note(const char *text, void *data)
{
    Client *client = data;

    live_view_hide(&client->view);
    printer_note(&client->printer, "%s", text);
    live_view_show(&client->view);
}

/* A script asked for nothing else than its answers. */
static void on_news(const char *text, void *data)
{
    Client *client = data;

    if (!client->view.terminal || !text || client->printer.is_json)
        return;
    live_view_hide(&client->view);
    coming_answer_part(&client->answer);
    printer_news(&client->printer, text);
    live_view_show(&client->view);
}

/* ---- life ---- */

static void on_interrupt(void *data)
{
    Client *client = data;

    if (client->view.terminal)
        terminal_wake(client->view.terminal);
}

Client *client_new(const CliOptions *options, const CliConfig *config, const Key *secret,
                   GError **error)
{
    static const ChannelHandlers handlers = {
        .heard = on_heard,
        .late = on_late,
        .note = on_note,
        .news = on_news,
    };
    g_autoptr(Client) client = g_new0(Client, 1);

    client->options = options;
    client->has_written_all = true;
    printer_init(&client->printer, options);
    coming_answer_init(&client->answer, &client->printer);
    client->completion = completion_new();
    live_view_init(&client->view,
                   !options->is_json && !options->is_quiet && printer_can_draw(STDERR_FILENO));
    interrupt_init(&client->interrupt, on_interrupt, client);

    client->channel = channel_new(config, secret, &handlers, client, error);
    if (!client->channel)
        return NULL;
    stopping_init(&client->stopping, client->channel);
    client->lookup = lookup_new(client->channel, client->completion);

    return g_steal_pointer(&client);
}

void client_free(Client *client)
{
    if (!client)
        return;

    channel_free(client->channel);
    interrupt_clear(&client->interrupt);
    live_view_clear(&client->view);
    lookup_free(client->lookup);
    completion_free(client->completion);
    message_free(client->last_answer);
    coming_answer_clear(&client->answer);
    g_free(client);
}

/* ---- asking ---- */

static const TerminalHold hold = { .typed = on_typed, .takes = on_line };

/* Altogether, and not only what is waited for. */
static bool is_leaving(const Client *client)
{
    return client->view.terminal && (client->is_leaving || client->interrupt.end_signal != 0);
}

/* The person waits no longer. But a first Ctrl-C while a model answers is for the model, and the
 * prompt is back as soon as that has stopped. */
static bool is_left(Client *client, const Ask *ask)
{
    if (!client->interrupt.is_raised)
        return stopping_is_over(&client->stopping);
    if (!client->view.terminal || is_leaving(client) || !stopping_begin(&client->stopping, ask))
        return true;

    client->interrupt.is_raised = false;
    live_view_set_news(&client->view, "it is told to stop; Ctrl-C again goes on without waiting");
    live_view_show(&client->view);
    return false;
}

static void wait_for(Client *client, Ask *ask)
{
    stopping_init(&client->stopping, client->channel);
    if (client->view.terminal)
        terminal_hold(client->view.terminal, &hold, client);
    coming_answer_begin(&client->answer, ask->text);
    live_view_begin(&client->view, ask);

    while (is_worth_waiting(client, ask) && !is_left(client, ask))
        g_main_context_iteration(NULL, TRUE);

    live_view_end(&client->view);
}

/* Left alone, it goes on. Who leaves altogether is told by client_take_leave(). */
static void explain_wait(const Client *client, const Ask *ask)
{
    g_autofree char *text = ask_goes_on(ask, client->view.terminal, clock_now_ms());

    if (!is_leaving(client))
        printer_note(&client->printer, "%s", text);
}

/* After a Ctrl-C, lines that were typed for later are not done unasked. */
static void drop_typed_after(const Client *client)
{
    g_autofree char *typed = NULL;

    if (!client->view.terminal || is_leaving(client) ||
        !(client->interrupt.is_raised || client->stopping.has_begun))
        return;
    typed = terminal_drop_typed(client->view.terminal);
    if (typed)
        printer_note(&client->printer, "not done: %s", typed);
}

/* A !yes that was typed before its question was there answers nothing that anybody has read. */
static void drop_typed_before(const Client *client, const Ask *question)
{
    g_autofree char *typed = NULL;

    if (!client->view.terminal || g_strcmp0(question->outcome, OUTCOME_AWAITING) != 0)
        return;
    typed = terminal_drop_typed(client->view.terminal);
    if (typed)
        printer_note(&client->printer, "not done, typed before this was asked: %s", typed);
}

/* After the wait: says what there is to say, and gives the exit code. What may still be answered
 * stays with the channel. */
static int conclude(Client *client, Ask *ask)
{
    int code = client->interrupt.is_raised && is_worth_waiting(client, ask) ? CLI_EXIT_INTERRUPTED
                                                                            : ask_exit_code(ask);

    client->is_cut_off = ask->state == ASK_UNREACHABLE;
    drop_typed_before(client, ask);
    switch (ask->state) {
    case ASK_WAITING:
    case ASK_TAKEN:
        if (is_worth_waiting(client, ask))
            explain_wait(client, ask);
        break;
    case ASK_LATE:
        printer_problem("no outcome within the --timeout");
        explain_wait(client, ask);
        break;
    case ASK_UNREACHABLE:
        leave_unanswered(ask, channel_was_connected(client->channel), clock_now_ms());
        channel_forget(client->channel, ask);
        break;
    case ASK_ANSWERED:
        channel_forget(client->channel, ask);
        break;
    case ASK_KEPT:
        break;
    }
    drop_typed_after(client);

    if (!client->has_written_all) {
        printer_problem("standard output cannot be written");
        return CLI_EXIT_FAILED;
    }
    return code;
}

static AskWish wish_for(const Client *client, const char *text)
{
    return (AskWish){
        .text = text,
        .is_now = client->options->is_now,
        .is_dry_run = client->options->is_dry_run,
        .wants_data = client->options->is_json,
        .timeout_ms = client->options->timeout_ms,
    };
}

int client_ask(Client *client, const char *text)
{
    const AskWish wish = wish_for(client, text);
    g_autoptr(GError) error = NULL;
    Ask *ask;

    if (!typed_text_check(text, &error)) {
        printer_problem("%s", error->message);
        return CLI_EXIT_USAGE;
    }
    ask = channel_ask(client->channel, &wish, &error);
    if (!ask) {
        printer_problem("%s", error->message);
        return CLI_EXIT_FAILED;
    }

    wait_for(client, ask);
    return conclude(client, ask);
}

bool client_ask_beside(Client *client, const char *text, const char *typed)
{
    const AskWish wish = wish_for(client, text);
    Ask *ask = typed_text_check(text, NULL) ? channel_ask(client->channel, &wish, NULL) : NULL;

    if (ask)
        ask->unnamed = g_strdup(typed);
    return ask;
}

const Ask *client_current(const Client *client)
{
    return client->view.ask;
}

void client_show_beside(Client *client, const char *text)
{
    live_view_hide(&client->view);
    printer_text(&client->printer, text);
    coming_answer_part(&client->answer);
    live_view_show(&client->view);
}

void client_note_beside(Client *client, const char *text)
{
    on_note(text, client);
}

void client_look_for(Client *client, const char *agent)
{
    lookup_agent(client->lookup, agent);
}

bool client_find_agent(Client *client, const char *agent)
{
    terminal_hold(client->view.terminal, &hold, client);
    return lookup_find_agent(client->lookup, agent, &client->interrupt.is_raised);
}

bool client_is_cut_off(const Client *client)
{
    return client->is_cut_off;
}

const char *client_last_answer(const Client *client)
{
    return client->last_answer ? client->last_answer->reply.text : NULL;
}

int64_t client_last_run(const Client *client)
{
    return client->last_run;
}

bool client_is_leaving(const Client *client)
{
    return client->is_leaving;
}

void client_take_leave(const Client *client)
{
    leave_tell(&client->printer, channel_asks(client->channel), clock_now_ms());
}

const Printer *client_printer(const Client *client)
{
    return &client->printer;
}

Completion *client_completion(Client *client)
{
    return client->completion;
}

static void on_completion(const char *before, void *data)
{
    Client *client = data;

    lookup_before(client->lookup, before, &client->interrupt.is_raised);
}

void client_use_terminal(Client *client, Terminal *terminal, ClientTakes takes, void *data)
{
    client->view.terminal = terminal;
    client->takes = takes;
    client->takes_data = data;
    if (terminal)
        terminal_before_completion(terminal, on_completion, client);
}

const bool *client_interrupt(const Client *client)
{
    return &client->interrupt.is_raised;
}

void client_take_interrupt(Client *client)
{
    client->interrupt.is_raised = false;
}

int client_end_signal(const Client *client)
{
    return client->interrupt.end_signal;
}

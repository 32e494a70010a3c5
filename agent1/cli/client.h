/*
 * One person's side of the talk with agent1: asks, waits for the outcome while it shows how things
 * go, prints the answer, and says what that means as an exit code.
 */
#ifndef AGENT1_CLI_CLIENT_H
#define AGENT1_CLI_CLIENT_H

#include "agent1/cli/completion.h"
#include "agent1/cli/config.h"
#include "agent1/cli/exchange.h"
#include "agent1/cli/options.h"
#include "agent1/cli/printer.h"
#include "agent1/cli/terminal.h"
#include "common/wire/key.h"

#include <glib.h>
#include <stdbool.h>

/* Exit codes beside those of outcomes (README.md, outcome_exit_code()). */
#define CLI_EXIT_OK          0
#define CLI_EXIT_FAILED      1
#define CLI_EXIT_USAGE       2
#define CLI_EXIT_UNREACHABLE 5
#define CLI_EXIT_CONFIG      78
#define CLI_EXIT_INTERRUPTED 130

typedef struct Client Client;

/* Begins to connect, and takes over SIGINT, SIGTERM and SIGHUP. options is borrowed. */
Client *client_new(const CliOptions *options, const CliConfig *config, const Key *secret,
                   GError **error);
void client_free(Client *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

/* From now on a line may be being typed here whenever something is written. Each line that is typed
 * whole while something is waited for is given to takes, and whether others wait before it: true,
 * it is done already (with client_ask_beside(), say). Borrowed; NULL: no more. */
typedef bool (*ClientTakes)(const char *line, bool is_behind, void *data);
void client_use_terminal(Client *client, Terminal *terminal, ClientTakes takes, void *data);

/* Asks and waits, until an outcome, --timeout or Ctrl-C. The exit code. */
int client_ask(Client *client, const char *text);

/* Asks while something else is waited for, and does not wait: the answer says what it answers, as
 * it was typed. False: it cannot be asked now. */
bool client_ask_beside(Client *client, const char *text, const char *typed);

/* What is waited for, borrowed; NULL: nothing. */
const Ask *client_current(const Client *client);

/* Prints a text of our own meanwhile. */
void client_show_beside(Client *client, const char *text);

/* The same for a note of one line. */
void client_note_beside(Client *client, const char *text);

/* Has the person told, some time later, when there is no such agent. Does not wait. */
void client_look_for(Client *client, const char *agent);

/* The same at a terminal, before what is typed is for that agent: waits a little, and is false when
 * there is none. */
bool client_find_agent(Client *client, const char *agent);

/* True when the last question had no answer at all: agent1 is out of reach. */
bool client_is_cut_off(const Client *client);

/* The text of the last answer; NULL: none yet. */
const char *client_last_answer(const Client *client);

/* The number of the newest run that was made here; 0: none yet. */
int64_t client_last_run(const Client *client);

/* True when the person wished to leave while something was waited for. */
bool client_is_leaving(const Client *client);

/* Says of everything that is not over that it goes on, and how to look at it. */
void client_take_leave(const Client *client);

const Printer *client_printer(const Client *client);
Completion *client_completion(Client *client);

/* True from a Ctrl-C, or a request to end, until client_take_interrupt(). */
const bool *client_interrupt(const Client *client);
void client_take_interrupt(Client *client);

/* The signal that asked the program to end, 0 as long as there was none. */
int client_end_signal(const Client *client);

#endif

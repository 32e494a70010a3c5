/*
 * Lists of runs, a line for each, as !runs, REPORT: and REPORT_ERRORS: show them.
 */
#ifndef AGENT1_FLOW_COMMANDS_RUN_LINES_H
#define AGENT1_FLOW_COMMANDS_RUN_LINES_H

#include "agent1/flow/state/pending.h"
#include "agent1/flow/voice/turn.h"

/* "#12 web1: failed (exit 2, 3 s) · 14:02 · apt update". A row that is no run is left out. */
void run_lines_say(Core *core, Turn *turn, const Row *row);

/* The same, and why: the line of its output that tells it. */
void run_lines_say_failure(Core *core, Turn *turn, const Row *row);

/* Whether there is an agent of that name, be it one that only asks to join; says so where there is
 * none. */
bool run_lines_is_agent(Core *core, Turn *turn, const char *agent);

/* There are no runs of this agent (NULL: of any): says so, or that there is no such agent. */
void run_lines_say_none(Core *core, Turn *turn, const char *agent);

/* Asks the store for the last of an agent's runs (NULL: of all): QUERY_RUNS_RECENT, …FAILED. */
void run_lines_ask(Core *core, Turn *turn, PendingContinue resume, QueryKind kind,
                   const char *agent);

/* An answer of the store to a question for runs: a line each, or that there are none. */
void run_lines_show(Core *core, const Pending *pending, const GPtrArray *rows);

/* The name that was typed after a word, as agents are written; NULL for none. False, with `usage`
 * said, when it can be none. The caller owns it. */
bool run_lines_read_agent(Turn *turn, const char *arguments, const char *usage, char **out_agent);

#endif

/*
 * How runs move after they were made: an agent's report is applied by the table of
 * agent1/model/run.h, stored and audited in one turn, and the person is told.
 */
#ifndef AGENT1_FLOW_RUNS_OUTCOME_H
#define AGENT1_FLOW_RUNS_OUTCOME_H

#include "agent1/flow/state/core_state.h"

/* Applies an event to a live run: stores what changed; at an outcome tells the person, drops what
 * waited for the agent, and frees the run. reason: why, for people, where the event alone does not
 * tell (NULL otherwise). Returns what became of it; after RUN_APPLIED the run may be gone. */
RunApplied outcome_apply(Core *core, Run *run, RunEvent event, const char *reason);

/* Says something of a run where it was asked for; outcome: a word of common/wire/run_state.h. */
void outcome_tell(Core *core, const Run *run, const char *text, const char *outcome);

/* What is told of the run next is told by the answer to this speaker: at the console that asked for
 * it nothing is said twice. On XMPP its own message says it, and corrects what was shown. */
void outcome_is_answered(Run *run, const Speaker *speaker);

/* Nobody can tell what became of a handed attempt: the run is unknown, or, when it is idempotent
 * and nobody cancels it, handed out again. why: "the agent's journal is new", for people. */
void outcome_lose(Core *core, Run *run, const char *why);

/* The same for every attempt of this agent that the broker may have had. */
void outcome_lose_handed(Core *core, const FleetAgent *agent, const char *why);

/* The agent was revoked: what it never got is rejected, the rest unknown. */
void outcome_revoke(Core *core, const char *agent);

/* A run's time passed without a word from its agent: a flag, not an outcome. */
void outcome_flag_unconfirmed(Core *core, Run *run);

/* How much of an output is shown. */
typedef struct OutcomeView {
    unsigned max_lines; /* of one that is shown whole */
    size_t max_bytes;
    unsigned tail_lines; /* of the end that is shown of another */
    size_t tail_bytes;
    bool is_in_file; /* the whole follows as a file; else it is said which command shows it */
} OutcomeView;

extern const OutcomeView outcome_on_phone;
extern const OutcomeView outcome_whole;

/* The answer's text for a run: "#12 web1: succeeded (exit 0, 0.4 s)", and its output in a fence.
 * The caller owns it. */
char *outcome_text(const Core *core, const Run *run, const OutcomeView *view);

#endif

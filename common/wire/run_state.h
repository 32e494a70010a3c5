/*
 * The words for states of a run, outcomes of an answer, and rules of the gate: the same on the
 * wire, in the database, in chat and in agentctl's exit codes. Only names; who may go where is
 * agent1/model/run.h, who is refused why is each side's model/gate.h. Pure.
 */
#ifndef COMMON_WIRE_RUN_STATE_H
#define COMMON_WIRE_RUN_STATE_H

#include <stdbool.h>

typedef enum {
    RUN_PROPOSED,
    RUN_AWAITING_APPROVAL,
    RUN_DEFERRED,
    RUN_QUEUED,
    RUN_ACCEPTED,
    RUN_RUNNING,
    RUN_CANCELLING,
    /* From here on terminal. */
    RUN_SUCCEEDED,
    RUN_FAILED,
    RUN_TIMED_OUT,
    RUN_CANCELLED,
    RUN_REJECTED,
    RUN_EXPIRED,
    RUN_DENIED,
    RUN_MISSED,
    RUN_SKIPPED,
    RUN_UNKNOWN,
    RUN_NOT_KNOWN, /* only on the wire: the agent never saw this attempt */
    RUN_STATE_COUNT,
} RunState;

/* "proposed", "awaiting_approval", … */
const char *run_state_name(RunState state);
bool run_state_parse(const char *name, RunState *out);
bool run_state_is_terminal(RunState state);

/* Ended without its work, and nobody wanted that: failed, timed_out, unknown, rejected, expired,
 * missed. What a person cancelled or denied, or a schedule skipped, is no failure. */
bool run_state_is_failure(RunState state);

/* Why the gate, or an agent, said no. The names are stable: scripts read them. */
typedef enum {
    RULE_NONE,
    RULE_BLACKOUT,
    RULE_WORK_HOURS,
    RULE_STANDBY,
    RULE_PAUSED,
    RULE_ROLE,
    RULE_UNKNOWN_AGENT,
    RULE_NOT_ACCEPTED,
    RULE_OFFLINE,
    RULE_SKILL,
    RULE_POLICY,
    RULE_BUDGET,
    RULE_EXPIRED,
    RULE_QUEUE_FULL,
    RULE_TAINT,
    RULE_COUNT,
} Rule;

/* "blackout", "work_hours", …; "" for RULE_NONE. */
const char *rule_name(Rule rule);
bool rule_parse(const char *name, Rule *out);

/* reply.outcome: RunState's terminal words and these. */
#define OUTCOME_OK          "ok"      /* a command was answered */
#define OUTCOME_REFUSED     "refused" /* the gate or a right said no, or the text was wrong */
#define OUTCOME_OFFLINE     "offline" /* refused because of --now */
#define OUTCOME_UNCONFIRMED "unconfirmed"
#define OUTCOME_AWAITING    "awaiting" /* waits for a person */

/* agentctl's exit code for an outcome: 0, 1, 3, 4, 5 or 6; 1 for a word it does not know. */
int outcome_exit_code(const char *outcome);

#endif

/*
 * From a task that met the gate to a run: its row, its number, its first state, and the line that
 * tells of it. The only place where runs are made, and where a run that waited meets the gate
 * again.
 */
#ifndef AGENT1_FLOW_RUNS_LAUNCH_H
#define AGENT1_FLOW_RUNS_LAUNCH_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/gate.h"

/* Everything is borrowed. */
typedef struct LaunchOrder {
    const Speaker *speaker; /* who acts, and where the run's answers go */
    const char *agent;
    const char *task;
    const char *plan;     /* the id of the plan that it is a step of; NULL: none */
    const char *schedule; /* the id of the schedule that makes it; NULL: none */
    int64_t nominal_ms;   /* schedule: the time that it stands for; 0: fired by hand */
    int64_t turn;         /* schedule: of its times */
    int64_t timeout_ms;   /* 0: as every task */
    bool is_idempotent;
    const Run *after; /* it waits until this live run has ended; NULL: for no run */
} LaunchOrder;

/* Makes the run in the state that the verdict gives it: ALLOW queued and on its way, ASK
 * awaiting_approval with an open approval, LATER deferred until the gate opens. A door that does
 * not want to wait refuses instead; a denial makes no run (asserted). Says nothing. Borrowed. */
const Run *launch_run(Core *core, const LaunchOrder *order, const Verdict *verdict);

/* An occurrence that is not to be started: the row of a run that was over before it began, MISSED,
 * SKIPPED or REFUSED. rule may be RULE_NONE. Says nothing. */
void launch_record(Core *core, const LaunchOrder *order, RunEvent event, Rule rule,
                   const char *reason);

/* "queued (offline since 14:02; expires 14:20)", "deferred (…)". The caller owns it. */
char *launch_describe(const Core *core, const Run *run);

/* Says the line of a run that was just made, and names the run as one of the chat:
 * "#13 web1: queued (offline since 14:02; expires 14:20)". */
void launch_say(Turn *turn, const Run *run);

/* The gate once more, as the user's role is now (no such user, no run): for a deferred run whose
 * time came, and for one that was approved. The run may be gone afterwards. */
void launch_again(Core *core, Run *run);

/* How long a deferred run waits for its gate when nobody said otherwise. */
#define LAUNCH_WAIT_MS (24 * 3600 * INT64_C(1000))

/* The agent told of its skills: what was queued for it without knowing them, and was handed to
 * nobody yet, is refused where policy objects now. */
void launch_check_queued(Core *core, const char *agent);

/* A person wants a deferred run to start no earlier; the caller stores its row. */
void launch_put_off(Core *core, Run *run, int64_t until_ms);

/* Until when this deferred run waits. */
int64_t launch_wait_until(const Run *run);

#endif

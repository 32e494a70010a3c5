/*
 * What goes to agents, and goes again until they acknowledge it (delivery rules 1, 6, 7 and 9 of
 * agent1/ARCHITECTURE.md). Messages are made anew at each sending, with the same id and a fresh ts.
 */
#ifndef AGENT1_FLOW_RUNS_DISPATCH_H
#define AGENT1_FLOW_RUNS_DISPATCH_H

#include "agent1/flow/state/core_state.h"

/* Adds what must reach the run's agent: OUTBOX_TASK or OUTBOX_CANCEL. Stored; sent by
 * dispatch_due(). */
void dispatch_add_run(Core *core, const Run *run, OutboxKind kind);

/* Adds the run's cancel in place of its task. Remembers whether the task was never acknowledged:
 * see dispatch_was_unheard(). */
void dispatch_add_cancel(Core *core, const Run *run, bool is_unheard);

/* True while a cancel waits whose task was never acknowledged: that the agent does not know the
 * attempt is no loss then, and the cancel keeps it from starting. */
bool dispatch_was_unheard(const Core *core, const Run *run);

/* Adds a control without run, with the agent's next seq; an older one of the same purpose is
 * dropped, and a policy that waits gets a higher seq once more. The agent's row is stored. */
void dispatch_add_control(Core *core, FleetAgent *agent, OutboxKind kind);

/* At the start: whatever control still waits gets a new number. The database may be an older one,
 * and the agent have followed a higher number since. */
void dispatch_number_anew(Core *core);

/* The windows or hours changed: every agent that ever registered gets its policy anew. */
void dispatch_add_policies(Core *core);

/* The agent has acknowledged: removes the item, and with a control those that it overtook. False
 * when there is none of that id for it. */
bool dispatch_acknowledge(Core *core, const char *agent, const char *id);

/* Nothing needs to reach this agent any more. */
void dispatch_drop_agent(Core *core, const char *agent);

/* Nothing of this run needs to reach its agent any more. */
void dispatch_drop_run(Core *core, const Run *run);

/* Sends what is due. */
void dispatch_due(Core *core);

/* Everything for this agent is due at once. */
void dispatch_hurry(Core *core, const FleetAgent *agent);

/* Asks an agent what became of its runs, within delay_ms. */
void dispatch_query_soon(Core *core, FleetAgent *agent, int64_t delay_ms);

/* Asks an agent what became of one run, once, now. */
void dispatch_query_run(Core *core, Run *run);

/* Sends one ack on the agent's control topic. rule and reason: NULL unless rejected. */
void dispatch_ack(Core *core, const char *agent, const char *key, const Message *about,
                  AckState state, const char *rule, const char *reason);

int64_t dispatch_next_deadline(const Core *core);

#endif

/*
 * The facts of this moment, gathered for the gate, and what it says of them. Every door asks here:
 * a new task, !why, a deferred run that meets the gate again.
 */
#ifndef AGENT1_FLOW_GATE_GATE_FACTS_H
#define AGENT1_FLOW_GATE_GATE_FACTS_H

#include "agent1/flow/state/core_state.h"
#include "agent1/model/gate.h"

typedef struct GateAsk {
    Role role;             /* of the user who acts */
    const char *user;      /* NULL: nobody is known */
    const char *principal; /* the bare JID or the key */
    Door door;             /* through which the order came */
    const char *agent;
    const char *task; /* NULL: any, for !why about the agent alone */
    bool is_now;
    unsigned own_runs;       /* live runs of the agent that do not count against its queue */
    const char *approved_by; /* the user who approved exactly this; NULL: nobody */
    int64_t at_ms;           /* what it will say at another time; 0: now */
} GateAsk;

/* Of a user by name; SPEAKER_FILE is an operator, nobody has none. */
Role gate_facts_role(const Core *core, const char *name);

/* What a speaker asks for; everything is borrowed from the arguments. */
void gate_facts_of_speaker(const Speaker *speaker, const char *agent, const char *task,
                           GateAsk *out);

/* What a live run asks for, as its user's role is now; borrowed from the run and the core. */
void gate_facts_of_run(const Core *core, const Run *run, GateAsk *out);

/* The caller clears the verdict. */
void gate_facts_judge(const Core *core, const GateAsk *ask, Verdict *out);

/* What policy.json says of it, and how risky it is: as the gate is told. */
void gate_facts_policy(const Core *core, const GateAsk *ask, RulebookAnswer *out, Risk *out_risk);

/* The skill that a task calls on this agent: its name, or "shell" for free text. The caller owns
 * it. */
char *gate_facts_skill(const Core *core, const char *agent, const char *task);

/* "web1, web2": up to three known agents nearest to the name, or that hold it; NULL when none does.
 */
char *gate_facts_nearest(const Core *core, const char *name);

#endif

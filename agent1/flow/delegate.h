/*
 * DELEGATE and @agent: from a target and a task through the gate to a run.
 */
#ifndef AGENT1_FLOW_DELEGATE_H
#define AGENT1_FLOW_DELEGATE_H

#include "agent1/flow/turn.h"
#include "agent1/model/gate.h"

/* "<agent> [--now] | <task>" and "@<agent> [--now] [|] <task>". */
void delegate_trigger(Core *core, Turn *turn, const char *rest);
void delegate_direct(Core *core, Turn *turn, const char *agent, const char *rest);

/* Takes options off the beginning of a text: --now. False, with the complaint said, for any other:
 * the shell would get it and fail in a way that tells nothing. */
bool delegate_take_options(Turn *turn, const char *agent, const char **text, bool *out_is_now);

typedef struct DelegateAsk {
    Role role; /* of the user who acts */
    const char *agent;
    const char *task; /* NULL: any, for !why about the agent alone */
    bool is_now;
    unsigned own_runs; /* live runs of the agent that do not count against its queue */
} DelegateAsk;

/* What the gate says, from the facts of this moment. Used at every door: a new task, !why, a
 * deferred run that meets the gate again. */
void delegate_judge(const Core *core, const DelegateAsk *ask, Verdict *out);

/* What is wrong with a task's text, whoever it is for; or NULL. The caller owns it. */
char *delegate_judge_text(const char *task);

/* The skill that a task calls on this agent: its name, or "shell" for free text. The caller owns
 * it. */
char *delegate_skill(const Core *core, const char *agent, const char *task);

/* "web1, web2": up to three known agents nearest to the name; NULL when none is near. */
char *delegate_nearest(const Core *core, const char *name);

#endif

/*
 * Cancelling a run that has no outcome yet, whether it waits or is at work.
 */
#ifndef AGENT1_FLOW_RUNS_CANCEL_H
#define AGENT1_FLOW_RUNS_CANCEL_H

#include "agent1/flow/state/core_state.h"

typedef enum {
    CANCEL_DONE,   /* nobody can have started it: it is cancelled, told of, and gone */
    CANCEL_ASKED,  /* its agent is asked */
    CANCEL_REPEAT, /* its agent was asked already */
} CancelResult;

/* by: the user's name. After CANCEL_DONE the run is gone. */
CancelResult cancel_run(Core *core, Run *run, const char *by);

#endif

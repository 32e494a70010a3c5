/*
 * The words of the report of the day: figures from the store, and what the agents told of
 * themselves. Those with failures come first, the sum last.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_TEXT_H
#define AGENT1_FLOW_DAILY_DAILY_TEXT_H

#include "agent1/flow/state/core_state.h"

/* More runs of one day are not looked at. */
#define DAILY_RUNS_MAX 200000

typedef struct DailyText {
    const char *title;
    const GPtrArray *rows; /* of RESULT_FIGURES */
    const char *agent;     /* of this one alone; NULL: of all */
    int64_t day;           /* whose reports of agents count */
    bool is_closing;       /* whoever should have reported by now and has not is named */
} DailyText;

/* The caller owns it. */
char *daily_text(const Core *core, const DailyText *what);

#endif

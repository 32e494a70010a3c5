/*
 * The words of the report of the day: figures from the store, and what the agents told of
 * themselves. Those with failures come first, then the sum, the failures themselves, the head of
 * the audit, and a chart of the hours.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_TEXT_H
#define AGENT1_FLOW_DAILY_DAILY_TEXT_H

#include "agent1/flow/state/core_state.h"

/* So many failures are shown; the others are counted. */
#define DAILY_FAILURES_MAX 10

typedef struct DailyText {
    const char *title;
    const GPtrArray *rows; /* the answer to QUERY_DAY */
    const char *agent;     /* of this one alone; NULL: of all */
    int64_t from_ms;       /* the time that was asked for */
    int64_t until_ms;
    int64_t day;     /* whose reports of agents count */
    bool is_past;    /* another day's: what is pending or missing now is not told */
    bool is_closing; /* whoever should have reported by now and has not is named */
} DailyText;

/* The caller owns it. */
char *daily_text(const Core *core, const DailyText *what);

#endif

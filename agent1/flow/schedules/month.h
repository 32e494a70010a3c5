/*
 * The month ahead, hour by hour: how many schedules begin, what is skipped, and when hours are
 * closed. Days and hours are of the installation's wall clock; both passes of an autumn hour are
 * one.
 */
#ifndef AGENT1_FLOW_SCHEDULES_MONTH_H
#define AGENT1_FLOW_SCHEDULES_MONTH_H

#include "agent1/flow/state/core_state.h"
#include "agent1/port/month_chart.h"

typedef struct Month {
    int64_t first_day; /* as of common/data/local_day.h */
    MonthCell cells[MONTH_DAYS][MONTH_HOURS];
    unsigned schedules; /* that have a time in it */
    bool is_cut;        /* there are too many to look at all of them */
} Month;

/* Of one agent; of all, with the installation's blackouts, for NULL. */
void month_look(Core *core, const char *agent, Month *out);

#endif

/*
 * The chart of a day's runs, made of what the store counted in quarters of an hour.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_CHART_H
#define AGENT1_FLOW_DAILY_DAILY_CHART_H

#include "agent1/flow/state/core_state.h"
#include "agent1/port/day_chart.h"

/* From the rows of a QUERY_DAY over that time, about a day; in the language of whoever is spoken
 * to. NULL: nothing ended. The caller owns it. */
DayChart *daily_chart(const Core *core, const GPtrArray *rows, int64_t from_ms, int64_t until_ms);

#endif

/*
 * Runs, outbox items and agents as rows, and back: the only place that ties these models to
 * TABLE_RUNS, TABLE_OUTBOX and TABLE_AGENTS.
 */
#ifndef AGENT1_FLOW_STATE_ROWS_H
#define AGENT1_FLOW_STATE_ROWS_H

#include "agent1/model/fleet.h"
#include "agent1/model/outbox.h"
#include "agent1/model/run.h"
#include "agent1/port/table.h"

/* The caller owns the results. */
Row *rows_of_run(const Run *run);
Run *rows_to_run(const Row *row); /* NULL for a row whose state is no state */

Row *rows_of_outbox(const OutboxItem *item);
/* Adds the row's item, due at once. False for a kind that this version does not know, and for a
 * task or a cancel of no run. */
bool rows_to_outbox(const Row *row, Outbox *outbox, int64_t now_ms);

Row *rows_of_agent(const FleetAgent *agent);
void rows_to_agent(const Row *row, Fleet *fleet);

#endif

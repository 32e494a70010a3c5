/*
 * The worker's own gate in time: agent1's blackouts and this agent's work hours as the last policy
 * told them, and the work hours of its own file. Any of them closes it. Pauses are not its matter.
 * Pure.
 */
#ifndef AGENT2_MODEL_WORKER_WINDOWS_H
#define AGENT2_MODEL_WORKER_WINDOWS_H

#include "common/data/json.h"
#include "common/data/window.h"
#include "common/data/zones.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerWindows WorkerWindows;

WorkerWindows *worker_windows_new(void);
void worker_windows_free(WorkerWindows *windows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerWindows, worker_windows_free)

/* The work hours of the worker's own file; NULL: none. Copied; zone gets a reference. */
void worker_windows_set_own(WorkerWindows *windows, const Window *work_hours, GTimeZone *zone);

/* Takes over the windows of a policy {"timezone","blackouts":[…],"work_hours":{…}|null,
 * "work_hours_timezone"}. On an error (a zone that zones does not have, a bad window) all stays as
 * it was. */
bool worker_windows_set_policy(WorkerWindows *windows, const Json *policy, const Zones *zones,
                               GError **error);

/* RULE_NONE: open. Otherwise RULE_BLACKOUT or RULE_WORK_HOURS, and where out_reason is not NULL the
 * window in words and when it opens; the caller owns it. */
Rule worker_windows_judge(const WorkerWindows *windows, int64_t at_ms, char **out_reason);

/* The first instant after at_ms at which something begins or ends; INT64_MAX: never. */
int64_t worker_windows_next_change(const WorkerWindows *windows, int64_t at_ms);

/* The first instant after at_ms at which it is closed, when it is open at at_ms; INT64_MAX: not in
 * the next days. */
int64_t worker_windows_next_closing(const WorkerWindows *windows, int64_t at_ms);

#endif

/*
 * tasks_schedule.json as people wrote it: what is to be done when, on which agent. It is read and
 * shown; what the words of `cron` mean and when they come is not known here.
 */
#ifndef AGENT1_MODEL_TASK_LIST_H
#define AGENT1_MODEL_TASK_LIST_H

#include "common/data/json.h"
#include "common/data/zones.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    CATCHUP_ONCE,
    CATCHUP_SKIP,
    CATCHUP_ALL,
} Catchup;

typedef enum {
    OVERLAP_FORBID,
    OVERLAP_QUEUE,
    OVERLAP_ALLOW,
} Overlap;

typedef enum {
    ON_BLOCKED_DEFER,
    ON_BLOCKED_SKIP,
} OnBlocked;

typedef struct TaskEntry {
    char *id; /* NULL: hand-written without one */
    char *agent;
    char *task;
    char *cron; /* as it was written */
    bool is_enabled;
    char *timezone; /* NULL: the installation's */
    int catchup;    /* Catchup */
    int64_t max_lateness_ms;
    int overlap;    /* Overlap */
    int on_blocked; /* OnBlocked */
    int64_t jitter_ms;
    int64_t timeout_ms; /* 0: as every task */
    bool is_idempotent;
    char *user; /* who made it; NULL: nobody is named */
} TaskEntry;

/* TaskEntry *, in the order of the file. NULL: none. Warnings as in record_read(); errors name the
 * path, as tasks[2].cron. */
GPtrArray *task_list_parse(const Json *object, const Zones *zones, GPtrArray *warnings,
                           GError **error);

#endif

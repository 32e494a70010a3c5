/*
 * tasks_schedule.json as people wrote it: what is to be done when, on which agent. What has fired
 * is not known here.
 */
#ifndef AGENT1_MODEL_TASK_LIST_H
#define AGENT1_MODEL_TASK_LIST_H

#include "common/data/json.h"
#include "common/data/time_spec.h"
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

/* So many there may be, and so far apart an interval's times must be. */
#define TASKS_MAX           100000
#define TASKS_PERIOD_MIN_MS (10 * INT64_C(1000))

/* Never changed once it stands in a list: those who keep one hold a reference. */
typedef struct TaskEntry {
    char *id;
    char *task;

    /* Reference strings. */
    char *agent;
    char *cron;     /* as it was written */
    char *timezone; /* NULL: the installation's */
    char *user;     /* who made it; NULL: nobody is named */

    GTimeZone *zone; /* of that name; NULL: the installation's */
    TimeSpec spec;
    int64_t max_lateness_ms;
    int64_t jitter_ms;
    int64_t timeout_ms; /* 0: as every task */
    int catchup;        /* Catchup */
    int overlap;        /* Overlap */
    int on_blocked;     /* OnBlocked */
    bool is_id_made;    /* hand-written without one: made from the rest, always the same */
    bool is_enabled;
    bool is_idempotent;
    unsigned references;
} TaskEntry;

/* TaskEntry *, in the order of the file. NULL: none. Warnings as in record_read(); errors name the
 * path, as tasks[2].cron. */
GPtrArray *task_list_parse(const Json *object, const Zones *zones, GPtrArray *warnings,
                           GError **error);

TaskEntry *task_entry_ref(TaskEntry *entry);
void task_entry_unref(TaskEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TaskEntry, task_entry_unref)

/* One entry of the list, from its members. zones NULL: its zone is not looked up, so it is there to
 * be told of alone. */
TaskEntry *task_entry_parse(const Json *object, const Zones *zones, GError **error);

/* Its members as the file has them, the id among them. The caller owns it. */
Json *task_entry_members(const TaskEntry *entry);

/* True when it says no more than when, in which zone, on which agent and what, in one line: then
 * this makes it anew, "SCHEDULE: weekly mon 03:00 Europe/Paris | web1 | apt upgrade". The caller
 * owns it. */
bool task_entry_is_plain(const TaskEntry *entry);
char *task_entry_trigger(const TaskEntry *entry);

/* The ids that were made for entries that have none in the file, in its order, beside what those
 * say: a JSON array of {"id","agent","task","cron","timezone"}. NULL: all have one. The caller owns
 * it. */
char *task_list_namings(const GPtrArray *list);

/* Another list of the same entries. The caller unrefs it. */
GPtrArray *task_list_copy(const GPtrArray *list);

/* NULL when there is none of that id. Borrowed. */
TaskEntry *task_list_find(const GPtrArray *list, const char *id);

/* Puts an entry in the place of the one with its id, or at the end. Takes a reference. */
void task_list_set(GPtrArray *list, TaskEntry *entry);
void task_list_remove(GPtrArray *list, const char *id);

/* An id for an entry that has none: "web1-apt-3fa2", of its agent, the first word of its task and
 * all that it says; is_taken tells which are not free. The caller owns it. */
char *task_entry_make_id(const TaskEntry *entry, bool (*is_taken)(const char *id, void *data),
                         void *data);

#endif

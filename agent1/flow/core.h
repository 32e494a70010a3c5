/*
 * The core of agent1: a deterministic machine without I/O. Events go in, effects come out; the time
 * and all randomness are in the event, so the same events give the same effects.
 *
 *     core_new → core_restore per table → core_configure → core_start → core_step …
 *
 * Rows come first: the edits among them that no file holds yet are laid over the registry.
 *
 * How a thing is decided stands in the flows beside this file, one use-case each;
 * agent1/ARCHITECTURE.md draws the map.
 */
#ifndef AGENT1_FLOW_CORE_H
#define AGENT1_FLOW_CORE_H

#include "agent1/port/effect.h"
#include "agent1/port/event.h"
#include "agent1/port/settings.h"
#include "common/data/json.h"
#include "common/data/zones.h"

#include <glib.h>

typedef struct Core Core;

/* The files that people wrote, parsed; NULL for one that is not there. Borrowed for the call. */
typedef struct CoreFiles {
    const Json *config;
    const Json *registry;
    const Json *blackouts;
    const Json *policy;
    const Json *reports;   /* reports_schedule.json */
    const Json *tasks;     /* tasks_schedule.json */
    bool are_tasks_kept;   /* the core shall keep those that it has, instead of `tasks` */
    const Core *tasks_of;  /* not NULL: its entries as that core has them, instead of `tasks` */
    const Zones *zones;    /* every zone that the files name, as far as this system has it */
    const char *host_zone; /* the host's own zone: used when the files name none; it is in zones */
    const char
        *host_zone_problem;  /* why the host does not tell it: another counts; NULL: it does */
    ModelEnvironment models; /* of the process: used when config.json has no "llm" */
} CoreFiles;

Core *core_new(void);
void core_free(Core *core);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Core, core_free)

/* What the files say, checked, all or none; the error begins with the file's name. Knows no core
 * (but tasks_of), so that it can be done on any thread. */
typedef struct CoreReading CoreReading;

CoreReading *core_read(const CoreFiles *files, GError **error);
void core_reading_free(CoreReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CoreReading, core_reading_free)

/* Adds copies of its warnings, which begin with the file's name. */
void core_reading_add_warnings(const CoreReading *reading, GPtrArray *all);

/* Takes all of it; what is left in the reading is only to be freed, after the step with
 * EVENT_CONFIGURED that follows once the core runs. */
void core_take(Core *core, CoreReading *reading);

/* Both: on failure the core is as it was. */
bool core_configure(Core *core, const CoreFiles *files, GPtrArray *warnings, GError **error);

/* What config.json says, with its defaults. Borrowed until the next core_configure(). */
const Settings *core_settings(const Core *core);

/* Takes the live rows of one table; rows are taken over, the array stays the caller's. */
void core_restore(Core *core, Table table, GPtrArray *rows);

/* Begins: a new epoch, and whatever was decided before and not yet done. set_aside is the name that
 * a damaged database got (NULL: it was sound): then agent1 begins asleep and says so. stamp gives
 * time and seed only. */
void core_start(Core *core, const Event *stamp, const char *set_aside, Effects *fx);

void core_step(Core *core, const Event *event, Effects *fx);

/* When EVENT_TICK is due next, Unix milliseconds; INT64_MAX: nothing waits for a time. */
int64_t core_next_deadline(const Core *core);

#endif

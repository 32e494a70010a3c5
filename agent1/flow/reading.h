/*
 * What people's files say, read and checked apart from any core: so on any thread, by whoever owns
 * it. It is in force once a core takes it (agent1/flow/configure.c).
 */
#ifndef AGENT1_FLOW_READING_H
#define AGENT1_FLOW_READING_H

#include "agent1/flow/core.h"
#include "agent1/model/registry.h"
#include "agent1/model/report_times.h"
#include "agent1/model/rulebook.h"
#include "agent1/model/users.h"

struct CoreReading {
    Settings *settings;
    Users *users;
    Registry *registry;
    GPtrArray *blackouts; /* Window * */
    Rulebook *rulebook;
    ReportTimes *report_times;
    GTimeZone *zone; /* the installation's */
    char *zone_name;
    char *zone_problem;  /* why it may not be the host's; NULL: nothing */
    Zones *zones;        /* every one that the files name */
    GPtrArray *warnings; /* char *, of all files but the tasks */

    /* NULL: as the core has them. */
    GPtrArray *tasks; /* TaskEntry * */
    GPtrArray *task_warnings;
    char *namings; /* as of task_list_namings() */

    /* What the core had before it took these; may be the last references to very many. */
    GPtrArray *tasks_before;
    GPtrArray *task_list_before;
};

#endif

/*
 * What the worker's core is told by the configuration. Made by the app, replaced as a whole when
 * the configuration is read again.
 */
#ifndef AGENT2_FLOW_WORKER_SETTINGS_H
#define AGENT2_FLOW_WORKER_SETTINGS_H

#include "agent2/flow/skill_book.h"
#include "common/data/window.h"

#include <glib.h>
#include <stdbool.h>

typedef struct WorkerSettings {
    char *name;
    char *version;
    char *host;
    char *boot_id;
    char *install_path; /* these three may be NULL */
    char *service_name;
    char *git_branch;
    char *policy_hash;            /* of the configuration and the packs */
    GPtrArray *orchestrator_keys; /* char *, as key_print() writes them; at least one */
    bool must_be_sealed;          /* clear frames are refused on inbox and control */
    SkillBook *skills;
    Window *work_hours; /* NULL: none */
    GTimeZone *zone;    /* of work_hours */
    char *zone_name;
    unsigned max_parallel; /* runs at once, at least 1 */
    unsigned queue;        /* accepted ones that wait */
} WorkerSettings;

WorkerSettings *worker_settings_new(void);
void worker_settings_free(WorkerSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerSettings, worker_settings_free)

#endif

/*
 * agent2.json (README.md), its secrets and its skill packs, read and checked as a whole: what
 * loads can be run. Messages name the file, the JSON path, the value and what was expected.
 *
 * Reading it changes nothing but the memory of log_redact(); no key is made and no folder.
 */
#ifndef AGENT2_APP_WORKER_CONFIG_H
#define AGENT2_APP_WORKER_CONFIG_H

#include "agent2/edge/journal.h"
#include "agent2/edge/launcher.h"
#include "agent2/flow/skill_book.h"
#include "common/data/window.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct WorkerConfig {
    char *path;   /* of the file, absolute */
    char *folder; /* where it stands: other paths are relative to it */
    char *name;

    char *mqtt_url;
    char *mqtt_username;
    char *mqtt_password; /* read from wherever it stands */
    char *mqtt_ca_file;
    char *mqtt_cert_file;
    char *mqtt_key_file;
    int64_t mqtt_keep_alive_s;
    bool is_sealed;
    GPtrArray *orchestrator_keys; /* char * */

    char *state_dir; /* absolute */
    char *key_path;
    LauncherMode launcher;
    char *shim_path;

    SkillBook *skills;
    char *policy_hash; /* of the file and the packs */
    int64_t max_parallel;
    int64_t queue;
    Window *work_hours; /* NULL: none */
    GTimeZone *zone;    /* of work_hours */
    char *zone_name;
    JournalOrders *orders;

    char *install_path; /* of its git repository, with git_branch; these three may be NULL */
    char *service_name;
    char *git_branch;
} WorkerConfig;

/* warnings: char *, freed by the array. Errors: PROBLEM_*, all of them a bad configuration. */
WorkerConfig *worker_config_load(const char *path, GPtrArray *warnings, GError **error);
void worker_config_free(WorkerConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerConfig, worker_config_free)

/* NULL when the running worker can go over to the new configuration; otherwise the name of a member
 * that only a restart can change. */
const char *worker_config_fixed_member(const WorkerConfig *running, const WorkerConfig *other);

#endif

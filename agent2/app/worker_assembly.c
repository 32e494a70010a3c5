#include "agent2/app/worker_assembly.h"

#include "agent2/edge/run_folder.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/log.h"
#include "common/sys/random.h"
#include "common/sys/zone.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define STATE_MODE 0700

bool worker_assembly_make_state_dir(const char *state_dir, GError **error)
{
    const char *type = NULL;
    bool is_local = false;

    if (!file_make_folder(state_dir, STATE_MODE, error) ||
        !file_is_local(state_dir, &is_local, &type, error))
        return false;
    if (!is_local)
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "state_dir: \"%s\": lies on %s; expected a local file system, for locks and "
                    "fsync must hold",
                    state_dir, type);
    return is_local;
}

bool worker_assembly_read_boot_id(char out[RUN_BOOT_ID_CHARS + 1], GError **error)
{
    return run_folder_boot_id(out, error);
}

WorkerSettings *worker_assembly_settings(WorkerConfig *config, const char *boot_id)
{
    WorkerSettings *settings = worker_settings_new();

    settings->name = g_strdup(config->name);
    settings->version = g_strdup(VERSION);
    settings->host = g_strdup(g_get_host_name());
    settings->boot_id = g_strdup(boot_id);
    settings->install_path = g_strdup(config->install_path);
    settings->service_name = g_strdup(config->service_name);
    settings->git_branch = g_strdup(config->git_branch);
    settings->policy_hash = g_strdup(config->policy_hash);
    for (guint i = 0; i < config->orchestrator_keys->len; i++)
        g_ptr_array_add(settings->orchestrator_keys,
                        g_strdup(g_ptr_array_index(config->orchestrator_keys, i)));
    settings->must_be_sealed = config->is_sealed;
    settings->skills = g_steal_pointer(&config->skills);
    settings->work_hours = g_steal_pointer(&config->work_hours);
    if (config->zone)
        settings->zone = g_time_zone_ref(config->zone);
    settings->zone_name = g_strdup(config->zone_name);
    settings->max_parallel = (unsigned)config->max_parallel;
    settings->queue = (unsigned)config->queue;
    return settings;
}

void worker_assembly_add_zone(Zones *zones, const char *name)
{
    g_autoptr(GTimeZone) zone = NULL;

    if (!name || zones_find(zones, name))
        return;
    zone = zone_read(name, NULL);
    if (zone)
        zones_add(zones, name, zone);
}

/* The zones of the policy that the counters keep. */
static void add_stored_zones(Zones *zones, const char *counters)
{
    g_autoptr(Json) json = json_parse(counters, strlen(counters), strlen(counters), NULL);
    const Json *policy = json_member(json, "policy");

    worker_assembly_add_zone(zones, json_string(json_member(policy, "timezone")));
    worker_assembly_add_zone(zones, json_string(json_member(policy, "work_hours_timezone")));
}

static bool set_aside(const char *state_dir, const GError *problem, GError **error)
{
    g_autofree char *path = g_build_filename(state_dir, "counters", NULL);
    g_autofree char *aside =
        g_strdup_printf("%s.damaged-%" G_GINT64_FORMAT, path, clock_now_ms() / 1000);

    log_line(LOG_LEVEL_ERROR, "%s is damaged (%s): set aside as %s; a new journal begins", path,
             problem->message, aside);
    if (rename(path, aside) == 0)
        return true;
    g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path, g_strerror(errno));
    return false;
}

Worker *worker_assembly_new_worker(WorkerConfig *config, const char *boot_id, Zones *zones,
                                   GError **error)
{
    g_autoptr(WorkerSettings) settings = NULL;
    g_autoptr(GError) problem = NULL;
    g_autofree char *counters = journal_read_counters(config->state_dir, &problem);
    uint8_t seed[IDS_SEED_BYTES];
    Worker *worker;

    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    if (counters)
        add_stored_zones(zones, counters);
    settings = worker_assembly_settings(config, boot_id);
    random_fill(seed, sizeof seed);
    worker = worker_new(settings, zones, counters, clock_now_ms(), seed, &problem);
    if (!worker && set_aside(config->state_dir, problem, error))
        worker = worker_new(settings, zones, NULL, clock_now_ms(), seed, error);
    if (worker)
        g_steal_pointer(&settings);
    return worker;
}

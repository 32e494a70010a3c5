#include "agent2/flow/worker_settings.h"

#include "common/base/banned.h"

WorkerSettings *worker_settings_new(void)
{
    WorkerSettings *settings = g_new0(WorkerSettings, 1);

    settings->orchestrator_keys = g_ptr_array_new_with_free_func(g_free);
    settings->must_be_sealed = true;
    settings->max_parallel = 1;
    settings->queue = 1;
    return settings;
}

void worker_settings_free(WorkerSettings *settings)
{
    if (!settings)
        return;

    g_free(settings->name);
    g_free(settings->version);
    g_free(settings->host);
    g_free(settings->boot_id);
    g_free(settings->install_path);
    g_free(settings->service_name);
    g_free(settings->git_branch);
    g_free(settings->policy_hash);
    g_ptr_array_unref(settings->orchestrator_keys);
    skill_book_free(settings->skills);
    window_free(settings->work_hours);
    g_clear_pointer(&settings->zone, g_time_zone_unref);
    g_free(settings->zone_name);
    g_free(settings);
}

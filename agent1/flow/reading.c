/* What people wrote, as it stands in files: checked, all of it or none. */
#include "agent1/flow/reading.h"

#include "agent1/flow/state/core_state.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/base/banned.h"

static void unref_list(GPtrArray *list)
{
    if (list)
        g_ptr_array_unref(list);
}

void core_reading_free(CoreReading *reading)
{
    if (!reading)
        return;

    settings_free(reading->settings);
    users_free(reading->users);
    registry_free(reading->registry);
    unref_list(reading->blackouts);
    rulebook_free(reading->rulebook);
    report_times_free(reading->report_times);
    g_clear_pointer(&reading->zone, g_time_zone_unref);
    g_free(reading->zone_name);
    g_free(reading->zone_problem);
    zones_free(reading->zones);
    unref_list(reading->warnings);
    unref_list(reading->tasks);
    unref_list(reading->task_warnings);
    g_free(reading->namings);
    unref_list(reading->tasks_before);
    unref_list(reading->task_list_before);
    g_free(reading);
}

/* Puts the file's name before the messages that parsing it gave. */
static void name_warnings(GPtrArray *all, GPtrArray *own, const char *file)
{
    unsigned i;

    for (i = 0; i < own->len; i++)
        g_ptr_array_add(all, g_strdup_printf("%s: %s", file, (const char *)own->pdata[i]));
}

static bool read_config(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                        GError **error)
{
    const char *name;
    GTimeZone *zone;

    reading->settings = settings_parse(files->config, &files->models, warnings, error);
    if (!reading->settings)
        return false;
    reading->users = users_parse(reading->settings->users, files->zones, warnings, error);
    if (!reading->users)
        return false;

    name = reading->settings->timezone ? reading->settings->timezone : files->host_zone;
    zone = zones_find(files->zones, name);
    if (!zone) {
        problem_set_expected(error, PROBLEM_VALUE, name,
                             "a time zone of this system, such as Europe/Paris");
        g_prefix_error(error, "timezone: ");
        return false;
    }
    reading->zone = g_time_zone_ref(zone);
    reading->zone_name = g_strdup(name);
    if (!reading->settings->timezone)
        reading->zone_problem = g_strdup(files->host_zone_problem);
    return true;
}

static bool read_registry(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                          GError **error)
{
    reading->registry = registry_parse(files->registry, files->zones, warnings, error);
    return reading->registry != NULL;
}

static bool read_blackouts(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                           GError **error)
{
    reading->blackouts = hours_parse_blackouts(files->blackouts, warnings, error);
    return reading->blackouts != NULL;
}

static bool read_policy(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                        GError **error)
{
    reading->rulebook = rulebook_parse(files->policy, warnings, error);
    return reading->rulebook != NULL;
}

static bool read_reports(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                         GError **error)
{
    reading->report_times = report_times_parse(files->reports, warnings, error);
    return reading->report_times != NULL;
}

/* Of a core that has them: its own, as its file had them. */
static bool take_tasks_of(CoreReading *reading, const Core *core)
{
    reading->tasks = g_ptr_array_ref(core->tasks_read);
    reading->task_warnings = g_ptr_array_ref(core->task_warnings);
    reading->namings = g_strdup(core->namings);
    return true;
}

static bool read_tasks(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                       GError **error)
{
    if (files->tasks_of)
        return take_tasks_of(reading, files->tasks_of);
    if (files->are_tasks_kept)
        return true;

    reading->tasks = task_list_parse(files->tasks, files->zones, warnings, error);
    if (!reading->tasks)
        return false;
    reading->namings = task_list_namings(reading->tasks);
    reading->task_warnings = g_ptr_array_new_with_free_func(g_free);
    name_warnings(reading->task_warnings, warnings, TASKS_FILE);
    g_ptr_array_set_size(warnings, 0);
    return true;
}

typedef bool (*ReadFile)(CoreReading *reading, const CoreFiles *files, GPtrArray *warnings,
                         GError **error);

static bool read_files(CoreReading *reading, const CoreFiles *files, GError **error)
{
    static const struct {
        const char *file;
        ReadFile read;
    } rows[] = {
        { "config.json", read_config },
        { "agents_registry.json", read_registry },
        { "blackout_hours.json", read_blackouts },
        { "policy.json", read_policy },
        { "reports_schedule.json", read_reports },
        { TASKS_FILE, read_tasks },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);

        if (!rows[i].read(reading, files, own, error)) {
            g_prefix_error(error, "%s: ", rows[i].file);
            return false;
        }
        name_warnings(reading->warnings, own, rows[i].file);
    }
    return true;
}

/* A key is a user's or an agent's, never both. */
static bool check_keys(const CoreReading *reading, GError **error)
{
    g_autoptr(GPtrArray) keys = users_keys(reading->users);
    unsigned i;

    for (i = 0; i < keys->len; i++) {
        const RegistryAgent *agent = registry_by_key(reading->registry, keys->pdata[i]);

        if (agent) {
            const User *user = users_by_key(reading->users, keys->pdata[i]);
            g_autofree char *shown = text_make_line(user->name, SHOWN_MAX_CHARS);

            g_set_error(error, PROBLEM, PROBLEM_VALUE,
                        "agents_registry.json: agents.%s.public_key: the same as a key of user "
                        "\"%s\" in config.json: expected a key for each",
                        agent->name, shown);
            return false;
        }
    }
    return true;
}

CoreReading *core_read(const CoreFiles *files, GError **error)
{
    g_autoptr(CoreReading) reading = g_new0(CoreReading, 1);

    reading->warnings = g_ptr_array_new_with_free_func(g_free);
    reading->zones = zones_new();
    zones_add_all(reading->zones, files->zones);
    if (!read_files(reading, files, error) || !check_keys(reading, error))
        return NULL;
    return g_steal_pointer(&reading);
}

void core_reading_add_warnings(const CoreReading *reading, GPtrArray *all)
{
    unsigned i;

    for (i = 0; i < reading->warnings->len; i++)
        g_ptr_array_add(all, g_strdup(reading->warnings->pdata[i]));
    for (i = 0; reading->task_warnings && i < reading->task_warnings->len; i++)
        g_ptr_array_add(all, g_strdup(reading->task_warnings->pdata[i]));
}

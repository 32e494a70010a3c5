/* What people wrote, taken into the core: all files or none. */
#include "agent1/flow/core.h"

#include "agent1/flow/state/core_state.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define WARNINGS_SHOWN_CHARS 500

typedef struct Draft {
    Settings *settings;
    Users *users;
    Registry *registry;
    GPtrArray *blackouts;
    Rulebook *rulebook;
    ReportTimes *report_times;
    GPtrArray *task_list;
    GTimeZone *zone; /* borrowed from the files' zones */
    const char *zone_name;
} Draft;

static void draft_clear(Draft *draft)
{
    settings_free(draft->settings);
    users_free(draft->users);
    registry_free(draft->registry);
    if (draft->blackouts)
        g_ptr_array_unref(draft->blackouts);
    rulebook_free(draft->rulebook);
    report_times_free(draft->report_times);
    if (draft->task_list)
        g_ptr_array_unref(draft->task_list);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Draft, draft_clear)

/* Puts the file's name before the messages that parsing it gave. */
static void name_warnings(GPtrArray *all, GPtrArray *own, const char *file)
{
    unsigned i;

    for (i = 0; i < own->len; i++)
        g_ptr_array_add(all, g_strdup_printf("%s: %s", file, (const char *)own->pdata[i]));
}

static bool read_config(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    draft->settings = settings_parse(files->config, &files->models, warnings, error);
    if (!draft->settings)
        return false;
    draft->users = users_parse(draft->settings->users, files->zones, warnings, error);
    if (!draft->users)
        return false;

    draft->zone_name = draft->settings->timezone ? draft->settings->timezone : files->host_zone;
    draft->zone = zones_find(files->zones, draft->zone_name);
    if (!draft->zone) {
        problem_set_expected(error, PROBLEM_VALUE, draft->zone_name,
                             "a time zone of this system, such as Europe/Paris");
        g_prefix_error(error, "timezone: ");
        return false;
    }
    return true;
}

static bool read_registry(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    draft->registry = registry_parse(files->registry, files->zones, warnings, error);
    return draft->registry != NULL;
}

static bool read_blackouts(Draft *draft, const CoreFiles *files, GPtrArray *warnings,
                           GError **error)
{
    draft->blackouts = hours_parse_blackouts(files->blackouts, warnings, error);
    return draft->blackouts != NULL;
}

static bool read_policy(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    draft->rulebook = rulebook_parse(files->policy, warnings, error);
    return draft->rulebook != NULL;
}

static bool read_reports(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    draft->report_times = report_times_parse(files->reports, warnings, error);
    return draft->report_times != NULL;
}

static bool read_tasks(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    draft->task_list = files->tasks_of
                           ? g_ptr_array_ref(files->tasks_of->tasks_read)
                           : task_list_parse(files->tasks, files->zones, warnings, error);
    return draft->task_list != NULL;
}

typedef bool (*ReadFile)(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error);

static bool read_files(Draft *draft, const CoreFiles *files, GPtrArray *warnings, GError **error)
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
        { "tasks_schedule.json", read_tasks },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) own = g_ptr_array_new_with_free_func(g_free);

        if (!rows[i].read(draft, files, own, error)) {
            g_prefix_error(error, "%s: ", rows[i].file);
            return false;
        }
        name_warnings(warnings, own, rows[i].file);
    }
    return true;
}

/* A key is a user's or an agent's, never both. */
static bool check_keys(const Draft *draft, GError **error)
{
    g_autoptr(GPtrArray) keys = users_keys(draft->users);
    unsigned i;

    for (i = 0; i < keys->len; i++) {
        const RegistryAgent *agent = registry_by_key(draft->registry, keys->pdata[i]);

        if (agent) {
            const User *user = users_by_key(draft->users, keys->pdata[i]);
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

static void apply_task(Core *core, const char *id, const Json *members)
{
    g_autoptr(TaskEntry) entry = NULL;

    if (json_kind(members) == JSON_NULL) {
        task_list_remove(core->task_list, id);
        return;
    }
    entry = task_entry_parse(members, core->zones, NULL);
    if (entry && g_strcmp0(entry->id, id) == 0)
        task_list_set(core->task_list, entry);
}

static void apply_edit(Core *core, const char *file, const char *name, const Json *members)
{
    int minute;

    if (g_strcmp0(file, TASKS_FILE) == 0) {
        apply_task(core, name, members);
        return;
    }
    if (g_strcmp0(file, REPORTS_FILE) == 0) {
        if (report_times_read_members(members, &minute))
            report_times_set(core->report_times, name, minute);
        return;
    }
    registry_set_key(core->registry, name, json_string(json_member(members, "public_key")),
                     json_bool(json_member(members, "accepted")));
}

/* Decided, and the file not written yet: a person's word stands. */
static void apply_open_edits(Core *core)
{
    g_autoptr(GPtrArray) edits = ledger_list(core->ledgers[TABLE_EDITS]);
    unsigned i;

    for (i = 0; i < edits->len; i++) {
        const Row *row = edits->pdata[i];
        const char *text = row_text(row, EDITS_MEMBERS);
        g_autoptr(Json) members = json_parse(text, strlen(text), 65536, NULL);

        if (members)
            apply_edit(core, row_text(row, EDITS_FILE), row_text(row, EDITS_NAME), members);
    }
}

/* One line of all of them; NULL for none. The caller owns it. */
static char *join_warnings(const GPtrArray *warnings)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < warnings->len; i++)
        g_string_append_printf(text, "%s%s", i ? "; " : "", (const char *)warnings->pdata[i]);
    return warnings->len > 0 ? text_make_line(text->str, WARNINGS_SHOWN_CHARS) : NULL;
}

bool core_configure(Core *core, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    g_auto(Draft) draft = { 0 };
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    if (!read_files(&draft, files, found, error) || !check_keys(&draft, error))
        return false;
    for (i = 0; warnings && i < found->len; i++)
        g_ptr_array_add(warnings, g_strdup(found->pdata[i]));

    core_drop_files(core);
    core->settings = g_steal_pointer(&draft.settings);
    core->users = g_steal_pointer(&draft.users);
    core->registry = g_steal_pointer(&draft.registry);
    core->blackouts = g_steal_pointer(&draft.blackouts);
    core->rulebook = g_steal_pointer(&draft.rulebook);
    core->report_times = g_steal_pointer(&draft.report_times);
    core->tasks_read = g_steal_pointer(&draft.task_list);
    core->task_list = task_list_copy(core->tasks_read);
    core->zone = g_time_zone_ref(draft.zone);
    core->zone_name = g_strdup(draft.zone_name);
    core->warnings = join_warnings(found);
    zones_add_all(core->zones, files->zones);
    core_speak_to(core, NULL);
    apply_open_edits(core);
    return true;
}

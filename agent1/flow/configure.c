/* What people wrote, taken into the core: all files or none. */
#include "agent1/flow/reading.h"

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/state/edits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define WARNINGS_SHOWN_CHARS 500

static void apply_edit(Core *core, const char *file, const char *name, const Json *members)
{
    int minute;

    if (g_strcmp0(file, TASKS_FILE) == 0) {
        edits_apply_task(core->task_list, core->zones, name, members);
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
        g_autoptr(Json) members = edits_members(row);

        if (members)
            apply_edit(core, row_text(row, EDITS_FILE), row_text(row, EDITS_NAME), members);
    }
}

/* One line of all of them; NULL for none. The caller owns it. */
static char *join_warnings(const Core *core, const CoreReading *reading)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    core_reading_add_warnings(reading, warnings);
    for (i = 0; !reading->task_warnings && i < core->task_warnings->len; i++)
        g_ptr_array_add(warnings, g_strdup(core->task_warnings->pdata[i]));
    for (i = 0; i < warnings->len; i++)
        g_string_append_printf(text, "%s%s", i ? "; " : "", (const char *)warnings->pdata[i]);
    return warnings->len > 0 ? text_make_line(text->str, WARNINGS_SHOWN_CHARS) : NULL;
}

/* The lists change places: to free what was can take longer than a turn may. */
static void take_tasks(Core *core, CoreReading *reading)
{
    reading->tasks_before = g_steal_pointer(&core->tasks_read);
    reading->task_list_before = g_steal_pointer(&core->task_list);
    if (core->task_warnings)
        g_ptr_array_unref(core->task_warnings);
    g_free(core->namings);
    core->tasks_read = g_steal_pointer(&reading->tasks);
    core->task_list = task_list_copy(core->tasks_read);
    core->task_warnings = g_ptr_array_ref(reading->task_warnings);
    core->namings = g_steal_pointer(&reading->namings);
    core->are_tasks_new = true;
}

void core_take(Core *core, CoreReading *reading)
{
    core_drop_files(core);
    core->settings = g_steal_pointer(&reading->settings);
    core->users = g_steal_pointer(&reading->users);
    core->registry = g_steal_pointer(&reading->registry);
    core->blackouts = g_steal_pointer(&reading->blackouts);
    core->rulebook = g_steal_pointer(&reading->rulebook);
    core->report_times = g_steal_pointer(&reading->report_times);
    core->zone = g_steal_pointer(&reading->zone);
    core->zone_name = g_steal_pointer(&reading->zone_name);
    core->zone_problem = g_steal_pointer(&reading->zone_problem);
    zones_add_all(core->zones, reading->zones);
    if (reading->tasks)
        take_tasks(core, reading);
    core->warnings = join_warnings(core, reading);
    core_speak_to(core, NULL);
    apply_open_edits(core);
}

bool core_configure(Core *core, const CoreFiles *files, GPtrArray *warnings, GError **error)
{
    g_autoptr(CoreReading) reading = core_read(files, error);

    if (!reading)
        return false;
    if (warnings)
        core_reading_add_warnings(reading, warnings);
    core_take(core, reading);
    return true;
}

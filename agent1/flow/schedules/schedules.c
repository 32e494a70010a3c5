#include "agent1/flow/schedules/schedules.h"

#include <string.h>

#include "agent1/flow/schedules/firing.h"
#include "agent1/flow/schedules/zone_move.h"
#include "agent1/flow/state/edits.h"
#include "agent1/flow/voice/notices.h"
#include "common/base/banned.h"

/* So many occurrences in one turn: others are heard between. */
#define BATCH 200

/* So long it is known what fired of a schedule that the file has no more. */
#define GONE_KEPT_MS (30 * 24 * 3600 * INT64_C(1000))

/* ---- the file ---- */

void schedules_make(Core *core, TaskEntry *entry)
{
    g_autoptr(Json) members = task_entry_members(entry);
    g_autofree char *text = json_print(members);
    Schedule *schedule = schedule_book_find(core, entry->id);

    task_list_set(core->task_list, entry);
    if (!schedule)
        schedule = schedule_book_add(core, entry->id);
    task_entry_unref(schedule->entry);
    schedule->entry = task_entry_ref(entry);
    schedule->gone_ms = 0;
    g_free(schedule->made);
    schedule->made = g_strdup(text);
    g_clear_pointer(&schedule->paused_by, g_free);
    g_clear_pointer(&schedule->cancelled_by, g_free);
    schedule_book_begin(core, schedule);
    schedule_book_store(core, schedule);
    schedule_book_place(core, schedule);
    edits_make(core, TASKS_FILE, entry->id, text);
}

void schedules_cancel(Core *core, Schedule *schedule, const char *by)
{
    edits_make(core, TASKS_FILE, schedule->id, "null");
    task_list_remove(core->task_list, schedule->id);
    g_clear_pointer(&schedule->entry, task_entry_unref);
    g_clear_pointer(&schedule->made, g_free);
    g_clear_pointer(&schedule->paused_by, g_free);
    g_free(schedule->cancelled_by);
    schedule->cancelled_by = g_strdup(by);
    schedule->gone_ms = core->now_ms;
    schedule_book_place(core, schedule);
    schedule_book_store(core, schedule);
}

void schedules_hold(Core *core, Schedule *schedule, const char *by)
{
    bool is_held = schedule->paused_by != NULL;

    g_free(schedule->paused_by);
    schedule->paused_by = g_strdup(by);
    if (is_held && !by)
        schedule_book_begin(core, schedule);
    schedule_book_store(core, schedule);
    schedule_book_place(core, schedule);
}

/* ---- settling ---- */

static bool is_changed(const Schedule *schedule)
{
    const TaskEntry *entry = schedule->entry;

    /* Reference strings: equal ones are mostly the same. */
    return (schedule->cron != entry->cron && g_strcmp0(schedule->cron, entry->cron) != 0) ||
           (schedule->timezone != entry->timezone &&
            g_strcmp0(schedule->timezone, entry->timezone) != 0) ||
           schedule->is_enabled != entry->is_enabled || schedule->gone_ms > 0;
}

/* A person's save that began before a person's word to agent1. The file is right, though perhaps
 * not meant so. */
static void tell_back(Core *core, Schedule *schedule)
{
    g_autofree char *by = g_steal_pointer(&schedule->cancelled_by);

    effects_audit(core->fx, core->now_ms, "schedule", NULL, NULL, NULL,
                  "%s is in " TASKS_FILE " again, after %s cancelled it", schedule->id, by);
    notices_tell_with(core, by, NOTICE_URGENT,
                      "%s is back: " TASKS_FILE " was saved with it after %s cancelled it; "
                      "PLAN_CANCEL: %s cancels it again",
                      schedule->id, by, schedule->id);
}

/* One that is new was never begun, so it is changed, too. */
static void begin_if_changed(Core *core, Schedule *schedule)
{
    if (!is_changed(schedule))
        return;

    if (schedule->cancelled_by)
        tell_back(core, schedule);
    schedule->gone_ms = 0;
    schedule_book_begin(core, schedule);
    schedule_book_store(core, schedule);
}

/* A person's save that began before agent1's own. */
static void tell_lost(Core *core, const Schedule *schedule)
{
    g_autoptr(Json) members = json_parse(schedule->made, strlen(schedule->made), G_MAXUINT16, NULL);
    g_autoptr(TaskEntry) entry = members ? task_entry_parse(members, NULL, NULL) : NULL;
    g_autofree char *again = NULL;

    effects_audit(core->fx, core->now_ms, "schedule", NULL, NULL, NULL,
                  "%s is not in " TASKS_FILE " any more", schedule->id);
    if (!entry)
        return;
    again = task_entry_trigger(entry);
    notices_tell_user(core, entry->user, NOTICE_URGENT,
                      TASKS_FILE " was saved without the schedule %s, which I had written there: "
                                 "it does not run any more. To have it back, type:\n%s",
                      schedule->id, again);
}

static void take_gone(Core *core, Schedule *schedule)
{
    if (schedule->gone_ms == 0) {
        if (schedule->made)
            tell_lost(core, schedule);
        g_clear_pointer(&schedule->made, g_free);
        g_clear_pointer(&schedule->paused_by, g_free);
        schedule->gone_ms = core->now_ms;
        schedule_book_store(core, schedule);
    }
    schedule_book_place(core, schedule);
    if (core->now_ms > schedule->gone_ms + GONE_KEPT_MS)
        schedule_book_remove(core, schedule);
}

/* Whoever reads the file sees by which names they are called. */
static void name_the_nameless(Core *core)
{
    g_autofree char *namings = g_steal_pointer(&core->namings);
    g_autofree char *id = NULL;

    if (!namings)
        return;
    id = core_new_id(core);
    effects_edit_file(core->fx, id, TASKS_FILE, NULL, namings, true);
}

/* A clock that was put back by days makes nothing wait for days. */
static void look_at_clock(Core *core, Schedule *schedule, unsigned *stuck)
{
    OccurrenceRule rule;

    schedule_book_rule(core, schedule, &rule);
    if (!occurrence_is_stuck(&rule, schedule->mark_ms, core->now_ms))
        return;
    schedule_book_begin(core, schedule);
    schedule_book_store(core, schedule);
    (*stuck)++;
}

static void place(Core *core, Schedule *schedule, unsigned *stuck)
{
    look_at_clock(core, schedule, stuck);
    schedule_book_place(core, schedule);
}

static void tell_stuck(Core *core, unsigned stuck)
{
    if (stuck > 0)
        effects_audit(core->fx, core->now_ms, "schedule", NULL, NULL, NULL,
                      "the clock was put back: the times of %u begin anew", stuck);
}

/* Gives all entries to their schedules; returns those whose times are to be worked out. All before
 * the first row is written: they would else lie between the holes of rows. */
static GPtrArray *take_entries(Core *core, bool is_other_clock)
{
    GPtrArray *others = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < core->task_list->len; i++) {
        bool is_same;
        Schedule *schedule = schedule_book_take(core, core->task_list->pdata[i], &is_same);

        if (!is_same || is_changed(schedule) || (is_other_clock && !schedule->entry->zone))
            g_ptr_array_add(others, schedule);
    }
    return others;
}

/* Those that are to begin anew in any case do so. */
static void move(Core *core, const GPtrArray *schedules, GTimeZone *zone_before)
{
    g_autoptr(WallClock) from = wall_clock_new(zone_before);
    unsigned i;

    for (i = 0; i < schedules->len; i++) {
        Schedule *schedule = schedules->pdata[i];

        if (!schedule->entry->zone && !is_changed(schedule) &&
            zone_move_schedule(core, schedule, from))
            schedule_book_store(core, schedule);
    }
}

void schedules_settle(Core *core, GTimeZone *zone_before)
{
    bool is_other_clock = schedule_book_renew_clock(core);
    g_autoptr(GPtrArray) others = NULL;
    g_autoptr(GPtrArray) gone = NULL;
    unsigned stuck = 0;
    unsigned i;

    if (!core->are_tasks_new && !is_other_clock)
        return;

    schedule_book_begin_taking(core);
    others = take_entries(core, is_other_clock);
    gone = schedule_book_end_taking(core);
    if (zone_before)
        move(core, others, zone_before);
    for (i = 0; i < others->len; i++)
        begin_if_changed(core, others->pdata[i]);
    /* Only now: what is kept would else lie between the rows, which are freed soon. */
    for (i = 0; i < others->len; i++)
        place(core, others->pdata[i], &stuck);
    for (i = 0; i < gone->len; i++)
        take_gone(core, gone->pdata[i]);
    tell_stuck(core, stuck);
    name_the_nameless(core);
    core->are_tasks_new = false;
}

void schedules_set_back(Core *core)
{
    unsigned stuck = 0;
    unsigned i;

    for (i = 0; i < core->task_list->len; i++) {
        const TaskEntry *entry = core->task_list->pdata[i];
        Schedule *schedule = schedule_book_find(core, entry->id);

        /* What was read just now is settled next. */
        if (schedule && schedule->entry)
            place(core, schedule, &stuck);
    }
    tell_stuck(core, stuck);
}

/* ---- time ---- */

/* What was made by chat for one time has had it. */
static void finish_if_over(Core *core, Schedule *schedule)
{
    if (schedule->due_ms == INT64_MAX && schedule->made && schedule->entry &&
        schedule->entry->is_enabled && !schedule->paused_by)
        schedules_cancel(core, schedule, NULL);
}

void schedules_tick(Core *core)
{
    unsigned count;

    for (count = 0; count < BATCH && schedules_next_deadline(core) <= core->now_ms; count++) {
        Schedule *schedule = schedule_book_first(core);

        firing_do_next(core, schedule);
        schedule_book_place(core, schedule);
        finish_if_over(core, schedule);
    }
}

int64_t schedules_next_deadline(const Core *core)
{
    const Schedule *first = schedule_book_first(core);

    /* While it sleeps nothing fires; on waking it is late, or missed. */
    return first && !core_is_asleep(core) ? first->due_ms : INT64_MAX;
}

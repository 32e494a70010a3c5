#include "agent1/flow/schedules/schedule_text.h"

#include "agent1/flow/schedules/firing.h"
#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/time_words.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define TASK_SHOWN_CHARS 80
#define NEAREST_SHOWN    3
#define NAMED_MAX        1000

/* Of a schedule that is skipped so often something else is wrong. */
#define LOOKED_AT_MAX 400

static GDateTime *in_zone(GTimeZone *zone, int64_t at_ms)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_ms / 1000);

    return g_date_time_to_timezone(utc, zone);
}

static char *print_date(const Core *core, GDateTime *local)
{
    static const char *const days[LANGUAGE_COUNT][7] = {
        [LANGUAGE_EN] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" },
        [LANGUAGE_FR] = { "lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim." },
    };
    g_autofree char *date =
        g_date_time_format(local, core->language == LANGUAGE_FR ? "%d/%m/%Y" : "%Y-%m-%d");

    return g_strdup_printf("%s %s", days[core->language][g_date_time_get_day_of_week(local) - 1],
                           date);
}

static char *print_clock(GDateTime *local)
{
    return g_date_time_format(local,
                              g_date_time_get_second(local) == 0 ? "%H:%M %Z" : "%H:%M:%S %Z");
}

char *schedule_text_time(const Core *core, GTimeZone *zone, int64_t at_ms)
{
    g_autoptr(GDateTime) local = in_zone(zone, at_ms);
    g_autofree char *date = print_date(core, local);
    g_autofree char *clock = print_clock(local);

    return g_strdup_printf("%s %s", date, clock);
}

/* In the zone of the schedule and, where its clock shows something else, in the installation's:
 * "Mon 2026-11-30 08:00 EST = 14:00 CET". The caller owns it. */
static char *print_both(const Core *core, GTimeZone *zone, int64_t at_ms)
{
    g_autoptr(GDateTime) there = in_zone(zone, at_ms);
    g_autoptr(GDateTime) here = in_zone(core->zone, at_ms);
    g_autofree char *text = schedule_text_time(core, zone, at_ms);
    g_autofree char *text_here = NULL;

    if (g_date_time_get_utc_offset(there) == g_date_time_get_utc_offset(here))
        return g_steal_pointer(&text);
    text_here = g_date_time_get_day_of_month(there) == g_date_time_get_day_of_month(here)
                    ? print_clock(here)
                    : schedule_text_time(core, core->zone, at_ms);
    return g_strdup_printf("%s = %s", text, text_here);
}

/* ---- what becomes of a time ---- */

void scheduled_time_clear(ScheduledTime *time)
{
    g_clear_pointer(&time->reason, g_free);
}

static void judge(Core *core, const Schedule *schedule, ScheduledTime *out)
{
    int64_t due_ms = out->occurrence.due_ms;
    g_auto(Verdict) verdict = { 0 };

    firing_judge(core, schedule, due_ms, &verdict);
    out->rule = verdict.rule;
    out->reason = g_steal_pointer(&verdict.reason);
    out->starts_ms = due_ms;
    switch (verdict.kind) {
    case GATE_ALLOW:
        out->fate = TIME_STARTS;
        break;
    case GATE_ASK:
        out->fate = TIME_ASKS;
        break;
    case GATE_LATER:
        out->starts_ms = verdict.next_ms;
        out->fate = schedule->entry->on_blocked == ON_BLOCKED_SKIP || verdict.next_ms == INT64_MAX
                        ? TIME_SKIPS
                        : TIME_WAITS;
        break;
    case GATE_DENY:
        out->fate = TIME_FAILS;
        break;
    }
}

bool schedule_text_next(Core *core, const Schedule *schedule, int64_t after_ms, ScheduledTime *out)
{
    OccurrenceRule rule;

    *out = (ScheduledTime){ 0 };
    schedule_book_rule(core, schedule, &rule);
    if (!occurrence_next(&rule, after_ms, &out->occurrence))
        return false;

    judge(core, schedule, out);
    return true;
}

void next_start_clear(NextStart *next)
{
    scheduled_time_clear(&next->time);
}

void schedule_text_next_start(Core *core, const Schedule *schedule, NextStart *out)
{
    int64_t after_ms = MAX(schedule->mark_ms, 0);

    *out = (NextStart){ 0 };
    if (!schedule->entry->is_enabled || schedule->paused_by)
        return;

    while (schedule_text_next(core, schedule, after_ms, &out->time)) {
        if (out->time.fate != TIME_SKIPS || out->skipped >= LOOKED_AT_MAX) {
            out->is_known = true;
            return;
        }
        after_ms = out->time.occurrence.time.at_ms;
        scheduled_time_clear(&out->time);
        out->skipped++;
    }
}

char *schedule_text_of_time(Core *core, const Schedule *schedule, const ScheduledTime *time)
{
    GTimeZone *zone = schedule_book_zone(core, schedule);
    g_autofree char *at = print_both(core, zone, time->occurrence.due_ms);
    g_autofree char *starts = NULL;
    g_autofree char *shift = NULL;
    g_autofree char *reason = time->reason ? reason_words(core, time->reason) : NULL;
    OccurrenceRule rule;

    schedule_book_rule(core, schedule, &rule);
    shift = time_occurrence_explain(&time->occurrence.time, rule.clock);
    switch (time->fate) {
    case TIME_STARTS:
        break;
    case TIME_ASKS:
        return g_strdup_printf(core_words(core, "%s, asks for an approval (%s)"), at, reason);
    case TIME_WAITS:
        starts = print_both(core, zone, time->starts_ms);
        return g_strdup_printf(core_words(core, "%s, starts %s (%s)"), at, starts, reason);
    case TIME_SKIPS:
        return g_strdup_printf(core_words(core, "%s, skipped (%s)"), at, reason);
    case TIME_FAILS:
        return g_strdup_printf(core_words(core, "%s, would be refused (%s): %s"), at,
                               rule_name(time->rule), reason);
    }
    return shift ? g_strdup_printf("%s (%s)", at, shift) : g_steal_pointer(&at);
}

/* ---- the line ---- */

static void append_next(Core *core, const Schedule *schedule, const NextStart *next, GString *text)
{
    unsigned skipped = next->skipped;
    g_autofree char *described = NULL;
    g_autofree char *never = NULL;

    if (!next->is_known) {
        never = time_words_never(core, &schedule->entry->spec);
        if (never)
            g_string_append_printf(text, core_words(core, " · never: %s"), never);
        else
            g_string_append(text, core_words(core, " · over"));
        return;
    }
    described = schedule_text_of_time(core, schedule, &next->time);
    if (next->time.fate == TIME_SKIPS) {
        g_string_append_printf(text, core_words(core, " · never as things are: %s"), described);
        return;
    }
    g_string_append_printf(text, core_words(core, " · next %s"), described);
    if (skipped > 0)
        g_string_append_printf(text,
                               words_is_one(core->language, skipped)
                                   ? core_words(core, "; %u before it is skipped")
                                   : core_words(core, "; %u before it are skipped"),
                               skipped);
}

/* The next time says nothing of a pause, which may have ended by then. A key that was revoked is
 * the reason that stands there already. */
static void append_hold(const Core *core, const Schedule *schedule, GString *text)
{
    const RegistryAgent *entry = registry_find(core->registry, schedule->entry->agent);
    g_autofree char *hold =
        entry && entry->is_accepted ? hold_of_agent(core, schedule->entry->agent) : NULL;

    if (hold)
        g_string_append_printf(text, " · %s", hold);
}

static void append_state(Core *core, const Schedule *schedule, const NextStart *next, GString *text)
{
    if (!schedule->entry->is_enabled)
        g_string_append(text, core_words(core, " · off"));
    else if (schedule->paused_by)
        g_string_append_printf(text, core_words(core, " · paused by %s"), schedule->paused_by);
    else
        append_next(core, schedule, next, text);
    if (schedule->entry->is_enabled)
        append_hold(core, schedule, text);
    if (schedule->last_number > 0)
        g_string_append_printf(text, core_words(core, " · last #%" G_GINT64_FORMAT),
                               schedule->last_number);
}

char *schedule_text_line_of(Core *core, const Schedule *schedule, const NextStart *next)
{
    const TaskEntry *entry = schedule->entry;
    g_autofree char *task = text_make_line(entry->task, TASK_SHOWN_CHARS);
    g_autofree char *cron = text_make_line(entry->cron, TASK_SHOWN_CHARS);
    bool is_known = registry_find(core->registry, entry->agent) != NULL;
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%s: %s", schedule->id, cron);
    if (entry->timezone)
        g_string_append_printf(text, " (%s)", entry->timezone);
    g_string_append_printf(text, " · %s%s · %s", entry->agent,
                           is_known ? "" : core_words(core, " (no agent of that name)"), task);
    if (entry->user)
        g_string_append_printf(text, core_words(core, " · as %s"), entry->user);
    append_state(core, schedule, next, text);
    return g_string_free(text, FALSE);
}

char *schedule_text_line(Core *core, const Schedule *schedule)
{
    g_auto(NextStart) next = { 0 };

    schedule_text_next_start(core, schedule, &next);
    return schedule_text_line_of(core, schedule, &next);
}

char *schedule_text_nearest(Core *core, const char *id)
{
    g_autoptr(GPtrArray) schedules = schedule_book_list(core);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autoptr(GPtrArray) nearest = NULL;
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < MIN(schedules->len, NAMED_MAX); i++)
        g_ptr_array_add(names, ((const Schedule *)schedules->pdata[i])->id);
    g_ptr_array_add(names, NULL);
    nearest = text_nearest(id, (const char *const *)names->pdata, NEAREST_SHOWN);
    for (i = 0; i < nearest->len; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : core_words(core, "; nearest: "),
                               (const char *)nearest->pdata[i]);
    return g_string_free(text, FALSE);
}

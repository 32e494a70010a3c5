#include "agent1/flow/zone_change.h"

#include "agent1/flow/daily/daily.h"
#include "agent1/flow/schedules/schedule_text.h"
#include "agent1/flow/schedules/zone_move.h"
#include "agent1/flow/voice/notices.h"
#include "common/base/banned.h"

/* So many schedules are told of, of so many that are looked at. */
#define TOLD_MAX   3
#define LOOKED_MAX 1000

typedef struct Change {
    const char *before;
    GTimeZone *zone_before;   /* NULL: this system has it no more */
    const WallClock *from;    /* NULL, too, then */
    const GPtrArray *nearest; /* Schedule * */
} Change;

char *zone_change_take(Core *core)
{
    g_autofree char *before = g_strdup(core_meta(core, META_ZONE));

    if (g_strcmp0(before, core->zone_name) == 0)
        return NULL;
    core_set_meta(core, META_ZONE, core->zone_name);
    return g_steal_pointer(&before);
}

/* ---- words ---- */

static void append_schedules(Core *core, const Change *change, GString *text)
{
    unsigned told = 0;
    unsigned i;

    for (i = 0; i < change->nearest->len && told < TOLD_MAX; i++) {
        const Schedule *schedule = change->nearest->pdata[i];
        g_autofree char *next = NULL;
        g_autofree char *then = NULL;
        int64_t before_ms;

        if (schedule->due_ms == INT64_MAX || schedule->entry->zone ||
            !zone_move_before(core, schedule, change->from, &before_ms))
            continue;
        next = schedule_text_time(core, core->zone, schedule->due_ms);
        then = schedule_text_time(core, change->zone_before, before_ms);
        g_string_append_printf(text, core_words(core, "\n%s: next %s instead of %s"), schedule->id,
                               next, then);
        told++;
    }
}

static void append_report(Core *core, GString *text)
{
    const ReportTime *daily = report_times_daily(core->report_times);
    g_autofree char *next = NULL;

    if (!daily->is_enabled)
        return;
    next = schedule_text_time(core, core->zone, daily_next_ms(core, daily->minute));
    g_string_append_printf(text, core_words(core, "\nThe daily report: next %s"), next);
}

/* As of NoticeText. */
static char *describe(Core *core, const void *data)
{
    const Change *change = data;
    GString *text = g_string_new(NULL);

    g_string_append_printf(
        text,
        core_words(core, core->settings->timezone
                             ? "The time zone is now %s as config.json says (before: %s). Closed "
                               "hours, reports and schedules without a zone of their own follow it."
                             : "The time zone is now %s, that of the host (before: %s). Closed "
                               "hours, reports and schedules without a zone of their own follow "
                               "it."),
        core->zone_name, change->before);
    if (change->from)
        append_schedules(core, change, text);
    append_report(core, text);
    return g_string_free(text, FALSE);
}

/* ---- telling ---- */

void zone_change_tell(Core *core, const char *before)
{
    GTimeZone *zone_before = zones_find(core->zones, before);
    g_autoptr(WallClock) from = zone_before ? wall_clock_new(zone_before) : NULL;
    g_autoptr(WallClock) now = wall_clock_new(core->zone);
    g_autoptr(GPtrArray) nearest = NULL;
    Change change = { .before = before, .zone_before = zone_before, .from = from };

    effects_audit(core->fx, core->now_ms, "zone", NULL, NULL, NULL, "%s; before: %s",
                  core->zone_name, before);
    /* Another name of the same. */
    if (from && wall_clock_is_equal(from, now))
        return;

    nearest = schedule_book_list_by_due(core, NULL, LOOKED_MAX);
    change.nearest = nearest;
    notices_tell_made(core, NOTICE_ALARM, describe, &change);
}

void zone_change_tell_problem(Core *core)
{
    if (g_strcmp0(core->zone_problem, core->zone_problem_told) == 0)
        return;

    g_free(core->zone_problem_told);
    core->zone_problem_told = g_strdup(core->zone_problem);
    if (!core->zone_problem)
        return;
    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL, "the zone %s stays: %s", core->zone_name,
                core->zone_problem);
    notices_tell(
        core, NOTICE_ALARM,
        "I cannot tell the time zone of the host, and keep to %s: %s. Mend it (timedatectl "
        "set-timezone …), or name one as timezone in config.json.",
        core->zone_name, core->zone_problem);
}

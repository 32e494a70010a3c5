#include "agent1/flow/schedules/schedule_data.h"

#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/time_words.h"
#include "agent1/flow/voice/answer_data.h"
#include "common/base/banned.h"

#define PAUSED "paused"

static const char *const fates[] = {
    [TIME_STARTS] = "starts", [TIME_ASKS] = "asks",   [TIME_WAITS] = "waits",
    [TIME_SKIPS] = "never",   [TIME_FAILS] = "fails",
};

/* A pause has no end that is known. What is skipped or refused is so without it, too. */
static bool is_held(const Core *core, const Schedule *schedule, TimeFate fate)
{
    return fate != TIME_SKIPS && fate != TIME_FAILS && hold_is_pause(core, schedule->entry->agent);
}

static void set_held(const Core *core, Json *item, const Schedule *schedule)
{
    g_autofree char *why = hold_of_agent(core, schedule->entry->agent);

    json_set_string(item, "next_fate", PAUSED);
    json_set_string(item, "next_rule", rule_name(RULE_PAUSED));
    answer_data_set_text(item, "next_why", why);
}

static void set_fate(const Core *core, Json *item, const ScheduledTime *time)
{
    g_autofree char *why = time->reason ? reason_words(core, time->reason) : NULL;

    json_set_string(item, "next_fate", fates[time->fate]);
    if (time->fate == TIME_STARTS || time->fate == TIME_WAITS)
        answer_data_set_time(item, "next_start", time->starts_ms);
    if (time->fate != TIME_STARTS)
        json_set_string(item, "next_rule", rule_name(time->rule));
    answer_data_set_text(item, "next_why", why);
}

static void set_next(const Core *core, Json *item, const Schedule *schedule, const NextStart *next)
{
    const ScheduledTime *time = &next->time;

    if (time->fate != TIME_SKIPS)
        answer_data_set_time(item, "next", time->occurrence.due_ms);
    if (is_held(core, schedule, time->fate))
        set_held(core, item, schedule);
    else
        set_fate(core, item, time);
    if (next->skipped > 0 && time->fate != TIME_SKIPS)
        json_set_int(item, "next_skipped", next->skipped);
}

/* Nothing where its days exist and are past. */
static void set_never(const Core *core, Json *item, const Schedule *schedule)
{
    g_autofree char *why = time_words_never(core, &schedule->entry->spec);

    answer_data_set_text(item, "next_why", why);
}

/* Its state's word; sets what belongs to a next time. */
static const char *read_state(Core *core, Json *item, const Schedule *schedule,
                              const NextStart *next)
{
    if (!schedule->entry->is_enabled)
        return "off";
    if (schedule->paused_by) {
        json_set_string(item, "next_fate", PAUSED);
        return PAUSED;
    }
    if (!next->is_known) {
        set_never(core, item, schedule);
        return "over";
    }
    set_next(core, item, schedule, next);
    return "active";
}

Json *schedule_data(Core *core, const Schedule *schedule, const NextStart *next)
{
    const TaskEntry *entry = schedule->entry;
    g_autofree char *hold = hold_of_agent(core, entry->agent);
    Json *item = json_new_object();

    json_set_string(item, "type", "schedule");
    json_set_string(item, "id", schedule->id);
    json_set_string(item, "when", entry->cron);
    json_set_string(item, "zone", schedule_book_zone_name(core, schedule));
    json_set_string(item, "agent", entry->agent);
    json_set_string(item, "task", entry->task);
    answer_data_set_text(item, "user", entry->user);
    json_set_string(item, "state", read_state(core, item, schedule, next));
    answer_data_set_text(item, "paused_by", schedule->paused_by);
    answer_data_set_text(item, "agent_hold", hold);
    if (schedule->last_number > 0)
        json_set_int(item, "last_run", schedule->last_number);
    return item;
}

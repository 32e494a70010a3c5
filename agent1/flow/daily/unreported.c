#include "agent1/flow/daily/unreported.h"

#include "agent1/flow/daily/daily_rows.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/notices.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

/* It is asked every few minutes meanwhile. */
#define PATIENCE_MS (30 * MINUTE_MS)
/* The day before yesterday's report is nobody's concern. */
#define LATE_MAX_MS (12 * HOUR_MS)
/* The compiled report comes so soon that it is enough. */
#define SOON_MINUTES (2 * 60)
#define DAY_MINUTES  (24 * 60)

static bool is_there(const FleetAgent *agent)
{
    return agent->heard_ms > 0 && agent->state != AGENT_OFFLINE && agent->told_ms == 0 &&
           agent->roused_ms == 0;
}

static bool is_named_soon(const Core *core, int minute)
{
    const ReportTime *daily = report_times_daily(core->report_times);

    return daily->is_enabled && (daily->minute - minute + DAY_MINUTES) % DAY_MINUTES < SOON_MINUTES;
}

/* The last day on which this time has come. */
static int64_t last_day(const Core *core, int minute)
{
    int64_t today = local_day_of(core->now_ms, core->zone);

    return local_day_at(today, minute, core->zone) <= core->now_ms ? today : today - 1;
}

/* Asked shortly before midnight, it may tell of the next day. */
static bool has_reported(const Core *core, const char *name, int64_t day)
{
    return daily_rows_find(core, name, day) || daily_rows_find(core, name, day + 1);
}

/* Since when it could have answered: it, agent1 and the broker were there. */
static int64_t asked_from(const Core *core, const FleetAgent *agent, int64_t at_ms)
{
    int64_t there_ms = MAX(core->started_ms, core->link_since_ms[LINK_MQTT]);

    return MAX(at_ms, MIN(core->now_ms, MAX(there_ms, agent->since_ms)));
}

/* Adds the agent where its time is over. Returns when that may be so next. */
static int64_t look_at(Core *core, const char *name, GPtrArray *missing)
{
    const ReportTime *time = report_times_of(core->report_times, name);
    FleetAgent *agent = fleet_find(core->fleet, name);
    int64_t day;
    int64_t at_ms;
    int64_t due_ms;

    if (!time->is_enabled || !agent || !core_is_trusted(core, agent) || !is_there(agent) ||
        is_named_soon(core, time->minute))
        return INT64_MAX;

    day = last_day(core, time->minute);
    at_ms = local_day_at(day, time->minute, core->zone);
    due_ms = asked_from(core, agent, at_ms) + PATIENCE_MS;
    if (agent->unreported_day >= day || has_reported(core, name, day) ||
        core->now_ms - at_ms > LATE_MAX_MS)
        return INT64_MAX;
    if (core->now_ms < due_ms)
        return due_ms;
    agent->unreported_day = day;
    effects_put(core->fx, rows_of_agent(agent));
    g_ptr_array_add(missing, agent);
    return INT64_MAX;
}

static void tell(Core *core, const GPtrArray *missing)
{
    g_autofree char *names = notices_names(missing);

    if (missing->len == 1)
        notices_tell(core, NOTICE_NEWS,
                     "%s did not report today, though it is there and was asked.", names);
    else if (missing->len > 1)
        notices_tell(core, NOTICE_NEWS,
                     "%u agents did not report today, though they are there and were asked: %s.",
                     missing->len, names);
}

int64_t unreported_look(Core *core)
{
    g_autoptr(GPtrArray) names = report_times_agents(core->report_times);
    g_autoptr(GPtrArray) missing = g_ptr_array_new();
    int64_t next_ms = INT64_MAX;
    unsigned i;

    /* A link that comes up begins a new patience. */
    if (!core->is_up[LINK_MQTT])
        return INT64_MAX;
    for (i = 0; i < names->len; i++)
        next_ms = MIN(next_ms, look_at(core, names->pdata[i], missing));
    tell(core, missing);
    return next_ms;
}

#include "agent1/flow/daily/daily.h"

#include <string.h>

#include "agent1/flow/daily/daily_rows.h"
#include "agent1/flow/daily/daily_send.h"
#include "agent1/flow/daily/daily_text.h"
#include "agent1/flow/daily/unreported.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/voice/say.h"
#include "common/base/quantity.h"
#include "common/base/timestamp.h"
#include "common/data/local_day.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

/* Three marks in TABLE_META: "2026-11-25 22:30", the last day that is done and the time it went by
 * ("off": switched off), and the last day on which the report was said. They differ where a new
 * time began. And the instant up to which that one told: the next goes on from there, also where
 * the zone or the time is another by then. */
#define META_DAILY       "daily_report"
#define META_DAILY_SENT  "daily_report_sent"
#define META_DAILY_UNTIL "daily_report_until"
#define OFF              "off"

#define LATE_MAX_MS (6 * HOUR_MS)

/* Zones are at most so far apart. */
#define EARLIER_MAX_MS (27 * HOUR_MS)

#define ASKS_MAX        20
#define ASK_WAIT_MS     (30 * INT64_C(1000))
#define ASK_WAIT_MAX_MS (10 * MINUTE_MS)
#define UNREACHABLE_MS  MINUTE_MS
#define LOOK_MIN_MS     INT64_C(1000)

#define REPORT_BODY_MAX_BYTES 4096
#define REPORT_DAYS_KEPT      2
#define REPORT_DAYS_SWEPT     8

typedef struct ReportAsk {
    int64_t day;
    unsigned count;
    int64_t next_ms;
} ReportAsk;

static int64_t today_of(const Core *core)
{
    return local_day_of(core->now_ms, core->zone);
}

int64_t daily_next_ms(const Core *core, int minute)
{
    int64_t today = today_of(core);
    int64_t at_ms = local_day_at(today, minute, core->zone);

    return at_ms > core->now_ms ? at_ms : local_day_at(today + 1, minute, core->zone);
}

/* The last day on which this time has come. */
static int64_t last_passed(const Core *core, int minute)
{
    int64_t today = today_of(core);

    return local_day_at(today, minute, core->zone) <= core->now_ms ? today : today - 1;
}

/* ---- the mark ---- */

/* False when none was set. */
static bool read_mark(const Core *core, int64_t *out_day, const char **out_time)
{
    const char *mark = core_meta(core, META_DAILY);
    const char *blank = mark ? strchr(mark, ' ') : NULL;
    g_autofree char *day = blank ? g_strndup(mark, (size_t)(blank - mark)) : NULL;

    if (!day || !local_day_parse(day, out_day))
        return false;
    *out_time = blank + 1;
    return true;
}

static void set_mark(Core *core, int64_t day, const char *time)
{
    g_autofree char *text = local_day_print(day);
    g_autofree char *mark = g_strdup_printf("%s %s", text, time);

    core_set_meta(core, META_DAILY, mark);
}

char *daily_last_sent(const Core *core)
{
    return g_strdup(core_meta(core, META_DAILY_SENT));
}

/* 0: nothing was said yet. */
static int64_t told_until(const Core *core)
{
    const char *told = core_meta(core, META_DAILY_UNTIL);

    return told ? g_ascii_strtoll(told, NULL, 10) : 0;
}

/* "22:30" or "off". The caller owns it. */
static char *wished_time(const Core *core)
{
    const ReportTime *daily = report_times_daily(core->report_times);

    return daily->is_enabled ? report_time_print(daily->minute) : g_strdup(OFF);
}

/* A time that is new begins with its next occurrence; but once per local day, also when the time is
 * moved after the report has gone out. */
static void begin_anew(Core *core, const char *wished)
{
    const ReportTime *daily = report_times_daily(core->report_times);
    const char *sent = core_meta(core, META_DAILY_SENT);
    int64_t day = daily->is_enabled ? last_passed(core, daily->minute) : today_of(core) - 1;
    int64_t sent_day;

    if (sent && local_day_parse(sent, &sent_day) && sent_day <= today_of(core))
        day = MAX(day, sent_day);
    set_mark(core, day, wished);
}

void daily_settle(Core *core)
{
    g_autofree char *wished = wished_time(core);
    const char *time;
    int64_t day;

    core->reports_due_ms = core->now_ms;
    if (!read_mark(core, &day, &time) || strcmp(time, wished) != 0)
        begin_anew(core, wished);
}

/* ---- the compiled report ---- */

/* What a report is of, as the continuation gets it: "20782 1795580000000 1795666400000". */
static char *print_when(const DailyText *what)
{
    return g_strdup_printf("%" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT, what->day,
                           what->from_ms, what->until_ms);
}

static void read_when(const char *when, DailyText *what)
{
    char *rest = NULL;

    what->day = g_ascii_strtoll(when, &rest, 10);
    what->from_ms = g_ascii_strtoll(rest, &rest, 10);
    what->until_ms = g_ascii_strtoll(rest, NULL, 10);
}

/* What is said and that it was said are stored together. */
static void send_report(Core *core, const Pending *pending, const GPtrArray *rows)
{
    g_autofree char *wished = wished_time(core);
    g_autofree char *date = NULL;
    g_autofree char *until = NULL;
    DailyText what = { .rows = rows, .is_closing = true };

    core->is_compiling = false;
    read_when(pending->argument, &what);
    if (!report_times_daily(core->report_times)->is_enabled)
        return;
    date = local_day_print(what.day);
    set_mark(core, what.day, wished);
    core_set_meta(core, META_DAILY_SENT, date);
    until = g_strdup_printf("%" G_GINT64_FORMAT, what.until_ms);
    core_set_meta(core, META_DAILY_UNTIL, until);
    daily_send(core, &what);
}

/* A day before, or where the last one ended, if that is not too long ago. */
static int64_t begin_of(const Core *core, int64_t day, int minute, int64_t until_ms)
{
    int64_t told_ms = told_until(core);
    int64_t from_ms = local_day_at(day - 1, minute, core->zone);

    return told_ms >= from_ms - EARLIER_MAX_MS && told_ms < MIN(until_ms, core->now_ms) ? told_ms
                                                                                        : from_ms;
}

static void compile(Core *core, int64_t day, int minute)
{
    int64_t until_ms = local_day_at(day, minute, core->zone);
    const DailyText what = { .day = day,
                             .from_ms = begin_of(core, day, minute, until_ms),
                             .until_ms = until_ms };
    const EffectQuery query = {
        .kind = QUERY_DAY, .number = what.from_ms, .until = until_ms, .limit = DAILY_FAILURES_MAX
    };
    g_autofree char *when = print_when(&what);

    core->is_compiling = pending_ask_query(core, send_report, NULL, when, &query);
}

static void give_up(Core *core, int64_t day, const char *wished, int64_t late_ms)
{
    g_autofree char *date = local_day_print(day);
    g_autofree char *late = duration_format(late_ms);

    set_mark(core, day, wished);
    effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL,
                "the daily report of %s is not sent: it is %s late", date, late);
}

/* In a zone to the east it was that day already. */
static bool was_told(const Core *core, int64_t day)
{
    const char *sent = core_meta(core, META_DAILY_SENT);
    int64_t sent_day;

    return sent && local_day_parse(sent, &sent_day) && sent_day == day &&
           told_until(core) <= core->now_ms;
}

/* Returns when it is due next. */
static int64_t do_daily(Core *core)
{
    const ReportTime *daily = report_times_daily(core->report_times);
    g_autofree char *wished = wished_time(core);
    const char *time;
    int64_t done_day;
    int64_t day;
    int64_t late_ms;

    if (!daily->is_enabled || !read_mark(core, &done_day, &time))
        return INT64_MAX;

    day = last_passed(core, daily->minute);
    /* A day in the future is of a clock that was wrong. */
    if (done_day > today_of(core) && !was_told(core, done_day)) {
        done_day = day;
        set_mark(core, done_day, wished);
    }
    late_ms = core->now_ms - local_day_at(day, daily->minute, core->zone);
    if (day > done_day && late_ms > LATE_MAX_MS)
        give_up(core, day, wished, late_ms);
    else if (day > done_day && !core->is_compiling)
        compile(core, day, daily->minute);
    return daily_next_ms(core, daily->minute);
}

/* ---- asking agents ---- */

static void ask(Core *core, const FleetAgent *agent)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *topic = topic_control(agent->name);
    Message *message = message_new(MESSAGE_CONTROL, id, AGENT1_NAME, core->now_ms);

    message->control.action = CONTROL_REPORT;
    effects_publish(core->fx, topic, agent->key, true, message);
}

static ReportAsk *ask_of(Core *core, const char *agent, int64_t day)
{
    ReportAsk *known = g_hash_table_lookup(core->report_asks, agent);

    if (!known) {
        known = g_new0(ReportAsk, 1);
        g_hash_table_insert(core->report_asks, g_strdup(agent), known);
    }
    if (known->day != day)
        *known = (ReportAsk){ .day = day };
    return known;
}

/* Its time has come today. Returns when to look again. */
static int64_t ask_again(Core *core, const char *name, int64_t day)
{
    const FleetAgent *agent = fleet_find(core->fleet, name);
    ReportAsk *asked;

    if (daily_rows_find(core, name, day))
        return INT64_MAX;
    if (!agent || !core_is_reachable(core, agent))
        return core->now_ms + UNREACHABLE_MS;

    asked = ask_of(core, name, day);
    if (asked->count >= ASKS_MAX)
        return INT64_MAX;
    if (core->now_ms >= asked->next_ms) {
        ask(core, agent);
        asked->next_ms = core->now_ms + MIN(ASK_WAIT_MS << MIN(asked->count, 10U), ASK_WAIT_MAX_MS);
        asked->count++;
    }
    return asked->next_ms;
}

static int64_t do_agent(Core *core, const char *name)
{
    const ReportTime *time = report_times_of(core->report_times, name);
    const RegistryAgent *entry = registry_find(core->registry, name);
    int64_t today = today_of(core);
    int64_t next_ms;

    if (!time->is_enabled || !entry || !entry->is_accepted)
        return INT64_MAX;

    next_ms = daily_next_ms(core, time->minute);
    if (local_day_at(today, time->minute, core->zone) <= core->now_ms)
        next_ms = MIN(next_ms, ask_again(core, name, today));
    return next_ms;
}

void daily_due(Core *core)
{
    g_autoptr(GPtrArray) names = NULL;
    int64_t next_ms;
    unsigned i;

    if (core->now_ms < core->reports_due_ms)
        return;

    names = report_times_agents(core->report_times);
    next_ms = do_daily(core);
    for (i = 0; i < names->len; i++)
        next_ms = MIN(next_ms, do_agent(core, names->pdata[i]));
    next_ms = MIN(next_ms, unreported_look(core));
    core->reports_due_ms = MAX(next_ms, core->now_ms + LOOK_MIN_MS);
}

/* ---- reports of agents ---- */

/* What is kept of a report; errors are left out when it would be too long. The caller owns it. */
static char *print_body(const MessageReport *report)
{
    const struct {
        const char *name;
        const Json *json;
    } members[] = { { "counts", report->counts },
                    { "durations", report->durations },
                    { "load", report->load },
                    { "disk", report->disk },
                    { "errors", report->errors } };
    g_autoptr(Json) body = json_new_object();
    unsigned i;

    if (report->uptime_s != MESSAGE_ABSENT)
        json_set_int(body, "uptime_s", report->uptime_s);
    for (i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text = NULL;

        if (!members[i].json)
            continue;
        json_set(body, members[i].name, json_copy(members[i].json));
        text = json_print(body);
        if (strlen(text) > REPORT_BODY_MAX_BYTES)
            json_remove(body, members[i].name);
    }
    return json_print(body);
}

static void forget_old(Core *core, const char *agent, int64_t day)
{
    int64_t old;

    for (old = day - REPORT_DAYS_SWEPT; old <= day - REPORT_DAYS_KEPT; old++) {
        g_autofree char *id = daily_rows_id(agent, old);

        ledger_remove(core->ledgers[TABLE_REPORTS], id, core->fx);
    }
}

void daily_take_report(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageReport *report = &message->report;
    g_autofree char *body = print_body(report);
    g_autofree char *id = NULL;
    int64_t day = 0;
    Row *row;

    if (!bucket_take(&agent->notes, core->boot_ms)) {
        core->refused_count++;
        return;
    }
    /* Around midnight its clock may be on the other side. */
    if (!local_day_parse(report->day, &day) || ABS(day - today_of(core)) > 1) {
        core->refused_count++;
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, agent->name,
                    "a report of a day that is not today's is refused");
        return;
    }
    id = daily_rows_id(agent->name, day);
    row = row_new(TABLE_REPORTS);
    row_set_text(row, REPORTS_ID, id);
    row_set_text(row, REPORTS_AGENT, agent->name);
    row_set_text(row, REPORTS_DAY, report->day);
    row_set_text(row, REPORTS_BODY, body);
    row_set_int(row, REPORTS_SEEN, core->now_ms);
    ledger_put(core->ledgers[TABLE_REPORTS], row, core->fx);
    forget_old(core, agent->name, day);
}

/* DAILY_REPORT: today so far, compiled at once; or another day, as its compiled report said it. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/report_line.h"
#include "agent1/flow/daily/daily_picture.h"
#include "agent1/flow/daily/daily_send.h"
#include "agent1/flow/daily/daily_text.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/state/pending.h"
#include "common/base/timestamp.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

/* ---- the answers ---- */

/* What was asked, as the continuations get it: "<day> <agent or nothing>". */
static int64_t read_asked(const char *argument, const char **out_agent)
{
    const char *blank = strchr(argument, ' ');

    *out_agent = blank[1] ? blank + 1 : NULL;
    return g_ascii_strtoll(argument, NULL, 10);
}

/* The caller owns it. */
static char *describe_title(const Core *core, int64_t day, bool is_past)
{
    g_autofree char *date = local_day_print(day);

    return g_strdup_printf(core_words(core, is_past ? WORDS_LATER("%s: what ended that day, %s")
                                                    : WORDS_LATER("%s: what ended since midnight, "
                                                                  "%s")),
                           date, core->zone_name);
}

static void show_day(Core *core, const Pending *pending, const GPtrArray *rows)
{
    DailyText what = { .rows = rows };
    g_autofree char *title = NULL;
    g_autofree char *text = NULL;
    Turn turn;

    what.day = read_asked(pending->argument, &what.agent);
    what.from_ms = local_day_at(what.day, 0, core->zone);
    what.until_ms = local_day_at(what.day + 1, 0, core->zone);
    what.is_past = what.until_ms <= core->now_ms;
    title = describe_title(core, what.day, what.is_past);
    what.title = title;
    text = daily_text(core, &what);
    turn_init(&turn, core, pending->speaker);
    turn_say(&turn, "%s", text);
    if (pending->speaker->door == DOOR_XMPP)
        daily_picture_send(core, &what, pending->speaker->address);
    turn_finish(&turn);
}

static void compile(Core *core, Turn *turn, const char *asked)
{
    EffectQuery query = { .kind = QUERY_DAY, .limit = DAILY_FAILURES_MAX };
    const char *agent;
    int64_t day = read_asked(asked, &agent);

    query.text = (char *)(guintptr)agent; /* copied, not changed */
    query.number = local_day_at(day, 0, core->zone);
    query.until = local_day_at(day + 1, 0, core->zone);
    if (!pending_ask_query(core, show_day, turn->speaker, asked, &query))
        lookup_say_busy(turn);
}

/* What was said that evening; where nothing was, the day is compiled now. */
static void show_kept(Core *core, const Pending *pending, const GPtrArray *rows)
{
    const char *text = daily_send_choose(core, rows);
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    if (text)
        turn_say(&turn, "%s", text);
    else
        compile(core, &turn, pending->argument);
    turn_finish(&turn);
}

/* ---- the question ---- */

static bool read_line(Core *core, Turn *turn, const char *rest, ReportLine *out)
{
    g_autofree char *nearest = NULL;

    if (!report_line_read(turn, "DAILY_REPORT:", rest, out))
        return false;
    if (out->agent && !registry_find(core->registry, out->agent)) {
        nearest = gate_facts_nearest(core, out->agent);
        turn_fail(turn, "%s: no agent of that name%s%s", out->agent,
                  core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
                  nearest ? nearest : "");
        return false;
    }
    if (out->has_range && !(out->range.has_days && out->range.first_day == out->range.last_day)) {
        turn_fail(turn, "a report is of one day: expected today, yesterday or a date such as "
                        "2026-11-25; REPORT: knows other times");
        return false;
    }
    return true;
}

void trigger_daily_report(Core *core, Turn *turn, const char *rest)
{
    int64_t today = local_day_of(core->now_ms, core->zone);
    g_auto(ReportLine) line = { 0 };
    g_autofree char *asked = NULL;
    g_autofree char *date = NULL;
    int64_t day;

    if (!read_line(core, turn, rest, &line))
        return;
    day = line.has_range ? line.range.first_day : today;
    asked = g_strdup_printf("%" G_GINT64_FORMAT " %s", day, line.agent ? line.agent : "");
    date = local_day_print(day);
    if (day == today || line.agent)
        compile(core, turn, asked);
    else if (!pending_ask(core, show_kept, turn->speaker, NULL, NULL, asked, QUERY_DAILY, date, 0,
                          LANGUAGE_COUNT))
        lookup_say_busy(turn);
}

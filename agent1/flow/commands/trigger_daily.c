/* DAILY_REPORT: today so far, compiled at once. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/daily/daily_picture.h"
#include "agent1/flow/daily/daily_text.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/state/pending.h"
#include "common/base/timestamp.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

static void show_day(Core *core, const Pending *pending, const GPtrArray *rows)
{
    int64_t today = local_day_of(core->now_ms, core->zone);
    g_autofree char *date = local_day_print(today);
    g_autofree char *title = g_strdup_printf(core_words(core, "%s: what ended since midnight, %s"),
                                             date, core->zone_name);
    DailyText what = { .title = title,
                       .rows = rows,
                       .agent = pending->argument,
                       .from_ms = local_day_at(today, 0, core->zone),
                       .until_ms = local_day_at(today + 1, 0, core->zone),
                       .day = today };
    g_autofree char *text = daily_text(core, &what);
    Turn turn;

    turn_init(&turn, core, pending->speaker);
    turn_say(&turn, "%s", text);
    if (pending->speaker->door == DOOR_XMPP)
        daily_picture_send(core, &what, pending->speaker->address);
    turn_finish(&turn);
}

void trigger_daily_report(Core *core, Turn *turn, const char *rest)
{
    int64_t today = local_day_of(core->now_ms, core->zone);
    g_autofree char *agent = NULL;
    g_autofree char *nearest = NULL;
    EffectQuery query;

    if (!run_lines_read_agent(turn, rest, "DAILY_REPORT: [agent], as in DAILY_REPORT: web1",
                              &agent))
        return;
    if (agent && !registry_find(core->registry, agent)) {
        nearest = gate_facts_nearest(core, agent);
        turn_fail(turn, "%s: no agent of that name%s%s", agent,
                  core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
                  nearest ? nearest : "");
        return;
    }
    query = (EffectQuery){ .kind = QUERY_DAY,
                           .text = agent,
                           .number = local_day_at(today, 0, core->zone),
                           .until = local_day_at(today + 1, 0, core->zone),
                           .limit = DAILY_FAILURES_MAX };
    if (!pending_ask_range(core, show_day, turn->speaker, agent, &query))
        lookup_say_busy(turn);
}

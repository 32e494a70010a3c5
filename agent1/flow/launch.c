#include "agent1/flow/launch.h"

#include "agent1/flow/dispatch.h"
#include "agent1/flow/gate_facts.h"
#include "agent1/flow/rows.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* "queued", and why it may take a while. The caller owns it. */
static char *describe_queued(const Core *core, const Run *run)
{
    const FleetAgent *live = fleet_find(core->fleet, run->agent);
    g_autofree char *expires = core_local_time(core, run->expires_ms);
    g_autofree char *since = NULL;

    if (live && core_is_reachable(core, live))
        return g_strdup("queued");
    if (!core->is_up[LINK_MQTT]) {
        since = core_local_time(core, core->link_since_ms[LINK_MQTT]);
        return g_strdup_printf("queued (the broker is unreachable since %s; expires %s)", since,
                               expires);
    }
    if (!live || live->heard_ms == 0)
        return g_strdup_printf("queued (not seen yet; expires %s)", expires);
    since = core_local_time(core, live->since_ms);
    return g_strdup_printf("queued (offline since %s; expires %s)", since, expires);
}

static int64_t next_number(Core *core)
{
    const char *text = core_meta(core, META_NUMBER);
    int64_t number = (text ? g_ascii_strtoll(text, NULL, 10) : 0) + 1;
    g_autofree char *next = g_strdup_printf("%" G_GINT64_FORMAT, number);

    core_set_meta(core, META_NUMBER, next);
    return number;
}

static Run *make_run(Core *core, const Speaker *speaker, const char *agent, const char *task)
{
    g_autofree char *id = core_new_id(core);
    Run *run = run_new(id, next_number(core));

    run->agent = g_strdup(agent);
    run->task = g_strdup(task);
    run->skill = gate_facts_skill(core, agent, task);
    run->user = g_strdup(speaker->user);
    run->principal = g_strdup(speaker->principal);
    run->conversation = speaker_conversation(speaker);
    run->chat_id = g_strdup(speaker->chat_id);
    run->created_ms = core->now_ms;
    run->changed_ms = core->now_ms;
    run->expires_ms = core->now_ms + core->settings->tasks_expires_ms;
    run->timeout_ms = core->settings->tasks_timeout_ms;
    return run;
}

void launch_run(Core *core, Turn *turn, const char *agent, const char *task)
{
    Run *run = make_run(core, turn->speaker, agent, task);
    g_autofree char *line = text_make_line(task, 200);
    g_autofree char *state = NULL;
    RunKey key = { .id = run->id, .number = run->number, .agent = run->agent };

    run_apply(run, RUN_EVENT_ALLOWED, core->now_ms);
    runs_add(core->runs, &key, run);
    core->runs_due_ms = MIN(core->runs_due_ms, run->expires_ms + 1);
    effects_put(core->fx, rows_of_run(run));
    effects_audit(core->fx, core->now_ms, "run", run->principal, agent, run->id,
                  "#%" G_GINT64_FORMAT " queued by %s: %s", run->number, run->user, line);
    dispatch_add_run(core, run, OUTBOX_TASK);
    dispatch_due(core);
    state = describe_queued(core, run);
    turn_add_run(turn, run->id);
    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, agent, state);
}

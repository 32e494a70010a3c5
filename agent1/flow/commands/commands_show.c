#include "agent1/flow/commands/commands.h"
#include "agent1/flow/voice/bad_edit.h"

#include "common/base/timestamp.h"
#include "common/base/banned.h"

static void say_bad_edit(const Core *core, Turn *turn)
{
    g_autofree char *text = bad_edit_text(core, turn->speaker);

    if (text)
        turn_say(turn, "%s", text);
}

/* With the names of days in the language of whoever is spoken to. The caller owns it. */
static char *describe_window(const Core *core, const Window *window)
{
    g_autofree char *described = window_describe(window);

    return core->language == LANGUAGE_FR ? window_reword_fr(described)
                                         : g_steal_pointer(&described);
}

void commands_say_blackout(Core *core, Turn *turn)
{
    HoursView view;
    Hours hours;
    g_autofree char *described = NULL;
    g_autofree char *until = NULL;

    core_hours(core, NULL, &hours);
    hours_look(&hours, core->now_ms, &view);
    if (!view.blackout)
        return;

    described = describe_window(core, view.blackout);
    until = view.opens_ms == INT64_MAX ? g_strdup(core_words(core, "not within two weeks"))
                                       : core_local_time_with_zone(core, view.opens_ms);
    turn_say(turn, "Blackout hours NOW (%s): nothing starts; next: %s", described, until);
}

/* ---- !status ---- */

unsigned commands_count_waiting(const Core *core, const char *agent)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, agent);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        count += run->state == RUN_AWAITING_APPROVAL || run->state == RUN_DEFERRED;
    }
    return count;
}

static void say_runs(Core *core, Turn *turn)
{
    unsigned waiting = commands_count_waiting(core, NULL);
    g_autofree char *wait =
        waiting > 0
            ? g_strdup_printf(core_words(core, "; waiting for a person or a window: %u"), waiting)
            : g_strdup("");

    turn_say(turn, "runs in hand: %u%s; messages agents must still acknowledge: %u",
             runs_count(core->runs) - waiting, wait, outbox_count(core->outbox));
}

static void say_link(Core *core, Turn *turn, Link link, const char *name)
{
    g_autofree char *since = core_local_time(core, core->link_since_ms[link]);

    turn_say(turn, "%s: %s since %s", name,
             core_words(core, core->is_up[link] ? "connected" : "NOT connected"), since);
}

static void say_models(Core *core, Turn *turn)
{
    const GPtrArray *chain = core->settings->talk->chain;
    g_autoptr(GString) text = g_string_new(NULL);

    for (unsigned i = 0; i < chain->len; i++) {
        const ModelSettings *model = chain->pdata[i];
        int64_t rest_ms = model_chain_closed_ms(core->model_chain, i, core->boot_ms);
        g_autofree char *rest = rest_ms > 0 ? core_duration(core, rest_ms) : NULL;

        g_string_append_printf(text, "%s%s %s", i ? ", " : "", provider_name(model->provider),
                               model->model);
        if (rest)
            g_string_append_printf(text, core_words(core, " (left alone for %s)"), rest);
    }
    if (chain->len > 0)
        turn_say(turn, "language models: %s", text->str);
}

static void say_meaning(Core *core, Turn *turn)
{
    static const char *const troubles[EMBED_TROUBLE_COUNT] = {
        [EMBED_REFUSED] = WORDS_LATER("refuses every text"),
        [EMBED_UNASKED] = WORDS_LATER("cannot be asked from here, the log says why"),
        [EMBED_UNREACHABLE] = WORDS_LATER("takes no connection"),
        [EMBED_UNTRUSTED] = WORDS_LATER("has no certificate that can be verified"),
        [EMBED_SILENT] = WORDS_LATER("does not answer"),
        [EMBED_LIMITED] = WORDS_LATER("asks to be left alone for a while"),
        [EMBED_MISCONFIGURED] = WORDS_LATER("refuses its key, its model or the address"),
        [EMBED_FAILED] = WORDS_LATER("answers with an error"),
        [EMBED_BROKEN] = WORDS_LATER("answers what is no vector"),
    };
    const VectorWork *work = &core->vectors;
    const ModelSettings *model = core->settings->talk->embeddings;
    g_autofree char *since = NULL;

    if (!model || work->failures == 0)
        return;

    since = core_local_time(core, work->failed_ms);
    turn_say(turn,
             "memory by meaning: not available since %s (%s %s: the server %s); notes are found by "
             "their words meanwhile",
             since, provider_name(model->provider), model->model,
             core_words(core, troubles[work->trouble]));
}

/* ---- !status, for programs ---- */

static void set_link(const Core *core, Json *item, Link link, const char *name)
{
    Json *members = json_new_object();

    json_set_bool(members, "connected", core->is_up[link]);
    answer_data_set_time(members, "since", core->link_since_ms[link]);
    json_set(item, name, members);
}

static void set_agents(const Core *core, Json *item, const unsigned *counts)
{
    Json *members = json_new_object();

    for (int state = AGENT_ONLINE; state <= AGENT_OFFLINE; state++)
        json_set_int(members, agent_state_name((AgentState)state), counts[state]);
    json_set_int(members, "asks_to_join", ledger_count(core->ledgers[TABLE_WAITING]));
    json_set(item, "agents", members);
}

static void tell_programs(const Core *core, Turn *turn, const unsigned *counts)
{
    unsigned waiting = commands_count_waiting(core, NULL);
    Json *item;

    if (!turn_tells_programs(turn))
        return;

    item = json_new_object();
    json_set_string(item, "type", "status");
    json_set_string(item, "name", core->settings->name);
    json_set_string(item, "version", VERSION);
    json_set_string(item, "state", core_is_asleep(core) ? "asleep" : "awake");
    answer_data_set_time(item, "started", core->started_ms);
    json_set_string(item, "zone", core->zone_name);
    set_link(core, item, LINK_MQTT, "mqtt");
    if (core->settings->xmpp_is_enabled)
        set_link(core, item, LINK_XMPP, "xmpp");
    set_agents(core, item, counts);
    json_set_int(item, "runs_in_hand", runs_count(core->runs) - waiting);
    json_set_int(item, "runs_waiting", waiting);
    json_set_int(item, "unacknowledged", outbox_count(core->outbox));
    json_set_int(item, "approvals", ledger_count(core->ledgers[TABLE_APPROVALS]));
    json_set_int(item, "refused_messages", (int64_t)(core->refused_count + core->turned_away));
    if (core->settings->talk->embeddings)
        json_set_bool(item, "memory_by_meaning", core->vectors.failures == 0);
    json_set_bool(item, "edit_refused", core->reload_error != NULL);
    answer_data_add(&turn->data, "status", item);
}

/* ---- !status, for people ---- */

void commands_status(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    g_autofree char *uptime = core_duration(core, core->now_ms - core->started_ms);
    unsigned counts[AGENT_OFFLINE + 1] = { 0 };
    unsigned i;

    (void)arguments;
    for (i = 0; i < agents->len; i++)
        counts[((const FleetAgent *)agents->pdata[i])->state]++;
    turn_say(turn, "%s %s: %s, up %s, zone %s", core->settings->name, VERSION,
             core_words(core, core_is_asleep(core) ? "asleep" : "awake"), uptime, core->zone_name);
    commands_say_blackout(core, turn);
    say_link(core, turn, LINK_MQTT, "MQTT");
    if (core->settings->xmpp_is_enabled)
        say_link(core, turn, LINK_XMPP, "XMPP");
    turn_say(turn, "agents: %u online, %u paused, %u offline, %u ask to join", counts[AGENT_ONLINE],
             counts[AGENT_PAUSED], counts[AGENT_OFFLINE],
             ledger_count(core->ledgers[TABLE_WAITING]));
    say_runs(core, turn);
    say_models(core, turn);
    say_meaning(core, turn);
    if (ledger_count(core->ledgers[TABLE_APPROVALS]) > 0)
        turn_say(turn, "approvals that wait for a person: %u; !pending lists them",
                 ledger_count(core->ledgers[TABLE_APPROVALS]));
    turn_say(turn, "refused messages since start: %" G_GUINT64_FORMAT,
             core->refused_count + core->turned_away);
    say_bad_edit(core, turn);
    tell_programs(core, turn, counts);
}

/* ---- !blackout ---- */

static void say_window(Core *core, Turn *turn, const Window *window)
{
    g_autofree char *described = describe_window(core, window);
    int64_t change_ms = window_next_change(window, core->zone, core->now_ms);
    bool is_now = window_contains(window, core->zone, core->now_ms);
    g_autofree char *change = NULL;

    if (!window->is_enabled) {
        turn_say(turn, "%s: switched off", described);
        return;
    }
    if (change_ms == INT64_MAX) {
        turn_say(turn, "%s: %s", described,
                 core_words(core, is_now ? "now, without an end" : "not within two weeks"));
        return;
    }
    change = core_local_time_with_zone(core, change_ms);
    turn_say(turn, "%s: %s %s", described, core_words(core, is_now ? "NOW, until" : "next"),
             change);
}

void commands_blackout(Core *core, Turn *turn, const char *arguments)
{
    unsigned i;

    (void)arguments;
    turn_say(turn, "Blackout hours, zone %s (people edit blackout_hours.json):", core->zone_name);
    for (i = 0; i < core->blackouts->len; i++)
        say_window(core, turn, core->blackouts->pdata[i]);
    if (core->blackouts->len == 0)
        turn_say(turn, "none");
    say_bad_edit(core, turn);
}

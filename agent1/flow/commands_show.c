#include "agent1/flow/commands.h"

#include <string.h>

#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

/* The installation's blackout that is on, if one is: nothing starts anywhere. */
static void say_blackout(Core *core, Turn *turn)
{
    HoursView view;
    Hours hours;
    g_autofree char *described = NULL;
    g_autofree char *until = NULL;

    core_hours(core, NULL, &hours);
    hours_look(&hours, core->now_ms, &view);
    if (!view.blackout)
        return;

    described = window_describe(view.blackout);
    until = view.opens_ms == INT64_MAX
                ? g_strdup("not within two weeks")
                : timestamp_local_with_zone(view.opens_ms, core->now_ms, core->zone);
    turn_say(turn, "Blackout hours NOW (%s): nothing starts; next: %s", described, until);
}

/* ---- !agents ---- */

#define SKILLS_SHOWN_CHARS 200

static const char *state_word(const Core *core, const RegistryAgent *entry, const FleetAgent *live)
{
    if (!entry->is_accepted)
        return "not accepted";
    if (!live || live->heard_ms == 0)
        return "not seen yet";
    if (!core->is_up[LINK_MQTT])
        return "unreachable";
    if (live->is_pause_wished && live->state == AGENT_ONLINE)
        return "pausing";
    return agent_state_name(live->state);
}

static bool is_outside_work(const Core *core, const RegistryAgent *entry)
{
    HoursView view;
    Hours hours;

    core_hours(core, entry, &hours);
    hours_look(&hours, core->now_ms, &view);
    return view.is_outside_work;
}

static void say_agent(Core *core, Turn *turn, const RegistryAgent *entry)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *skills = live ? fleet_skills_text(live) : NULL;
    unsigned live_runs = runs_count_of(core->runs, entry->name);

    g_string_append_printf(text, "%s: %s", entry->name, state_word(core, entry, live));
    if (live && live->heard_ms > 0) {
        g_autofree char *since = core_local_time(core, live->since_ms);

        g_string_append_printf(text, " since %s", since);
    }
    if (is_outside_work(core, entry))
        g_string_append(text, " · outside its work hours");
    if (live_runs > 0)
        g_string_append_printf(text, " · %u in hand", live_runs);
    if (live && live->version)
        g_string_append_printf(text, " · %s", live->version);
    if (live && live->clock_offset_ms != MESSAGE_ABSENT) {
        g_autofree char *offset = duration_format(ABS(live->clock_offset_ms));

        g_string_append_printf(text, " · its clock is %s off", offset);
    }
    if (skills) {
        g_autofree char *line = text_make_line(skills, SKILLS_SHOWN_CHARS);

        g_string_append_printf(text, " · %s", line);
        if (g_utf8_strlen(skills, -1) > SKILLS_SHOWN_CHARS)
            g_string_append_printf(text, " (!help %s lists them)", entry->name);
    }
    if (entry->description)
        g_string_append_printf(text, " · %s", entry->description);
    turn_say(turn, "%s", text->str);
}

void commands_agents(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    g_autoptr(GPtrArray) waiting = ledger_list(core->ledgers[TABLE_WAITING]);
    unsigned i;

    (void)arguments;
    say_blackout(core, turn);
    for (i = 0; i < names->len; i++)
        say_agent(core, turn, registry_find(core->registry, names->pdata[i]));
    for (i = 0; i < waiting->len; i++) {
        const Row *row = waiting->pdata[i];
        g_autofree char *fingerprint = NULL;
        Key key;

        if (!key_parse(row_text(row, WAITING_KEY), &key, NULL))
            continue;
        fingerprint = key_fingerprint(&key);
        turn_say(turn, "%s: asks to join, fingerprint %s; an admin types !accept %s %.9s",
                 row_text(row, WAITING_NAME), fingerprint, row_text(row, WAITING_NAME),
                 fingerprint);
    }
    if (names->len + waiting->len == 0)
        turn_say(turn, "no agents yet; start agent2 on a machine and it will ask to join");
}

/* What people wrote and is not in use: they look here and wonder. */
static void say_reload_error(Core *core, Turn *turn)
{
    g_autofree char *since = NULL;

    if (core->warnings && turn->speaker->role >= ROLE_ADMIN)
        turn_say(turn, "In the files, and without effect: %s", core->warnings);
    if (!core->reload_error)
        return;
    since = core_local_time(core, core->reload_error_ms);
    /* The words may hold what stands in the files: they are for those who write them. */
    turn_say(turn, "The edited files are NOT in use (since %s): %s", since,
             turn->speaker->role >= ROLE_ADMIN ? core->reload_error : "an admin can see why");
}

/* ---- !status ---- */

static void say_link(Core *core, Turn *turn, Link link, const char *name)
{
    g_autofree char *since = core_local_time(core, core->link_since_ms[link]);

    turn_say(turn, "%s: %s since %s", name, core->is_up[link] ? "connected" : "NOT connected",
             since);
}

void commands_status(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    g_autofree char *uptime = duration_format(core->now_ms - core->started_ms);
    unsigned counts[AGENT_OFFLINE + 1] = { 0 };
    unsigned i;

    (void)arguments;
    for (i = 0; i < agents->len; i++)
        counts[((const FleetAgent *)agents->pdata[i])->state]++;
    turn_say(turn, "%s %s: %s, up %s, zone %s", core->settings->name, VERSION,
             core_is_asleep(core) ? "asleep" : "awake", uptime, core->zone_name);
    say_blackout(core, turn);
    say_link(core, turn, LINK_MQTT, "MQTT");
    if (core->settings->xmpp_is_enabled)
        say_link(core, turn, LINK_XMPP, "XMPP");
    turn_say(turn, "agents: %u online, %u paused, %u offline, %u ask to join", counts[AGENT_ONLINE],
             counts[AGENT_PAUSED], counts[AGENT_OFFLINE],
             ledger_count(core->ledgers[TABLE_WAITING]));
    turn_say(turn, "runs in hand: %u; messages agents must still acknowledge: %u",
             runs_count(core->runs), outbox_count(core->outbox));
    if (ledger_count(core->ledgers[TABLE_APPROVALS]) > 0)
        turn_say(turn, "approvals that wait for a person: %u; !pending lists them",
                 ledger_count(core->ledgers[TABLE_APPROVALS]));
    turn_say(turn, "refused messages since start: %" G_GUINT64_FORMAT, core->refused_count);
    say_reload_error(core, turn);
}

/* ---- !blackout ---- */

static void say_window(Core *core, Turn *turn, const Window *window)
{
    g_autofree char *described = window_describe(window);
    int64_t change_ms = window_next_change(window, core->zone, core->now_ms);
    bool is_now = window_contains(window, core->zone, core->now_ms);
    g_autofree char *change = NULL;

    if (!window->is_enabled) {
        turn_say(turn, "%s: switched off", described);
        return;
    }
    if (change_ms == INT64_MAX) {
        turn_say(turn, "%s: %s", described,
                 is_now ? "now, without an end" : "not within two weeks");
        return;
    }
    change = timestamp_local_with_zone(change_ms, core->now_ms, core->zone);
    turn_say(turn, "%s: %s %s", described, is_now ? "NOW, until" : "next", change);
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
    say_reload_error(core, turn);
}

#include "agent1/flow/voice/presence.h"

#include "common/base/banned.h"

#define LOOK_MS  INT64_C(1000)
#define SHOWN_MS (10 * INT64_C(1000))
/* Connections come back by themselves, and at a start they come one after the other. */
#define BROKER_GONE_MS (5 * INT64_C(1000))

void presence_init(Presence *presence)
{
    *presence = (Presence){ .show = "", .due_ms = INT64_MAX };
}

void presence_clear(Presence *presence)
{
    g_free(presence->text);
}

static unsigned count_at_work(const Core *core)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, NULL);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        count +=
            run->state == RUN_ACCEPTED || run->state == RUN_RUNNING || run->state == RUN_CANCELLING;
    }
    return count;
}

static void append_count(GString *text, unsigned count, const char *one, const char *many)
{
    if (count > 0)
        g_string_append_printf(text, ", %u %s", count, count == 1 ? one : many);
}

static char *describe_fleet(const Core *core)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    unsigned counts[AGENT_OFFLINE + 1] = { 0 };
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < agents->len; i++)
        counts[((const FleetAgent *)agents->pdata[i])->state]++;
    if (agents->len == 0)
        g_string_append(text, core_words(core, "no agents yet"));
    else
        g_string_append_printf(text, "%u %s", agents->len,
                               core_words(core, agents->len == 1 ? "agent" : "agents"));
    append_count(text, counts[AGENT_OFFLINE], core_words(core, "offline"),
                 core_words(core, "offline"));
    append_count(text, counts[AGENT_PAUSED], core_words(core, "paused"),
                 core_words(core, "paused"));
    append_count(text, ledger_count(core->ledgers[TABLE_WAITING]), core_words(core, "asks to join"),
                 core_words(core, "ask to join"));
    append_count(text, count_at_work(core), core_words(core, "run at work"),
                 core_words(core, "runs at work"));
    return g_string_free(text, FALSE);
}

/* The line, and how clients colour it. The caller owns it. */
static char *describe(const Core *core, const char **out_show)
{
    g_autofree char *since = NULL;

    *out_show = "";
    if (core_is_asleep(core)) {
        *out_show = "away";
        return g_strdup(core_words(core, "asleep; !agentsON wakes me"));
    }
    if (!core->is_up[LINK_MQTT]) {
        *out_show = "dnd";
        since = core_local_time(core, core->link_since_ms[LINK_MQTT]);
        return g_strdup_printf(core_words(core, "the broker is unreachable since %s"), since);
    }
    return describe_fleet(core);
}

/* Until when a broker that is not there is no news. */
static int64_t broker_patience_ms(const Core *core)
{
    return core->is_up[LINK_MQTT] || core_is_asleep(core)
               ? core->now_ms
               : core->link_since_ms[LINK_MQTT] + BROKER_GONE_MS;
}

static void show(Core *core, const char *shown, char *text)
{
    g_autofree char *about = g_strdup(shown);
    const XmppAct act = { .kind = XMPP_ACT_PRESENCE, .about = about, .text = text };

    effects_xmpp(core->fx, &act);
    g_free(core->presence.text);
    core->presence.text = g_strdup(text);
    core->presence.show = shown;
    core->presence.show_ms = core->now_ms + SHOWN_MS;
}

static void look(Core *core)
{
    Presence *presence = &core->presence;
    const char *shown;
    g_autofree char *text = describe(core, &shown);

    presence->due_ms = INT64_MAX;
    presence->look_ms = core->now_ms + LOOK_MS;
    if (g_strcmp0(text, presence->text) == 0 && g_str_equal(shown, presence->show))
        return;

    if (core->now_ms < presence->show_ms)
        presence->due_ms = presence->show_ms;
    else
        show(core, shown, text);
}

void presence_refresh(Core *core, bool is_news)
{
    Presence *presence = &core->presence;

    if (!core->settings->xmpp_is_enabled)
        return;
    if (is_news && presence->due_ms == INT64_MAX)
        presence->due_ms = MAX(core->now_ms, presence->look_ms);
    if (core->now_ms < presence->due_ms)
        return;
    if (core->now_ms < broker_patience_ms(core))
        presence->due_ms = broker_patience_ms(core);
    else
        look(core);
}

void presence_hurry(Core *core)
{
    core->presence.due_ms = core->now_ms;
    core->presence.look_ms = core->now_ms;
    core->presence.show_ms = core->now_ms;
}

int64_t presence_next_deadline(const Core *core)
{
    return core->settings->xmpp_is_enabled ? core->presence.due_ms : INT64_MAX;
}

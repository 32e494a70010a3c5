/* The files of agent1, its beginning, and what may befall it. */
#include "tests/simulate/orchestrator_state.h"

#include "agent1/flow/state/core_state.h"
#include "tests/simulate/schedule_truth.h"
#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

static Json *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    Json *json = json_parse(text, strlen(text), strlen(text) + 1, &error);

    if (!json)
        g_error("%s", error->message);
    return json;
}

static Json *make_config(void)
{
    g_autofree char *key = sim_key(SIM_KEY_PERSON);
    g_autofree char *text = g_strdup_printf(
        "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
        "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\","
        "\"tasks\":{\"expires\":\"5m\",\"timeout\":\"40s\"},"
        "\"approvals\":{\"expires\":\"5m\"},\"users\":["
        "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"keys\":[\"%s\"],\"role\":\"admin\"}]}",
        key);

    return parse(text);
}

static Json *make_registry(const Sim *sim)
{
    g_autoptr(GString) text = g_string_new("{\"agents\":{");

    for (unsigned i = 0; i < sim->host_count; i++) {
        g_autofree char *key = sim_key((uint8_t)(SIM_KEY_HOST + i));

        g_string_append_printf(text, "%s\"web%u\":{\"public_key\":\"%s\",\"accepted\":true}",
                               i ? "," : "", i + 1, key);
    }
    g_string_append(text, "}}");
    return parse(text->str);
}

/* A window that begins some minutes after this world does, and ends a little later. */
static Json *make_blackouts(Sim *sim)
{
    unsigned begin = 14 * 60 + 14 + (unsigned)dice_below(&sim->dice, 8);
    unsigned end = begin + 1 + (unsigned)dice_below(&sim->dice, 6);
    g_autofree char *text =
        g_strdup_printf("[{\"start\":\"%02u:%02u\",\"end\":\"%02u:%02u\",\"label\":\"work\"}]",
                        begin / 60, begin % 60, end / 60, end % 60);

    return parse(text);
}

/* Switched off, the file is not read. */
static Json *make_policy(const Sim *sim)
{
    bool has_rule = sim->plan.has_policy && sim->mutant != MUTANT_APPROVAL;
    g_autofree char *text = g_strdup_printf(
        "{\"rules\":[%s],\"mqtt\":{\"publish\":[%s]}}",
        has_rule ? "{\"agent\":\"web1\",\"skill\":\"shell\",\"decision\":\"ask\",\"second\":false}"
                 : "",
        sim->plan.has_topics ? "\"sim/#\"" : "");

    if (!has_rule && !sim->plan.has_topics)
        return NULL;
    return parse(text);
}

Orchestrator *orchestrator_new(Sim *sim)
{
    Orchestrator *agent1 = g_new0(Orchestrator, 1);

    agent1->sim = sim;
    agent1->key = sim_key(SIM_KEY_AGENT1);
    agent1->trusted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    row_store_init(&agent1->store);
    row_store_init(&agent1->unsynced);
    row_store_init(&agent1->backup);
    agent1->config = make_config();
    agent1->registry = make_registry(sim);
    agent1->policy = make_policy(sim);
    agent1->blackouts = sim->plan.has_window ? make_blackouts(sim) : NULL;
    agent1->tasks = schedule_truth_file(sim);
    orchestrator_add_client(agent1);
    orchestrator_start_later(agent1, 0);
    return agent1;
}

void orchestrator_free(Orchestrator *agent1)
{
    if (!agent1)
        return;
    core_free(agent1->core);
    effects_free(agent1->next);
    effects_free(agent1->in_flight);
    refusals_free(agent1->refusals);
    outside_free(agent1->outside);
    publisher_free(agent1->publisher);
    if (agent1->committing)
        g_ptr_array_unref(agent1->committing);
    row_store_clear(&agent1->store);
    row_store_clear(&agent1->unsynced);
    row_store_clear(&agent1->backup);
    json_free(agent1->config);
    json_free(agent1->registry);
    json_free(agent1->blackouts);
    json_free(agent1->policy);
    json_free(agent1->tasks);
    g_hash_table_unref(agent1->trusted);
    g_free(agent1->key);
    g_free(agent1);
}

bool orchestrator_is_up(const Orchestrator *agent1)
{
    return agent1->core != NULL;
}

const RowStore *orchestrator_store(const Orchestrator *agent1)
{
    return &agent1->store;
}

const Json *orchestrator_registry(const Orchestrator *agent1)
{
    return agent1->registry;
}

const Json *orchestrator_blackouts(const Orchestrator *agent1)
{
    return agent1->blackouts;
}

bool orchestrator_is_asleep(const Orchestrator *agent1)
{
    const Row *row = row_store_find(&agent1->store, TABLE_META, "standby");

    if (agent1->core)
        return core_is_asleep(agent1->core);
    return row && g_strcmp0(row_text(row, META_VALUE), "1") == 0;
}

/* ---- faults ---- */

static void empty_disk(void *owner, void *item)
{
    Orchestrator *agent1 = owner;

    (void)item;
    agent1->is_full = false;
    truth_disturb(agent1->sim->truth, NULL);
}

void orchestrator_fill_disk(Orchestrator *agent1, int64_t for_ms)
{
    agent1->is_full = true;
    truth_disturb(agent1->sim->truth, NULL);
    sim_later(agent1->sim, for_ms, empty_disk, agent1, NULL, NULL, NULL);
}

void orchestrator_break_disk(Orchestrator *agent1)
{
    agent1->is_broken = true;
}

void orchestrator_slow_disk(Orchestrator *agent1, int64_t for_ms)
{
    agent1->slow_until_ms = agent1->sim->now_ms + for_ms;
    truth_disturb(agent1->sim->truth, NULL);
}

void orchestrator_back_up(Orchestrator *agent1)
{
    row_store_copy(&agent1->backup, &agent1->store);
    agent1->has_backup = true;
}

void orchestrator_restore(Orchestrator *agent1, int64_t away_ms)
{
    if (!agent1->has_backup)
        return;
    orchestrator_crash(agent1, away_ms);
    sim_trace(agent1->sim, "agent1's database is an older one");
    row_store_copy(&agent1->store, &agent1->backup);
    row_store_copy(&agent1->unsynced, &agent1->backup);
    truth_forgot(agent1->sim->truth);
}

void orchestrator_set_clock(Orchestrator *agent1, int64_t by_ms)
{
    agent1->clock_ms += by_ms;
    truth_disturb(agent1->sim->truth, NULL);
    /* The timer is told when the wall clock is set. */
    if (agent1->core)
        orchestrator_post(agent1, event_new(EVENT_TICK));
}

/* A person switches the schedule off, so that this world comes to rest. */
static void end_schedule(Orchestrator *agent1)
{
    json_free(agent1->tasks);
    agent1->tasks = schedule_truth_file(agent1->sim);
    if (!agent1->core)
        return;
    orchestrator_configure(agent1);
    orchestrator_post(agent1, event_new(EVENT_CONFIGURED));
}

void orchestrator_heal(Orchestrator *agent1)
{
    end_schedule(agent1);
    agent1->is_full = false;
    agent1->is_broken = false;
    agent1->slow_until_ms = 0;
    truth_disturb(agent1->sim->truth, NULL);
}

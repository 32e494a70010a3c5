/*
 * A world with several agents that are there, for tests of plans: web1 to web<count>, whose keys
 * are 1 to count.
 */
#ifndef TESTS_UNIT_AGENT1_PLAN_WORLD_H
#define TESTS_UNIT_AGENT1_PLAN_WORLD_H

#include "core-world.h"

#define FLEET 5

static inline void fleet_add(World *world, unsigned number)
{
    Json *agents = json_member_mutable(world->registry, "agents");
    g_autofree char *name = g_strdup_printf("web%u", number);
    g_autofree char *key = world_key((uint8_t)number);
    Json *entry = json_new_object();

    json_set_string(entry, "public_key", key);
    json_set_bool(entry, "accepted", true);
    json_set(agents, name, entry);
}

static inline char *fleet_journal(unsigned number)
{
    return g_strdup_printf("01J0000000000000000000%04u", number);
}

static inline void fleet_register(World *world, unsigned number)
{
    g_autofree char *name = g_strdup_printf("web%u", number);
    g_autofree char *journal = fleet_journal(number);

    world_register_as(world, (uint8_t)number, name, journal, 1, SKILLS_SHELL);
}

static inline World *fleet_world(void)
{
    World *world = world_new();
    unsigned i;

    for (i = 1; i <= FLEET; i++)
        fleet_add(world, i);
    world_configure(world);
    for (i = 1; i <= FLEET; i++)
        fleet_register(world, i);
    world_forget(world);
    return world;
}

static inline int fleet_setup(void **state)
{
    *state = fleet_world();
    return 0;
}

#define FLEET_TEST(function) cmocka_unit_test_setup_teardown(function, fleet_setup, world_teardown)

/* The agent of a run reports how it ended. */
static inline void fleet_result(World *world, int64_t run, const char *state, int64_t exit_code,
                                const char *output)
{
    const char *agent = row_text(world_run(world, run), RUNS_AGENT);
    unsigned number = (unsigned)g_ascii_strtoull(agent + strlen("web"), NULL, 10);
    g_autofree char *journal = fleet_journal(number);
    Message *message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, agent, world->now_ms);

    message->result.run = g_strdup(world_run_id(world, run));
    message->result.attempt = row_int(world_run(world, run), RUNS_ATTEMPT);
    message->result.state = g_strdup(state);
    message->result.exit_code = exit_code;
    message->result.signal = MESSAGE_ABSENT;
    message->result.output = g_strdup(output);
    message->result.started_ms = world->now_ms - 400;
    message->result.finished_ms = world->now_ms;
    message->result.duration_ms = 400;
    world_report_as(world, (uint8_t)number, TOPIC_KIND_AGENT1_INBOX, agent, journal, message);
}

static inline void fleet_succeeds(World *world, int64_t run, const char *output)
{
    fleet_result(world, run, "succeeded", 0, output);
}

static inline void fleet_fails(World *world, int64_t run, const char *output)
{
    fleet_result(world, run, "failed", 2, output);
}

static inline const char *fleet_plan_state(const World *world, const char *id)
{
    const Row *row = row_store_find(&world->store, TABLE_PLANS, id);

    return row ? row_text(row, PLANS_STATE) : "none";
}

/* How many messages with this text the server has still to take: no server takes any here, so it is
 * how many were ever said. */
static inline unsigned fleet_count_said(const World *world, const char *part)
{
    unsigned count = 0;
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_SAYINGS]);
    while (g_hash_table_iter_next(&iter, NULL, &row))
        count += strstr(row_text(row, SAYINGS_TEXT), part) != NULL;
    return count;
}

/* How many messages were said since world_forget(). */
static inline unsigned fleet_said(const World *world)
{
    return world->said->len;
}

#endif

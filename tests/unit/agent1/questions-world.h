/*
 * Questions to oskar and approvals of his own, for the core's world: how they come, and how he
 * answers.
 */
#ifndef TESTS_UNIT_AGENT1_QUESTIONS_WORLD_H
#define TESTS_UNIT_AGENT1_QUESTIONS_WORLD_H

#include "core-xmpp.h"

#define UP    "\U0001F44D"
#define DOWN  "\U0001F44E"
#define PHONE "oskar@example.org/phone"
#define CARE                                                                                       \
    "{\"rules\":[{\"agent\":\"web2\",\"decision\":\"ask\",\"second\":false,\"reason\":\"care\"}]}"

/* Of web2 oskar approves his own tasks. */
static inline int open_world(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    json_free(world->blackouts);
    world->blackouts = world_json("[]");
    json_free(world->policy);
    world->policy = world_json(CARE);
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_forget(world);
    return 0;
}

#define OPEN_TEST(function) cmocka_unit_test_setup_teardown(function, open_world, world_teardown)

static inline void say(World *world, const char *text)
{
    world->now_ms += 5;
    world_write(world, "oskar", NULL, text);
}

/* What was written ten minutes ago asks whether it is to be done; the id of the question's message:
 * the caller's. */
static inline char *ask(World *world, const char *text)
{
    Event *event = xmpp_chat("oskar", NULL, text);

    world->now_ms += 5;
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
    return g_strdup(((const Effect *)world->said->pdata[world->said->len - 1])->say.id);
}

static inline void react_with(World *world, const char *about, const char *stanza_id,
                              const char *words)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup(PHONE);
    event->fact.principal = g_strdup("oskar@example.org");
    event->fact.about = g_strdup(about);
    event->fact.stanza_id = g_strdup(stanza_id);
    event->fact.words = g_strsplit(words, " ", -1);
    world_step(world, event);
}

static inline void react(World *world, const char *about, const char *words)
{
    react_with(world, about, NULL, words);
}

static inline void reply(World *world, const char *about, const char *text)
{
    Event *event = xmpp_chat("oskar", NULL, text);

    event->chat.quotes = g_strdup(about);
    world_step(world, event);
}

static inline void expect_said(const World *world, const char *text)
{
    assert_string_equal(world_last_said(world), text);
}

static inline const char *task_of(const World *world, int64_t number)
{
    const Row *row = world_run(world, number);

    return row ? row_text(row, RUNS_TASK) : "none";
}

/* The stored question of a number. */
static inline Row *question_row(World *world, int64_t number)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_QUESTIONS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_int(row, QUESTIONS_NUMBER) == number)
            return row;
    }
    fail_msg("no such question");
    return NULL;
}

#endif

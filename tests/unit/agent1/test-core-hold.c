/* Whoever asks why a task does not start reads who holds its agent and since when, in the line of
 * that task, and the same everywhere. ana and oskar read English, vera French. It is 14:13 UTC. */
#include "core-world.h"

#include "agent1/flow/state/core_state.h"

#include "common/base/banned.h"

#define CONFIG                                                                                     \
    "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"                               \
    "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["                     \
    "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"role\":\"admin\"},"                        \
    "{\"name\":\"oskar\",\"jids\":[\"oskar@example.org\"],\"role\":\"operator\"},"                 \
    "{\"name\":\"vera\",\"jids\":[\"vera@example.org\"],\"role\":\"operator\","                    \
    "\"language\":\"fr\"}]}"

static void begin(World *world)
{
    json_free(world->config);
    world->config = world_json(CONFIG);
    json_free(world->tasks);
    world->tasks = world_json("{\"tasks\":[{\"id\":\"a\",\"agent\":\"web1\",\"task\":\"true\","
                              "\"cron\":\"hourly\"}]}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
}

static void ask(World *world, const char *user, const char *text, const char *expected)
{
    world_write(world, user, NULL, text);
    if (!strstr(world_last_said(world), expected))
        fail_msg("%s: \"%s\" does not contain \"%s\"", text, world_last_said(world), expected);
}

static void a_pause_is_told_by_whom(void **state)
{
    static const struct {
        const char *user;
        const char *text;
        const char *expected;
    } rows[] = {
        { "oskar", "!tasks",
          "a: hourly · web1 · true · next Mon 2026-09-21 15:00 UTC · web1 is "
          "paused by ana since 14:13" },
        { "vera", "!tasks", " · web1 est mis en pause par ana depuis 14:13" },
        { "oskar", "!why web1",
          "web1: not now (paused): it is paused by ana since 14:13; !agentON "
          "web1 resumes it" },
        { "vera", "!why web1",
          "(paused): il est mis en pause par ana depuis 14:13 ; !agentON web1 "
          "le remet au travail" },
        { "oskar", "@web1 date", "web1: refused (paused): it is paused by ana since 14:13; " },
        { "oskar", "!why 1", "#1 web1: queued · web1 is paused by ana since 14:13\n" },
        { "oskar", "!runs",
          "#1 web1: queued · 14:13 · uptime · web1 is paused by ana since "
          "14:13" },
        { "vera", "!runs", " · web1 est mis en pause par ana depuis 14:13" },
        { "oskar", "!run 1", "\nweb1 is paused by ana since 14:13\n" },
        { "oskar", "!agents", " · web1 is paused by ana since 14:13" },
    };
    World *world = *state;
    unsigned i;

    begin(world);
    world_write(world, "oskar", NULL, "@web1 uptime");
    world_write(world, "ana", NULL, "!agentOFF web1");
    world->now_ms += MINUTE_MS;
    /* A second word changes neither whose it was nor since when. */
    world_write(world, "oskar", NULL, "!agentOFF web1");
    for (i = 0; i < G_N_ELEMENTS(rows); i++)
        ask(world, rows[i].user, rows[i].text, rows[i].expected);

    world_restart(world);
    ask(world, "oskar", "!tasks", " · web1 is paused by ana since 14:13");
    world_write(world, "oskar", NULL, "!agentON web1");
    world_write(world, "oskar", NULL, "!tasks");
    assert_null(strstr(world_last_said(world), "is paused"));
    world_write(world, "oskar", NULL, "!runs");
    assert_null(strstr(world_last_said(world), "is paused"));
}

/* Its own word, or one that an older agent1 kept without a name. */
static void a_pause_of_nobody_is_told_too(void **state)
{
    World *world = *state;

    begin(world);
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    ask(world, "oskar", "!tasks", " · web1 is paused since 14:13");
    ask(world, "vera", "!tasks", " · web1 est en pause depuis 14:13");
    ask(world, "oskar", "!why web1", "it is paused; !agentON web1 resumes it");
    ask(world, "oskar", "!agents", "web1: paused since 14:13\n");

    fleet_find(world->core->fleet, "web1")->is_pause_wished = true;
    fleet_find(world->core->fleet, "web1")->state = AGENT_ONLINE;
    ask(world, "oskar", "!tasks", " · web1 is paused");
}

static void the_list_of_agents_says_it_once(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    ask(world, "oskar", "!agents", "web1: paused since 14:13 by ana\n");
    ask(world, "vera", "!agents", " depuis 14:13 par ana\n");
}

static void a_revoked_key_is_told(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "ana", NULL, "!revoke web1");
    ask(world, "oskar", "!tasks",
        "would be refused (not_accepted): its key was revoked by ana (14:13); an admin types");
    ask(world, "vera", "!tasks", "sa clé a été révoquée par ana (14:13) ; un admin tape");
    ask(world, "oskar", "!why web1", "web1: not now (not_accepted): its key was revoked by ana");
    ask(world, "oskar", "!agents", "web1: not accepted · web1's key was revoked by ana (14:13)");
    world_restart(world);
    ask(world, "oskar", "!tasks", "its key was revoked by ana (14:13)");

    /* As an older agent1 noted it. */
    {
        g_autofree char *key = world_key(1);
        g_autofree char *mark = g_strdup_printf("revoked %s", key);
        Row *row = row_new(TABLE_META);

        row_set_text(row, META_NAME, mark);
        row_set_text(row, META_VALUE, "1");
        row_store_put(&world->store, row);
    }
    world_restart(world);
    ask(world, "oskar", "!tasks", "(not_accepted): its key was revoked; an admin types");
    ask(world, "vera", "!agents", "la clé de web1 a été révoquée");
}

/* What waits for a window or a person hears of the pause that came later. */
static void what_waits_tells_it(void **state)
{
    World *world = *state;

    begin(world);
    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_write(world, "oskar", NULL, "@web1 uptime");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_run_state(world, 1), "deferred");
    world_write(world, "ana", NULL, "!agentOFF web1");
    ask(world, "oskar", "!pending", "\n  web1 is paused by ana since 14:13");
    ask(world, "vera", "!pending", "\n  web1 est mis en pause par ana depuis 14:13");
}

/* It never says that it goes on, and what waits for it need not wait for that. */
static void one_that_is_away_is_resumed(void **state)
{
    World *world = *state;

    begin(world);
    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"14:14\"}]");
    world_configure(world);
    world_write(world, "oskar", NULL, "@web1 --defer uptime");
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_wait(world, MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "deferred");
    world_status(world, JOURNAL_1, 1, 2, AGENT_OFFLINE);
    world->now_ms += 1000;
    world_write(world, "ana", NULL, "!agentON web1");
    assert_string_equal(world_run_state(world, 1), "queued");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_pause_is_told_by_whom),
        WORLD_TEST(a_pause_of_nobody_is_told_too),
        WORLD_TEST(the_list_of_agents_says_it_once),
        WORLD_TEST(a_revoked_key_is_told),
        WORLD_TEST(what_waits_tells_it),
        WORLD_TEST(one_that_is_away_is_resumed),
    };

    return cmocka_run_group_tests_name("core-hold", tests, NULL, NULL);
}

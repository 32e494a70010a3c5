/* Several agents in one order: names, patterns, labels. */
#include "core-world.h"

#include "common/base/banned.h"

#define POLICY "policy: allowed, by the preset \"default\" (no rule of policy.json fits)\n"
#define REST                                                                                       \
    "- windows: open, without an end in sight\n"                                                   \
    "- role: operator, and operator is needed; agent: there; 0 of 100 runs in hand"

/* web1 is a web server in Paris, web2 a database in Lyon, web3 is not accepted; web1 is there. */
static World *labelled_world(void)
{
    World *world = world_new();
    Json *agents = json_member_mutable(world->registry, "agents");

    json_set(json_member_mutable(agents, "web1"), "labels",
             world_json("{\"role\":\"web\",\"dc\":\"par\"}"));
    json_set(json_member_mutable(agents, "web2"), "labels",
             world_json("{\"role\":\"db\",\"dc\":\"lyon\"}"));
    json_set(agents, "web3", world_json("{\"labels\":{\"role\":\"mail\"}}"));
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    return world;
}

static void who_is_meant_by_commands(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *answer; /* all of it */
    } rows[] = {
        { "a list for !why", "!why web2, web1",
          "web1: allowed now\n"
          "web2: allowed now; it is offline, so a task would wait for it" },
        { "with a task", "!why dc=par | uptime",
          "web1: allowed now, as a shell command\n- risk: guarded; " POLICY REST },
        { "with an option", "!why all --now uptime",
          "web1: allowed now, as a shell command\n"
          "web2: not now (offline): it has not been seen yet" },
        { "one that is not accepted stands by its name alone", "!why web3",
          "web3: not now (not_accepted): its key is not trusted yet; an admin types !accept "
          "<agent> "
          "<fingerprint start>" },
        { "a slip in a list", "!why web1,wep2",
          "wep2: refused (unknown_agent): no agent of that name; nearest: web2; nothing "
          "was done" },
        { "no such label", "!why role=mail",
          "role=mail: refused (unknown_agent): no accepted agent has this label; there are "
          "dc=lyon, dc=par, role=db, "
          "role=web" },
        { "no such pattern", "!why db*",
          "db*: refused (unknown_agent): no accepted agent fits; there are web1, web2" },
        { "both at once fit nobody", "!why role=web&dc=lyon",
          "role=web&dc=lyon: refused (unknown_agent): no accepted agent fits; there are web1, "
          "web2" },
        { "half a label", "!why role=", "role=: expected a label as in role=web" },
        { "half a list", "!why web1,",
          "expected an agent: a name, a list a,b, a pattern web*, a label role=web, or all; "
          "!agents "
          "lists them" },
        { "a label for !agentOFF", "!agentOFF Role=Web", "web1: paused" },
        { "a set for !agentON", "!agentON web[1-9]",
          "web1: resumed\nweb2: resumed (it is offline; it will be told when it comes back)" },
        { "one of them is not accepted", "!agentOFF web1 web3",
          "web3: not accepted yet; !agents shows who asks to join" },
        { "one of them is unknown", "!agentOFF web1 db9",
          "db9: refused (unknown_agent): no agent of that name; !agents lists them; nothing was "
          "done" },
        { "nothing of that was done", "!why web1", "web1: allowed now\n- " POLICY REST },
        { "agent1 among them sleeps last", "!agentOFF agent1, web1",
          "web1: paused\nagent1: asleep; !agentsON or !agentON agent1 wakes me" },
        { "agent1 among them wakes first", "!agentON web1 agent1", "agent1: awake\nweb1: resumed" },
    };
    World *world = labelled_world();
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s: %s\n", rows[i].what, rows[i].text);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
    world_free(world);
}

static void many_verdicts_are_cut(void **state)
{
    World *world = *state;
    Json *agents = json_member_mutable(world->registry, "agents");
    unsigned i;

    for (i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("db%u", i);
        g_autofree char *key = world_key((uint8_t)(100 + i));
        Json *entry = json_new_object();

        json_set_string(entry, "public_key", key);
        json_set_bool(entry, "accepted", true);
        json_set(agents, name, entry);
    }
    world_configure(world);
    world_write(world, "vera", NULL, "!why db*");
    assert_true(g_str_has_suffix(world_last_said(world), "\nand 10 more"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_meant_by_commands),
        WORLD_TEST(many_verdicts_are_cut),
    };

    return cmocka_run_group_tests_name("core-targets", tests, NULL, NULL);
}

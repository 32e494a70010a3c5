/* The core of agent1 with fake edges: sentences of people, where the registry says who may be
 * meant. What each sentence means is the phrasebook's. */
#include "core-world.h"

#include "common/base/banned.h"

/* web1 and web2 are web servers, and web2 is not there; web3 is not accepted. */
static World *labelled_world(void)
{
    World *world = world_new();
    Json *agents = json_member_mutable(world->registry, "agents");

    json_set(json_member_mutable(agents, "web1"), "labels", world_json("{\"role\":\"web\"}"));
    json_set(json_member_mutable(agents, "web2"), "labels", world_json("{\"role\":\"web\"}"));
    json_set(agents, "web3", world_json("{\"labels\":{\"role\":\"web\"}}"));
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    return world;
}

#define SKILLS                                                                                     \
    "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"service.stop\",\"risk\":\"high\","     \
    "\"params\":[{\"name\":\"unit\",\"type\":\"unit\",\"required\":true}]}]"

/* Said or called, it needs the same approval; where one of them has no skill for it, it is a
 * command. */
static void a_skill_stands_for_a_command(void **state)
{
    static const struct {
        const char *text;
        const char *line;
    } rows[] = {
        { "stop nginx on web1", "DELEGATE: web1 | service.stop nginx" },
        { "arrête nginx sur web1", "DELEGATE: web1 | service.stop nginx" },
        { "in 2 hours stop nginx on web1", "SCHEDULE: in 2h | web1 | service.stop nginx" },
        { "start nginx on web1", "DELEGATE: web1 | systemctl start nginx" },
        { "stop nginx on the web servers", "DELEGATE: role=web | systemctl stop nginx" },
    };
    World *world = labelled_world();

    world_register_as(world, 1, "web1", JOURNAL_1, 2, SKILLS);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *said = g_strdup_printf("understood as: %s", rows[i].line);

        world_forget(world);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_true(world->said->len > 0);
        assert_contains(((const Effect *)world->said->pdata[0])->say.text, said);
    }
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    world_free(world);
    (void)state;
}

static void who_may_be_meant(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *said; /* a part of it */
    } cases[] = {
        { "a label", "uptime of the web servers", "understood as: DELEGATE: role=web | uptime" },
        { "a name with a slip", "uptime of wbe1",
          "No agent is called wbe1; do you mean web1? !agents lists them." },
        { "a name that is near none", "uptime of srv9",
          "No agent is called srv9; !agents lists them." },
        { "one that is not accepted", "uptime of web3", "No agent is called web3" },
        { "one that there is none of", "is nada up?",
          "No agent is called nada; !agents lists them." },
        { "a machine", "reboot web1",
          "That restarts the machine itself (web1), so I do not do it by a guess. If it is meant, "
          "type: DELEGATE: web1 | reboot" },
        { "nobody", "restart nginx", "On which agent?" },
        { "a day that is none", "restart nginx on web1 on 31 Feb at 8:00",
          "when, in \"on 31 Feb at 8:00\": character 4: found \"31 Feb\", expected a day that this "
          "month has, as in \"at 28 Feb 08:00\"; !help SCHEDULE shows all forms" },
        { "a day of either month", "on 05/06 at 8:00 restart nginx on web1",
          "expected \"at 5 Jun 08:00\" or \"at 6 May 08:00\"" },
        { "a time without an hour", "restart nginx on web1 tonight",
          "when, in \"tonight\": character 8: found the end, expected a time of day with it" },
        { "the machine or a service", "restart web1",
          "Restart what on web1? A service, as in: restart nginx on web1. The machine itself I do "
          "not restart by a guess; if that is meant: DELEGATE: web1 | reboot" },
        { "the agent or a service", "stop web1", "That web1 takes no more tasks: !agentOFF web1" },
        { "a service without an agent", "stop nginx", "On which agent?" },
        { "no answer that is written", "stop", "I take commands" },
        { "what was pasted", "uptime of web1\nuptime of web2", "I take commands" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        World *world = labelled_world();

        print_message("%s\n", cases[i].what);
        world_write(world, "oskar", "m1", cases[i].text);
        assert_contains(world_last_said(world), cases[i].said);
        world_free(world);
    }
}

static void nothing_is_done_where_it_is_asked(void **state)
{
    World *world = labelled_world();

    (void)state;
    world_write(world, "oskar", "m1", "restart nginx on wbe1");
    world_write(world, "oskar", "m2", "restart nginx");
    assert_null(world_run(world, 1));
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_skill_stands_for_a_command),
        cmocka_unit_test(who_may_be_meant),
        cmocka_unit_test(nothing_is_done_where_it_is_asked),
    };

    return cmocka_run_group_tests_name("core-phrases", tests, NULL, NULL);
}

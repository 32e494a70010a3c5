/* One task of high risk for several agents: one notice to those who may answer, one answer for all
 * that waits. web1 to web3 have the skill wipe; oskar asks, ana may approve. */
#include "plan-world.h"

#include "common/base/banned.h"

#define SKILLS "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"wipe\",\"risk\":\"high\"}]"
#define ANA    "ana@example.org"

static void begin(World *world)
{
    unsigned i;

    for (i = 1; i <= 3; i++) {
        g_autofree char *name = g_strdup_printf("web%u", i);
        g_autofree char *journal = fleet_journal(i);

        world_register_as(world, (uint8_t)i, name, journal, 2, SKILLS);
    }
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1,web2,web3 wipe");
}

/* How many messages that address got; *out_last is the last one's text. */
static unsigned count_said_to(const World *world, const char *jid, const char **out_last)
{
    unsigned count = 0;
    unsigned i;

    *out_last = "";
    for (i = 0; i < world->said->len; i++) {
        const Effect *effect = world->said->pdata[i];

        if (strcmp(effect->say.jid, jid) != 0)
            continue;
        *out_last = effect->say.text;
        count++;
    }
    return count;
}

static void one_notice_for_all(void **state)
{
    World *world = *state;
    const char *text;

    begin(world);
    assert_int_equal(count_said_to(world, ANA, &text), 1);
    assert_string_equal(text,
                        "p1: oskar asks at 14:13 for 3 agents, web1, web2, web3: work of high risk "
                        "needs an approval of a second user; !approve p1 or !reject p1; !pending "
                        "lists them one by one\n```\nwipe\n```");
}

static void one_yes_for_all(void **state)
{
    World *world = *state;
    int64_t number;

    begin(world);
    world_write(world, "ana", NULL, "!approve p1");
    assert_string_equal(world_last_said(world), "p1: 3 of 3 approved");
    for (number = 1; number <= 3; number++)
        assert_string_equal(world_run_state(world, number), "queued");
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 3);
    world_write(world, "ana", NULL, "!approve p1");
    assert_string_equal(world_last_said(world),
                        "p1: nothing of it waits for an approval; !pending lists what waits");
}

static void of_a_plan_that_is_over_nothing_waits(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "ana", NULL, "!reject p1");
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 0);
    world_write(world, "ana", NULL, "!approve p1");
    assert_string_equal(world_last_said(world),
                        "p1: nothing of it waits for an approval; !pending lists what waits");
}

static void one_no_for_what_is_left(void **state)
{
    World *world = *state;

    begin(world);
    world_write(world, "ana", NULL, "!approve 2");
    world_write(world, "ana", NULL, "!reject P1 not today");
    assert_string_equal(world_run_state(world, 1), "denied");
    assert_string_equal(world_run_state(world, 2), "queued");
    assert_string_equal(row_text(world_run(world, 3), RUNS_REASON), "by ana: not today");
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 1);
}

static void who_asked_does_not_approve_them(void **state)
{
    static const struct {
        const char *user;
        const char *line;
        const char *said;
    } cases[] = {
        { "oskar", "!approve p1",
          "p1: refused (policy): you asked for it yourself, and a second user must approve it; "
          "!reject withdraws it; after a change of the rule, ask again" },
        { "vera", "!approve p1",
          "!approve: refused (role): this needs the role operator; yours is viewer" },
        { "ana", "!approve p7", "p7: no such plan; !runs lists the last runs" },
        { "ana", "!reject p7", "p7: no such plan; !runs lists the last runs" },
        { "ana", "!approve p1 now", "p1: expected !approve <id>, as in !approve 12" },
    };
    World *world = *state;
    unsigned i;

    begin(world);
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        world_write(world, cases[i].user, NULL, cases[i].line);
        assert_string_equal(world_last_said(world), cases[i].said);
    }
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 0);
}

/* Approved within a blackout: who asked hears that all of it waits, once. */
static void what_was_approved_for_later_is_told(void **state)
{
    World *world = *state;
    const char *text;

    begin(world);
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"15:00\"}]");
    world_configure(world);
    world_forget(world);
    world_write(world, "ana", NULL, "!approve p1");
    assert_int_equal(count_said_to(world, "oskar@example.org/phone", &text), 1);
    assert_true(g_str_has_prefix(text, "p1: 3 agents: web1, web2, web3\n#1 web1: deferred (app"));
    world_wait(world, 48 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_string_equal(world_run_state(world, 3), "queued");
}

static void one_reminder_for_all(void **state)
{
    World *world = *state;
    const char *text;

    begin(world);
    world_wait(world, 30 * 60 * INT64_C(1000));
    world_forget(world); /* of the agents' silence, too */
    world_wait(world, 16 * 60 * INT64_C(1000));
    assert_int_equal(count_said_to(world, ANA, &text), 1);
    assert_true(g_str_has_prefix(text, "Reminder: p1: oskar asks"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FLEET_TEST(one_notice_for_all),
        FLEET_TEST(one_yes_for_all),
        FLEET_TEST(one_no_for_what_is_left),
        FLEET_TEST(who_asked_does_not_approve_them),
        FLEET_TEST(what_was_approved_for_later_is_told),
        FLEET_TEST(of_a_plan_that_is_over_nothing_waits),
        FLEET_TEST(one_reminder_for_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

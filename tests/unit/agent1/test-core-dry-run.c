/* Orders that are asked about with --dry-run: nothing comes of them. */
#include "core-world.h"

#include "common/base/banned.h"

/* What ana is answered as a dry run. */
static const char *dry(World *world, const char *text)
{
    g_autofree char *id = g_strdup_printf("dry-%s", text);

    world_type(world, id, text, true, false);
    return world_last_sent(world, MESSAGE_REPLY)->reply.text;
}

static void commands_are_not_done(void **state)
{
    static const char *const lines[] = { "!cancel 1",       "!cancel",      "!approve 1",
                                         "!reject 1 no",    "!defer 1 20m", "!agentOFF web1",
                                         "!agentON",        "!agentsOFF",   "!agentsON",
                                         "!accept web1 00", "!revoke web1", "!yes",
                                         "!no all",         "!stop",        "!reset",
                                         "!agentUPDATE a",  "!agentsUPDATE" };
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "@web1 true");
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *answer = g_strdup_printf("dry run: %s was not done", lines[i]);

        world_forget(world);
        assert_string_equal(dry(world, lines[i]), answer);
        assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "ok");
        assert_int_equal(world->sent->len, 1);
        assert_null(world_last_audit(world, "command"));
    }
    assert_string_equal(dry(world, "mets web1 en pause"),
                        "understood as: !agentOFF web1\ndry run: !agentOFF web1 was not done");
    world_write(world, "vera", NULL, "!runs");
    assert_contains(world_last_said(world), "#1 web1: queued");
    world_write(world, "vera", NULL, "!agents web1");
    assert_null(strstr(world_last_said(world), "paused"));
}

static void commands_that_tell_more(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    assert_contains(dry(world, "!agents"), "web1: online");
    assert_contains(dry(world, "!subscriptions"), "no subscription is open here");
    assert_string_equal(dry(world, "!subscriptions cancel s3"),
                        "s3: no such subscription is open here; !subscriptions lists them");
    assert_string_equal(dry(world, "!reports set daily 07:00"),
                        "daily: 07:00 (dry run: nothing was changed)");
    assert_contains(dry(world, "!pause t9"), "t9");
    assert_null(strstr(dry(world, "!pause t9"), "dry run"));
}

/* An open question stays so. */
static void a_yes(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "SCHEDULE: daily 03:00 | web1 | uptime", false, false);
    assert_string_equal(dry(world, "!yes"), "dry run: !yes was not done");
    world_type(world, "c2", "!tasks", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "none");
    world_type(world, "c3", "!yes", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "uptime");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(commands_are_not_done),
        WORLD_TEST(commands_that_tell_more),
        WORLD_TEST(a_yes),
    };

    return cmocka_run_group_tests_name("core-dry-run", tests, NULL, NULL);
}

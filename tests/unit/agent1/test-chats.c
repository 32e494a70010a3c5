/* The outcome of a chat with several parts, and what is answered to a repeat of it. */
#include "agent1/flow/voice/chats.h"

#include "core-world.h"

#include "common/base/banned.h"

static void the_worse_of_two(void **state)
{
    static const struct {
        const char *one;
        const char *other;
        const char *worse;
    } rows[] = {
        { "ok", "ok", "ok" },
        { "ok", "succeeded", "succeeded" },
        { "succeeded", "ok", "succeeded" },
        { "succeeded", "failed", "failed" },
        { "failed", "succeeded", "failed" },
        { "failed", "unknown", "failed" }, /* the first of equals */
        { "unknown", "failed", "unknown" },
        { "failed", "refused", "refused" },
        { "expired", "refused", "expired" },
        { "unconfirmed", "succeeded", "unconfirmed" },
        { "offline", "deferred", "offline" },
        { "timed_out", "offline", "timed_out" },
        { "ok", "timed_out", "timed_out" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s, %s\n", rows[i].one, rows[i].other);
        assert_string_equal(chats_worse(rows[i].one, rows[i].other), rows[i].worse);
    }
}

/* The same chat again, at each stage, is answered as it was and does nothing. */
static void repeats_at_each_stage(void **state)
{
    World *world = *state;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 one\n@web9 two", false, false);
    world_forget(world);
    world_type(world, "c1", "@web1 one\n@web9 two", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_contains(reply->reply.text, "#1 web1: queued\nweb9: refused (unknown_agent)");
    assert_false(reply->reply.is_final);
    assert_int_equal(reply->reply.runs->len, 1);
    assert_null(world_last_sent(world, MESSAGE_TASK));

    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "done");
    world_restart(world);
    world_forget(world);
    world_type(world, "c1", "@web1 one\n@web9 two", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_contains(reply->reply.text, "#1 web1: succeeded");
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "refused"); /* the worse of the two */
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

/* Whoever asks for the last word again hears how it ended, and nothing of how it waited. */
static void what_a_run_waited_for_is_over_with_it(void **state)
{
    static const struct {
        const char *what;
        const char *waits;
        int64_t attempt; /* the one that ends */
        const char *end;
        int64_t exit_code;
    } rows[] = {
        { "unconfirmed, then succeeded", "unconfirmed", 1, "succeeded", 0 },
        { "unconfirmed, then failed", "unconfirmed", 1, "failed", 1 },
        { "deferred, then succeeded", "deferred", 2, "succeeded", 0 },
        { "deferred, then failed", "deferred", 2, "failed", 1 },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        const Message *reply;

        print_message("  %s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        world_type(world, "c1", "@web1 one", false, false);
        if (rows[i].attempt > 1)
            world_result(world, world_run_id(world, 1), 1, "deferred", MESSAGE_ABSENT, NULL);
        else
            world_wait(world, 16 * MINUTE_MS);
        world_type(world, "c1", "@web1 one", false, false);
        reply = world_last_sent(world, MESSAGE_REPLY);
        assert_true(reply->reply.is_final);
        assert_string_equal(reply->reply.outcome, rows[i].waits);

        /* The agent speaks, or the gate opens. */
        world_restart(world);
        world_register(world, JOURNAL_1, 2);
        world_ack(world, world_run_id(world, 1), rows[i].attempt, ACK_ACCEPTED, NULL);
        world_type(world, "c1", "@web1 one", false, false);
        assert_false(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
        world_wait(world, 15 * MINUTE_MS);
        world_type(world, "c1", "@web1 one", false, false); /* still known */
        assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
        world_result(world, world_run_id(world, 1), rows[i].attempt, rows[i].end, rows[i].exit_code,
                     "");
        assert_string_equal(world_run_state(world, 1), rows[i].end);
        assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, rows[i].end);
        world_type(world, "c1", "@web1 one", false, false);
        assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, rows[i].end);
        world_free(world);
    }
    (void)state;
}

/* Phones have no use for a second answer. */
static void a_repeat_on_xmpp_is_silent(void **state)
{
    World *world = *state;

    world_write(world, "vera", "s1", "!agents");
    world_write(world, "vera", "s1", "!agents");
    assert_int_equal(world->said->len, 1);
    world_write(world, "oskar", "s1", "!agents"); /* another sender's ids are others */
    assert_int_equal(world->said->len, 2);
    world_write(world, "vera", "", "!agents");
    world_write(world, "vera", "", "!agents"); /* no id: no repeat can be known */
    assert_int_equal(world->said->len, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worse_of_two),
        WORLD_TEST(repeats_at_each_stage),
        cmocka_unit_test(what_a_run_waited_for_is_over_with_it),
        WORLD_TEST(a_repeat_on_xmpp_is_silent),
    };

    return cmocka_run_group_tests_name("chats", tests, NULL, NULL);
}

/* The outcome of a chat with several parts, and what is answered to a repeat of it. */
#include "agent1/flow/chats.h"

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
        WORLD_TEST(a_repeat_on_xmpp_is_silent),
    };

    return cmocka_run_group_tests_name("chats", tests, NULL, NULL);
}

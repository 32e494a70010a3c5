/* An inbox that brings nothing while control does: the connection is made anew once agent1 has
 * asked twice, some time apart, for tasks that never came; and not for less. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

#define APART_MS 5000

static void ask(World *world, const Message *task)
{
    g_autofree char *id = world_control(world, CONTROL_QUERY, task);

    assert_non_null(id);
}

static void reconnect(World *world)
{
    world_feed(world, worker_event_new(WORKER_EVENT_LINK_DOWN));
    world_link_up(world);
}

static void test_asked_twice_it_connects_anew(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    ask(world, task);
    world_pass(world, APART_MS);
    assert_int_equal(world->renewals, 0);
    ask(world, task);
    assert_int_equal(world->renewals, 1);
    assert_string_equal(
        json_string(json_member(
            json_first(json_member(world_last(world, MESSAGE_ANSWER)->answer.data, "runs")),
            "state")),
        "not_known");
}

/* Another task that never came says the same. */
static void test_it_need_not_be_one_task(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) other = world_new_task(world, "true");

    (void)state;
    ask(world, task);
    world_pass(world, APART_MS);
    ask(world, other);
    assert_int_equal(world->renewals, 1);
}

static void test_what_is_no_sign(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    g_autoptr(Message) other = world_new_task(world, "true");
    g_autoptr(Message) late = world_new_task(world, "true");
    unsigned i;

    (void)state;
    /* Soon one after the other: it may be on its way. */
    for (i = 0; i < 10; i++)
        ask(world, task);
    assert_int_equal(world->renewals, 0);

    /* Something came meanwhile. */
    world_pass(world, APART_MS);
    world_send(world, other);
    ask(world, task);
    assert_int_equal(world->renewals, 0);

    /* What is known, and all of it together. */
    world_pass(world, APART_MS);
    ask(world, other);
    ask(world, NULL);
    assert_int_equal(world->renewals, 0);

    /* What could not start any more, and ends as expired. */
    late->task.expires_ms = world->now_ms - 1;
    ask(world, late);
    assert_int_equal(world->renewals, 0);

    /* A connection of its own since. */
    reconnect(world);
    ask(world, task);
    assert_int_equal(world->renewals, 0);
}

/* It may be the broker's access list, which no new connection mends. */
static void test_each_time_it_waits_longer(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    unsigned asked = 0;
    unsigned i;

    (void)state;
    task->task.expires_ms = world->now_ms + DAY_MS;
    for (i = 0; i < 720; i++) {
        unsigned before = world->renewals;

        ask(world, task);
        asked++;
        if (world->renewals > before)
            reconnect(world);
        world_pass(world, APART_MS);
    }
    /* 5, 10, 20, … 320 s, and 320 s ever after: not 360 times in the hour. */
    assert_true(asked == 720 && world->renewals >= 12 && world->renewals <= 18);

    /* The list is mended: the next time it is quick again. */
    world_send(world, task);
    ask(world, task);
    {
        g_autoptr(Message) other = world_new_task(world, "true");
        unsigned before = world->renewals;

        ask(world, other);
        world_pass(world, APART_MS);
        ask(world, other);
        assert_int_equal(world->renewals, before + 1);
    }
}

static void test_a_message_set_aside_came(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    WorkerEvent *event = worker_event_new(WORKER_EVENT_SET_ASIDE);

    (void)state;
    ask(world, task);
    world_pass(world, APART_MS);
    event->set_aside.what = g_strdup("one of 12 bytes");
    world_feed(world, event);
    ask(world, task);
    assert_int_equal(world->renewals, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_asked_twice_it_connects_anew),
        cmocka_unit_test(test_it_need_not_be_one_task),
        cmocka_unit_test(test_what_is_no_sign),
        cmocka_unit_test(test_each_time_it_waits_longer),
        cmocka_unit_test(test_a_message_set_aside_came),
    };

    return cmocka_run_group_tests_name("worker_inbox", tests, NULL, NULL);
}

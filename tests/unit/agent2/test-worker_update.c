/* Control `update` through the worker's core: who is answered what, and how often git is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"
#include "common/base/limits.h"
#include "common/base/banned.h"

static World *new_installed_world(void)
{
    World *world = world_new_unstarted();

    world->install_path = "/opt/agent2";
    world_start(world);
    world_link_up(world);
    world_forget(world);
    return world;
}

static void found(World *world, UpdateState state)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_UPDATE);

    event->news = update_news_new(state);
    event->news->checked_ms = world->now_ms;
    if (state == UPDATE_KNOWN) {
        event->news->installed = g_strdup("v1.0");
        event->news->newest = g_strdup("v1.1");
        event->news->branch = g_strdup("main");
        event->news->behind = 1;
    }
    world_feed(world, event);
}

static void expect_problem(const World *world, const char *id, const char *problem)
{
    const MessageAnswer *answer = &world_last(world, MESSAGE_ANSWER)->answer;

    assert_string_equal(answer->in_reply_to, id);
    assert_false(answer->is_ok);
    assert_string_equal(json_string(json_member(answer->data, "problem")), problem);
}

static void test_no_install_path(void **state)
{
    g_autoptr(World) world = world_new();
    g_autofree char *id = world_control(world, CONTROL_UPDATE, NULL);

    (void)state;
    expect_problem(world, id, "no_path");
    assert_int_equal(world->looks, 0);
}

static void test_problems_are_told(void **state)
{
    (void)state;
    for (int problem = UPDATE_NO_GIT; problem < UPDATE_STATE_COUNT; problem++) {
        g_autoptr(World) world = new_installed_world();
        g_autofree char *id = world_control(world, CONTROL_UPDATE, NULL);

        found(world, (UpdateState)problem);
        expect_problem(world, id, update_state_name((UpdateState)problem));
    }
}

static void test_one_look_for_all(void **state)
{
    g_autoptr(World) world = new_installed_world();
    g_autoptr(Message) first = world_new_control(world, CONTROL_UPDATE, NULL);
    g_autofree char *second = NULL;

    (void)state;
    world_send(world, first);
    world_send(world, first); /* a repeat */
    second = world_control(world, CONTROL_UPDATE, NULL);
    assert_int_equal(world->looks, 1);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 0);
    found(world, UPDATE_KNOWN);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 2);
    assert_string_equal(world_last(world, MESSAGE_ANSWER)->answer.in_reply_to, second);
    world_send(world, first); /* the answer was lost */
    assert_int_equal(world->looks, 2);
    found(world, UPDATE_KNOWN);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 3);
}

static void test_too_many_askers(void **state)
{
    g_autoptr(World) world = new_installed_world();
    g_autofree char *last = NULL;

    (void)state;
    for (unsigned i = 0; i < UPDATE_ASKERS; i++)
        g_free(world_control(world, CONTROL_UPDATE, NULL));
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 0);
    last = world_control(world, CONTROL_UPDATE, NULL);
    expect_problem(world, last, "busy");
    found(world, UPDATE_KNOWN);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), UPDATE_ASKERS + 1);
}

static void test_a_paused_agent_answers(void **state)
{
    g_autoptr(World) world = new_installed_world();
    const MessageAnswer *answer;

    (void)state;
    g_free(world_control(world, CONTROL_PAUSE, NULL));
    g_free(world_control(world, CONTROL_UPDATE, NULL));
    found(world, UPDATE_KNOWN);
    answer = &world_last(world, MESSAGE_ANSWER)->answer;
    assert_true(answer->is_ok);
    assert_string_equal(answer->text,
                        "v1.1 is available, v1.0 is installed (main, 1 commit behind)");
    assert_string_equal(json_string(json_member(answer->data, "newest")), "v1.1");
    assert_non_null(json_string(json_member(answer->data, "checked")));
}

/* It was asked for by somebody before a crash: nobody waits for it any more. */
static void test_news_that_nobody_waits_for(void **state)
{
    g_autoptr(World) world = new_installed_world();

    (void)state;
    found(world, UPDATE_KNOWN);
    assert_int_equal(world_count(world, MESSAGE_ANSWER), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_install_path),
        cmocka_unit_test(test_problems_are_told),
        cmocka_unit_test(test_one_look_for_all),
        cmocka_unit_test(test_too_many_askers),
        cmocka_unit_test(test_a_paused_agent_answers),
        cmocka_unit_test(test_news_that_nobody_waits_for),
    };

    return cmocka_run_group_tests_name("worker_update", tests, NULL, NULL);
}

/* What becomes of a message on which agent2 crashed three times. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/agent2/worker_world.h"

#include "common/base/banned.h"

static void set_aside(World *world, const Message *task, int64_t attempt, const char *journal)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_SET_ASIDE);
    TaskMark *mark = &event->set_aside.task;

    event->set_aside.what = g_strdup("one of 77 bytes");
    mark->request = g_strdup(task->id);
    mark->run = g_strdup(task->task.run);
    mark->journal = g_strdup(journal);
    mark->number = 12;
    mark->attempt = attempt;
    mark->expires_ms = task->task.expires_ms;
    world_feed(world, event);
}

#define REASON "agent2 crashed on it 3 times and set it aside; it did not start"

static void a_task_is_refused_and_named_once(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");
    const Message *alarm;

    (void)state;
    set_aside(world, task, 1, task->journal);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_string_equal(world_last(world, MESSAGE_ACK)->ack.reason, REASON);
    alarm = world_last(world, MESSAGE_ERROR);
    assert_string_equal(alarm->error.text,
                        "task #12 ended agent2 3 times: it is set aside and did not start");
    assert_string_equal(alarm->error.run, task->task.run);

    /* agent1 has not heard it, and sends the task again; it is asked for, too. */
    world_forget(world);
    set_aside(world, task, 1, task->journal);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_count(world, MESSAGE_ERROR), 0);
    world_crash(world);
    world_start(world);
    world_link_up(world);
    world_forget(world);
    world_send(world, task);
    world_expect_ack(world, task->id, ACK_REJECTED, RULE_POLICY);
    assert_int_equal(world_launches(world, task), 0);
}

/* It crashed behind the moment when the task was filed: it is answered by what became of it. */
static void a_task_that_was_taken_goes_on(void **state)
{
    g_autoptr(World) world = world_new();
    g_autoptr(Message) task = world_new_task(world, "true");

    (void)state;
    world_send(world, task);
    world_forget(world);
    set_aside(world, task, 1, task->journal);
    world_expect_ack(world, task->id, ACK_ACCEPTED, RULE_NONE);
    assert_int_equal(world_count(world, MESSAGE_ERROR), 0);
}

static void what_is_not_ours_is_told_alone(void **state)
{
    static const struct {
        const char *what;
        int64_t taken; /* an attempt that came whole before; 0: none */
        int64_t attempt;
        const char *journal; /* NULL: its own */
    } rows[] = {
        { "another journal's", 0, 1, "01J0000000000000000000000Z" },
        { "an attempt that is over", 2, 1, NULL },
        { "no attempt of this protocol", 0, INT64_MAX, NULL },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(World) world = world_new();
        g_autoptr(Message) task = world_new_task(world, "true");

        print_message("%s\n", rows[i].what);
        task->task.attempt = rows[i].taken;
        if (rows[i].taken > 0)
            world_send(world, task);
        world_forget(world);
        set_aside(world, task, rows[i].attempt, rows[i].journal ? rows[i].journal : task->journal);
        assert_int_equal(world_count(world, MESSAGE_ACK), 0);
        assert_string_equal(world_last(world, MESSAGE_ERROR)->error.text,
                            "a message ended this program 3 times and is set aside: one of 77 "
                            "bytes");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_is_refused_and_named_once),
        cmocka_unit_test(a_task_that_was_taken_goes_on),
        cmocka_unit_test(what_is_not_ours_is_told_alone),
    };

    return cmocka_run_group_tests_name("worker_set_aside", tests, NULL, NULL);
}

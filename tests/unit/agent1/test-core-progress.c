/* Runs at work, as people who look see them. */
#include "core-world.h"

#include "common/base/banned.h"

/* web1 has taken run #1, which oskar asked for; its id. */
static char *accepted_run(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    return g_strdup(world_run_id(world, 1));
}

/* A person looks before it has ended. */
static void a_run_at_work_is_shown_with_its_start_and_its_output(void **state)
{
    World *world = *state;
    g_autofree char *run = accepted_run(world);
    Message *message;

    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "\nexpires ");
    message = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->progress.run = g_strdup(run);
    message->progress.attempt = 1;
    message->progress.seq = 1;
    message->progress.elapsed_ms = 5 * SECOND_MS;
    message->progress.bytes = 12;
    message->progress.tail = g_strdup("one\ntwo\x1b[31m");
    world_report(world, JOURNAL_1, message);
    world->now_ms += 2 * MINUTE_MS;
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "\nstarted 14:13, 2 min 5 s ago; output so far 12 B\n");
    assert_contains(world_last_said(world), "\n#1 web1: running (the end of its output so far)\n"
                                            "```\none\ntwo<U+001B>[31m\n```");
    assert_null(strstr(world_last_said(world), "expires"));
    /* What was heard is not on the disk: the agent tells it again. */
    world_restart(world);
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "its start and its output come with the agent's next");
    world_result(world, run, 1, "succeeded", 0, "three");
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "\nstarted 14:15; output ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_run_at_work_is_shown_with_its_start_and_its_output),
    };

    return cmocka_run_group_tests_name("core-progress", tests, NULL, NULL);
}

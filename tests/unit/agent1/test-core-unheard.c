/* An agent that hears its control topic and gets no tasks: it is asked for a task that nobody
 * acknowledges, people are told when that goes on, and when it is over. It is 14:13 UTC. */
#include "core-world.h"

#include "agent1/flow/state/core_state.h"

#include "common/base/banned.h"

/* As long as it takes: each query is answered "not known", and no task. */
static void stay_deaf(World *world, int64_t ms)
{
    int64_t until_ms = world->now_ms + ms;
    g_autofree char *answered = NULL;

    while (world->now_ms < until_ms) {
        const Message *query = world_last_control(world, CONTROL_QUERY);

        if (query && query->control.run && g_strcmp0(query->id, answered) != 0) {
            g_free(answered);
            answered = g_strdup(query->id);
            world_answer_query(world, JOURNAL_1, query->id, query->control.run,
                               query->control.attempt, "not_known");
        }
        world_wait(world, SECOND_MS);
    }
}

static unsigned count_told(const World *world, const char *part)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->said->len; i++)
        count += strstr(((const Effect *)world->said->pdata[i])->say.text, part) != NULL;
    return count;
}

static void begin(World *world)
{
    world_register(world, JOURNAL_1, 1);
    /* The general question after the link came up is over. */
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, NULL, 0, NULL);
    world_forget(world);
    world_write(world, "oskar", NULL, "@web1 uptime");
}

static void a_task_that_nobody_acknowledges_is_asked_for(void **state)
{
    World *world = *state;
    const Message *query;

    begin(world);
    while (world_count_sent(world, MESSAGE_TASK) < 2)
        world_wait(world, 500);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 0);
    while (world_count_sent(world, MESSAGE_TASK) < 4)
        world_wait(world, 500);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 2);
    query = world_last_query(world);
    assert_string_equal(query->control.run, world_run_id(world, 1));
    assert_int_equal(query->control.attempt, 1);
    assert_int_equal(query->control.expires_ms, row_int(world_run(world, 1), RUNS_EXPIRES));

    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_forget(world);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 0);
}

static void people_are_told_once_and_when_it_is_over(void **state)
{
    World *world = *state;

    begin(world);
    stay_deaf(world, 30 * SECOND_MS);
    assert_int_equal(count_told(world, "gets no tasks"), 0);
    assert_string_equal(world_run_state(world, 1), "queued");
    stay_deaf(world, 5 * MINUTE_MS);
    assert_int_equal(count_told(world, "web1 hears me but gets no tasks since 14:13: the broker "
                                       "brings it nothing on agents/web1/inbox, and a new "
                                       "connection did not help. #1 waits. Does the broker's "
                                       "access list let it read there?"),
                     1);
    world_write(world, "oskar", NULL, "!runs");
    assert_contains(world_last_said(world), " · web1 hears me but gets no tasks since 14:13");
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(world_last_said(world), "allowed now · web1 hears me but");
    world_write(world, "oskar", NULL, "!agents");
    assert_contains(world_last_said(world), " · web1 hears me but gets no tasks since 14:13");

    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    assert_int_equal(count_told(world, "web1 gets tasks again, after 5 min"), 1);
    world_write(world, "oskar", NULL, "!agents");
    assert_null(strstr(world_last_said(world), "gets no tasks"));
}

/* It connected anew, and the next copy came. */
static void what_mends_itself_is_no_news(void **state)
{
    World *world = *state;

    begin(world);
    stay_deaf(world, 25 * SECOND_MS);
    world_register(world, JOURNAL_1, 2);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_write(world, "oskar", NULL, "@web1 date");
    stay_deaf(world, 25 * SECOND_MS);
    assert_int_equal(count_told(world, "gets no tasks"), 0);
    assert_int_equal(count_told(world, "gets tasks again"), 0);
}

/* Two stories that are far apart are not one. */
static void an_old_doubt_is_forgotten(void **state)
{
    World *world = *state;

    begin(world);
    stay_deaf(world, 25 * SECOND_MS);
    world_write(world, "oskar", NULL, "!cancel 1");
    world_wait(world, HOUR_MS);
    world_write(world, "oskar", NULL, "@web1 date");
    stay_deaf(world, 25 * SECOND_MS);
    assert_int_equal(count_told(world, "gets no tasks"), 0);
}

/* The question was overtaken by the task; its answer says nothing of a run that is at work. */
static void a_late_answer_ends_no_run(void **state)
{
    World *world = *state;
    g_autofree char *question = NULL;
    Message *progress;

    begin(world);
    while (world_count_controls(world, CONTROL_QUERY) == 0)
        world_wait(world, 500);
    question = g_strdup(world_last_query(world)->id);
    progress = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);
    progress->progress.run = g_strdup(world_run_id(world, 1));
    progress->progress.attempt = 1;
    progress->progress.seq = 1;
    world_report(world, JOURNAL_1, progress);
    assert_string_equal(world_run_state(world, 1), "running");
    world_answer_query(world, JOURNAL_1, question, world_run_id(world, 1), 1, "not_known");
    assert_string_equal(world_run_state(world, 1), "running");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_task_that_nobody_acknowledges_is_asked_for),
        WORLD_TEST(people_are_told_once_and_when_it_is_over),
        WORLD_TEST(what_mends_itself_is_no_news),
        WORLD_TEST(an_old_doubt_is_forgotten),
        WORLD_TEST(a_late_answer_ends_no_run),
    };

    return cmocka_run_group_tests_name("core-unheard", tests, NULL, NULL);
}

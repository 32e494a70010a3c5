/* Agents that are gone and back, as people hear of it: once, together, and of those that come and
 * go only that. The world begins at 14:13. */
#include "notice-world.h"

#include "common/base/banned.h"

static void one_that_is_gone_and_back_is_told_once(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_wait(world, 2 * MINUTE_MS);
    notice_status(world, "web1", STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_wait(world, 50 * SECOND_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 0);
    world_wait(world, 15 * SECOND_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is offline since 14:15. Tasks for it wait."),
                     1);
    assert_int_equal(notice_count(world, "oskar", "web1"), 0);
    world_wait(world, HOUR_MS);
    world_restart(world);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "offline"), 1);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is back after 1 h 6 min."), 1);
    world_restart(world);
    notice_wait_with_heartbeats(world, HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 2);
}

static void one_that_comes_back_within_the_grace_is_not_told(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 2; i++) {
        world_status(world, JOURNAL_1, i + 1, 9, AGENT_OFFLINE);
        world_wait(world, 50 * SECOND_MS);
        world_register(world, JOURNAL_1, i + 2);
        world_wait(world, 20 * SECOND_MS);
    }
    assert_int_equal(notice_count(world, "ana", "web1"), 0);
}

/* The restart must not hide that people do not know it yet. */
static void one_that_goes_just_before_a_restart_is_told(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_wait(world, 30 * SECOND_MS);
    world_restart(world);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is offline since 14:13"), 1);
}

/* A cut network leaves no will: the heartbeats stop. */
static void silence_is_asked_about_and_told_once(void **state)
{
    World *world = *state;
    unsigned queries;

    world_register(world, JOURNAL_1, 1);
    notice_wait_with_heartbeats(world, 30 * MINUTE_MS); /* the last one at 14:38 */
    world_wait(world, 5 * MINUTE_MS);
    queries = world_count_controls(world, CONTROL_QUERY);
    world_wait(world, 40 * SECOND_MS);
    assert_true(world_count_controls(world, CONTROL_QUERY) > queries);
    assert_int_equal(notice_count(world, "ana", "web1"), 0);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana",
                                  "web1 is silent since 14:38 and does not answer: is its "
                                  "network up? Tasks for it wait."),
                     1);
    world_wait(world, HOUR_MS);
    notice_status(world, "web1", STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_wait(world, HOUR_MS);
    world_restart(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 1);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is back after 3 h"), 1);
}

static void a_silent_one_stays_told_over_a_restart(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    notice_status(world, "web1", 5, AGENT_ONLINE);
    world_wait(world, 20 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is silent since 14:13"), 1);
    world_restart(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 1);
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: silent since 14:13");
    notice_status(world, "web1", 6, AGENT_ONLINE);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is back after 1 h 20 min."), 1);
}

/* agent1's host slept, or its clock was put on: who answers is not gone. */
static void one_that_answers_is_not_silent(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_wait(world, MINUTE_MS);
    world->now_ms += 8 * HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, NULL, 0, NULL);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 0);
}

static void three_hundred_are_one_message(void **state)
{
    World *world = *state;

    notice_make_many(world);
    world_wait(world, 2 * MINUTE_MS);
    world_forget(world);
    notice_many_status(world, AGENT_OFFLINE, 100);
    world_wait(world, 20 * MINUTE_MS);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(notice_last(world, "ana"),
                        "300 agents are gone since 14:15: m000, m001, m002, m003, m004 and 295 "
                        "more. !agents lists them.");
    world_forget(world);
    notice_many_status(world, AGENT_ONLINE, 10);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(notice_last(world, "ana"),
                        "300 agents are back after 20 min or less: m000, m001, m002, m003, m004 "
                        "and 295 more.");
}

/* Without wills: a network is cut between the broker and 300 machines. */
static void three_hundred_silent_ones_are_one_message(void **state)
{
    World *world = *state;

    notice_make_many(world);
    world_forget(world);
    notice_many_status(world, AGENT_ONLINE, 100);
    world_wait(world, HOUR_MS);
    assert_int_equal(world->said->len, 1);
    assert_int_equal(notice_count(world, "ana", "300 agents are gone since 14:13: m000,"), 1);
}

static void one_that_stays_away_does_not_hold_the_news_of_the_others(void **state)
{
    World *world = *state;

    notice_make_many(world);
    notice_many_status(world, AGENT_OFFLINE, 1);
    world_wait(world, 5 * MINUTE_MS);
    world_forget(world);
    for (unsigned i = 1; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("m%03u", i);

        notice_status(world, name, world->now_ms, AGENT_ONLINE);
    }
    world_wait(world, 30 * SECOND_MS);
    assert_int_equal(world->said->len, 0);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 1);
    assert_int_equal(notice_count(world, "ana", "299 agents are back after 5 min or less: m001"),
                     1);
}

/* While agent1 itself has no broker, and a while after, nobody is gone. */
static void without_a_broker_nothing_is_said_of_agents(void **state)
{
    World *world = *state;

    notice_make_many(world);
    world_wait(world, 2 * MINUTE_MS);
    world_forget(world);
    notice_many_status(world, AGENT_OFFLINE, 10);
    world_link(world, LINK_MQTT, false);
    world_wait(world, 10 * HOUR_MS);
    world_link(world, LINK_MQTT, true);
    world_wait(world, 30 * SECOND_MS);
    notice_many_status(world, AGENT_ONLINE, 10);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(world->said->len, 0);
}

static void flap(World *world, int64_t *session, int64_t off_ms, int64_t on_ms)
{
    world_status(world, JOURNAL_1, *session, 9, AGENT_OFFLINE);
    world_wait(world, off_ms);
    world_register(world, JOURNAL_1, ++*session);
    world_wait(world, on_ms);
}

static void one_that_comes_and_goes_is_told_as_that(void **state)
{
    World *world = *state;
    int64_t session = 1;

    world_register(world, JOURNAL_1, session);
    for (int i = 0; i < 10; i++)
        flap(world, &session, 20 * SECOND_MS, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 1);
    assert_string_equal(notice_last(world, "ana"),
                        "web1 comes and goes: lost 3 times since 14:13. You hear of it again when "
                        "it stays or stays away.");
    notice_wait_with_heartbeats(world, HOUR_MS);
    assert_string_equal(notice_last(world, "ana"), "web1 is steady again, an hour without a loss. "
                                                   "Before it was lost 10 times.");
    notice_wait_with_heartbeats(world, 5 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 2);
}

static void long_losses_are_told_until_they_are_many(void **state)
{
    World *world = *state;
    int64_t session = 1;

    world_register(world, JOURNAL_1, session);
    for (int i = 0; i < 10; i++)
        flap(world, &session, 2 * MINUTE_MS, 3 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is offline"), 2);
    assert_int_equal(notice_count(world, "ana", "web1 is back after 2 min."), 2);
    assert_int_equal(notice_count(world, "ana", "web1"), 5);
    /* Then it stays away. */
    world_status(world, JOURNAL_1, session, 9, AGENT_OFFLINE);
    world_wait(world, 16 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is offline since 15:03"), 1);
    world_wait(world, 5 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 6);
    world_register(world, JOURNAL_1, ++session);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is back after 5 h 16 min."), 1);
}

static void one_that_is_not_trusted_is_nobodys_news(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!revoke web1");
    world_write(world, "ana", NULL, "!yes");
    world_forget(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(world->said->len, 0);
}

/* An hour back, as a wrong clock is put right. */
static void a_clock_that_is_put_back_holds_no_news(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is offline"), 1);
    world->now_ms -= HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, MINUTE_MS);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1 is back after"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(one_that_is_gone_and_back_is_told_once),
        WORLD_TEST(one_that_comes_back_within_the_grace_is_not_told),
        WORLD_TEST(one_that_goes_just_before_a_restart_is_told),
        WORLD_TEST(silence_is_asked_about_and_told_once),
        WORLD_TEST(a_silent_one_stays_told_over_a_restart),
        WORLD_TEST(one_that_answers_is_not_silent),
        WORLD_TEST(three_hundred_are_one_message),
        WORLD_TEST(three_hundred_silent_ones_are_one_message),
        WORLD_TEST(one_that_stays_away_does_not_hold_the_news_of_the_others),
        WORLD_TEST(without_a_broker_nothing_is_said_of_agents),
        WORLD_TEST(one_that_comes_and_goes_is_told_as_that),
        WORLD_TEST(long_losses_are_told_until_they_are_many),
        WORLD_TEST(one_that_is_not_trusted_is_nobodys_news),
        WORLD_TEST(a_clock_that_is_put_back_holds_no_news),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

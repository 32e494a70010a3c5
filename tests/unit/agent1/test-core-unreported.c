/* Agents that were asked for their report and sent none, outside of the compiled report. The world
 * begins on 2026-09-21 at 14:13. */
#include "notice-world.h"

#include "common/base/banned.h"

#define DID_NOT "web1 did not report today, though it is there and was asked."

static void configure(World *world, const char *daily)
{
    g_autofree char *text =
        g_strdup_printf("{\"agents\":{\"web1\":{\"report_time\":\"15:00\",\"enabled\":true},"
                        "\"web2\":{\"report_time\":\"15:00\",\"enabled\":true}},%s}",
                        daily);

    json_free(world->reports);
    world->reports = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_register(world, JOURNAL_1, 1);
}

static void report(World *world, const char *day)
{
    Message *message = message_new(MESSAGE_REPORT, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->report.day = g_strdup(day);
    message->report.uptime_s = 60;
    world_report_as(world, 1, TOPIC_KIND_DAILY_REPORT, "web1", JOURNAL_1, message);
}

static void one_that_did_not_report_is_told_once_a_day(void **state)
{
    World *world = *state;

    configure(world, "\"daily_report_enabled\":false");
    notice_wait_with_heartbeats(world, 75 * MINUTE_MS); /* 15:28 */
    assert_int_equal(notice_count(world, "ana", "report"), 0);
    notice_wait_with_heartbeats(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 1);
    notice_wait_with_heartbeats(world, HOUR_MS);
    world_restart(world);
    notice_wait_with_heartbeats(world, 20 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "report"), 1);
    notice_wait_with_heartbeats(world, 4 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 2);
    assert_int_equal(notice_count(world, "oskar", "report"), 0);
}

static void one_that_reported_is_no_news(void **state)
{
    World *world = *state;

    configure(world, "\"daily_report_enabled\":false");
    notice_wait_with_heartbeats(world, 50 * MINUTE_MS);
    report(world, "2026-09-21");
    notice_wait_with_heartbeats(world, 10 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "report"), 0);
}

/* The compiled report says it: not twice. */
static void what_the_compiled_report_says_is_not_told(void **state)
{
    World *world = *state;

    configure(world, "\"daily_report_time\":\"16:30\",\"daily_report_enabled\":true");
    notice_wait_with_heartbeats(world, 8 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "Did not report: web1"), 1);
    assert_int_equal(notice_count(world, "ana", "did not report today"), 0);
    configure(world, "\"daily_report_time\":\"03:00\",\"daily_report_enabled\":true");
    notice_wait_with_heartbeats(world, MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 1);
}

static void one_that_is_gone_is_told_as_that(void **state)
{
    World *world = *state;

    configure(world, "\"daily_report_enabled\":false");
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_wait(world, 5 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1"), 1);
    /* Back, it is asked, and has its half an hour. */
    world_register(world, JOURNAL_1, 2);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 0);
    report(world, "2026-09-21");
    notice_wait_with_heartbeats(world, 2 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 0);
}

static void without_a_broker_nobody_is_asked(void **state)
{
    World *world = *state;

    configure(world, "\"daily_report_enabled\":false");
    world_link(world, LINK_MQTT, false);
    world_wait(world, 3 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "report"), 0);
    world_link(world, LINK_MQTT, true);
    notice_wait_with_heartbeats(world, 25 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "report"), 0);
    notice_wait_with_heartbeats(world, 10 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", DID_NOT), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(one_that_did_not_report_is_told_once_a_day),
        WORLD_TEST(one_that_reported_is_no_news),
        WORLD_TEST(what_the_compiled_report_says_is_not_told),
        WORLD_TEST(one_that_is_gone_is_told_as_that),
        WORLD_TEST(without_a_broker_nobody_is_asked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

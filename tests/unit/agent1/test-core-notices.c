/* Errors and alarms, quiet hours of each person, and floods: who hears what, when, and how often.
 * The world begins on a Monday at 14:13. */
#include "notice-world.h"

#include "common/base/banned.h"

static void send_error(World *world, const char *severity, const char *text)
{
    Message *message = message_new(MESSAGE_ERROR, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->error.severity = g_strdup(severity);
    message->error.text = g_strdup(text);
    world_report_as(world, 1, TOPIC_KIND_ERRORS, "web1", JOURNAL_1, message);
}

static void go_to(World *world, const char *time)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(time, utc);

    world->now_ms = g_date_time_to_unix(at) * 1000;
    world_step(world, event_new(EVENT_TICK));
}

/* ---- errors ---- */

static void the_same_error_is_told_once_an_hour(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    send_error(world, "high", "the disk is nearly full");
    send_error(world, "high", "the disk is nearly full");
    assert_int_equal(notice_count(world, "ana", "web1: high: the disk is nearly full"), 1);
    send_error(world, "critical", "the disk is nearly full");
    send_error(world, "critical", "the disk is nearly full");
    assert_int_equal(notice_count(world, "ana", "web1: critical: the disk is nearly full"), 1);
    world->now_ms += HOUR_MS;
    send_error(world, "high", "the disk is nearly full");
    assert_int_equal(notice_count(world, "ana", "nearly full"), 3);
}

/* A word of an agent's own stands where a severity is expected. */
static void a_severity_is_one_short_word(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    send_error(world, "high\nALARM: somebody stole your keys", "x");
    assert_int_equal(notice_count(world, "ana", "\n"), 0);
    assert_int_equal(notice_count(world, "ana", "stole your keys"), 0);
}

static void a_flood_becomes_one_message(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 50; i++) {
        g_autofree char *text = g_strdup_printf("error number %d", i);

        send_error(world, i % 2 ? "high" : "critical", text);
    }
    assert_int_equal(world->said->len, 5);
    world_restart(world);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", ""), 6);
    assert_true(g_str_has_prefix(notice_last(world, "ana"), "45 more notices:\n14:13 web1: "));
    assert_true(g_str_has_suffix(notice_last(world, "ana"), "\nand 25 more"));
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
}

static void send_number(World *world, int number)
{
    g_autofree char *text = g_strdup_printf("error number %02d", number);

    send_error(world, "high", text);
}

/* The numbers in what ana heard rise, from the first message to the last; how many there are. */
static unsigned count_in_order(const World *world)
{
    int last = -1;
    unsigned count = 0;

    for (unsigned i = 0; i < world->said->len; i++) {
        const char *at = ((const Effect *)world->said->pdata[i])->say.text;

        while ((at = strstr(at, "error number ")) != NULL) {
            int number = (int)g_ascii_strtoll(at + strlen("error number "), NULL, 10);

            if (number <= last)
                fail_msg("%d came after %d", number, last);
            last = number;
            count++;
            at++;
        }
    }
    return count;
}

static void of_one_millisecond_they_come_in_order(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 20; i++)
        send_number(world, i);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(count_in_order(world), 20);
}

static void a_clock_that_is_put_back_changes_no_order(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 20; i++) {
        send_number(world, i);
        if (i % 5 == 4)
            world->now_ms -= 10 * SECOND_MS;
    }
    world_wait(world, 3 * MINUTE_MS);
    assert_int_equal(count_in_order(world), 20);
}

/* A minute after the flood one may be said at once: what is gathered comes before it. */
static void none_overtakes_what_is_gathered(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 5; i++)
        send_number(world, i);
    world_wait(world, 50 * SECOND_MS);
    for (int i = 5; i < 8; i++)
        send_number(world, i);
    world_wait(world, 11 * SECOND_MS);
    assert_int_equal(count_in_order(world), 5);
    send_number(world, 8);
    assert_int_equal(count_in_order(world), 9);
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(count_in_order(world), 9);
}

/* The limits begin anew, the rows and their order stay. */
static void a_restart_changes_no_order(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 9; i++)
        send_number(world, i);
    world_forget(world);
    world_restart(world);
    world_forget(world); /* what is said again, since no server took it */
    for (int i = 9; i < 20; i++)
        send_number(world, i);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(count_in_order(world), 15);
}

/* What a server did not take is said again as it was said. */
static void what_is_said_again_is_in_order(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 5; i++)
        send_number(world, i);
    world_forget(world);
    world_restart(world);
    assert_int_equal(count_in_order(world), 5);
}

/* ---- who ---- */

static void who_hears_is_configured(void **state)
{
    World *world = *state;

    notice_configure(world, "ana", "\"notices\":\"none\"");
    notice_configure(world, "vera", "\"notices\":\"all\"");
    world_register(world, JOURNAL_1, 1);
    send_error(world, "high", "broken");
    assert_int_equal(notice_count(world, "ana", ""), 0);
    assert_int_equal(notice_count(world, "oskar", ""), 0);
    assert_int_equal(notice_count(world, "vera", "web1: high: broken"), 1);
    /* What is in an admin's hands is for admins. */
    world_register_as(world, 77, "web1", JOURNAL_2, 1, "[]");
    world_register_as(world, 78, "new1", JOURNAL_2, 1, "[]");
    assert_int_equal(notice_count(world, "ana", "ALARM: somebody registers as web1"), 1);
    assert_int_equal(notice_count(world, "ana", "new1 asks to join"), 1);
    assert_int_equal(notice_count(world, "vera", ""), 1);
}

static void nobody_is_told_who_has_no_jid(void **state)
{
    World *world = *state;

    notice_configure(world, "ana", "\"jids\":[]");
    notice_quiet(world, "ana", "14:00", "15:00");
    world_register(world, JOURNAL_1, 1);
    send_error(world, "high", "broken");
    send_error(world, "critical", "burnt");
    world_wait(world, 2 * HOUR_MS);
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
}

static void whoever_is_taken_out_hears_nothing_more(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "15:00");
    world_register(world, JOURNAL_1, 1);
    send_error(world, "high", "broken");
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 1);
    notice_configure(world, "ana", "\"jids\":[]");
    world_wait(world, 2 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", ""), 0);
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
}

/* ---- quiet hours ---- */

static void quiet_hours_hold_all_but_alarms(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "15:00");
    notice_configure(world, "oskar", "\"notices\":\"all\"");
    world_register(world, JOURNAL_1, 1);
    world_wait(world, 2 * MINUTE_MS);
    send_error(world, "high", "the disk is nearly full");
    send_error(world, "critical", "the disk is full");
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", ""), 1);
    assert_int_equal(notice_count(world, "ana", "web1: critical: the disk is full"), 1);
    assert_int_equal(notice_count(world, "oskar", ""), 3);
    world_restart(world);
    world_wait(world, HOUR_MS);
    world_restart(world);
    world_wait(world, HOUR_MS);
    assert_int_equal(notice_count(world, "ana", ""), 2);
    assert_string_equal(notice_last(world, "ana"),
                        "In your quiet hours:\n14:15 web1: high: the disk is nearly full\n"
                        "14:16 web1 is offline since 14:15. Tasks for it wait.");
    assert_int_equal(notice_count(world, "oskar", ""), 3);
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
}

static void they_may_be_over_midnight(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "22:00", "06:30");
    world_register(world, JOURNAL_1, 1);
    go_to(world, "2026-09-21T21:59:59Z");
    send_error(world, "high", "first");
    assert_int_equal(notice_count(world, "ana", "web1: high: first"), 1);
    world->now_ms += SECOND_MS;
    send_error(world, "high", "second");
    go_to(world, "2026-09-22T00:30:00Z");
    send_error(world, "high", "third");
    world_restart(world);
    go_to(world, "2026-09-22T06:29:59Z");
    assert_int_equal(notice_count(world, "ana", "second"), 0);
    world_wait(world, SECOND_MS);
    assert_int_equal(notice_count(world, "ana",
                                  "In your quiet hours:\n2026-09-21 22:00 web1: high: second\n"
                                  "00:30 web1: high: third"),
                     1);
    send_error(world, "high", "fourth");
    assert_int_equal(notice_count(world, "ana", "web1: high: fourth"), 1);
}

/* In the zone of the person; the hour from 02:00 to 03:00 is left out, or there twice. */
static void they_end_once_when_the_clocks_change(void **state)
{
    static const struct {
        const char *what;
        const char *held_at; /* UTC */
        const char *end;     /* local, of quiet hours from 22:00 on */
        const char *before;  /* UTC: still quiet */
        const char *after;   /* UTC: the digest is there */
    } rows[] = {
        { "spring, an end after the gap", "2027-03-28T00:59:00Z", "03:30", "2027-03-28T01:29:59Z",
          "2027-03-28T01:30:00Z" },
        { "spring, an end in the gap", "2027-03-28T00:59:00Z", "02:30", "2027-03-28T00:59:59Z",
          "2027-03-28T01:00:00Z" },
        { "autumn, an end after both passes", "2026-10-24T23:30:00Z", "03:30",
          "2026-10-25T02:29:59Z", "2026-10-25T02:30:00Z" },
        { "autumn, an end in the first pass", "2026-10-24T23:30:00Z", "02:30",
          "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z" },
        { "autumn, told in the second pass", "2026-10-25T01:10:00Z", "02:30",
          "2026-10-25T01:29:59Z", "2026-10-25T01:30:00Z" },
    };
    g_autoptr(GTimeZone) berlin = g_time_zone_new_identifier("Europe/Berlin");

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *members =
            g_strdup_printf("\"quiet_hours\":{\"start\":\"22:00\",\"end\":\"%s\",\"timezone\":"
                            "\"Europe/Berlin\"}",
                            rows[i].end);

        print_message("%s\n", rows[i].what);
        zones_add(world->zones, "Europe/Berlin", berlin);
        notice_configure(world, "ana", members);
        world_register(world, JOURNAL_1, 1);
        go_to(world, rows[i].held_at);
        world_forget(world);
        send_error(world, "high", "held");
        go_to(world, rows[i].before);
        assert_int_equal(notice_count(world, "ana", "held"), 0);
        /* A timer that was armed by the core alone. */
        assert_true(core_next_deadline(world->core) <= world->now_ms + SECOND_MS);
        go_to(world, rows[i].after);
        assert_int_equal(notice_count(world, "ana", "web1: high: held"), 1);
        world_wait(world, 3 * HOUR_MS);
        assert_int_equal(notice_count(world, "ana", "web1: high: held"), 1);
        world_free(world);
    }
}

static void the_same_words_wait_once(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "20:00");
    for (int i = 0; i < 5; i++) {
        world_register_as(world, 78, "new1", JOURNAL_2, 1, "[]");
        world->now_ms += HOUR_MS;
        world_step(world, event_new(EVENT_TICK));
    }
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 1);
    world_wait(world, 6 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "In your quiet hours:\n14:13 new1 asks to join"),
                     1);
}

static void a_digest_is_bounded(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "15:00");
    world_register(world, JOURNAL_1, 1);
    for (int i = 0; i < 60; i++) {
        g_autofree char *end = g_strnfill(400, 'x');
        g_autofree char *text = g_strdup_printf("%02d %s", i, end);

        send_error(world, "high", text);
    }
    world_wait(world, HOUR_MS);
    assert_int_equal(notice_count(world, "ana", ""), 1);
    assert_true(strlen(notice_last(world, "ana")) < 7000);
    /* web1 is silent by then, too. */
    assert_true(g_str_has_suffix(notice_last(world, "ana"), "\nand 41 more"));
    assert_int_equal(world_count_rows(world, TABLE_NOTICES), 0);
}

static void quiet_hours_that_are_taken_away_end(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "20:00");
    world_register(world, JOURNAL_1, 1);
    send_error(world, "high", "held");
    world_wait(world, 10 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "held"), 0);
    notice_configure(world, "ana", "\"quiet_hours\":null");
    assert_int_equal(notice_count(world, "ana", "web1: high: held"), 1);
}

static void a_clock_that_is_put_back_loses_none(void **state)
{
    World *world = *state;

    notice_quiet(world, "ana", "14:00", "15:00");
    world_register(world, JOURNAL_1, 1);
    world->now_ms += 40 * MINUTE_MS;
    send_error(world, "high", "held");
    world->now_ms -= 2 * HOUR_MS; /* 12:53: no quiet hours */
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(notice_count(world, "ana", "web1: high: held"), 1);
    world_wait(world, 5 * HOUR_MS);
    assert_int_equal(notice_count(world, "ana", "web1: high: held"), 1);
}

/* ---- what never waits ---- */

static void probe(World *world)
{
    Event *event = event_new(EVENT_PROBE);

    event->probe_text = g_strdup("web1");
    world_step(world, event);
}

static void bad_edit(World *world)
{
    Event *event = event_new(EVENT_CONFIGURED);

    event->reload_error = g_strdup("config.json: users: missing");
    world_step(world, event);
}

static void other_key(World *world)
{
    world_register_as(world, 77, "web1", JOURNAL_2, 1, "[]");
}

static void revoked_key(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!revoke web1");
    world_write(world, "ana", NULL, "!yes");
    world_register(world, JOURNAL_1, 2);
}

static void alarms_do_not_wait(void **state)
{
    static const struct {
        void (*happen)(World *world);
        const char *words;
    } rows[] = {
        { probe, "ALARM: the broker lets every machine write" },
        { bad_edit, "I keep the running configuration, since the new one is wrong" },
        { other_key, "ALARM: somebody registers as web1 with another key" },
        { revoked_key, "ALARM: web1 asks to join with the key that was revoked" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        notice_quiet(world, "ana", "14:00", "20:00");
        rows[i].happen(world);
        rows[i].happen(world);
        assert_int_equal(notice_count(world, "ana", rows[i].words), 1);
        assert_int_equal(notice_count(world, "oskar", rows[i].words), 0);
        world_free(world);
    }
}

/* Accepted again, its key is as good as new. */
static void an_accepted_key_is_no_revoked_one(void **state)
{
    World *world = *state;
    g_autofree char *text = world_key(1);
    g_autofree char *fingerprint = NULL;
    g_autofree char *line = NULL;
    Key key;

    assert_true(key_parse(text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    line = g_strdup_printf("!accept web1 %.9s", fingerprint);
    revoked_key(world);
    world_write(world, "ana", NULL, line);
    world_write(world, "ana", NULL, "!yes");
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 0);
    world_restart(world);
    world_forget(world);
    world_register(world, JOURNAL_1, 3);
    assert_int_equal(notice_count(world, "ana", "ALARM"), 0);
}

/* ---- asleep ---- */

static void asleep_notices_wait_for_the_waking(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_forget(world);
    send_error(world, "high", "one");
    world->now_ms += SECOND_MS;
    send_error(world, "critical", "two");
    world->now_ms += SECOND_MS;
    world_status(world, JOURNAL_1, 1, 9, AGENT_OFFLINE);
    world_wait(world, 5 * MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_int_equal(notice_count(world, "ana",
                                  "While I was asleep:\nweb1: high: one\nweb1: critical: two\n"
                                  "web1 is offline since 14:13. Tasks for it wait."),
                     1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(the_same_error_is_told_once_an_hour),
        WORLD_TEST(a_severity_is_one_short_word),
        WORLD_TEST(a_flood_becomes_one_message),
        WORLD_TEST(of_one_millisecond_they_come_in_order),
        WORLD_TEST(a_clock_that_is_put_back_changes_no_order),
        WORLD_TEST(none_overtakes_what_is_gathered),
        WORLD_TEST(a_restart_changes_no_order),
        WORLD_TEST(what_is_said_again_is_in_order),
        WORLD_TEST(who_hears_is_configured),
        WORLD_TEST(nobody_is_told_who_has_no_jid),
        WORLD_TEST(whoever_is_taken_out_hears_nothing_more),
        WORLD_TEST(quiet_hours_hold_all_but_alarms),
        WORLD_TEST(they_may_be_over_midnight),
        cmocka_unit_test(they_end_once_when_the_clocks_change),
        WORLD_TEST(the_same_words_wait_once),
        WORLD_TEST(a_digest_is_bounded),
        WORLD_TEST(quiet_hours_that_are_taken_away_end),
        WORLD_TEST(a_clock_that_is_put_back_loses_none),
        cmocka_unit_test(alarms_do_not_wait),
        WORLD_TEST(an_accepted_key_is_no_revoked_one),
        WORLD_TEST(asleep_notices_wait_for_the_waking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

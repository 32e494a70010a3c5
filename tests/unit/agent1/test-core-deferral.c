/* Work that may not start now: the offer to run it then, runs that wait for their window and meet
 * the gate again, the limit of their patience, and putting them off. The world begins at 14:13:20
 * UTC. */
#include "core-world.h"

#include "common/base/banned.h"

#define THREE_DAYS "[{\"start\":\"00:00\",\"end\":\"24:00\",\"days\":[\"mon\",\"tue\",\"wed\"]}]"
#define TEA        "[{\"start\":\"14:00\",\"end\":\"15:00\",\"label\":\"tea\"}]"

static void set_blackouts(World *world, const char *text)
{
    json_free(world->blackouts);
    world->blackouts = world_json(text);
    world_configure(world);
}

static void set_policy(World *world, const char *text)
{
    json_free(world->policy);
    world->policy = world_json(text);
    world_configure(world);
}

/* web1 is there, and a blackout is on until 15:00. */
static void begin_tea(World *world)
{
    world_register(world, JOURNAL_1, 1);
    set_blackouts(world, TEA);
    world_forget(world);
}

static bool was_said(const World *world, const char *text)
{
    unsigned i;

    for (i = 0; i < world->said->len; i++) {
        if (strstr(((const Effect *)world->said->pdata[i])->say.text, text))
            return true;
    }
    return false;
}

/* world_wait() allows so many ticks in one go. */
static void wait_days(World *world, unsigned days)
{
    unsigned i;

    for (i = 0; i < days * 4; i++)
        world_wait(world, DAY_MS / 4);
}

/* ---- the offer ---- */

static void what_waits_is_not_in_hand(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    set_blackouts(world, TEA);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: online since 14:13 · 1 in hand · 1 waiting\n");
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world),
                    "runs in hand: 1; waiting for a person or a window: 1;");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: online since 14:13 · 1 waiting\n");
}

static void later_is_offered_and_yes_defers(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world),
                        "web1: refused (blackout): blackout hours 14:00-15:00 (tea); next: 15:00 "
                        "UTC\nrun then? !yes or !no");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world),
                        "#1 web1: deferred (blackout hours 14:00-15:00 (tea); starts 15:00 UTC)");
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_string_equal(row_text(world_run(world, 1), RUNS_RULE), "blackout");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
    world_write(world, "vera", NULL, "!pending");
    assert_string_equal(world_last_said(world), "#1 web1: deferred (blackout hours 14:00-15:00 "
                                                "(tea); starts 15:00 UTC) \xC2\xB7 true");
    world_wait(world, 46 * MINUTE_MS);
    assert_null(world_last_sent(world, MESSAGE_TASK));
    world_wait(world, MINUTE_MS);
    assert_non_null(world_last_sent(world, MESSAGE_TASK));
    assert_int_equal(world_last_sent(world, MESSAGE_TASK)->task.attempt, 1);
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    assert_null(row_text(world_run(world, 1), RUNS_REASON));
}

static void only_who_was_asked_may_answer(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "ana", NULL, "!yes");
    assert_string_equal(world_last_said(world), "no question is open here");
    world_write(world, "oskar", NULL, "!no");
    assert_string_equal(world_last_said(world),
                        "dropped: \"run on web1 when its hours allow: true\"");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "no question is open here");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void the_offer_outlives_a_restart(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 true");
    world_restart(world);
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world), "#1 web1: deferred (blackout hours");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, HOUR_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* The same words again are the same question; others are another. */
static void two_offers_must_be_told_apart(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 one");
    world->now_ms += 5;
    world_write(world, "oskar", NULL, "@web1 one");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    world->now_ms += 5;
    world_write(world, "oskar", NULL, "@web1 two");
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "which one? !yes <number> or !no <number>:\n"
                                                "1. run on web1 when its hours allow: one\n"
                                                "2. run on web1 when its hours allow: two");
    world_write(world, "oskar", NULL, "!yes 2");
    assert_string_equal(row_text(world_run(world, 1), RUNS_TASK), "two");
}

static void what_is_not_offered(void **state)
{
    static const struct {
        const char *what;
        const char *blackouts;
        const char *text;
    } rows[] = {
        { "at once or not at all", TEA, "@web1 --now true" },
        { "no opening is in sight",
          "[{\"start\":\"00:00\",\"end\":\"12:00\"},{\"start\":\"12:00\",\"end\":\"24:00\"}]",
          "@web1 true" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        set_blackouts(world, rows[i].blackouts);
        world_write(world, "oskar", NULL, rows[i].text);
        assert_contains(world_last_said(world), "web1: refused (blackout)");
        assert_null(strstr(world_last_said(world), "run then?"));
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
        world_free(world);
    }
}

/* From one window of agentctl to the next: the key is asked, as a person is. */
static void agentctl_answers_in_another_window(void **state)
{
    World *world = *state;
    const Message *reply;

    begin_tea(world);
    world_type(world, "c1", "@web1 true", true, false);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0); /* a dry run */
    world_type(world, "c2", "@web1 true", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_string_equal(reply->reply.outcome, "refused");
    world_type(world, "c3", "!yes", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "deferred");
    assert_string_equal(world_run_state(world, 1), "deferred");
}

static void a_script_says_it_at_once(void **state)
{
    World *world = *state;
    const Message *reply;

    begin_tea(world);
    world_type(world, "c1", "@web1 --defer true", true, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "web1: it would be deferred (blackout hours 14:00-15:00 (tea)) (dry run: "
                        "nothing was sent)");
    world_type(world, "c2", "DELEGATE: web1 --defer | true", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "deferred");
    assert_string_equal(world_run_state(world, 1), "deferred");
}

static void an_opening_beyond_a_day_is_waited_for(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    /* It is Monday: two days of blackout follow. */
    set_blackouts(world, THREE_DAYS);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    assert_contains(world_last_said(world), "starts 2026-09-24 00:00 UTC");
    wait_days(world, 2);
    assert_string_equal(world_run_state(world, 1), "deferred");
    world_wait(world, 10 * HOUR_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_true(was_said(world, "#1 web1: queued"));
}

static int64_t waits_until(const World *world)
{
    return row_int(world_run(world, 1), RUNS_WAIT_UNTIL);
}

/* What a length is does not hang on a blank, nor on the language. */
static void lengths_as_they_are_written(void **state)
{
    static const struct {
        const char *text;
        const char *until;
    } rows[] = {
        { "2h", "16:13" },
        { "2 h", "16:13" },
        { "deux heures", "16:13" },
        { "a minute", "14:14" },
        { "1 hour 30", "15:43" },
        { "in 1h30", "15:43" },
        { "dans 1 h 30", "15:43" },
        { "14h30", "14:30" },
        { "14 h 30", "14:30" },
        { "at 2h", "2026-09-22 02:00" },
        { "a 2 h", "2026-09-22 02:00" },
        { "à 2 h", "2026-09-22 02:00" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *line = g_strdup_printf("!defer 1 %s", rows[i].text);
        g_autofree char *said = g_strdup_printf("#1 web1: put off until %s by ana", rows[i].until);
        World *world = world_new();

        print_message("%s\n", rows[i].text);
        begin_tea(world);
        world_write(world, "oskar", NULL, "@web1 --defer true");
        world_write(world, "ana", NULL, line);
        assert_true(was_said(world, said));
        world_free(world);
    }
}

/* Neither who puts it off, nor an edit and a person in between, takes from its time. */
static void a_long_wait_is_not_cut_short(void **state)
{
    World *world = *state;
    int64_t until_ms;

    world_register(world, JOURNAL_1, 1);
    set_blackouts(world, THREE_DAYS);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    until_ms = waits_until(world);
    assert_true(until_ms > world->now_ms + 2 * DAY_MS);
    world_write(world, "ana", NULL, "!defer 1 2h");
    world->now_ms += 100;
    world_write(world, "ana", NULL, "!defer 1 1h");
    assert_int_equal(waits_until(world), until_ms);

    set_blackouts(world, "[]");
    set_policy(world, "{\"preset\":\"restrictive\"}");
    world_step(world, event_new(EVENT_CONFIGURED));
    world_wait(world, 61 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    set_blackouts(world, THREE_DAYS);
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_int_equal(waits_until(world), until_ms);
}

/* Where nothing says when it ends, an approved run waits a day for somebody to end it. */
static void what_is_approved_in_hours_without_end_waits_a_day(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    set_policy(world, "{\"preset\":\"restrictive\"}");
    world_write(world, "oskar", NULL, "@web1 true");
    set_blackouts(world, "[{\"start\":\"00:00\",\"end\":\"24:00\"}]");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_int_equal(waits_until(world), world->now_ms + DAY_MS);
    wait_days(world, 1);
    world_wait(world, MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "missed");
}

static void what_is_approved_during_a_pause_waits_a_day(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    set_policy(world, "{\"preset\":\"restrictive\"}");
    world_write(world, "oskar", NULL, "@web1 true");
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_write(world, "ana", NULL, "!approve 1");
    assert_string_equal(world_run_state(world, 1), "deferred");
    assert_int_equal(waits_until(world), world->now_ms + DAY_MS);
    world_write(world, "ana", NULL, "!agentON web1");
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* ---- meeting the gate again ---- */

static void what_the_gate_says_then(void **state)
{
    static const struct {
        const char *what;
        const char *meanwhile; /* a line of ana's, or a policy */
        const char *run_state;
        const char *said;
    } rows[] = {
        { "yes", "!status", "queued", "#1 web1: queued" },
        { "paused, until its limit", "!agentOFF web1", "deferred", NULL },
        { "not any more", "{\"rules\":[{\"agent\":\"web1\",\"decision\":\"deny\"}]}", "rejected",
          "#1 web1: refused (policy): rule 1 of policy.json forbids it" },
        { "not without a person", "{\"preset\":\"restrictive\"}", "awaiting_approval",
          "#1 web1: oskar asks since 15:00: work of guarded risk needs an approval; !approve 1 or "
          "!reject 1; expires 16:00\n```\ntrue\n```" },
        { "cancelled", "!cancel 1", "cancelled", "#1 web1: cancelled" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        begin_tea(world);
        world_write(world, "oskar", NULL, "@web1 --defer true");
        if (rows[i].meanwhile[0] == '{')
            set_policy(world, rows[i].meanwhile);
        else
            world_write(world, "ana", NULL, rows[i].meanwhile);
        world_wait(world, 47 * MINUTE_MS);
        assert_string_equal(world_run_state(world, 1), rows[i].run_state);
        if (rows[i].said && !was_said(world, rows[i].said))
            fail_msg("\"%s\" was not said, but \"%s\"", rows[i].said, world_last_said(world));
        world_free(world);
    }
}

static void a_pause_is_waited_out_until_the_limit(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_wait(world, HOUR_MS);
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "#1 web1: deferred (it is paused by oskar since 14:13; "
                                            "!agentON web1 resumes it; waits until "
                                            "2026-09-22 14:13 UTC)");
    wait_days(world, 1);
    assert_string_equal(world_run_state(world, 1), "missed");
    assert_string_equal(world_last_said(world),
                        "#1 web1: missed (its window did not open in time)");
}

/* As soon as the agent says that it goes on, not at the next look a minute later. */
static void what_a_pause_held_starts_with_its_end(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    set_blackouts(world, "[]");
    world_wait(world, MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "deferred");
    world->now_ms += 1000;
    world_write(world, "oskar", NULL, "!agentON web1");
    world_status(world, JOURNAL_1, 1, 3, AGENT_ONLINE);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* The hours were changed while it waited: nobody has to ask again. */
static void an_edit_of_the_hours_is_noticed(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    set_blackouts(world, "[]");
    world_step(world, event_new(EVENT_CONFIGURED));
    world_wait(world, 2 * SECOND_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* What was sent off before its agent was ever heard of is the agent's own to judge, but for what
 * the policy says of a skill that nobody knew of. */
static void what_is_queued_meets_no_window_here(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_run_state(world, 1), "queued");
    set_blackouts(world, TEA);
    world_register(world, JOURNAL_1, 1);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_non_null(world_last_sent(world, MESSAGE_TASK));
}

/* ---- putting off ---- */

static void a_deferred_run_is_put_off(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "@web1 --defer true");
    world_write(world, "ana", NULL, "!defer 1 in 2h");
    assert_true(was_said(world, "#1 web1: put off until 16:13 by ana"));
    world_wait(world, 110 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "deferred");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_wait(world, 11 * MINUTE_MS);
    assert_string_equal(world_run_state(world, 1), "queued");
    world_write(world, "ana", NULL, "!defer 1 20m");
    assert_string_equal(world_last_said(world),
                        "#1 web1: waits for no approval; its state: queued");
}

static void times_as_people_type_them(void **state)
{
    static const struct {
        const char *text;
        const char *said;
    } rows[] = {
        { "20m", "put off until 14:33 by" },
        { "in 1h30m", "put off until 15:43 by" },
        { "at 14:13", "put off until 2026-09-22 14:13 by" },
        { "09:00", "put off until 2026-09-22 09:00 by" },
        { "24:00", "put off until 2026-09-22 00:00 by" },
        { "2026-09-21T18:00:00Z", "put off until 18:00 by" },
        { "2026-09-21T14:00:00Z", "expected a time to come, within 30 days" },
        { "31d", "expected a time to come, within 30 days" },
        { "0s", "expected a time to come, within 30 days" },
        { "tomorrow 8:00", "put off until 2026-09-22 08:00 by" },
        { "demain à 9", "put off until 2026-09-22 09:00 by" },
        { "tonight at 8", "put off until 20:00 by" },
        { "15 h 02", "put off until 15:02 by" },
        { "at 9pm", "put off until 21:00 by" },
        { "half an hour", "put off until 14:43 by" },
        { "dans une heure", "put off until 15:13 by" },
        { "aujourd’hui 18h", "put off until 18:00 by" },
        { "next monday 9:00", "put off until 2026-09-28 09:00 by" },
        { "today 8:00", "expected a time to come, within 30 days" },
        { "every 2h", "expected a time such as 20m" },
        { "in 8", "\"in 8\": expected a time such as 20m" },
        { "at two hours", "expected a time such as 20m" },
        { "1h30", "!defer 1: \"1h30\" may be a length or a time of day: write \"in 1h30\" or "
                  "\"at 1:30\"" },
        { "5 h 45", "write \"in 5 h 45\" or \"at 5:45\"" },
        { "soon", "!defer 1: \"soon\": expected a time such as 20m" },
        { "", "!defer 1: expected a time such as 20m" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        g_autofree char *text = g_strdup_printf("!defer 1 %s", rows[i].text);

        print_message("%s\n", rows[i].text);
        begin_tea(world);
        world_write(world, "oskar", NULL, "@web1 --defer true");
        world_write(world, "oskar", NULL, text);
        assert_contains(world_last_said(world), rows[i].said);
        world_free(world);
    }
}

/* ---- what people see ---- */

static void a_blackout_that_is_on_is_named(void **state)
{
    World *world = *state;

    begin_tea(world);
    json_free(world->registry);
    world->registry = world_json("{\"agents\":{\"web9\":{\"work_hours\":{\"start\":\"08:00\","
                                 "\"end\":\"09:00\"}}}}");
    world_configure(world);
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world),
                    "\nBlackout hours NOW (14:00-15:00 (tea)): nothing starts; next: 15:00 UTC\n");
    world_write(world, "vera", NULL, "!agents");
    assert_string_equal(world_last_said(world),
                        "Blackout hours NOW (14:00-15:00 (tea)): nothing starts; next: 15:00 UTC\n"
                        "web9: not accepted \xC2\xB7 outside its work hours");
    set_blackouts(world, "[{\"start\":\"00:00\",\"end\":\"24:00\"}]");
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world), "nothing starts; next: not within two weeks");
    set_blackouts(world, "[]");
    world_write(world, "vera", NULL, "!status");
    assert_null(strstr(world_last_said(world), "Blackout"));
}

/* A thousand questions are open in the whole house: no more is offered. */
static void no_offer_is_made_that_cannot_be_kept(void **state)
{
    World *world = *state;
    unsigned i;

    begin_tea(world);
    for (i = 0; i < 1000; i++) {
        g_autofree char *text = g_strdup_printf("@web1 echo %u", i);

        world_write(world, "oskar", NULL, text);
    }
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1000);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_null(strstr(world_last_said(world), "run then?"));
}

static void the_windows_of_why(void **state)
{
    World *world = *state;

    begin_tea(world);
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(world_last_said(world), "\n- windows: closed, open from 15:00 UTC\n");
    set_blackouts(world, "[{\"start\":\"00:00\",\"end\":\"24:00\"}]");
    world_write(world, "oskar", NULL, "!agentOFF web1");
    world_write(world, "oskar", NULL, "!why web1");
    assert_contains(world_last_said(world), "\n- windows: closed, not open within two weeks\n");
    assert_contains(world_last_said(world), "agent: paused;");
    world_write(world, "oskar", NULL, "!why web2");
    assert_contains(world_last_said(world), "agent: not there;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(what_waits_is_not_in_hand),
        WORLD_TEST(later_is_offered_and_yes_defers),
        WORLD_TEST(only_who_was_asked_may_answer),
        WORLD_TEST(the_offer_outlives_a_restart),
        WORLD_TEST(two_offers_must_be_told_apart),
        cmocka_unit_test(what_is_not_offered),
        WORLD_TEST(agentctl_answers_in_another_window),
        WORLD_TEST(a_script_says_it_at_once),
        WORLD_TEST(an_opening_beyond_a_day_is_waited_for),
        WORLD_TEST(a_long_wait_is_not_cut_short),
        WORLD_TEST(what_is_approved_in_hours_without_end_waits_a_day),
        WORLD_TEST(what_is_approved_during_a_pause_waits_a_day),
        cmocka_unit_test(what_the_gate_says_then),
        WORLD_TEST(a_pause_is_waited_out_until_the_limit),
        WORLD_TEST(what_a_pause_held_starts_with_its_end),
        WORLD_TEST(an_edit_of_the_hours_is_noticed),
        WORLD_TEST(what_is_queued_meets_no_window_here),
        cmocka_unit_test(lengths_as_they_are_written),
        WORLD_TEST(a_deferred_run_is_put_off),
        cmocka_unit_test(times_as_people_type_them),
        WORLD_TEST(a_blackout_that_is_on_is_named),
        WORLD_TEST(no_offer_is_made_that_cannot_be_kept),
        WORLD_TEST(the_windows_of_why),
    };

    return cmocka_run_group_tests_name("core-deferral", tests, NULL, NULL);
}

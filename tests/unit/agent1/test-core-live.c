/* One message that corrects itself while its run goes on. */
#include "core-xmpp.h"

#include "common/base/banned.h"

#define PHONE "oskar@example.org/phone"

static int open_chat(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agents");
    xmpp_tell(world, XMPP_FACT_ABILITIES, PHONE, XMPP_CAN_CORRECT);
    world_wait(world, 2 * SECOND_MS);
    world_forget(world);
    return 0;
}

#define LIVE_TEST(function) cmocka_unit_test_setup_teardown(function, open_chat, world_teardown)

static void progress(World *world, int64_t seq, int64_t elapsed_ms, const char *tail)
{
    Message *message = message_new(MESSAGE_PROGRESS, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->progress.run = g_strdup(world_run_id(world, 1));
    message->progress.attempt = 1;
    message->progress.seq = seq;
    message->progress.elapsed_ms = elapsed_ms;
    message->progress.tail = g_strdup(tail);
    world_report(world, JOURNAL_1, message);
}

/* The last correction, or "". */
static const char *corrected(const World *world)
{
    const XmppAct *act = world_last_act(world, XMPP_ACT_CORRECT);

    return act ? act->text : "";
}

static unsigned count_corrections(const World *world)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        count += effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_CORRECT;
    }
    return count;
}

static const char *first_id(const World *world)
{
    return ((const Effect *)world->said->pdata[0])->say.id;
}

static void from_queued_to_done(void **state)
{
    World *world = *state;
    const XmppAct *act;

    world_write(world, "oskar", NULL, "@web1 make");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    assert_string_equal(corrected(world), "");
    world_wait(world, SECOND_MS);
    assert_string_equal(corrected(world), "#1 web1: accepted");
    world_wait(world, 3 * SECOND_MS);
    progress(world, 1, 4200, "cc a.c\ncc b.c");
    assert_string_equal(corrected(world), "#1 web1: running (4 s)\n```\ncc a.c\ncc b.c\n```");
    act = world_last_act(world, XMPP_ACT_CORRECT);
    assert_string_equal(act->jid, PHONE);
    assert_string_equal(act->about, first_id(world));
    assert_string_not_equal(act->id, act->about);
    world_wait(world, SECOND_MS);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "done");
    assert_string_equal(world_last_said(world),
                        "#1 web1: succeeded (exit 0, 0.4 s)\n```\ndone\n```");
    assert_int_equal(world->said->len, 2);
    world_wait(world, 2 * SECOND_MS);
    assert_string_equal(corrected(world), "#1 web1: succeeded (exit 0, 0.4 s); see below");
    world_forget(world);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_corrections(world), 0);
}

static void done_at_once_is_one_correction(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    progress(world, 1, 10, NULL);
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_corrections(world), 1);
    assert_string_equal(corrected(world), "#1 web1: failed (exit 1, 0.4 s); see below");
}

static void one_in_three_seconds(void **state)
{
    World *world = *state;
    int i;

    world_write(world, "oskar", NULL, "@web1 make");
    for (i = 1; i <= 600; i++) {
        g_autofree char *tail = g_strdup_printf("line %d", i);

        progress(world, i, i * 50, tail);
        world_wait(world, 50);
    }
    assert_in_range(count_corrections(world), 9, 11);
    world_wait(world, 3 * SECOND_MS);
    assert_contains(corrected(world), "line 600");
}

static void several_runs_in_one_message(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 a\n@web1 b\n@nobody c");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    progress(world, 1, 1000, "1\n2\n3\n4");
    world_wait(world, SECOND_MS);
    assert_true(g_str_has_prefix(corrected(world),
                                 "#1 web1: running (2 s)\n```\n3\n4\n```\n#2 web1: "
                                 "queued\nnobody: refused (unknown_agent)"));
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_wait(world, 3 * SECOND_MS);
    assert_contains(corrected(world),
                    "#1 web1: succeeded (exit 0, 0.4 s); see below\n#2 web1: queued");
    world_result(world, world_run_id(world, 2), 1, "succeeded", 0, "");
    world_wait(world, 3 * SECOND_MS);
    assert_contains(corrected(world),
                    "; see below\n#2 web1: succeeded (exit 0, 0.4 s); see below\nnobody");
}

static void clients_that_cannot_hear_as_ever(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "!agents");
    world_write(world, "ana", NULL, "@web1 true");
    xmpp_tell(world, XMPP_FACT_ABILITIES, "ana@example.org/phone", XMPP_CAN_REACT);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, MINUTE_MS);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_corrections(world), 0);
    assert_string_equal(world_last_said(world), "#1 web1: succeeded (exit 0, 0.4 s)");
}

/* It would look like a new message to whoever takes the place of that client. */
static void a_client_that_left_is_not_corrected(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    xmpp_tell(world, XMPP_FACT_GONE, PHONE, 0);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_corrections(world), 0);
}

static void a_restart_neither_doubles_nor_loses_the_result(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 5 * SECOND_MS);
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_forget(world);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world), "#1 web1: succeeded (exit 0, 0.4 s)");
    assert_int_equal(count_corrections(world), 0);
}

static void the_link_is_gone_for_a_while(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_link(world, LINK_XMPP, false);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_corrections(world), 0);
    world_link(world, LINK_XMPP, true);
    assert_string_equal(corrected(world), "#1 web1: accepted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LIVE_TEST(from_queued_to_done),
        LIVE_TEST(done_at_once_is_one_correction),
        LIVE_TEST(one_in_three_seconds),
        LIVE_TEST(several_runs_in_one_message),
        LIVE_TEST(clients_that_cannot_hear_as_ever),
        LIVE_TEST(a_client_that_left_is_not_corrected),
        LIVE_TEST(a_restart_neither_doubles_nor_loses_the_result),
        LIVE_TEST(the_link_is_gone_for_a_while),
    };

    return cmocka_run_group_tests_name("core-live", tests, NULL, NULL);
}

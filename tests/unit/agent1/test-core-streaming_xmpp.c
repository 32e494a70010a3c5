/* The core of agent1 with fake edges: what of a model's answer is shown while it still speaks, on
 * XMPP in one message that corrects itself. */
#include "stream-world.h"

#include "common/base/banned.h"

/* The last text to that address. */
static const char *said_to(const World *world, const char *jid)
{
    for (unsigned i = world->said->len; i > 0; i--) {
        if (strcmp(said_at(world, i - 1)->jid, jid) == 0)
            return said_at(world, i - 1)->text;
    }
    return "";
}

static void one_message(void **state)
{
    World *world = *state;
    const EffectSay *last;

    world_write(world, "oskar", "m1", "how are they?");
    assert_string_equal(world_last_act(world, XMPP_ACT_STATE)->about, "composing");
    assert_string_equal(world_last_act(world, XMPP_ACT_STATE)->jid, PHONE);
    piece(world, SURE);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(said_at(world, 0)->text,
                        "The two agents are there and the disk of the first has room for years. …");
    assert_null(said_at(world, 0)->replaces);
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 1); /* the answer to !agents */
    /* It is still being written. */
    assert_int_equal(count_acts(world, XMPP_ACT_STATE), 2);
    for (int i = 0; i < 29; i++) {
        piece(world, "word ");
        world_wait(world, 100);
    }
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);
    world_wait(world, 100);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 1);
    piece(world, "end.");
    end(world, MODEL_ANSWERED);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 1);
    assert_int_equal(world->said->len, 2);
    last = said_at(world, 1);
    assert_string_equal(last->replaces, said_at(world, 0)->id);
    assert_true(g_str_has_prefix(last->text, SURE "word word "));
    assert_true(g_str_has_suffix(last->text, " word end."));
    /* Kept until the server has it, and said again in the place of the same message. */
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 2);
    world_link(world, LINK_XMPP, false);
    world_restart(world);
    assert_string_equal(said_at(world, world->said->len - 1)->replaces, said_at(world, 0)->id);
    world_wait(world, MINUTE_MS);
}

static void a_short_answer_is_one_new_message(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "hello");
    piece(world, "Good morning. ");
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    end(world, MODEL_ANSWERED);
    assert_int_equal(world->said->len, 1);
    assert_null(said_at(world, 0)->replaces);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);
}

static void no_model_after_all(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    end(world, MODEL_FAILED);
    world_wait(world, 3 * SECOND_MS);
    expect_correction(world, "(that answer broke off; another model is asked)");
    end(world, MODEL_FAILED);
    assert_true(g_str_has_prefix(world_last_said(world), "No language model answered ("));
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
}

static void thoughts_in_a_message(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, "<think>" SURE "</think>");
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    piece(world, SURE);
    assert_int_equal(world->said->len, 1);
    piece(world, "\n</think>\n");
    world_wait(world, 3 * SECOND_MS);
    expect_correction(world, "(that was still thinking; the answer follows)");
    piece(world, "Well.");
    end(world, MODEL_ANSWERED);
    assert_string_equal(said_at(world, 1)->text, "Well.");
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
}

static void a_task_lives_in_the_same_message(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how is web1?");
    piece(world, SURE);
    piece(world, "DELEGATE: web1 | uptime\n");
    end(world, MODEL_ANSWERED);
    assert_true(g_str_has_suffix(world_last_said(world), "\n#1 web1: queued"));
    world_write(world, "oskar", "m2", "!cancel 1");
    world_wait(world, 5 * SECOND_MS);
    assert_true(count_acts(world, XMPP_ACT_CORRECT) > 0);
    assert_string_equal(world_last_act(world, XMPP_ACT_CORRECT)->about, said_at(world, 0)->id);
}

/* The person writes again, or types !reset: what was shown ends, and says why. */
static void given_up(void **state)
{
    World *world = *state;
    const EffectSay *last;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_write(world, "oskar", "m2", "!reset");
    assert_true(world_count_other(world, EFFECT_MODEL_CANCEL) == 1);
    assert_string_equal(said_at(world, 1)->text,
                        "The two agents are there and the disk of the first has room for years. …\n"
                        "(given up: forgotten by !reset)");
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);
    world_forget(world);
    world_write(world, "oskar", "m3", "how are they?");
    piece(world, SURE);
    world_write(world, "oskar", "m4", "and of web1?");
    last = said_at(world, 1);
    assert_true(g_str_has_suffix(last->text, " …\n\"how are they?\": given up, you wrote again"));
    assert_string_equal(last->replaces, said_at(world, 0)->id);
    end(world, MODEL_ANSWERED);
}

/* Of which nothing was shown yet, or whose words were taken back. */
static void given_up_without_words(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, "Well ");
    world_write(world, "oskar", "m2", "!reset");
    assert_string_equal(said_at(world, 0)->text, "(given up: forgotten by !reset)");
    assert_null(said_at(world, 0)->replaces);
    world_forget(world);
    world_write(world, "oskar", "m3", "how are they?");
    piece(world, SURE);
    end(world, MODEL_FAILED);
    world_wait(world, 3 * SECOND_MS);
    world_write(world, "oskar", "m4", "!reset");
    assert_string_equal(said_at(world, 1)->text, "(given up: forgotten by !reset)");
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
}

static void given_up_since_agent1_sleeps(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_write(world, "ana", "m2", "!agentOFF agent1");
    g_ptr_array_set_size(world->said, 0);
    end(world, MODEL_ANSWERED);
    assert_int_equal(world->said->len, 0);
    assert_true(g_str_has_suffix(world_last_act(world, XMPP_ACT_CORRECT)->text,
                                 "for years. …\n(given up: I was put to sleep meanwhile)"));
    world_write(world, "ana", "m3", "!agentON agent1");
    assert_true(
        g_str_has_suffix(said_to(world, PHONE), "\n(given up: I was put to sleep meanwhile)"));
    assert_null(strstr(said_to(world, PHONE), "for years"));
}

static void given_up_by_a_restart(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_restart(world);
    assert_true(g_str_has_prefix(world_last_said(world), "not answered: I was restarted"));
    assert_string_equal(said_at(world, world->said->len - 1)->replaces, said_at(world, 0)->id);
}

/* Of an answer that was said whole nothing is ended by a restart. */
static void said_whole_before_a_restart(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    end(world, MODEL_ANSWERED);
    world_restart(world);
    for (unsigned i = 0; i < world->said->len; i++)
        assert_null(strstr(said_at(world, i)->text, "I was restarted while"));
}

static void given_up_in_a_new_session(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    another_session(world);
    g_ptr_array_set_size(world->said, 0);
    world_write(world, "oskar", "m2", "!reset");
    assert_string_equal(said_at(world, 0)->text, "(given up: forgotten by !reset)");
    assert_null(said_at(world, 0)->replaces);
}

/* Where the link was lost meanwhile the first message may be lost, too. */
static void a_new_session(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_wait(world, 1);
    world_link(world, LINK_XMPP, false);
    piece(world, "And more ");
    world_wait(world, MINUTE_MS);
    world_link(world, LINK_XMPP, true);
    end(world, MODEL_ANSWERED);
    assert_null(said_at(world, world->said->len - 1)->replaces);
    assert_string_equal(world_last_said(world), SURE "And more");
}

static void who_knows_no_corrections(void **state)
{
    World *world = *state;

    world_write(world, "vera", "m1", "how are they?");
    piece(world, SURE);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 0);
    assert_null(world_last_act(world, XMPP_ACT_STATE));
    end(world, MODEL_ANSWERED);
    assert_null(said_at(world, 0)->replaces);
}

static void longer_than_a_message(void **state)
{
    World *world = *state;
    g_autofree char *line = g_strnfill(98, 'a');

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    for (int i = 0; i < 150; i++) {
        piece(world, line);
        piece(world, " \n");
        world_wait(world, SECOND_MS);
    }
    assert_true(strlen(world_last_act(world, XMPP_ACT_CORRECT)->text) <= 10000);
    end(world, MODEL_ANSWERED);
    assert_int_equal(world->said->len, 3);
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
    assert_null(said_at(world, 2)->replaces);
}

/* What it looks up is said with its words; the answer after that is a message of its own. */
static void an_answer_after_a_look(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "what is known of the disk?");
    piece(world, SURE "RECALL: disk\n");
    end(world, MODEL_ANSWERED);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
    assert_string_equal(said_at(world, 1)->text, SURE "asked for: RECALL: disk");
    world_wait(world, MINUTE_MS);
    piece(world, "Nothing is known of the disk of the first agent, nor of the second.\nSo ");
    assert_int_equal(world->said->len, 3);
    assert_null(said_at(world, 2)->replaces);
    end(world, MODEL_ANSWERED);
    assert_int_equal(world->said->len, 4);
    assert_string_equal(said_at(world, 3)->replaces, said_at(world, 2)->id);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONE_TEST(thoughts_in_a_message),
        PHONE_TEST(one_message),
        PHONE_TEST(a_short_answer_is_one_new_message),
        PHONE_TEST(no_model_after_all),
        PHONE_TEST(a_task_lives_in_the_same_message),
        PHONE_TEST(given_up),
        PHONE_TEST(given_up_without_words),
        PHONE_TEST(given_up_since_agent1_sleeps),
        PHONE_TEST(given_up_by_a_restart),
        PHONE_TEST(said_whole_before_a_restart),
        PHONE_TEST(given_up_in_a_new_session),
        PHONE_TEST(a_new_session),
        PHONE_TEST(who_knows_no_corrections),
        PHONE_TEST(longer_than_a_message),
        PHONE_TEST(an_answer_after_a_look),
    };

    return cmocka_run_group_tests_name("core-streaming_xmpp", tests, NULL, NULL);
}

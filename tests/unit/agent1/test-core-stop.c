/* The core of agent1 with fake edges: !stop, and plain words for it, while a language model answers
 * on XMPP and for agentctl. */
#include "stream-world.h"

#include "common/base/banned.h"

#define STOPPED "(stopped by you)"

/* What the model is shown of the conversation at the next question, without that. */
static const ModelCall *next_call(World *world, const char *text)
{
    world_forget(world);
    world_write(world, "oskar", NULL, text);
    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        if (effect->kind == EFFECT_MODEL_CALL)
            return effect->call;
    }
    fail_msg("no model was asked");
    return NULL;
}

static void expect_words(const ModelCall *call, unsigned place, ModelSpeaker speaker,
                         const char *text)
{
    const ModelWords *words;

    assert_true(place < call->words->len);
    words = call->words->pdata[place];
    assert_int_equal(words->speaker, speaker);
    assert_string_equal(words->text, text);
}

/* ---- on XMPP ---- */

static void what_was_said_stays(void **state)
{
    World *world = *state;
    const ModelCall *call;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE "And the other ");
    assert_int_equal(world->said->len, 1);
    world_write(world, "oskar", "m2", "!stop");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    assert_string_equal(said_at(world, 1)->text, SURE "And the other\n" STOPPED);
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
    assert_string_equal(said_at(world, 2)->text, "stopped: the answer to \"how are they?\"");
    assert_null(said_at(world, 2)->replaces);
    assert_int_equal(world->said->len, 3);
    /* Nothing follows, whatever was on its way. */
    piece(world, "Late. ");
    end(world, MODEL_ANSWERED);
    world_wait(world, MINUTE_MS);
    assert_int_equal(world->said->len, 3);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);

    call = next_call(world, "and now?");
    assert_int_equal(call->words->len, 3);
    expect_words(call, 0, MODEL_PERSON, "how are they?");
    expect_words(call, 1, MODEL_ITSELF, SURE "And the other");
}

/* Of which nothing was said, thoughts apart: the question stays. */
static void nothing_was_said_yet(void **state)
{
    static const char *const pieces[] = { "", "<think>They are two, and" };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(pieces); i++) {
        const ModelCall *call;

        world_write(world, "oskar", NULL, "!reset");
        world_forget(world);
        world_write(world, "oskar", NULL, "how are they?");
        piece(world, pieces[i]);
        world_write(world, "oskar", NULL, "!stop");
        assert_string_equal(said_at(world, 0)->text, STOPPED);
        assert_null(said_at(world, 0)->replaces);
        call = next_call(world, "and now?");
        assert_int_equal(call->words->len, 2);
        expect_words(call, 0, MODEL_PERSON, "how are they?");
    }
}

static void no_trigger_is_done(void **state)
{
    World *world = *state;
    const ModelCall *call;

    world_write(world, "oskar", "m1", "look at web1");
    piece(world, SURE "I have restarted it.\nDELEGATE: web1 | uptime\nDELEGATE: web1 | rebo");
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(said_at(world, 1)->text, SURE "I have restarted it.\n"
                                                      "DELEGATE: not run: its answer was stopped\n"
                                                      "DELEGATE: not run: its answer was stopped\n"
                                                      "(no action was taken)\n" STOPPED);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    call = next_call(world, "and now?");
    expect_words(call, 1, MODEL_ITSELF, SURE "I have restarted it.");
}

/* What agent1 says of it does not stand in a fence that the model had opened. */
static void in_a_fence(void **state)
{
    static const struct {
        const char *said;
        const char *shown;
    } rows[] = {
        { "```\nload 0.1", "```\nload 0.1\n```\n" STOPPED },
        { "~~~~ log\nload 0.1\n~~~", "~~~~ log\nload 0.1\n~~~\n~~~~\n" STOPPED },
        { "```\nload 0.1\n```\nSo", "```\nload 0.1\n```\nSo\n" STOPPED },
        { "> ```\n> load", "> ```\n> load\n" STOPPED },
    };
    World *world = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *shown = g_strconcat(SURE, rows[i].shown, NULL);

        world_forget(world);
        world_write(world, "oskar", NULL, "how are they?");
        piece(world, SURE);
        piece(world, rows[i].said);
        world_write(world, "oskar", NULL, "!stop");
        assert_string_equal(said_at(world, 1)->text, shown);
    }
}

/* The words of a model that broke off are none of the answer. */
static void another_model_was_asked(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    end(world, MODEL_FAILED);
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(said_at(world, 1)->text, STOPPED);
    assert_string_equal(said_at(world, 1)->replaces, said_at(world, 0)->id);
}

/* Where the first message may be lost, and where a client knows no corrections, all is said anew.
 */
static void what_was_shown_cannot_be_corrected(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    another_session(world);
    world_forget(world);
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(said_at(world, 0)->text, SURE STOPPED);
    assert_null(said_at(world, 0)->replaces);
    world_forget(world);
    world_write(world, "vera", "m3", "how are they?");
    piece(world, SURE);
    world_write(world, "vera", "m4", "!stop");
    assert_string_equal(said_at(world, 0)->text, SURE STOPPED);
}

static void nobody_elses(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_write(world, "ana", "m2", "!stop");
    assert_string_equal(world_last_said(world),
                        "Nothing is being written to you here, so there is nothing to stop; "
                        "!cancel <id> stops a run.");
    world_type(world, "c1", "!stop", false, false);
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 0);
    world_write(world, "oskar", "m3", "!stop web1");
    assert_string_equal(world_last_said(world),
                        "!stop ends the answer that is being written to you here, and takes no "
                        "name; !cancel <id> stops a run");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 0);
}

/* It ended before: what became of it is not told again. */
static void after_a_restart(void **state)
{
    World *world = *state;
    const ModelCall *call;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE "And ");
    world_write(world, "oskar", "m2", "!stop");
    world_restart(world);
    for (unsigned i = 0; i < world->said->len; i++)
        assert_null(strstr(said_at(world, i)->text, "I was restarted"));
    configure(world);
    call = next_call(world, "and now?");
    expect_words(call, 0, MODEL_PERSON, "how are they?");
    expect_words(call, 1, MODEL_ITSELF, SURE "And");
}

/* ---- what it had started ---- */

static void while_things_are_looked_up(void **state)
{
    World *world = *state;

    world->is_store_slow = true;
    world_write(world, "oskar", "m1", "what is kept of the door?");
    piece(world, "I start and look.\nDELEGATE: web1 | uptime\nRECALL: door\n");
    end(world, MODEL_ANSWERED);
    assert_string_equal(world_last_said(world),
                        "I start and look.\nasked for: DELEGATE: web1 | uptime\n#1 web1: queued\n"
                        "asked for: RECALL: door");
    world_forget(world);
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(said_at(world, 0)->text, STOPPED);
    assert_string_equal(said_at(world, 1)->text,
                        "stopped: the answer to \"what is kept of the door?\"\n"
                        "#1 goes on; !cancel 1 stops it");
    world_answer_all(world);
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    assert_int_equal(world->said->len, 2);
    assert_non_null(world_run(world, 1));
}

/* Of many runs the first are named, and a plan once. */
static void many_runs_go_on(void **state)
{
    World *world = *state;

    world->is_store_slow = true;
    world_write(world, "oskar", "m1", "what is kept of the door?");
    piece(world, "PLAN: web1|uptime ;; web1|uptime\n");
    for (int i = 0; i < 6; i++)
        piece(world, "DELEGATE: web1 | uptime\n");
    piece(world, "RECALL: door");
    end(world, MODEL_ANSWERED);
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(world_last_said(world),
                        "stopped: the answer to \"what is kept of the door?\"\n"
                        "p1 goes on; !cancel p1 stops it\n"
                        "#2 goes on; !cancel 2 stops it\n"
                        "#3 goes on; !cancel 3 stops it\n"
                        "#4 goes on; !cancel 4 stops it\n"
                        "#5 goes on; !cancel 5 stops it\n"
                        "… and 2 more go on; !runs lists them");
}

/* The store is asked for notes before a model is: nobody is asked then. */
static void one_that_waits(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "REMEMBER: key | in the box");
    world->is_store_slow = true;
    world_forget(world);
    world_write(world, "oskar", "m1", "where is the key?");
    world_write(world, "oskar", "m2", "!stop");
    assert_string_equal(said_at(world, 0)->text, STOPPED);
    world_answer_all(world);
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    world->is_store_slow = false;
    expect_words(next_call(world, "and now?"), 0, MODEL_PERSON, "where is the key?");
}

/* ---- plain words ---- */

static void plain_words_while_it_is_written(void **state)
{
    static const char *const texts[] = { "stop",           "Stop, please!",
                                         "arr\u00eate",    "stoppe stp",
                                         "stop answering", "arr\u00eate de r\u00e9pondre",
                                         "stop it",        "\u00e7a suffit",
                                         "annule" };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        print_message("  %s\n", texts[i]);
        world_forget(world);
        world_write(world, "oskar", NULL, "how are they?");
        piece(world, SURE);
        world_write(world, "oskar", NULL, texts[i]);
        assert_string_equal(world_last_said(world), "stopped: the answer to \"how are they?\"");
        assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 1);
        assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
    }
}

/* Of more than that, and where nothing is written, a model is asked as ever. */
static void words_that_are_talk(void **state)
{
    static const char *const texts[] = { "stop web1", "don't stop", "and now stop nginx on web1" };
    World *world = *state;

    next_call(world, "stop");
    world_write(world, "oskar", NULL, "!stop");
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        const ModelCall *call;

        print_message("  %s\n", texts[i]);
        world_write(world, "oskar", NULL, "how are they?");
        call = next_call(world, texts[i]);
        expect_words(call, call->words->len - 1, MODEL_PERSON, texts[i]);
        assert_contains(world_last_said(world), "given up, you wrote again");
    }
}

/* Who says it twice has not seen yet that it stopped. */
static void said_once_more(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "how are they?");
    piece(world, SURE);
    world_write(world, "oskar", NULL, "stop");
    for (unsigned i = 0; i < 2; i++) {
        world_forget(world);
        world_write(world, "oskar", NULL, "Stop!");
        assert_string_equal(world_last_said(world), "The answer has stopped already.");
        assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    }
    world_write(world, "oskar", NULL, "!status");
    next_call(world, "stop");
    world_write(world, "oskar", NULL, "stop");
    world_wait(world, 3 * MINUTE_MS);
    next_call(world, "stop");
}

/* Nothing is ended by a guess. */
static void said_while_something_else_goes_on(void **state)
{
    static const char lines[] = "#1 web1: queued · sleep 99; !cancel 1 stops it\n"
                                "p1 goes on; !cancel p1 stops it\n"
                                "question 1, \"daily 03:00 · web1 · apt update\"; !no 1 drops it";
    static const struct {
        const char *user;
        const char *text;
        const char *first;
        const char *rest;
    } rows[] = {
        { "oskar", "stop", "No answer is being written to you here. What you asked for goes on:\n",
          lines },
        { "oskar", "annule tout",
          "No answer is being written to you here. What you asked for goes on:\n", lines },
        { "vera", "cancel everything", "Nothing of yours goes on.", "" },
    };
    World *world = *state;

    world_write(world, "oskar", NULL, "@web1 sleep 99");
    world_write(world, "oskar", NULL, "PLAN: web1|one ;; web1|two");
    world_write(world, "oskar", NULL, "SCHEDULE: daily 03:00 | web1 | apt update");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *said = g_strconcat(rows[i].first, rows[i].rest, NULL);

        print_message("%s\n", rows[i].text);
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        assert_string_equal(world_last_said(world), said);
        assert_int_equal(world_count_other(world, EFFECT_MODEL_CALL), 0);
    }
    assert_string_equal(world_run_state(world, 1), "queued");
    world_write(world, "oskar", NULL, "how are they?");
    world_write(world, "oskar", NULL, "stop");
    world_write(world, "oskar", NULL, "stop");
    assert_contains(
        world_last_said(world),
        "The answer has stopped already. What you asked for before goes on:\n#1 web1: ");
}

/* The words ask for more than the answer: what does not stop is named, once. */
static void all_of_it_while_an_answer_is_written(void **state)
{
    static const char *const texts[] = { "stop all my tasks", "cancel everything", "!stop all" };
    World *world = *state;

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        print_message("%s\n", texts[i]);
        world_write(world, "oskar", NULL, "how are they?");
        world_write(world, "oskar", NULL, texts[i]);
        assert_string_equal(world_last_said(world), "stopped: the answer to \"how are they?\"");
    }
    world_write(world, "oskar", NULL, "@web1 sleep 99");
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        print_message("%s\n", texts[i]);
        world_write(world, "oskar", NULL, "how are they?");
        world_write(world, "oskar", NULL, texts[i]);
        assert_string_equal(world_last_said(world),
                            "stopped: the answer to \"how are they?\"\n"
                            "What else you asked for goes on:\n"
                            "#1 web1: queued · sleep 99; !cancel 1 stops it");
    }
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* ---- for agentctl ---- */

static void the_reply_of_agentctl(void **state)
{
    World *world = *state;
    const Message *whole;
    unsigned count;
    g_autofree char *shown = NULL;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, SURE "And the other ");
    shown = parts(world, &count);
    assert_true(count > 0);
    world_forget(world);
    world_type(world, "c2", "!stop", false, false);
    assert_int_equal(world->sent->len, 2);
    whole = ((const Effect *)world->sent->pdata[0])->publish.message;
    assert_string_equal(whole->reply.in_reply_to, "c1");
    assert_string_equal(whole->reply.text, SURE "And the other\n" STOPPED);
    assert_string_equal(whole->reply.outcome, "cancelled");
    assert_true(whole->reply.is_final);
    assert_true(g_str_has_prefix(whole->reply.text, shown));
    expect_answer(world, "stopped: the answer to \"how are they?\"");
    /* A copy hears the same. */
    world_forget(world);
    world_type(world, "c1", "how are they?", false, false);
    expect_answer(world, SURE "And the other\n" STOPPED);
    world_type(world, "c3", "!stop", false, false);
    expect_answer(world, "Nothing is being written to you here, so there is nothing to stop; "
                         "!cancel <id> stops a run.");
}

/* agentctl says which answer it means: the one that ended meanwhile is not the next. */
static void the_answer_to_a_chat(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    world_type(world, "c2", "!stop 01J000000000000000000000ZZ", false, false);
    expect_answer(world, "Nothing is being written to you here, so there is nothing to stop; "
                         "!cancel <id> stops a run.");
    world_type(world, "c3", "stop", true, false);
    expect_answer(world, "dry run: !stop was not done");
    world_type(world, "c5", "!stop", true, false);
    expect_answer(world, "dry run: !stop was not done");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 0);
    world_type(world, "c4", "!stop c1", false, false);
    expect_answer(world, "stopped: the answer to \"how are they?\"");
    assert_int_equal(world_count_other(world, EFFECT_MODEL_CANCEL), 1);
}

/* What came of the answer that is meant is named when that is over: it is what the person sees. */
static void an_answer_that_has_ended(void **state)
{
    World *world = *state;

    world_type(world, "01J00000000000000000CHAT01", "look at web1", false, false);
    piece(world, "I look.\nDELEGATE: web1 | uptime");
    end(world, MODEL_ANSWERED);
    assert_non_null(world_run(world, 1));
    world_type(world, "c2", "!stop 01J00000000000000000CHAT01", false, false);
    expect_answer(world, "#1 goes on; !cancel 1 stops it");
    world_type(world, "c3", "!stop", false, false);
    expect_answer(world, "Nothing is being written to you here, so there is nothing to stop; "
                         "!cancel <id> stops a run.");
    world_type(world, "c4", "!stop 01J000000000000000000000ZZ", false, false);
    expect_answer(world, "Nothing is being written to you here, so there is nothing to stop; "
                         "!cancel <id> stops a run.");
}

/* Its run is one's own, whatever named the task. */
static void what_was_fired_goes_on(void **state)
{
    World *world = *state;

    json_free(world->tasks);
    world->tasks =
        world_json("{\"tasks\":[{\"id\":\"apt\",\"agent\":\"web1\",\"task\":\"apt update\","
                   "\"cron\":\"daily 03:00\"}]}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_write(world, "oskar", NULL, "!fire apt");
    world_write(world, "oskar", NULL, "cancel everything");
    assert_non_null(strstr(world_last_said(world), "!cancel 1 stops it"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        PHONE_TEST(what_was_said_stays),
        PHONE_TEST(nothing_was_said_yet),
        PHONE_TEST(no_trigger_is_done),
        PHONE_TEST(in_a_fence),
        PHONE_TEST(another_model_was_asked),
        PHONE_TEST(what_was_shown_cannot_be_corrected),
        PHONE_TEST(nobody_elses),
        PHONE_TEST(after_a_restart),
        PHONE_TEST(while_things_are_looked_up),
        PHONE_TEST(many_runs_go_on),
        PHONE_TEST(one_that_waits),
        PHONE_TEST(plain_words_while_it_is_written),
        PHONE_TEST(words_that_are_talk),
        PHONE_TEST(said_once_more),
        PHONE_TEST(said_while_something_else_goes_on),
        PHONE_TEST(all_of_it_while_an_answer_is_written),
        PHONE_TEST(what_was_fired_goes_on),
        CLI_TEST(the_reply_of_agentctl),
        CLI_TEST(the_answer_to_a_chat),
        CLI_TEST(an_answer_that_has_ended),
    };

    return cmocka_run_group_tests_name("core-stop", tests, NULL, NULL);
}

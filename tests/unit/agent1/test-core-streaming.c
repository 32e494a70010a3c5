/* The core of agent1 with fake edges: what of a model's answer is shown while it still speaks, to
 * agentctl as parts of the reply, on XMPP in one message that corrects itself; and that what is
 * shown is always how the whole answer begins. */
#include "core-xmpp.h"

#include "common/base/banned.h"

#define PHONE "oskar@example.org/phone"
#define CHAIN                                                                                      \
    "{\"chain\":["                                                                                 \
    "{\"provider\":\"ollama\",\"model\":\"small\"},"                                               \
    "{\"provider\":\"ollama\",\"model\":\"big\"}]}"

/* Nothing that begins so is a refusal. */
#define SURE "The two agents are there and the disk of the first has room for years.\n"

static void configure(World *world)
{
    json_set(world->config, "llm", world_json(CHAIN));
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static int open_phone(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agents");
    xmpp_tell(world, XMPP_FACT_ABILITIES, PHONE, XMPP_CAN_CORRECT | XMPP_CAN_STATES);
    world_wait(world, 2 * SECOND_MS);
    world_forget(world);
    return 0;
}

static int open_cli(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    configure(world);
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    return 0;
}

#define PHONE_TEST(function) cmocka_unit_test_setup_teardown(function, open_phone, world_teardown)
#define CLI_TEST(function)   cmocka_unit_test_setup_teardown(function, open_cli, world_teardown)

/* ---- the model ---- */

static char *call_id(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_MODEL_CALL)
            return g_strdup(effect->call->id);
    }
    fail_msg("no model was asked");
    return NULL;
}

static void tell(World *world, ModelNews *news)
{
    Event *event = event_new(EVENT_MODEL);

    event->model = news;
    world_step(world, event);
}

static void piece(World *world, const char *text)
{
    g_autofree char *id = call_id(world);

    tell(world, model_news_piece(id, text));
}

static void end(World *world, ModelOutcome outcome)
{
    g_autofree char *id = call_id(world);

    tell(world, model_news_end(id, outcome));
}

/* ---- what is shown ---- */

/* The parts as agentctl puts them together; its replies so far. */
static char *parts(const World *world, unsigned *out_count)
{
    GString *text = g_string_new(NULL);

    *out_count = 0;
    for (unsigned i = 0; i < world->sent->len; i++) {
        const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

        if (message->kind != MESSAGE_REPLY || message->reply.offset == MESSAGE_ABSENT)
            continue;
        assert_false(message->reply.is_final);
        assert_true((size_t)message->reply.offset <= text->len);
        g_string_truncate(text, (size_t)message->reply.offset);
        g_string_append(text, message->reply.text);
        (*out_count)++;
    }
    return g_string_free(text, FALSE);
}

static void expect_parts(const World *world, const char *text, unsigned count)
{
    unsigned counted;
    g_autofree char *found = parts(world, &counted);

    assert_string_equal(found, text);
    assert_int_equal(counted, count);
}

static void expect_answer(const World *world, const char *text)
{
    const Message *reply = world_last_sent(world, MESSAGE_REPLY);

    assert_true(reply->reply.is_final);
    assert_int_equal(reply->reply.offset, MESSAGE_ABSENT);
    assert_string_equal(reply->reply.text, text);
}

static unsigned count_acts(const World *world, XmppActKind kind)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        count += effect->kind == EFFECT_XMPP && effect->act.kind == kind;
    }
    return count;
}

static const EffectSay *said_at(const World *world, unsigned place)
{
    assert_true(place < world->said->len);
    return &((const Effect *)world->said->pdata[place])->say;
}

static void expect_correction(const World *world, const char *text)
{
    const XmppAct *act = world_last_act(world, XMPP_ACT_CORRECT);

    assert_non_null(act);
    assert_string_equal(act->text, text);
    assert_string_equal(act->about, said_at(world, 0)->id);
}

/* ---- to agentctl ---- */

static void it_comes_in_parts(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, "The two agents are there ");
    expect_parts(world, "", 0);
    piece(world, "and the disk of the first has room for years.\nThe second is ");
    expect_parts(world, SURE "The second is", 1);
    /* Ten times a second at most; what came meanwhile comes together. */
    piece(world, "well, ");
    piece(world, "too.\n\n\nDELEGATE: web1 | upt");
    expect_parts(world, SURE "The second is", 1);
    world_wait(world, 99);
    expect_parts(world, SURE "The second is", 1);
    world_wait(world, 1);
    expect_parts(world, SURE "The second is well, too.\n", 2);
    piece(world, "ime\nThat tells ");
    world_wait(world, 100);
    expect_parts(world, SURE "The second is well, too.\n\n\nThat tells", 3);
    world_wait(world, MINUTE_MS);
    expect_parts(world, SURE "The second is well, too.\n\n\nThat tells", 3);
    piece(world, "more.");
    end(world, MODEL_ANSWERED);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        SURE "The second is well, too.\n\n\nThat tells more.\n"
                             "asked for: DELEGATE: web1 | uptime\n#1 web1: queued");
    assert_int_equal(world_last_sent(world, MESSAGE_REPLY)->reply.offset, MESSAGE_ABSENT);
}

static void what_looks_like_a_record_is_marked(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, SURE "web1: it succeeded and all of ");
    expect_parts(world, SURE "(says the model) web1: it succeeded and all of", 1);
    piece(world, "it\nIt is run ");
    world_wait(world, 100);
    expect_parts(world, SURE "(says the model) web1: it succeeded and all of it\nIt is run", 2);
    /* The mark stands before the line as soon as it needs one. */
    piece(world, "#12 of ");
    world_wait(world, 100);
    expect_parts(world,
                 SURE "(says the model) web1: it succeeded and all of it\n"
                      "(says the model) It is run #12 of",
                 3);
    piece(world, "web1.");
    end(world, MODEL_ANSWERED);
    expect_answer(world, SURE "(says the model) web1: it succeeded and all of it\n"
                              "(says the model) It is run #12 of web1.");
}

static void thoughts_wait_for_their_end(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, SURE "<think>\nI could ask for a secret \n");
    expect_parts(world, SURE, 1);
    piece(world, "or say so. \n");
    world_wait(world, SECOND_MS);
    expect_parts(world, SURE, 1);
    piece(world, "</think>\nIt is ");
    world_wait(world, 100);
    expect_parts(world, SURE "<think>\nI could ask for a secret\nor say so.\n</think>\nIt is", 2);
    end(world, MODEL_ANSWERED);
}

static void a_refusal_is_never_shown(void **state)
{
    World *world = *state;

    world_type(world, "c1", "do it", false, false);
    piece(world, "I see what you mean to do to the agents, and I'm ");
    piece(world, "sorry but I can't help with any of that. It would not be right to do so. ");
    piece(world, "Please ask an admin instead of me, who may know more of it. ");
    world_wait(world, SECOND_MS);
    expect_parts(world, "", 0);
    end(world, MODEL_ANSWERED);
    piece(world, "Both agents are there, and the first of them has room for years.\n");
    expect_parts(world, "Both agents are there, and the first of them has room for years.\n", 1);
    end(world, MODEL_ANSWERED);
    expect_answer(world, "Both agents are there, and the first of them has room for years.");
}

/* A provider that breaks in the middle: what was shown of it is taken back. */
static void one_that_breaks_is_taken_back(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, SURE "And ");
    expect_parts(world, SURE "And", 1);
    end(world, MODEL_FAILED);
    expect_parts(world, "", 2);
    piece(world, "Both ");
    world_wait(world, SECOND_MS);
    expect_parts(world, "", 2);
    end(world, MODEL_ANSWERED);
    expect_answer(world, "Both");
}

static void nothing_while_the_broker_is_away(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    world_link(world, LINK_MQTT, false);
    piece(world, SURE);
    world_wait(world, MINUTE_MS);
    expect_parts(world, "", 0);
    world_link(world, LINK_MQTT, true);
    piece(world, "And more ");
    expect_parts(world, SURE "And more", 1);
    end(world, MODEL_ANSWERED);
}

/* A copy of the question hears that agent1 has it: else agentctl gives up while a model thinks. */
static void a_copy_hears_that_it_is_here(void **state)
{
    World *world = *state;
    const Message *reply;

    world_type(world, "c1", "how are they?", false, false);
    assert_null(world_last_sent(world, MESSAGE_REPLY));
    world_type(world, "c1", "how are they?", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_non_null(reply);
    assert_string_equal(reply->reply.text, "");
    assert_false(reply->reply.is_final);
    end(world, MODEL_ANSWERED);
}

/* Any text in any pieces: each part is how the words of the whole begin, but for the last line. */
static void whatever_comes(void **state)
{
    static const char *const words[] = {
        "a ",        "web1: ",  "#1 ",      "\n",     "\n\n",     "DELEGATE: web1 | x\n",
        "```\n",     "<think>", "</think>", "\u200b", "é ",       "  ",
        "> quoted ", "!yes ",   "| table ", "<br>",   "PLAN: a ", "refused (",
        "\t",        "\r\n",    "...",
    };
    World *world = *state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);

    for (int round = 0; round < 150; round++) {
        g_autofree char *id = g_strdup_printf("c%d", round);
        g_autofree char *found = NULL;
        const char *last;
        unsigned count;
        const char *whole;

        world_forget(world);
        world_type(world, id, "how are they?", false, false);
        piece(world, SURE);
        for (int i = 0; i < 30; i++) {
            piece(world, words[g_rand_int_range(random, 0, G_N_ELEMENTS(words))]);
            world->now_ms += g_rand_int_range(random, 0, 120);
        }
        found = parts(world, &count);
        end(world, MODEL_ANSWERED);
        whole = NULL;
        for (unsigned i = 0; i < world->sent->len && !whole; i++) {
            const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

            if (message->kind == MESSAGE_REPLY && message->reply.offset == MESSAGE_ABSENT)
                whole = message->reply.text;
        }
        assert_non_null(whole);
        last = strrchr(found, '\n');
        if (strncmp(found, whole, (size_t)(last - found)) != 0)
            fail_msg("round %d: \"%s\" is not how \"%s\" begins", round, found, whole);
    }
}

/* ---- on XMPP ---- */

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
    assert_true(g_str_has_prefix(world_last_said(world), "No language model answered."));
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

/* The person writes again, or types !reset: what was shown stays as it is, and is ended. */
static void given_up(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "m1", "how are they?");
    piece(world, SURE);
    world_write(world, "oskar", "m2", "!reset");
    assert_true(world_count_other(world, EFFECT_MODEL_CANCEL) == 1);
    assert_string_equal(said_at(world, 1)->text, "(given up: forgotten by !reset)");
    assert_null(said_at(world, 1)->replaces);
    world_wait(world, MINUTE_MS);
    assert_int_equal(count_acts(world, XMPP_ACT_CORRECT), 0);
    world_write(world, "oskar", "m3", "how are they?");
    piece(world, SURE);
    world_write(world, "oskar", "m4", "and of web1?");
    assert_string_equal(world_last_said(world), "(given up: you wrote again)");
    end(world, MODEL_ANSWERED);
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

/* ---- the smallest pieces ---- */

/* An answer of a byte each millisecond, whatever it is made of; what it costs is measured by
 * tests/bench/measure_talk.py. */
static void byte_by_byte(void **state)
{
    static const char *const fillings[] = { "word after word ", "a\n", "DELEGATE: web1 | a ",
                                            "<think> and ",     "x",   "#1 " };
    World *world = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(fillings); i++) {
        world_type(world, "chat", "how are they?", false, false);
        piece(world, SURE);
        for (size_t at = 0; at < 32 * 1024; at++) {
            const char one[2] = { fillings[i][at % strlen(fillings[i])], '\0' };

            piece(world, one);
            world->now_ms++;
            if (at % 1024 == 0)
                g_ptr_array_set_size(world->sent, 0);
        }
        world_type(world, "stop", "!reset", false, false);
    }
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLI_TEST(it_comes_in_parts),
        CLI_TEST(what_looks_like_a_record_is_marked),
        CLI_TEST(thoughts_wait_for_their_end),
        CLI_TEST(a_refusal_is_never_shown),
        CLI_TEST(one_that_breaks_is_taken_back),
        CLI_TEST(nothing_while_the_broker_is_away),
        CLI_TEST(a_copy_hears_that_it_is_here),
        CLI_TEST(whatever_comes),
        PHONE_TEST(one_message),
        PHONE_TEST(a_short_answer_is_one_new_message),
        PHONE_TEST(no_model_after_all),
        PHONE_TEST(a_task_lives_in_the_same_message),
        PHONE_TEST(given_up),
        PHONE_TEST(a_new_session),
        PHONE_TEST(who_knows_no_corrections),
        PHONE_TEST(longer_than_a_message),
        PHONE_TEST(an_answer_after_a_look),
        CLI_TEST(byte_by_byte),
    };

    return cmocka_run_group_tests_name("core-streaming", tests, NULL, NULL);
}

/* The core of agent1 with fake edges: what of a model's answer is shown while it still speaks, to
 * agentctl as parts of the reply; and that what is shown is always how the whole answer begins. */
#include "stream-world.h"

#include "common/base/banned.h"

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

static void thoughts_are_never_shown(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, "<thi");
    piece(world, "nk>\nI could ask for a secret, or for all of what they know, and then \n");
    piece(world, SURE "or say so. \n</th");
    world_wait(world, SECOND_MS);
    expect_parts(world, "", 0);
    piece(world, "ink>\n\n" SURE "It is ");
    world_wait(world, 100);
    expect_parts(world, SURE "It is", 1);
    piece(world, "<think>and ");
    piece(world, "no more</think>so. ");
    world_wait(world, 100);
    expect_parts(world, SURE "It is so.", 2);
    end(world, MODEL_ANSWERED);
    expect_answer(world, SURE "It is so.");
}

/* Some models leave <think> out: only its end tells what it was. */
static void thoughts_that_were_shown_are_taken_back(void **state)
{
    World *world = *state;

    world_type(world, "c1", "how are they?", false, false);
    piece(world, SURE "Shall I say ");
    expect_parts(world, SURE "Shall I say", 1);
    piece(world, "so?\n</think>\n");
    expect_parts(world, "", 2);
    piece(world, "Both agents are there, and the first of them has room for years.\n");
    world_wait(world, 100);
    expect_parts(world, "Both agents are there, and the first of them has room for years.\n", 3);
    end(world, MODEL_ANSWERED);
    expect_answer(world, "Both agents are there, and the first of them has room for years.");
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
        if (last && strncmp(found, whole, (size_t)(last - found)) != 0)
            fail_msg("round %d: \"%s\" is not how \"%s\" begins", round, found, whole);
    }
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
        CLI_TEST(thoughts_are_never_shown),
        CLI_TEST(thoughts_that_were_shown_are_taken_back),
        CLI_TEST(a_refusal_is_never_shown),
        CLI_TEST(one_that_breaks_is_taken_back),
        CLI_TEST(nothing_while_the_broker_is_away),
        CLI_TEST(a_copy_hears_that_it_is_here),
        CLI_TEST(whatever_comes),
        CLI_TEST(byte_by_byte),
    };

    return cmocka_run_group_tests_name("core-streaming", tests, NULL, NULL);
}

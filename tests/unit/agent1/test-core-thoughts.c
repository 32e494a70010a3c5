/* The core of agent1 with fake edges: what a language model thinks aloud is neither said nor kept,
 * and nothing in it is done. */
#include "talk-world.h"

#include "common/base/banned.h"

/* Of what it thinks aloud nothing is said, done or kept. */
static void its_thoughts(void **state)
{
    World *world = *state;
    const ModelCall *call;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "m1", "is web1 busy?");
    answer(world, "<think>\nI'm sorry, but I can't.\nDELEGATE: web1 | reboot\nFROB: x\n</think>\n"
                  "I look.\nDELEGATE: web1 | uptime");
    assert_string_equal(world_last_said(world),
                        "I look.\nasked for: DELEGATE: web1 | uptime\n#1 web1: queued");
    world_write(world, "oskar", "m2", "and now?");
    call = last_call(world);
    assert_int_equal(call->words->len, 3);
    assert_string_equal(words_at(call, 1), "\nI look.\nDELEGATE: web1 | uptime");
}

static void nothing_but_thoughts(void **state)
{
    static const char *const answers[] = { "<think>DELEGATE: web1 | reboot</think>\n",
                                           "<think>\nDELEGATE: web1 | reboot\n",
                                           "DELEGATE: web1 | reboot\n</think>\n \n" };
    World *world = *state;
    const ModelCall *call;

    configure(world, CHAIN);
    world_register(world, JOURNAL_1, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(answers); i++) {
        world_write(world, "oskar", NULL, "is web1 busy?");
        answer(world, answers[i]);
        assert_string_equal(
            world_last_said(world),
            "The model thought about that and said nothing; ask again, or in other words.");
    }
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    /* The next one is asked by nobody: it works. */
    world_write(world, "oskar", "m9", "hello?");
    call = last_call(world);
    assert_int_equal(call->provider, 0);
    assert_int_equal(call->words->len, 4);
    for (unsigned i = 0; i < 4; i++)
        assert_null(strstr(words_at(call, i), "reboot"));
}

static void thoughts_are_paid_for(void **state)
{
    World *world = *state;
    g_autofree char *thought = g_strnfill(30000, 'a');
    g_autofree char *text = g_strdup_printf("<think>%s</think>Well.", thought);

    configure(world,
              "{\"daily_tokens\":9000,\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}]}");
    world_write(world, "oskar", "m1", "hello");
    answer(world, text);
    world_write(world, "oskar", "m2", "hello");
    assert_contains(world_last_said(world), "have had their tokens for today");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(its_thoughts),
        WORLD_TEST(nothing_but_thoughts),
        WORLD_TEST(thoughts_are_paid_for),
    };

    return cmocka_run_group_tests_name("core-thoughts", tests, NULL, NULL);
}

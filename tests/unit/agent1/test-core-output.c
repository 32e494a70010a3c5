/* Long output: what a phone is shown of it, and where the rest is. */
#include "core-xmpp.h"

#include "common/base/banned.h"

/* A run of web1 that ended with so many lines of output; "line 0" is the first. */
static char *make_output(unsigned lines)
{
    GString *output = g_string_new(NULL);

    for (unsigned i = 0; i < lines; i++)
        g_string_append_printf(output, "line %u of what it wrote, and a few more words\n", i);
    return g_string_free(output, FALSE);
}

static void end_run(World *world, const char *output)
{
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 make");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_forget(world);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, output);
}

static const char *said(const World *world, unsigned index)
{
    assert_true(index < world->said->len);
    return ((const Effect *)world->said->pdata[index])->say.text;
}

/* ---- !output ---- */

static void output_is_shown_whole_in_pieces(void **state)
{
    World *world = *state;
    g_autofree char *output = make_output(1000);
    g_autoptr(GString) heard = g_string_new(NULL);

    end_run(world, output);
    world_forget(world);
    world_write(world, "vera", NULL, "!output 1");
    assert_in_range(world->said->len, 5, 6);
    for (unsigned i = 0; i < world->said->len; i++) {
        assert_in_range(strlen(said(world, i)), 1, 10000);
        assert_true(g_str_has_suffix(said(world, i), "\n```"));
        g_string_append_printf(heard, "%s\n", said(world, i));
    }
    assert_true(g_str_has_prefix(heard->str, "#1 web1: succeeded (exit 0, 0.4 s)\n```\nline 0 "));
    for (unsigned i = 0; i < 1000; i++) {
        g_autofree char *line = g_strdup_printf("\nline %u of", i);

        assert_contains(heard->str, line);
    }
}

static void output_of_others(void **state)
{
    static const struct {
        const char *text;
        const char *answer;
    } rows[] = {
        { "!output", "expected !output <id>, as in 12" },
        { "!output p1", "p1: expected !output <id>, as in 12" },
        { "!output 7", "7: no such run; !runs lists the last ones" },
        { "!output 1", "#1 web1: succeeded (exit 0, 0.4 s); it wrote no output" },
        { "!output 2", "#2 web1: not over yet; !run 2 shows the end of its output so far" },
    };
    World *world = *state;

    end_run(world, "");
    world_write(world, "oskar", NULL, "@web1 make");
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, "vera", NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
}

#define OUTPUT_TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTPUT_TEST(output_is_shown_whole_in_pieces),
        OUTPUT_TEST(output_of_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

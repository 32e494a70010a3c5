/* Somebody corrects what he wrote: nothing is done twice, and nothing is left without a word. */
#include "core-xmpp.h"

#include "common/base/banned.h"

static void correct(World *world, const char *stanza_id, const char *replaces, const char *text)
{
    Event *event = xmpp_chat("oskar", stanza_id, text);

    event->chat.replaces = g_strdup(replaces);
    world_forget(world);
    world_step(world, event);
}

static int register_web1(void **state)
{
    world_setup(state);
    world_register(*state, JOURNAL_1, 1);
    return 0;
}

#define AT_WORK(function) cmocka_unit_test_setup_teardown(function, register_web1, world_teardown)

static void what_runs_goes_on(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web1 rm -rf /tmp/a");
    correct(world, "s2", "s1", "@web1 rm -rf /tmp/b");
    assert_string_equal(world_last_said(world),
                        "your correction was not done: #1 web1 is queued already; !cancel 1 stops "
                        "it");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
    /* Whoever corrects the correction means the same order. */
    correct(world, "s3", "s2", "@web1 rm -rf /tmp/c");
    assert_contains(world_last_said(world), "#1 web1 is queued already");
    /* The server says it again. */
    correct(world, "s3", "s2", "@web1 rm -rf /tmp/c");
    assert_int_equal(world->said->len, 0);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void what_is_over_stays_so(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    correct(world, "s2", "s1", "@web1 false");
    assert_contains(world_last_said(world), "not done: what you wrote first is over already");
    world_write(world, "oskar", "s3", "!agentOFF web1");
    correct(world, "s4", "s3", "!agentOFF web2");
    assert_contains(world_last_said(world), "not done: what you wrote first is done already");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void what_was_refused_may_be_corrected(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@wbe1 true");
    assert_contains(world_last_said(world), "refused (unknown_agent)");
    correct(world, "s2", "s1", "@web2x true");
    assert_contains(world_last_said(world), "refused (unknown_agent)");
    correct(world, "s3", "s1", "@web1 true");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    /* And once more: that is the order's correction now, whichever message it names. */
    correct(world, "s4", "s1", "@web1 false");
    assert_contains(world_last_said(world), "#1 web1 is queued already");
    correct(world, "s5", "s3", "@web1 false");
    assert_contains(world_last_said(world), "#1 web1 is queued already");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void after_a_restart_too(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@web1 true");
    world_write(world, "oskar", "s2", "@nobody true");
    correct(world, "s3", "s2", "@web1 true");
    world_restart(world);
    correct(world, "s4", "s1", "@web1 false");
    assert_contains(world_last_said(world), "#1 web1 is queued already");
    correct(world, "s5", "s2", "@web1 false");
    assert_contains(world_last_said(world), "#2 web1 is queued already");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
}

static void of_what_nobody_knows(void **state)
{
    static const struct {
        const char *what;
        const char *stanza_id;
        const char *replaces;
        const char *answer;
    } rows[] = {
        { "never heard of", "s1", "s0", "I do not know any more what it corrects" },
        { "itself", "s2", "s2", "I do not know any more what it corrects" },
        { "somebody else's", "s3", "v1", "I do not know any more what it corrects" },
        { "without an id", NULL, "o1", "it has no id" },
    };
    World *world = *state;
    unsigned i;

    world_write(world, "vera", "v1", "@web1 true");
    world_write(world, "oskar", "o1", "@nobody true");
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        correct(world, rows[i].stanza_id, rows[i].replaces, "@web1 true");
        assert_contains(world_last_said(world), rows[i].answer);
    }
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

static void of_a_question(void **state)
{
    World *world = *state;
    Event *old = xmpp_chat("oskar", "s1", "@web1 true");

    old->chat.written_ms = world->now_ms - HOUR_MS;
    world_step(world, old);
    assert_contains(world_last_said(world), "!yes to do it now");
    correct(world, "s2", "s1", "@web1 false");
    assert_contains(world_last_said(world), "not done: I still ask about what you wrote first");
    world_write(world, "oskar", "s3", "!yes");
    correct(world, "s4", "s3", "!no");
    assert_contains(world_last_said(world), "#1 web1 is queued already");
}

static void asleep_it_is_dropped_like_the_rest(void **state)
{
    World *world = *state;

    world_write(world, "oskar", "s1", "@nobody true");
    world_write(world, "oskar", NULL, "!agentOFF agent1");
    correct(world, "s2", "s1", "@web1 true");
    assert_contains(world_last_said(world), "I am asleep");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        AT_WORK(what_runs_goes_on),
        AT_WORK(what_is_over_stays_so),
        AT_WORK(what_was_refused_may_be_corrected),
        AT_WORK(after_a_restart_too),
        AT_WORK(of_what_nobody_knows),
        AT_WORK(of_a_question),
        AT_WORK(asleep_it_is_dropped_like_the_rest),
    };

    return cmocka_run_group_tests_name("core-corrections", tests, NULL, NULL);
}

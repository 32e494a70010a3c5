/* What is open to a person: how several questions, and approvals of one's own, are told apart. */
#include "questions-world.h"

#include "common/base/banned.h"

static void a_second_question_says_how_to_answer_it(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    expect_said(world, "written 14:03, not done: \"@web1 one\"; !yes to do it now");
    g_free(ask(world, "@web1 two"));
    expect_said(world, "written 14:03, not done: \"@web1 two\"; !yes 2 to do it now");
    say(world, "SCHEDULE: daily 03:00 | web1 | apt update");
    assert_contains(world_last_said(world), "\nShall it be so? !yes 3 or !no 3");
    say(world, "!reports set web1 22:00");
    expect_said(world, "web1: now not set; shall it be 22:00? !yes 4 or !no 4");
    say(world, "!no 3");
    say(world, "!yes");
    expect_said(world, "which one? !yes <number> or !no <number>:\n1. @web1 one\n2. @web1 two\n"
                       "4. !reports set web1 22:00");
    say(world, "!yes 2");
    assert_string_equal(task_of(world, 1), "two");
    say(world, "!yes 3");
    assert_contains(world_last_said(world), "3 is none of what is open here:\n1. @web1 one\n4. ");
}

/* They are the person's alone, and in a room only those that were asked in it. */
static void what_is_open_stands_in_pending(void **state)
{
    World *world = *state;

    say(world, "SCHEDULE: daily 03:00 | web1 | apt update");
    say(world, "@web2 wipe");
    say(world, "!pending");
    assert_contains(world_last_said(world), "\nquestion 1 to you, \"daily 03:00 · web1 · apt "
                                            "update\": !yes q1 or !no q1; until 2026-09-22 14:13");
    assert_contains(world_last_said(world), "#1 web2: oskar asks since 14:13");
    world_write(world, "ana", NULL, "!pending");
    assert_null(strstr(world_last_said(world), "question"));
    say(world, "!no q1");
    say(world, "!reject 1");
    say(world, "!pending");
    expect_said(world, "nothing waits for a person or for a window");
    say(world, "!reports set web1 22:00");
    say(world, "!pending");
    expect_said(world, "question 2 to you, \"!reports set web1 22:00\": !yes 2 or !no 2; until "
                       "2026-09-22 14:13");
}

/* The number that was read stays that question's, whatever became of the others. */
static void a_number_never_means_another(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    g_free(ask(world, "@web1 two"));
    say(world, "!no 1");
    g_free(ask(world, "@web1 three"));
    expect_said(world, "written 14:03, not done: \"@web1 three\"; !yes 3 to do it now");
    world_restart(world);
    say(world, "!yes 2");
    assert_string_equal(task_of(world, 1), "two");
    say(world, "!yes");
    assert_string_equal(task_of(world, 2), "three");
    say(world, "!yes");
    expect_said(world, "no question is open here");
}

/* The message of a question that is over still shows its number. */
static void a_number_does_not_come_again(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    g_free(ask(world, "@web1 two"));
    say(world, "!no 2");
    g_free(ask(world, "@web1 three"));
    say(world, "!yes 2");
    assert_contains(world_last_said(world), "2 is none of what is open here:\n1. @web1 one\n3. ");
    say(world, "!no 1");
    say(world, "!no 3");
    world_restart(world);
    g_free(ask(world, "@web1 four"));
    say(world, "!yes 3");
    assert_contains(world_last_said(world), "3 is none of what is open here:\n4. @web1 four");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    world->now_ms += DAY_MS; /* it expires */
    world_wait(world, 1);
    world->now_ms += DAY_MS - MINUTE_MS;
    g_free(ask(world, "@web1 five"));
    say(world, "!no 5");
    expect_said(world, "dropped: \"@web1 five\"");
    world->now_ms += DAY_MS;
    g_free(ask(world, "@web1 six"));
    say(world, "!yes 1");
    assert_string_equal(task_of(world, 1), "six");
}

/* An older agent1 kept the numbers of those alone that are open. */
static void the_numbers_of_an_older_agent1(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    row_set_int(question_row(world, 1), QUESTIONS_NUMBER, 7);
    g_hash_table_remove(world->store.tables[TABLE_META], "question:oskar@example.org");
    world_restart(world);
    say(world, "!no 7");
    g_free(ask(world, "@web1 two"));
    say(world, "!yes 8");
    assert_string_equal(task_of(world, 1), "two");
}

/* Each yes of a message does what it answers. */
static void several_yes_in_one_message(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    g_free(ask(world, "who is there?"));
    g_free(ask(world, "@web1 three"));
    say(world, "!yes 1\n!yes 2\n!yes 3");
    assert_string_equal(task_of(world, 1), "one");
    assert_string_equal(task_of(world, 2), "three");
    assert_contains(world_last_said(world), "I take commands");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
}

/* An answer that comes late is no question: the yes to it would be an answer once more. */
static void a_late_answer_is_typed_again(void **state)
{
    static const char *const late[] = {
        "!yes", "!no 1", "!oui 1", "yes", "Oui.", "ok", "yes please", UP, "non", "@web1 two\n!yes 1"
    };
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    Event *event;

    for (size_t i = 0; i < G_N_ELEMENTS(late); i++) {
        print_message("%s\n", late[i]);
        g_free(ask(world, late[i]));
        assert_contains(world_last_said(world), " came late; if you still mean it, type it again");
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    }
    event = xmpp_chat("oskar", NULL, "yes");
    event->chat.quotes = g_strdup(one);
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
    expect_said(world, "written 14:03, not done: \"yes\" came late; if you still mean it, type "
                       "!yes q1");
    say(world, "!yes q1");
    assert_string_equal(task_of(world, 1), "one");
}

/* An older agent1 asked about a late yes, too. */
static void a_yes_that_was_asked_about(void **state)
{
    World *world = *state;

    g_free(ask(world, "@web1 one"));
    g_free(ask(world, "@web1 two"));
    row_set_text(question_row(world, 2), QUESTIONS_TEXT, "!yes 1");
    world_restart(world);
    say(world, "!yes 2");
    assert_string_equal(task_of(world, 1), "one");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
}

static void all_are_dropped(void **state)
{
    World *world = *state;

    say(world, "!no all");
    expect_said(world, "no question is open here");
    g_free(ask(world, "@web1 one"));
    g_free(ask(world, "@web1 two"));
    say(world, "@web2 reboot");
    world_write(world, "ana", NULL, "SCHEDULE: daily 03:00 | web1 | three");
    say(world, "!no all");
    expect_said(world, "dropped: 2 open questions");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1); /* ana's */
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    g_free(ask(world, "@web1 four"));
    say(world, "!no ALL");
    expect_said(world, "dropped: 1 open question");
}

/* ---- approvals of one's own ---- */

static void an_own_approval_is_open_too(void **state)
{
    World *world = *state;

    say(world, "@web2 reboot");
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    say(world, "!yes");
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_contains(world_last_audit(world, "command")->text, "!approve 1");
    say(world, "@web2 halt");
    g_free(ask(world, "@web1 one"));
    expect_said(world, "written 14:03, not done: \"@web1 one\"; !yes 1 to do it now");
    say(world, "!yes");
    expect_said(world, "which one? !yes <number> or !no <number>:\n1. @web1 one\n#2 web2: halt");
    say(world, "!no #2");
    assert_string_equal(world_run_state(world, 2), "denied");
    say(world, "!no #1");
    assert_contains(world_last_said(world), "#1 is none of what is open here:\n1. @web1 one");
    say(world, "!yes");
    assert_string_equal(task_of(world, 3), "one");
}

/* A number that means a question and a task, too, decides neither. */
static void a_number_of_both(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");

    say(world, "@web2 reboot");
    g_free(ask(world, "@web1 two"));
    say(world, "!yes 1");
    expect_said(world,
                "which one? q1 is the question, #1 your task:\n1. @web1 one\n#1 web2: reboot");
    say(world, "!no 1");
    assert_contains(world_last_said(world), "which one? q1 is the question, #1 your task:");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 2);
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    say(world, "!no Q2");
    expect_said(world, "dropped: \"@web1 two\"");
    react(world, one, UP);
    assert_string_equal(task_of(world, 2), "one");
    say(world, "!yes q1");
    assert_contains(world_last_said(world), "q1 is none of what is open here:\n#1 web2: reboot");
    say(world, "!yes 1");
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* A question does not take the number of a task that waits for the same person's yes. */
static void a_number_that_a_task_has(void **state)
{
    World *world = *state;

    say(world, "@web2 reboot");
    g_free(ask(world, "@web1 one"));
    expect_said(world, "written 14:03, not done: \"@web1 one\"; !yes 2 to do it now");
    say(world, "!yes 2");
    assert_string_equal(task_of(world, 2), "one");
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
}

static void an_approval_of_others_is_not(void **state)
{
    World *world = *state;

    say(world, "@web2 reboot");
    world_write(world, "ana", NULL, "!yes");
    expect_said(world, "no question is open here");
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
}

static void many_own_approvals(void **state)
{
    World *world = *state;

    for (int i = 0; i < 22; i++) {
        g_autofree char *text = g_strdup_printf("@web2 echo %d", i);

        say(world, text);
    }
    say(world, "!yes");
    assert_contains(world_last_said(world), "\n#20 web2: echo 19\nand 2 more; !pending lists them");
    say(world, "!yes 22");
    assert_string_equal(world_run_state(world, 22), "queued");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN_TEST(what_is_open_stands_in_pending),
        OPEN_TEST(a_second_question_says_how_to_answer_it),
        OPEN_TEST(a_number_never_means_another),
        OPEN_TEST(a_number_does_not_come_again),
        OPEN_TEST(the_numbers_of_an_older_agent1),
        OPEN_TEST(several_yes_in_one_message),
        OPEN_TEST(a_late_answer_is_typed_again),
        OPEN_TEST(a_yes_that_was_asked_about),
        OPEN_TEST(all_are_dropped),
        OPEN_TEST(an_own_approval_is_open_too),
        OPEN_TEST(a_number_of_both),
        OPEN_TEST(a_number_that_a_task_has),
        OPEN_TEST(an_approval_of_others_is_not),
        OPEN_TEST(many_own_approvals),
    };

    return cmocka_run_group_tests_name("core-answers", tests, NULL, NULL);
}

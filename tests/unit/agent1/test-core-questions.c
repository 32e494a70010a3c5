/* What is open to a person: how several questions are told apart, and that a thumb under a message,
 * or a reply to it, answers what that message asked and nothing else. */
#include "core-xmpp.h"

#include "common/base/banned.h"

#define UP    "\U0001F44D"
#define DOWN  "\U0001F44E"
#define PHONE "oskar@example.org/phone"
#define CARE                                                                                       \
    "{\"rules\":[{\"agent\":\"web2\",\"decision\":\"ask\",\"second\":false,\"reason\":\"care\"}]}"
#define CHAIN "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"small\"}]}"

/* Of web2 oskar approves his own tasks. */
static int open_world(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    json_free(world->blackouts);
    world->blackouts = world_json("[]");
    json_free(world->policy);
    world->policy = world_json(CARE);
    world_configure(world);
    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_forget(world);
    return 0;
}

#define OPEN_TEST(function) cmocka_unit_test_setup_teardown(function, open_world, world_teardown)

static void say(World *world, const char *text)
{
    world->now_ms += 5;
    world_write(world, "oskar", NULL, text);
}

/* What was written ten minutes ago asks whether it is to be done; the id of the question's message:
 * the caller's. */
static char *ask(World *world, const char *text)
{
    Event *event = xmpp_chat("oskar", NULL, text);

    world->now_ms += 5;
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
    return g_strdup(((const Effect *)world->said->pdata[world->said->len - 1])->say.id);
}

static void react_with(World *world, const char *about, const char *stanza_id, const char *words)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup(PHONE);
    event->fact.principal = g_strdup("oskar@example.org");
    event->fact.about = g_strdup(about);
    event->fact.stanza_id = g_strdup(stanza_id);
    event->fact.words = g_strsplit(words, " ", -1);
    world_step(world, event);
}

static void react(World *world, const char *about, const char *words)
{
    react_with(world, about, NULL, words);
}

static void reply(World *world, const char *about, const char *text)
{
    Event *event = xmpp_chat("oskar", NULL, text);

    event->chat.quotes = g_strdup(about);
    world_step(world, event);
}

static void expect_said(const World *world, const char *text)
{
    assert_string_equal(world_last_said(world), text);
}

static const char *task_of(const World *world, int64_t number)
{
    const Row *row = world_run(world, number);

    return row ? row_text(row, RUNS_TASK) : "none";
}

/* The stored question of a number. */
static Row *question_row(World *world, int64_t number)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_QUESTIONS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_int(row, QUESTIONS_NUMBER) == number)
            return row;
    }
    fail_msg("no such question");
    return NULL;
}

/* ---- by number ---- */

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
                       "!yes 1");
    say(world, "!yes 1");
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
    say(world, "!yes");
    expect_said(world, "which one? !yes <number> or !no <number>:\n1. @web1 one\n#2 web2: halt");
    say(world, "!no #2");
    assert_string_equal(world_run_state(world, 2), "denied");
    say(world, "!no #1");
    assert_contains(world_last_said(world), "#1 is none of what is open here:\n1. @web1 one");
    say(world, "!yes");
    assert_string_equal(task_of(world, 3), "one");
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

/* ---- by a thumb or a reply ---- */

static void a_thumb_is_for_its_message(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    g_autofree char *two = ask(world, "@web1 two");
    g_autofree char *three = ask(world, "@web1 three");

    react(world, two, UP);
    assert_string_equal(task_of(world, 1), "two");
    reply(world, three, "oui");
    assert_string_equal(task_of(world, 2), "three");
    react(world, one, DOWN);
    expect_said(world, "dropped: \"@web1 one\"");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 0);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 2);
}

static void a_reply_is_for_its_message(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    g_autofree char *two = ask(world, "@web1 two");

    reply(world, one, "no, not now");
    expect_said(world, "dropped: \"@web1 one\"");
    reply(world, two, "yes, but later");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    reply(world, two, "defer 18:00");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    world_restart(world);
    reply(world, two, "!yes");
    assert_string_equal(task_of(world, 1), "two");
}

/* What is over is not answered any more, and neither is what is asked since. */
static void an_old_message_answers_nothing(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        int64_t wait_ms;
        const char *why;
    } rows[] = {
        { "answered with yes", "!yes", 0,
          "that was answered with yes at 14:13; nothing is done now" },
        { "answered with no", "!no", 0, "that was answered with no at 14:13; nothing is done now" },
        { "forgotten", "!reset", 0, "that was forgotten at 14:13 by !reset; nothing is done now" },
        { "expired", NULL, DAY_MS, "that question expired at 14:13; nothing is done now" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *one = NULL;
        World *world;
        void *made;
        unsigned runs;

        open_world(&made);
        world = made;
        print_message("%s\n", rows[i].what);
        one = ask(world, "@web1 one");
        if (rows[i].text)
            say(world, rows[i].text);
        world->now_ms += rows[i].wait_ms;
        world_wait(world, 1);
        g_free(ask(world, "@web1 two"));
        runs = world_count_rows(world, TABLE_RUNS);
        react(world, one, UP);
        expect_said(world, rows[i].why);
        reply(world, one, "yes");
        expect_said(world, rows[i].why);
        reply(world, one, "!yes");
        expect_said(world, rows[i].why);
        assert_int_equal(world_count_rows(world, TABLE_RUNS), runs);
        assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
        world_free(world);
    }
}

/* The same offer once more: a thumb under the first message is none for the second. */
static void what_is_asked_anew(void **state)
{
    World *world = *state;
    g_autofree char *one = NULL;
    g_autofree char *two = NULL;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"16:00\"}]");
    world_configure(world);
    say(world, "@web1 one");
    one = g_strdup(((const Effect *)world->said->pdata[world->said->len - 1])->say.id);
    say(world, "@web1 one");
    two = g_strdup(((const Effect *)world->said->pdata[world->said->len - 1])->say.id);
    react(world, one, UP);
    expect_said(world,
                "that is asked anew since 14:13, in another message; nothing is done by this "
                "one");
    react(world, two, UP);
    assert_string_equal(world_run_state(world, 1), "deferred");
}

/* The number of a question is one person's: from somebody else a thumb means nothing. */
static void a_thumb_of_somebody_else(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    Event *event = event_new(EVENT_XMPP);
    unsigned said;

    world_write(world, "ana", NULL, "SCHEDULE: daily 03:00 | web1 | two");
    said = world->said->len;
    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup("ana@example.org/phone");
    event->fact.principal = g_strdup("ana@example.org");
    event->fact.about = g_strdup(one);
    event->fact.words = g_strsplit(UP, " ", -1);
    world_step(world, event);
    assert_int_equal(world->said->len, said);
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 2);
}

/* The JID is another user's since: what was asked of the first is not for the second. */
static void a_thumb_of_who_has_the_jid_now(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    unsigned said;

    json_set(world->config, "users",
             world_json("[{\"name\":\"nina\",\"jids\":[\"oskar@example.org\"],"
                        "\"role\":\"admin\"}]"));
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    g_free(ask(world, "@web1 two"));
    row_set_int(question_row(world, 2), QUESTIONS_NUMBER, 1); /* as an older agent1 counted */
    world_restart(world);
    said = world->said->len;
    react(world, one, UP);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    reply(world, one, "!yes");
    assert_string_equal(task_of(world, 1), "two"); /* as typed without the reply */
    assert_int_equal(world->said->len, said + 1);
}

static void a_copy_of_a_thumb_is_told_once(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    unsigned said;

    react_with(world, one, "r1", UP);
    said = world->said->len;
    react_with(world, one, "r1", UP);
    assert_int_equal(world->said->len, said);
    react_with(world, one, "r2", UP " \U0001F389");
    assert_int_equal(world->said->len, said + 1);
    react_with(world, one, "r2", UP " \U0001F389");
    assert_int_equal(world->said->len, said + 1);
}

static void a_message_that_asks_several_things(void **state)
{
    World *world = *state;
    g_autofree char *about = NULL;

    json_free(world->blackouts);
    world->blackouts = world_json("[{\"start\":\"14:00\",\"end\":\"16:00\",\"label\":\"tea\"}]");
    world_configure(world);
    say(world, "SCHEDULE: daily 03:00 | web1 | one\nSCHEDULE: daily 04:00 | web1 | two");
    about = g_strdup(((const Effect *)world->said->pdata[world->said->len - 1])->say.id);
    react(world, about, UP);
    expect_said(world,
                "that message asks several things; nothing was decided; answer the one you mean "
                "by its number");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 2);
}

/* Approvals that were put off, or are asked for anew, are no others, either. */
static void an_approval_that_asks_anew(void **state)
{
    World *world = *state;
    g_autofree char *about = NULL;

    say(world, "@web2 reboot");
    about = g_strdup(((const Effect *)world->said->pdata[0])->say.id);
    g_free(ask(world, "@web1 one"));
    say(world, "!defer 1 15:00");
    react(world, about, UP);
    assert_string_equal(task_of(world, 2), "none");
    reply(world, about, "yes");
    assert_string_equal(task_of(world, 2), "none");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
}

/* ---- of a model ---- */

static char *last_call(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_MODEL_CALL)
            return g_strdup(effect->call->id);
    }
    fail_msg("no model was asked");
    return NULL;
}

static void answer(World *world, const char *text, bool ends)
{
    g_autofree char *id = last_call(world);
    Event *event = event_new(EVENT_MODEL);

    event->model = model_news_piece(id, text);
    world_step(world, event);
    if (!ends)
        return;
    event = event_new(EVENT_MODEL);
    event->model = model_news_end(id, MODEL_ANSWERED);
    world_step(world, event);
}

/* What was streamed asks nothing yet: the question is another message, which alone is answered. */
static void a_tainted_talk_asks(void **state)
{
    World *world = *state;
    const char *streamed;
    g_autofree char *asked = NULL;

    json_set(world->config, "llm", world_json(CHAIN));
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    say(world, "!agents");
    xmpp_tell(world, XMPP_FACT_ABILITIES, PHONE, XMPP_CAN_CORRECT);
    g_free(ask(world, "@web1 one"));
    world_forget(world);
    say(world, "> so they say\nis that so?");
    answer(world, "The two agents are there and the disk of the first has room for years.\n",
           false);
    assert_int_equal(world->said->len, 1);
    streamed = ((const Effect *)world->said->pdata[0])->say.id;
    answer(world, "DELEGATE: web1 | uptime", true);
    assert_int_equal(world->said->len, 2);
    assert_contains(world_last_said(world), "!yes 2 does exactly this, !no 2 drops it:\n");
    assert_null(((const Effect *)world->said->pdata[1])->say.replaces);
    assert_string_equal(world_last_act(world, XMPP_ACT_CORRECT)->about, streamed);
    assert_string_equal(world_last_act(world, XMPP_ACT_CORRECT)->text,
                        "(the answer stands in the next message)");
    react(world, streamed, UP);
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    asked = g_strdup(((const Effect *)world->said->pdata[1])->say.id);
    react(world, asked, UP);
    assert_string_equal(task_of(world, 1), "uptime");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN_TEST(a_second_question_says_how_to_answer_it),
        OPEN_TEST(a_number_never_means_another),
        OPEN_TEST(a_number_does_not_come_again),
        OPEN_TEST(the_numbers_of_an_older_agent1),
        OPEN_TEST(several_yes_in_one_message),
        OPEN_TEST(a_late_answer_is_typed_again),
        OPEN_TEST(a_yes_that_was_asked_about),
        OPEN_TEST(an_own_approval_is_open_too),
        OPEN_TEST(an_approval_of_others_is_not),
        OPEN_TEST(many_own_approvals),
        OPEN_TEST(a_thumb_is_for_its_message),
        OPEN_TEST(a_reply_is_for_its_message),
        cmocka_unit_test(an_old_message_answers_nothing),
        OPEN_TEST(what_is_asked_anew),
        OPEN_TEST(a_thumb_of_somebody_else),
        OPEN_TEST(a_thumb_of_who_has_the_jid_now),
        OPEN_TEST(a_copy_of_a_thumb_is_told_once),
        OPEN_TEST(a_message_that_asks_several_things),
        OPEN_TEST(an_approval_that_asks_anew),
        OPEN_TEST(a_tainted_talk_asks),
    };

    return cmocka_run_group_tests_name("core-questions", tests, NULL, NULL);
}

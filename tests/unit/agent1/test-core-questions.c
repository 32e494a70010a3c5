/* A thumb under a message, or a reply to it, answers what that message asked and nothing else. */
#include "questions-world.h"

#include "common/base/banned.h"

#define CHAIN "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"small\"}]}"

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

/* The same offer once more is the same question: a thumb under either message answers it. */
static void what_is_asked_again(void **state)
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
    assert_contains(world_last_said(world), "\nThat is question 1 already: !yes 1 or !no 1");
    react(world, two, UP);
    assert_string_equal(world_run_state(world, 1), "deferred");
    react(world, one, UP);
    expect_said(world, "that was answered with yes at 14:13; nothing is done now");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void what_comes_late_again(void **state)
{
    World *world = *state;
    g_autofree char *one = ask(world, "@web1 one");
    g_autofree char *two = ask(world, "@web1 one");

    expect_said(world, "written 14:03, not done: \"@web1 one\"; that is question 1 already: "
                       "!yes 1 to do it now");
    assert_int_equal(world_count_rows(world, TABLE_QUESTIONS), 1);
    react(world, one, UP);
    assert_string_equal(task_of(world, 1), "one");
    react(world, two, UP);
    assert_contains(world_last_said(world), "nothing is done now");
    say(world, "!yes 1");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

/* Its day begins anew with each asking. */
static void what_is_asked_again_lives_on(void **state)
{
    World *world = *state;

    say(world, "!reports set web1 22:00");
    world->now_ms += DAY_MS - HOUR_MS;
    say(world, "!reports set web1 22:00");
    expect_said(world, "That is question 1 already: !yes 1 or !no 1");
    world->now_ms += DAY_MS - HOUR_MS;
    world_restart(world);
    say(world, "!yes 1");
    assert_contains(world_last_said(world), "web1: 22:00");
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
        OPEN_TEST(a_thumb_is_for_its_message),
        OPEN_TEST(a_reply_is_for_its_message),
        cmocka_unit_test(an_old_message_answers_nothing),
        OPEN_TEST(what_is_asked_again),
        OPEN_TEST(what_is_asked_again_lives_on),
        OPEN_TEST(what_comes_late_again),
        OPEN_TEST(a_thumb_of_somebody_else),
        OPEN_TEST(a_thumb_of_who_has_the_jid_now),
        OPEN_TEST(a_copy_of_a_thumb_is_told_once),
        OPEN_TEST(a_message_that_asks_several_things),
        OPEN_TEST(an_approval_that_asks_anew),
        OPEN_TEST(a_tainted_talk_asks),
    };

    return cmocka_run_group_tests_name("core-questions", tests, NULL, NULL);
}

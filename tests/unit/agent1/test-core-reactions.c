/* Thumbs under the message that showed an approval, and replies to it: what they decide, for whom,
 * and what they do not. web1 has the skill wipe, of high risk: oskar asks, ana may approve. */
#include "core-xmpp.h"

#include "common/base/banned.h"

#define SKILLS  "[{\"name\":\"shell\",\"risk\":\"guarded\"},{\"name\":\"wipe\",\"risk\":\"high\"}]"
#define UP      "\U0001F44D"
#define UP_DARK "\U0001F44D\U0001F3FF"
#define DOWN    "\U0001F44E"

/* The id of the last message to that address, or NULL. */
static const char *id_said_to(const World *world, const char *jid)
{
    unsigned i;

    for (i = world->said->len; i > 0; i--) {
        const Effect *effect = world->said->pdata[i - 1];

        if (strcmp(effect->say.jid, jid) == 0)
            return effect->say.id;
    }
    return NULL;
}

/* oskar asks; the id of the message that shows it to ana: the caller's. */
static char *begin(World *world)
{
    world_register_as(world, 1, "web1", JOURNAL_1, 1, SKILLS);
    world_write(world, "oskar", NULL, "@web1 wipe");
    return g_strdup(id_said_to(world, "ana@example.org"));
}

static void react(World *world, const char *user, const char *about, const char *words)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup_printf("%s@example.org/phone", user);
    event->fact.principal = g_strdup_printf("%s@example.org", user);
    event->fact.about = g_strdup(about);
    event->fact.words = g_strsplit(words, " ", -1);
    world_step(world, event);
}

static void reply(World *world, const char *user, const char *stanza_id, const char *about,
                  const char *text)
{
    Event *event = xmpp_chat(user, stanza_id, text);

    event->chat.quotes = g_strdup(about);
    world_step(world, event);
}

static void a_thumb_up_approves(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);

    react(world, "ana", about, "\U0001F914 " UP_DARK);
    assert_string_equal(world_run_state(world, 1), "queued");
    assert_string_equal(row_text(world_run(world, 1), RUNS_DECIDED_BY), "ana");
    assert_non_null(world_last_sent(world, MESSAGE_TASK)->task.approval_hash);
    assert_non_null(strstr(world_last_audit(world, "command")->text, "!approve 1"));
}

static void a_thumb_down_rejects(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);

    react(world, "ana", about, DOWN);
    assert_string_equal(world_run_state(world, 1), "denied");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    /* Who changes his mind hears that it is too late. */
    react(world, "ana", about, UP);
    assert_string_equal(world_run_state(world, 1), "denied");
}

static void an_old_thumb_does_nothing_by_itself(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = XMPP_FACT_REACTION;
    event->fact.address = g_strdup("ana@example.org/phone");
    event->fact.principal = g_strdup("ana@example.org");
    event->fact.about = g_strdup(about);
    event->fact.words = g_strsplit(UP, " ", -1);
    event->fact.written_ms = world->now_ms - 5 * MINUTE_MS;
    world_step(world, event);
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    assert_string_equal(world_last_said(world),
                        "reacted 14:08, not done: that would be !approve 1");
}

static void a_stranger_decides_nothing(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);
    unsigned said = world->said->len;

    react(world, "mallory", about, UP);
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
    assert_int_equal(world->said->len, said);
}

/* An answer that shows only a part of the task decides nothing, whoever asks for it. */
static void only_what_shows_the_task_is_decided_on(void **state)
{
    World *world = *state;
    g_autofree char *about = NULL;

    g_free(begin(world));
    world_wait(world, MINUTE_MS);
    world_write(world, "ana", NULL, "!run 1");
    about = g_strdup(id_said_to(world, "ana@example.org/phone"));
    react(world, "ana", about, UP);
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
}

static void what_decides_nothing(void **state)
{
    static const struct {
        const char *name;
        const char *user;
        const char *words;
        bool is_elsewhere;
    } cases[] = {
        { "taken back", "ana", "", false },
        { "another emoji", "ana", "\U0001F389", false },
        { "one and its opposite", "ana", UP " " DOWN, false },
        { "another message", "ana", UP, true },
        { "a viewer", "vera", UP, false },
        { "a stranger", "mallory", UP, false },
        { "the one who asked", "oskar", UP, false },
        { "a word", "ana", "yes", false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        World *world = world_new();
        g_autofree char *about = begin(world);

        print_message("%s\n", cases[i].name);
        react(world, cases[i].user, cases[i].is_elsewhere ? "elsewhere" : about, cases[i].words);
        assert_string_equal(world_run_state(world, 1), "awaiting_approval");
        assert_null(world_last_sent(world, MESSAGE_TASK));
        world_free(world);
    }
}

/* The message that its own asker read is one, too: where no second user is needed. */
static void the_asker_may_react_where_he_may_approve(void **state)
{
    World *world = *state;
    g_autofree char *about = NULL;

    json_free(world->policy);
    world->policy = world_json("{\"rules\":[{\"risk\":\"high\",\"decision\":\"ask\","
                               "\"second\":false,\"reason\":\"care\"}]}");
    world_configure(world);
    g_free(begin(world));
    about = g_strdup(id_said_to(world, "oskar@example.org/phone"));
    react(world, "oskar", about, UP);
    assert_string_equal(world_run_state(world, 1), "queued");
}

static void a_reaction_comes_twice_or_after_a_restart(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);
    unsigned said;

    world_restart(world);
    react(world, "ana", about, UP);
    assert_string_equal(world_run_state(world, 1), "queued");
    said = world->said->len;
    react(world, "ana", about, UP);
    assert_int_equal(world->said->len, said);
    assert_int_equal(world_count_sent(world, MESSAGE_TASK), 1);
}

/* Refused at first for what passes: made again, it is no repeat. */
static void a_reaction_that_is_made_again_counts(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);
    unsigned i;

    for (i = 0; i < 2; i++) {
        Event *event = event_new(EVENT_XMPP);

        event->fact.kind = XMPP_FACT_REACTION;
        event->fact.address = g_strdup("vera@example.org/phone");
        event->fact.principal = g_strdup("vera@example.org");
        event->fact.about = g_strdup(about);
        event->fact.stanza_id = g_strdup_printf("r%u", i);
        event->fact.words = g_strsplit(UP, " ", -1);
        world_forget(world);
        world_step(world, event);
        assert_non_null(strstr(world_last_said(world), "!approve: refused (role)"));
    }
}

static void who_is_late_hears_it(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);

    world_write(world, "ana", NULL, "!reject 1");
    react(world, "ana", about, UP);
    assert_string_equal(world_last_said(world),
                        "#1 web1: denied already by ana at 14:13; its state: denied (by ana)");
    world->now_ms += 8 * 24 * 3600 * INT64_C(1000);
    world_wait(world, 1);
    assert_int_equal(world_count_rows(world, TABLE_PROPOSALS), 0);
}

/* A reply that is more than an answer is a message like any other. */
static void replies_decide(void **state)
{
    static const struct {
        const char *text;
        const char *state;
    } cases[] = {
        { "Yes!", "queued" },
        { "ok", "queued" },
        { "!approve", "queued" },
        { UP, "queued" },
        { "Oui.", "queued" },
        { "no, not today", "denied" },
        { "!reject not today", "denied" },
        { "yes, but only tomorrow", "awaiting_approval" },
        { "yes\n@web1 uptime", "awaiting_approval" },
        { "what is it?", "awaiting_approval" },
        { "No idea, what does it do?", "awaiting_approval" },
        { "!approve 7", "awaiting_approval" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        World *world = world_new();
        g_autofree char *about = begin(world);

        print_message("%s\n", cases[i].text);
        reply(world, "ana", "r1", about, cases[i].text);
        assert_string_equal(world_run_state(world, 1), cases[i].state);
        if (strstr(cases[i].text, "not today"))
            assert_string_equal(row_text(world_run(world, 1), RUNS_REASON), "by ana: not today");
        world_free(world);
    }
}

static void a_reply_puts_off(void **state)
{
    World *world = *state;
    g_autofree char *about = begin(world);

    reply(world, "ana", "r1", about, "defer 15:00");
    assert_string_equal(world_last_said(world),
                        "#1 web1: put off until 15:00; then I ask again, and nothing starts "
                        "without a yes");
    reply(world, "vera", "r2", about, "yes");
    assert_non_null(strstr(world_last_said(world), "!approve: refused (role)"));
    assert_string_equal(world_run_state(world, 1), "awaiting_approval");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_thumb_up_approves),
        WORLD_TEST(a_thumb_down_rejects),
        WORLD_TEST(an_old_thumb_does_nothing_by_itself),
        WORLD_TEST(a_stranger_decides_nothing),
        WORLD_TEST(only_what_shows_the_task_is_decided_on),
        cmocka_unit_test(what_decides_nothing),
        WORLD_TEST(the_asker_may_react_where_he_may_approve),
        WORLD_TEST(a_reaction_comes_twice_or_after_a_restart),
        WORLD_TEST(a_reaction_that_is_made_again_counts),
        WORLD_TEST(who_is_late_hears_it),
        cmocka_unit_test(replies_decide),
        WORLD_TEST(a_reply_puts_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

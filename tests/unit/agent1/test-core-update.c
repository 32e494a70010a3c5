/* Newer versions through the core: who may ask about whom, what agents answer, and what people hear
 * of it; wrong input first. */
#include "core-world.h"

#define AGENTS 60

static void answer_as(World *world, uint8_t key, const char *name, const char *in_reply_to,
                      const char *text, const char *data)
{
    Message *message = message_new(MESSAGE_ANSWER, WORLD_MESSAGE_ID, name, world->now_ms);

    message->answer.in_reply_to = g_strdup(in_reply_to);
    message->answer.is_ok = data != NULL;
    message->answer.text = g_strdup(text);
    message->answer.data = data ? world_json(data) : NULL;
    world_report_as(world, key, TOPIC_KIND_AGENT1_INBOX, name, JOURNAL_1, message);
}

/* The id of the last question to an agent, or NULL. */
static char *question_to(const World *world, const char *name)
{
    g_autofree char *topic = topic_control(name);
    unsigned i;

    for (i = world->sent->len; i > 0; i--) {
        const EffectPublish *publish = &((const Effect *)world->sent->pdata[i - 1])->publish;

        if (strcmp(publish->topic, topic) == 0 && publish->message->kind == MESSAGE_CONTROL &&
            publish->message->control.action == CONTROL_UPDATE)
            return g_strdup(publish->message->id);
    }
    return NULL;
}

static void answer_question(World *world, uint8_t key, const char *name, const char *data)
{
    g_autofree char *id = question_to(world, name);

    assert_non_null(id);
    answer_as(world, key, name, id, "text", data);
}

static void register_both(World *world)
{
    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_1, 1, SKILLS_SHELL);
    world_forget(world);
}

#define NEWER                                                                                      \
    "{\"installed\":\"v1.0\",\"newest\":\"v1.1\",\"branch\":\"main\",\"behind\":3,\"ahead\":0}"
#define CURRENT                                                                                    \
    "{\"installed\":\"v1.1\",\"newest\":\"v1.1\",\"branch\":\"main\",\"behind\":0,\"ahead\":0}"
#define NO_GIT "{\"problem\":\"no_git\"}"

/* ---- who may ask, and about whom ---- */

static void refusals(void **state)
{
    static const struct {
        const char *user;
        const char *text;
        const char *answer;
    } rows[] = {
        { "vera", "!agentUPDATE web1", "refused (role)" },
        { "vera", "!agentsUPDATE", "refused (role)" },
        { "oskar", "!agentUPDATE", "expected !agentUPDATE <agent>" },
        { "oskar", "!agentUPDATE |", "expected !agentUPDATE <agent>" },
        { "oskar", "!agentUPDATE web9", "web9: no accepted agent of that name" },
        { "oskar", "!agentUPDATE web1,web9", "no agent of that name" },
        { "oskar", "!agentUPDATE db*", "no accepted agent fits" },
        { "oskar", "!agentUPDATE role=db", "no accepted agent has this label" },
        { "oskar", "!agentsUPDATE web1", "takes no argument" },
    };
    World *world = *state;
    unsigned i;

    register_both(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, rows[i].user, NULL, rows[i].text);
        assert_contains(world_last_said(world), rows[i].answer);
    }
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 0);
    assert_int_equal(world_count_other(world, EFFECT_UPDATE), 0);
}

static void those_who_are_not_there(void **state)
{
    World *world = *state;

    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    assert_string_equal(world_last_said(world), "web1: not asked: it was not seen yet");
    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 2, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    assert_contains(world_last_said(world), "web1: not asked: it is offline since ");
    world_link(world, LINK_MQTT, false);
    world_write(world, "oskar", NULL, "!agentUPDATE web1,web2");
    assert_contains(world_last_said(world), "web1: not asked: there is no MQTT broker since ");
    assert_contains(world_last_said(world),
                    "of 2: newer version available 0, up to date 0, not known 2");
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 0);
}

static void asleep(void **state)
{
    World *world = *state;

    register_both(world);
    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_write(world, "ana", NULL, "!agentUPDATE web1");
    world_write(world, "ana", NULL, "!agentsUPDATE");
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 0);
    assert_int_equal(world_count_other(world, EFFECT_UPDATE), 0);
}

/* ---- answers ---- */

static void what_agents_may_say(void **state)
{
    static const struct {
        const char *text;
        const char *data; /* NULL: the answer has none */
        const char *said;
    } rows[] = {
        { "not offered by this version", NULL,
          "web1: not known: it answers \"not offered by this version\"; its agent2 0.1.0 may be "
          "older than this command" },
        { "a\nb", "{\"installed\":1}",
          "web1: not known: it answers \"a b\"; its agent2 0.1.0 may be older than this command" },
        { "", NO_GIT, "web1: not known: the program git is not installed there" },
        { "", "{\"problem\":\"no_path\",\"subject\":\"agent2.json\"}",
          "web1: not known: its configuration has no install_path, the folder of its git "
          "repository: agent2.json" },
        { "", "{\"problem\":\"unreachable\",\"subject\":\"origin\",\"detail\":\"fatal: no\"}",
          "web1: not known: the remote cannot be read: origin\n  fatal: no" },
        { "", NEWER, "web1: v1.1 is available, v1.0 is installed (main, 3 commits behind)" },
        { "", "{\"installed\":\"a\",\"newest\":\"b\",\"behind\":1,\"ahead\":2}",
          "web1: b is available, a is installed (HEAD, 1 commit behind)\n"
          "  it holds commits that the remote has not: 2" },
        { "", CURRENT, "web1: up to date: v1.1 (main)" },
    };
    World *world = *state;
    unsigned i;

    register_both(world);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = NULL;

        world_forget(world);
        world_write(world, "oskar", NULL, "!agentUPDATE web1");
        assert_int_equal(world->said->len, 0);
        id = question_to(world, "web1");
        answer_as(world, 1, "web1", id, rows[i].text, rows[i].data);
        assert_int_equal(world->said->len, 1);
        assert_string_equal(world_last_said(world), rows[i].said);
        answer_as(world, 1, "web1", id, rows[i].text, rows[i].data); /* a repeat */
        assert_int_equal(world->said->len, 1);
    }
}

static void answers_of_others_do_not_count(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    id = question_to(world, "web1");
    answer_as(world, 2, "web2", id, "", CURRENT);
    answer_as(world, 1, "web1", WORLD_MESSAGE_ID, "", CURRENT);
    answer_as(world, 2, "web1", id, "", CURRENT); /* with another's key */
    assert_int_equal(world->said->len, 0);
    answer_as(world, 1, "web1", id, "", CURRENT);
    assert_int_equal(world->said->len, 1);
}

static void a_silent_agent(void **state)
{
    World *world = *state;
    g_autofree char *first = NULL;
    g_autofree char *last = NULL;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentUPDATE web*");
    first = question_to(world, "web1");
    answer_question(world, 2, "web2", CURRENT);
    assert_int_equal(world->said->len, 0);
    world_wait(world, 6 * SECOND_MS);
    assert_string_equal(world_last_said(world), "still waiting for web1");
    world_wait(world, 80 * SECOND_MS);
    assert_int_equal(world->said->len, 1);
    /* It was asked again, in case the broker lost the question. */
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 2 + 4);
    last = question_to(world, "web1");
    assert_string_equal(first, last);
    world_wait(world, 10 * SECOND_MS);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(world_last_said(world),
                        "web1: not known: no answer within 1 min 30 s\n"
                        "web2: up to date: v1.1 (main)\n"
                        "of 2: newer version available 0, up to date 1, not known 1");
    answer_as(world, 1, "web1", first, "", CURRENT); /* too late */
    assert_int_equal(world->said->len, 2);
}

static void a_paused_agent_answers(void **state)
{
    World *world = *state;

    register_both(world);
    world_status(world, JOURNAL_1, 1, 2, AGENT_PAUSED);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    answer_question(world, 1, "web1", NEWER);
    assert_contains(world_last_said(world), "v1.1 is available");
}

static void one_question_serves_all(void **state)
{
    World *world = *state;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    world_write(world, "ana", NULL, "!agentUPDATE web1 web2");
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 2);
    answer_question(world, 1, "web1", NEWER);
    assert_int_equal(world->said->len, 1);
    answer_question(world, 2, "web2", NO_GIT);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(world_last_said(world),
                        "web2: not known: the program git is not installed there\n"
                        "web1: v1.1 is available, v1.0 is installed (main, 3 commits behind)\n"
                        "of 2: newer version available 1, up to date 0, not known 1");
}

static void agentctl_waits_for_the_last_word(void **state)
{
    World *world = *state;
    const MessageReply *reply;

    register_both(world);
    world_type(world, "01J0000000000000000000CHAT", "!agentUPDATE web1", false, false);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 0);
    world_type(world, "01J0000000000000000000CHAT", "!agentUPDATE web1", false, false);
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 1);
    answer_question(world, 1, "web1", NO_GIT);
    reply = &world_last_sent(world, MESSAGE_REPLY)->reply;
    assert_true(reply->is_final);
    assert_string_equal(reply->outcome, "failed");
    world_type(world, "01J0000000000000000000CHA2", "!agentUPDATE web1", false, false);
    answer_question(world, 1, "web1", NEWER);
    reply = &world_last_sent(world, MESSAGE_REPLY)->reply;
    assert_true(reply->is_final);
    assert_string_equal(reply->outcome, "ok");
}

/* Its key is trusted no longer: nobody waits for it for ever. */
static void revoked_meanwhile(void **state)
{
    World *world = *state;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    world_write(world, "ana", NULL, "!revoke web1");
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_last_said(world), "web1: not known: no answer within 1 min 30 s");
}

static void the_clock_is_put_back(void **state)
{
    World *world = *state;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    world->now_ms -= HOUR_MS;
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, 2 * MINUTE_MS);
    assert_string_equal(world_last_said(world), "web1: not known: no answer within 1 min 30 s");
}

/* Who waited is told; what the agent says afterwards is no answer to anybody. */
static void over_a_restart(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    register_both(world);
    world_write(world, "oskar", "s1", "!agentUPDATE web1");
    id = question_to(world, "web1");
    world_restart(world);
    assert_contains(world_last_said(world), "I was restarted");
    world_forget(world);
    answer_as(world, 1, "web1", id, "", CURRENT);
    world_wait(world, 2 * MINUTE_MS);
    assert_int_equal(world->said->len, 0);
}

/* ---- agent1's own repository ---- */

static void found_own(World *world, UpdateNews *news)
{
    Event *event = event_new(EVENT_UPDATE);

    event->update = news;
    world_step(world, event);
}

static void own_repository(void **state)
{
    World *world = *state;
    UpdateNews *news;

    found_own(world, update_news_new(UPDATE_NO_GIT)); /* nobody asked */
    assert_int_equal(world->said->len, 0);
    world_write(world, "oskar", NULL, "!agentUPDATE agent1");
    assert_string_equal(world_last_said(world),
                        "agent1: not known: its configuration has no install_path, the folder of "
                        "its git repository: agents.agent1, agents_registry.json");

    json_set(json_member_mutable(world->registry, "agents"), "agent1",
             world_json("{\"install_path\":\"/opt/agent1\",\"git_branch\":\"main\"}"));
    world_configure(world);
    world_forget(world);
    world_write(world, "oskar", NULL, "!agentUPDATE agent1");
    world_write(world, "ana", NULL, "!agentUPDATE agent1");
    assert_int_equal(world_count_other(world, EFFECT_UPDATE), 1);
    assert_int_equal(world->said->len, 0);
    news = update_news_new(UPDATE_TIMED_OUT);
    news->subject = g_strdup("origin");
    found_own(world, news);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(world_last_said(world),
                        "agent1: not known: the remote did not answer in time: origin");
}

static void all_of_them(void **state)
{
    World *world = *state;

    register_both(world);
    world_write(world, "oskar", NULL, "!agentsUPDATE");
    answer_question(world, 1, "web1", CURRENT);
    answer_question(world, 2, "web2", NEWER);
    assert_contains(world_last_said(world), "agent1: not known: ");
    assert_contains(world_last_said(world),
                    "web2: v1.1 is available, v1.0 is installed (main, 3 commits behind)\n"
                    "web1: up to date: v1.1 (main)\n"
                    "of 3: newer version available 1, up to date 1, not known 1");
}

/* They may all fetch from one server. */
static void not_all_at_once(void **state)
{
    World *world = *state;
    g_autoptr(GString) registry = g_string_new("{\"agents\":{");
    unsigned i;

    for (i = 0; i < AGENTS; i++) {
        g_autofree char *key = world_key((uint8_t)(20 + i));

        g_string_append_printf(registry, "%s\"a%02u\":{\"public_key\":\"%s\",\"accepted\":true}",
                               i ? "," : "", i, key);
    }
    g_string_append(registry, "}}");
    json_free(world->registry);
    world->registry = world_json(registry->str);
    world_configure(world);
    for (i = 0; i < AGENTS; i++) {
        g_autofree char *name = g_strdup_printf("a%02u", i);

        world_register_as(world, (uint8_t)(20 + i), name, JOURNAL_1, 1, SKILLS_SHELL);
    }
    world_forget(world);
    world_write(world, "oskar", NULL, "!agentUPDATE a*");
    assert_int_equal(world_count_controls(world, CONTROL_UPDATE), 50);
    for (i = 0; i < AGENTS; i++) {
        g_autofree char *name = g_strdup_printf("a%02u", i);

        answer_question(world, (uint8_t)(20 + i), name, CURRENT);
    }
    assert_string_equal(world_last_said(world),
                        "up to date: a00, a01, a02, a03, a04, a05, a06, a07, a08, a09 and 50 more\n"
                        "of 60: newer version available 0, up to date 60, not known 0");
}

/* ---- what is remembered ---- */

static const char *remembered(const World *world)
{
    const Row *row = g_hash_table_lookup(world->store.tables[TABLE_AGENTS], "web1");

    return row_text(row, AGENTS_UPDATE);
}

static void what_was_learned_stays_in_the_row(void **state)
{
    World *world = *state;
    Message *message;

    register_both(world);
    assert_null(remembered(world));
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    answer_question(world, 1, "web1", NEWER);
    world_write(world, "oskar", NULL, "!agentUPDATE web1");
    answer_question(world, 1, "web1", NO_GIT); /* nothing was learned by that */
    assert_contains(remembered(world), "\"newest\":\"v1.1\"");
    world_restart(world);
    world_status(world, JOURNAL_1, 1, 2, AGENT_ONLINE);
    assert_contains(remembered(world), "\"newest\":\"v1.1\"");

    /* Another version is installed. */
    message = message_new(MESSAGE_REGISTER, "01J0000000000000000000MSGY", "web1", world->now_ms);
    message->registration.name = g_strdup("web1");
    message->registration.version = g_strdup("0.2.0");
    message->registration.session = 2;
    message->registration.seq = 1;
    world_report_as(world, 1, TOPIC_KIND_REGISTER, "web1", JOURNAL_1, message);
    assert_null(remembered(world));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(refusals),
        WORLD_TEST(those_who_are_not_there),
        WORLD_TEST(asleep),
        WORLD_TEST(what_agents_may_say),
        WORLD_TEST(answers_of_others_do_not_count),
        WORLD_TEST(a_silent_agent),
        WORLD_TEST(a_paused_agent_answers),
        WORLD_TEST(one_question_serves_all),
        WORLD_TEST(agentctl_waits_for_the_last_word),
        WORLD_TEST(revoked_meanwhile),
        WORLD_TEST(the_clock_is_put_back),
        WORLD_TEST(over_a_restart),
        WORLD_TEST(own_repository),
        WORLD_TEST(all_of_them),
        WORLD_TEST(not_all_at_once),
        WORLD_TEST(what_was_learned_stays_in_the_row),
    };

    return cmocka_run_group_tests_name("core-update", tests, NULL, NULL);
}

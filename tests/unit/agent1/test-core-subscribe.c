/* MQTT_SUBSCRIBE: and !subscriptions as a person meets them: what is refused, what is quoted, each
 * way in which one ends, and what a restart leaves. */
#include "tests/unit/agent1/topic-world.h"

#include "common/base/banned.h"

#define CHAT_1 "01J00000000000000000CHAT01"
#define CHAT_2 "01J00000000000000000CHAT02"

/* Ana asks on XMPP, and the broker takes it. The caller owns the id. */
static char *listen_as_ana(World *world, const char *line)
{
    char *id;

    world_write(world, "ana", NULL, line);
    id = g_strdup(last_other(world, EFFECT_LISTEN)->listen.id);
    broker_listens(world, id, LISTEN_UP, NULL);
    return id;
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *user;
        const char *text;
        const char *answer; /* its beginning */
    } rows[] = {
        { "oskar", "MQTT_SUBSCRIBE: home/a", "MQTT_SUBSCRIBE: refused (role)" },
        { "ana",
          "MQTT_SUBSCRIBE:", "expected MQTT_SUBSCRIBE: <topic>, as in MQTT_SUBSCRIBE: home/#" },
        { "ana", "MQTT_SUBSCRIBE: --count 3", "expected MQTT_SUBSCRIBE: <topic>, as in" },
        { "ana", "MQTT_SUBSCRIBE: #", "MQTT_SUBSCRIBE: refused: a filter begins with a word" },
        { "ana", "MQTT_SUBSCRIBE: +/a", "MQTT_SUBSCRIBE: refused: a filter begins with a word" },
        { "ana", "MQTT_SUBSCRIBE: agents/#", "MQTT_SUBSCRIBE: refused: agents/… is the wire" },
        { "ana", "MQTT_SUBSCRIBE: $SYS/#", "MQTT_SUBSCRIBE: refused: topics that begin with $" },
        { "ana", "MQTT_SUBSCRIBE: $share/g/home/a", "MQTT_SUBSCRIBE: refused: topics that begin" },
        { "ana", "MQTT_SUBSCRIBE: home/a#", "MQTT_SUBSCRIBE: refused: + and # stand alone" },
        { "ana", "MQTT_SUBSCRIBE: home/a --count 0", "MQTT_SUBSCRIBE: refused: --count: expected" },
        { "ana", "MQTT_SUBSCRIBE: home/a --time 25h", "MQTT_SUBSCRIBE: refused: --time: expected" },
        { "ana", "MQTT_SUBSCRIBE: office/#",
          "office/#: refused (policy): mqtt.subscribe of policy.json does not list it; it lists "
          "home/#" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, rows[i].user, NULL, rows[i].text);
        assert_true(g_str_has_prefix(world_last_said(world), rows[i].answer));
    }
    assert_int_equal(world_count_other(world, EFFECT_LISTEN), 0);
    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/a --count 3 --time 90s", true, false);
    assert_string_equal(last_reply(world)->text, "home/a: allowed, for at most 3 messages and 90s "
                                                 "(dry run: nobody listens)");
    assert_int_equal(world_count_other(world, EFFECT_LISTEN), 0);
}

static void from_beginning_to_end_by_number(void **state)
{
    World *world = *state;
    g_autofree char *id = listen_as_ana(world, "MQTT_SUBSCRIBE: home/# --count 3");

    assert_string_equal(last_other(world, EFFECT_LISTEN)->listen.filter, "home/#");
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world),
                        "s1: I listen to home/#, for at most 3 messages and until 14:23; "
                        "!subscriptions cancel s1 ends it; if nothing comes, the broker's access "
                        "list may forbid it, which mosquitto does not say");
    broker_sends(world, id, 1, 0);
    assert_string_equal(world_last_said(world),
                        "s1 home/#: message 1 of at most 3\n```\n[home/a] 1\n```");
    broker_sends(world, id, 0, 7);
    assert_string_equal(world_last_said(world),
                        "s1 home/#: 7 more came too fast to show; 1 of at most 3 are shown");
    broker_sends(world, id, 5, 2);
    assert_string_equal(
        world_last_said(world),
        "s1 home/#: messages 2 to 3 of at most 3\n```\n[home/a] 1\n[home/a] 2\n```\n"
        "and 2 more came too fast to show\n"
        "s1 home/#: over, its count is reached: 3 messages came, and 9 more too fast to "
        "show");
    assert_string_equal(
        world_last_audit(world, "subscription")->text,
        "s1 home/#: over, its count is reached: 3 messages came, and 9 more too fast to "
        "show");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
    assert_null(last_other(world, EFFECT_LISTEN)->listen.filter);
    assert_string_equal(last_other(world, EFFECT_LISTEN)->listen.id, id);
    /* What was on its way says nothing more. */
    broker_sends(world, id, 1, 0);
    assert_int_equal(world->said->len, 4);
}

/* Nothing in a message can read like agent1's own words, nor end the block. */
static void outside_text_is_quoted(void **state)
{
    World *world = *state;
    g_autofree char *id = listen_as_ana(world, "MQTT_SUBSCRIBE: home/#");
    static const char payload[] = "```\n!agentsOFF\n@web1 reboot\x1b[2J";
    Event *event = event_new(EVENT_HEARD);

    event->heard.id = g_strdup(id);
    event->heard.messages = heard_messages_new();
    g_ptr_array_add(event->heard.messages,
                    heard_message_new("home/a", payload, strlen(payload), true));
    g_ptr_array_add(event->heard.messages, heard_message_new("home/b", "\xff\x00", 2, false));
    world_step(world, event);
    assert_string_equal(world_last_said(world),
                        "s1 home/#: messages 1 to 2 of at most 10\n````\n[home/a, retained] ```\n"
                        "  !agentsOFF\n  @web1 reboot<U+001B>[2J\n"
                        "[home/b] (2 bytes that are no text: ff 00)\n````");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
    assert_null(world_last_audit(world, "standby"));
}

/* To agentctl each is a reply, the last one final: it may wait for it. */
static void agentctl_hears_each_as_a_reply(void **state)
{
    World *world = *state;
    const char *id;

    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/a --count 2", false, false);
    assert_null(last_reply(world));
    id = last_other(world, EFFECT_LISTEN)->listen.id;
    broker_listens(world, id, LISTEN_UP, NULL);
    assert_false(last_reply(world)->is_final);
    broker_sends(world, id, 1, 0);
    assert_false(last_reply(world)->is_final);
    /* A repeat is answered again, and begins nothing, however late. */
    world_wait(world, 9 * MINUTE_MS);
    world_forget(world);
    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/a --count 2", false, false);
    assert_contains(last_reply(world)->text, "message 1 of at most 2");
    assert_int_equal(world_count_other(world, EFFECT_LISTEN), 0);
    {
        g_autoptr(GPtrArray) rows = row_store_load(&world->store, TABLE_SUBSCRIPTIONS);

        broker_sends(world, row_text(rows->pdata[0], SUBSCRIPTIONS_ID), 1, 0);
    }
    assert_true(last_reply(world)->is_final);
    assert_string_equal(last_reply(world)->outcome, "ok");
    assert_contains(last_reply(world)->text, "over, its count is reached: 2 messages came");
}

static void by_time(void **state)
{
    static const struct {
        bool is_up;
        unsigned count;
        const char *end;
        const char *outcome;
    } rows[] = {
        { true, 2, "home/a: over, its time is up: 2 messages came", "ok" },
        { true, 0,
          "home/a: over, its time is up (some brokers, as mosquitto, take a subscription that "
          "they do not allow, and then send nothing): no message came",
          "timed_out" },
        { false, 0, "home/a: over, its time is up, and the broker never answered: no message came",
          "timed_out" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *chat = g_strdup_printf("01J00000000000000000CHAT%02u", i);
        g_autofree char *id = NULL;

        print_message("%s\n", rows[i].end);
        world_type(world, chat, "MQTT_SUBSCRIBE: home/a --time 20s", false, false);
        id = g_strdup(last_other(world, EFFECT_LISTEN)->listen.id);
        if (rows[i].is_up)
            broker_listens(world, id, LISTEN_UP, NULL);
        if (rows[i].count > 0)
            broker_sends(world, id, rows[i].count, 0);
        world_wait(world, 20 * SECOND_MS - 1);
        assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 1);
        world_wait(world, 1);
        assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
        assert_contains(last_reply(world)->text, rows[i].end);
        assert_true(last_reply(world)->is_final);
        assert_string_equal(last_reply(world)->outcome, rows[i].outcome);
    }
}

static void the_broker_refuses(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    world_write(world, "ana", NULL, "MQTT_SUBSCRIBE: home/a");
    id = g_strdup(last_other(world, EFFECT_LISTEN)->listen.id);
    broker_listens(world, id, LISTEN_REFUSED, "the subscription is refused: not authorised");
    assert_string_equal(world_last_said(world),
                        "s1 home/a: over, the subscription is refused: not authorised (agent1's "
                        "own user needs the topic in the broker's access list): no message came");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
}

/* It is told once that there is no broker, and once that it listens; later gaps are counted. */
static void the_broker_goes_and_comes(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    world_write(world, "ana", NULL, "MQTT_SUBSCRIBE: home/a --count 1");
    id = g_strdup(last_other(world, EFFECT_LISTEN)->listen.id);
    broker_listens(world, id, LISTEN_DOWN, "connection refused");
    assert_string_equal(world_last_said(world),
                        "s1 home/a: there is no MQTT broker (connection refused); I try again "
                        "until 14:23; !subscriptions cancel s1 ends it");
    broker_listens(world, id, LISTEN_DOWN, "connection refused");
    assert_int_equal(world->said->len, 1);
    broker_listens(world, id, LISTEN_UP, NULL);
    assert_contains(world_last_said(world), "s1: I listen to home/a, for at most 1 message and");
    broker_listens(world, id, LISTEN_DOWN, "the connection is lost");
    world_write(world, "ana", NULL, "!subscriptions");
    assert_string_equal(world_last_said(world),
                        "s1 home/a: 0 of at most 1 message, until 14:23, the broker is not there");
    broker_listens(world, id, LISTEN_UP, NULL);
    assert_int_equal(world->said->len, 3);
    broker_sends(world, id, 1, 0);
    assert_contains(
        world_last_said(world),
        "over, its count is reached: 1 message came; I could not listen all the time (1 gap), "
        "and what came then is not here");
}

static void a_restart_goes_on(void **state)
{
    World *world = *state;
    g_autofree char *id = listen_as_ana(world, "MQTT_SUBSCRIBE: home/a --count 2");

    broker_sends(world, id, 1, 0);
    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/b --time 1h", false, false);
    broker_listens(world, last_other(world, EFFECT_LISTEN)->listen.id, LISTEN_UP, NULL);
    world_forget(world);
    world_restart(world);
    assert_int_equal(world_count_other(world, EFFECT_LISTEN), 2);
    /* The XMPP server has not taken what was said before. */
    g_ptr_array_set_size(world->said, 0);
    broker_listens(world, id, LISTEN_UP, NULL);
    assert_int_equal(world->said->len, 0);
    /* Nobody's second try begins another one. */
    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/b --time 1h", false, false);
    assert_int_equal(world_count_other(world, EFFECT_LISTEN), 2);
    broker_sends(world, id, 1, 0);
    assert_contains(world_last_said(world), "message 2 of at most 2");
    assert_contains(world_last_said(world), "2 messages came; I could not listen all the time (1");

    /* Its time came while agent1 was away. */
    world_forget(world);
    world->now_ms += 2 * HOUR_MS;
    world_restart(world);
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
    assert_true(last_reply(world)->is_final);
    assert_contains(last_reply(world)->text, "s2 home/b: over, its time is up");
    world_type(world, CHAT_2, "MQTT_SUBSCRIBE: home/c", false, false);
    broker_listens(world, last_other(world, EFFECT_LISTEN)->listen.id, LISTEN_UP, NULL);
    assert_contains(last_reply(world)->text, "s3: I listen to home/c");
}

static void listed_and_cancelled(void **state)
{
    World *world = *state;
    g_autofree char *first = listen_as_ana(world, "MQTT_SUBSCRIBE: home/a");
    const char *second;

    world_type(world, CHAT_1, "MQTT_SUBSCRIBE: home/b", false, false);
    second = last_other(world, EFFECT_LISTEN)->listen.id;
    broker_listens(world, second, LISTEN_UP, NULL);
    broker_sends(world, second, 1, 0);

    world_write(world, "vera", NULL, "!subscriptions");
    assert_string_equal(world_last_said(world),
                        "no subscription is open here; MQTT_SUBSCRIBE: <topic> begins one (for the "
                        "role admin)");
    world_write(world, "oskar", NULL, "!subscriptions cancel s1");
    assert_string_equal(world_last_said(world),
                        "s1: no such subscription is open here; !subscriptions lists them");
    world_write(world, "ana", NULL, "!subscriptions");
    assert_string_equal(world_last_said(world), "s1 home/a: 0 of at most 10 messages, until 14:23\n"
                                                "s2 home/b: 1 of at most 10 messages, until 14:23");
    world_write(world, "ana", NULL, "!subscriptions cancel");
    assert_string_equal(world_last_said(world),
                        "expected !subscriptions, or !subscriptions cancel s3");
    world_write(world, "ana", NULL, "!subscriptions cancel s9");
    assert_contains(world_last_said(world), "s9: no such subscription is open here");
    world_write(world, "ana", NULL, "!subscriptions stop s1");
    assert_string_equal(world_last_said(world),
                        "expected !subscriptions, or !subscriptions cancel s3");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 2);

    /* Where it spoke, one message says it. */
    world_forget(world);
    world_write(world, "ana", NULL, "!subscriptions cancel 1");
    assert_int_equal(world->said->len, 1);
    assert_string_equal(world_last_said(world), "s1 home/a: ended by ana: no message came");
    assert_string_equal(world_last_audit(world, "command")->text, "!subscriptions cancel 1");

    /* agentctl's chat, which waits, gets its last word. */
    world_write(world, "ana", NULL, "!subscriptions cancel S2");
    assert_string_equal(world_last_said(world), "s2 home/b: ended by ana: 1 message came");
    assert_true(last_reply(world)->is_final);
    assert_string_equal(last_reply(world)->outcome, "cancelled");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
}

static void ten_at_most(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < SUBSCRIPTIONS_MAX; i++)
        world_write(world, "ana", NULL, "MQTT_SUBSCRIBE: home/a");
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "MQTT_SUBSCRIBE: home/a");
    assert_string_equal(world_last_said(world),
                        "10 subscriptions are open, and no more go together; !subscriptions lists "
                        "them, and ends one");
}

static void who_may_no_longer(void **state)
{
    World *world = *state;
    g_autofree char *id = listen_as_ana(world, "MQTT_SUBSCRIBE: home/a");

    world_policy(world, "{\"mqtt\":{\"subscribe\":[\"home/+\"]}}");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 1);
    world_policy(world, "{\"mqtt\":{\"subscribe\":[\"home/b\"]}}");
    assert_string_equal(world_last_said(world),
                        "s1 home/a: over, since policy.json does not list it any more: no message "
                        "came");
    assert_null(last_other(world, EFFECT_LISTEN)->listen.filter);

    world_policy(world, "{\"mqtt\":{\"subscribe\":[\"home/a\"]}}");
    world_write(world, "ana", NULL, "MQTT_SUBSCRIBE: home/a");
    json_free(world->config);
    world->config =
        world_json("{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
                   "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["
                   "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"role\":\"operator\"}]}");
    world->now_ms += SECOND_MS;
    world_restart(world);
    assert_string_equal(world_last_said(world),
                        "s2 home/a: over, since who asked for it is no admin any more: no message "
                        "came");
    assert_int_equal(world_count_rows(world, TABLE_SUBSCRIPTIONS), 0);
}

/* What the edge still hears of one that the core does not know, it need not. */
static void a_stray_one_is_ended(void **state)
{
    World *world = *state;

    broker_listens(world, "stray", LISTEN_UP, NULL);
    assert_string_equal(last_other(world, EFFECT_LISTEN)->listen.id, "stray");
    assert_null(last_other(world, EFFECT_LISTEN)->listen.filter);
    world_forget(world);
    broker_sends(world, "stray", 1, 0);
    assert_null(last_other(world, EFFECT_LISTEN)->listen.filter);
    assert_int_equal(world->said->len, 0);
}

static void asleep_they_wait_for_the_digest(void **state)
{
    World *world = *state;
    g_autofree char *id = listen_as_ana(world, "MQTT_SUBSCRIBE: home/a");

    world_write(world, "ana", NULL, "!agentOFF agent1");
    world_forget(world);
    broker_sends(world, id, 1, 0);
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_int_equal(world->said->len, 2);
    assert_contains(((const Effect *)world->said->pdata[0])->say.text, "[home/a] 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOPIC_TEST(what_is_refused),
        TOPIC_TEST(from_beginning_to_end_by_number),
        TOPIC_TEST(outside_text_is_quoted),
        TOPIC_TEST(agentctl_hears_each_as_a_reply),
        TOPIC_TEST(by_time),
        TOPIC_TEST(the_broker_refuses),
        TOPIC_TEST(the_broker_goes_and_comes),
        TOPIC_TEST(a_restart_goes_on),
        TOPIC_TEST(listed_and_cancelled),
        TOPIC_TEST(ten_at_most),
        TOPIC_TEST(who_may_no_longer),
        TOPIC_TEST(a_stray_one_is_ended),
        TOPIC_TEST(asleep_they_wait_for_the_digest),
    };

    return cmocka_run_group_tests_name("core-subscribe", tests, NULL, NULL);
}

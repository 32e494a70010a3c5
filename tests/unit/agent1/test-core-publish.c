/* MQTT_PUBLISH: as a person meets it: what is refused, what the broker says, and what a restart
 * leaves unknown. */
#include "tests/unit/agent1/topic-world.h"

#include "common/base/banned.h"

static void what_is_refused(void **state)
{
    static const struct {
        const char *user;
        const char *text;
        const char *answer;
    } rows[] = {
        { "oskar", "MQTT_PUBLISH: home/lamp/set | ON",
          "MQTT_PUBLISH: refused (role): this needs the role admin; yours is operator" },
        { "ana", "MQTT_PUBLISH: home/lamp/set ON",
          "expected MQTT_PUBLISH: <topic> | <message>: there is no bar" },
        { "ana", "MQTT_PUBLISH: | ON",
          "expected MQTT_PUBLISH: <topic> | <message>, as in MQTT_PUBLISH: home/lamp/set | ON" },
        { "ana", "MQTT_PUBLISH: home/+/set | ON",
          "MQTT_PUBLISH: refused: a message goes to one topic: + and # stand for several" },
        { "ana", "mqtt_publish: agents/web1/inbox | reboot",
          "MQTT_PUBLISH: refused: agents/… is the wire between agent1, its agents and agentctl: a "
          "message there could forge one of them, and listening there would feed agent1 its own "
          "words" },
        { "ana", "MQTT_PUBLISH: $SYS/x | 1",
          "MQTT_PUBLISH: refused: topics that begin with $ are the broker's own ($SYS/…, "
          "$share/…): nobody reaches them by chat" },
        { "ana", "MQTT_PUBLISH: home/lamp/set --loud | ON",
          "MQTT_PUBLISH: refused: --loud: no such option here, so nothing was done; there is "
          "--retain: the broker keeps the message" },
        { "ana", "MQTT_PUBLISH: office/lamp | ON",
          "office/lamp: refused (policy): mqtt.publish of policy.json does not list it; it lists "
          "home/+/set" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].text);
        world_write(world, rows[i].user, NULL, rows[i].text);
        assert_string_equal(world_last_said(world), rows[i].answer);
    }
    assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), 0);
    assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 0);
    assert_string_equal(world_last_audit(world, "refused")->text,
                        "policy: mqtt.publish: office/lamp");

    world_policy(world, "{}");
    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    assert_string_equal(world_last_said(world),
                        "home/lamp/set: refused (policy): mqtt.publish of policy.json lists "
                        "nothing");
}

static void a_message_has_a_bound(void **state)
{
    World *world = *state;
    g_autofree char *much = g_strnfill(PUBLISH_MAX_BYTES, 'x');
    g_autofree char *fits = g_strconcat("MQTT_PUBLISH: home/a/set | ", much, NULL);
    g_autofree char *over = g_strconcat(fits, "x", NULL);

    world_write(world, "ana", NULL, over);
    assert_string_equal(world_last_said(world),
                        "home/a/set: not published: a message has at most 64 KiB");
    world_write(world, "ana", NULL, fits);
    assert_string_equal(last_other(world, EFFECT_PUBLISH_PLAIN)->plain.text, much);
}

/* Nothing is said before the broker has it. */
static void what_the_broker_says(void **state)
{
    static const struct {
        PublishEnd end;
        const char *reason;
        const char *said;
        const char *outcome;
    } rows[] = {
        { PUBLISH_TAKEN, NULL, "home/lamp/set: published (2 bytes)", "ok" },
        { PUBLISH_REFUSED, "not authorised",
          "home/lamp/set: not published: the broker refuses it: not authorised (agent1's own "
          "user needs the topic in the broker's access list)",
          "refused" },
        { PUBLISH_NOT_SENT, "there is no MQTT broker",
          "home/lamp/set: not published: there is no MQTT broker; nothing is kept, so write it "
          "again later",
          "offline" },
        { PUBLISH_LOST, "the connection is lost",
          "home/lamp/set: it is not known whether it was published: the connection to the broker "
          "ended before it answered (the connection is lost); I do not send it again",
          "unknown" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *chat = g_strdup_printf("01J00000000000000000CHAT%02u", i);
        g_autofree char *id = NULL;
        const EffectPlain *plain;

        print_message("%s\n", rows[i].said);
        world_forget(world);
        world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
        plain = &last_other(world, EFFECT_PUBLISH_PLAIN)->plain;
        id = g_strdup(plain->id);
        assert_string_equal(plain->topic, "home/lamp/set");
        assert_string_equal(plain->text, "ON");
        assert_false(plain->is_retained);
        assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 1);
        assert_int_equal(world->said->len, 0);
        broker_answers(world, id, rows[i].end, rows[i].reason);
        assert_string_equal(world_last_said(world), rows[i].said);
        assert_string_equal(world_last_audit(world, "published")->text, rows[i].said);
        assert_string_equal(world_last_audit(world, "command")->text,
                            "MQTT_PUBLISH: home/lamp/set | ON");
        assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 0);
        broker_answers(world, id, PUBLISH_TAKEN, NULL);
        assert_int_equal(world->said->len, 1);

        world_type(world, chat, "MQTT_PUBLISH: home/lamp/set | ON", false, false);
        assert_null(last_reply(world));
        broker_answers(world, last_other(world, EFFECT_PUBLISH_PLAIN)->plain.id, rows[i].end,
                       rows[i].reason);
        assert_true(last_reply(world)->is_final);
        assert_string_equal(last_reply(world)->text, rows[i].said);
        assert_string_equal(last_reply(world)->outcome, rows[i].outcome);
    }
}

static void kept_by_the_broker(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set --retain | a | b");
    assert_true(last_other(world, EFFECT_PUBLISH_PLAIN)->plain.is_retained);
    assert_string_equal(last_other(world, EFFECT_PUBLISH_PLAIN)->plain.text, "a | b");
    broker_answers(world, last_other(world, EFFECT_PUBLISH_PLAIN)->plain.id, PUBLISH_TAKEN, NULL);
    assert_string_equal(world_last_said(world), "home/lamp/set: published (5 bytes, retained)");
    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set --retain |");
    assert_string_equal(last_other(world, EFFECT_PUBLISH_PLAIN)->plain.text, "");
    broker_answers(world, last_other(world, EFFECT_PUBLISH_PLAIN)->plain.id, PUBLISH_TAKEN, NULL);
    assert_string_equal(world_last_said(world), "home/lamp/set: published (0 bytes, retained)");
}

static void dry_run(void **state)
{
    World *world = *state;

    world_type(world, "01J00000000000000000CHAT00", "MQTT_PUBLISH: home/lamp/set | ON", true,
               false);
    assert_string_equal(last_reply(world)->text,
                        "home/lamp/set: allowed (dry run: nothing was published)");
    world_type(world, "01J00000000000000000CHAT01", "MQTT_PUBLISH: office/lamp | ON", true, false);
    assert_string_equal(last_reply(world)->outcome, "refused");
    assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), 0);
}

static void without_a_broker(void **state)
{
    World *world = *state;

    world->now_ms += MINUTE_MS;
    world_link(world, LINK_MQTT, false);
    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    assert_string_equal(world_last_said(world),
                        "home/lamp/set: not published: there is no MQTT broker since 14:14; "
                        "nothing is kept, so write it again later");
    assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 0);
    world_link(world, LINK_MQTT, true);
    assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), 0);
}

/* Whoever asks again after a restart hears the same, and nothing is sent twice. */
static void a_restart_sends_nothing_again(void **state)
{
    World *world = *state;

    world_type(world, "01J00000000000000000CHAT00", "MQTT_PUBLISH: home/lamp/set | ON", false,
               false);
    world_write(world, "ana", "s1", "MQTT_PUBLISH: home/fan/set | OFF");
    assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 2);
    world_forget(world);
    world_restart(world);
    assert_int_equal(world_count_rows(world, TABLE_PUBLICATIONS), 0);
    assert_string_equal(world_last_said(world),
                        "home/fan/set: it is not known whether it was published: I had to begin "
                        "anew before the broker answered; I do not send it again");
    assert_true(last_reply(world)->is_final);
    assert_string_equal(last_reply(world)->outcome, "unknown");

    world_type(world, "01J00000000000000000CHAT00", "MQTT_PUBLISH: home/lamp/set | ON", false,
               false);
    world_write(world, "ana", "s1", "MQTT_PUBLISH: home/fan/set | OFF");
    assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), 0);
    assert_string_equal(last_reply(world)->outcome, "unknown");
}

static void a_broker_that_never_answers(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    world_wait(world, PUBLISH_WAIT_MS - 1);
    assert_int_equal(world->said->len, 0);
    world_wait(world, 1);
    assert_string_equal(world_last_said(world),
                        "home/lamp/set: it is not known whether it was published: the broker does "
                        "not answer; I do not send it again");
}

static void a_clock_that_is_put_back_makes_nobody_wait(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    world->now_ms -= HOUR_MS;
    world_wait(world, 1);
    world_wait(world, PUBLISH_WAIT_MS);
    assert_contains(world_last_said(world), "it is not known whether it was published");
}

static void many_at_once(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < PUBLICATIONS_MAX; i++)
        world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "MQTT_PUBLISH: home/lamp/set | ON");
    assert_string_equal(world_last_said(world),
                        "home/lamp/set: not published: 100 messages wait for the broker's answer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TOPIC_TEST(what_is_refused),
        TOPIC_TEST(a_message_has_a_bound),
        TOPIC_TEST(what_the_broker_says),
        TOPIC_TEST(kept_by_the_broker),
        TOPIC_TEST(dry_run),
        TOPIC_TEST(without_a_broker),
        TOPIC_TEST(a_restart_sends_nothing_again),
        TOPIC_TEST(a_broker_that_never_answers),
        TOPIC_TEST(a_clock_that_is_put_back_makes_nobody_wait),
        TOPIC_TEST(many_at_once),
    };

    return cmocka_run_group_tests_name("core-publish", tests, NULL, NULL);
}

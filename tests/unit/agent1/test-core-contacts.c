/* What people on XMPP are owed beside an answer. */
#include "core-xmpp.h"

#include "common/base/banned.h"

/* ---- receipts ---- */

static void write_with_request(World *world, const char *user, const char *stanza_id)
{
    Event *event = xmpp_chat(user, stanza_id, "!agents");

    event->chat.receipt_id = g_strdup(stanza_id);
    world_step(world, event);
}

static void a_receipt_for_who_asks(void **state)
{
    World *world = *state;
    const XmppAct *act;

    world_write(world, "vera", "s1", "!agents");
    assert_null(world_last_act(world, XMPP_ACT_RECEIPT));
    write_with_request(world, "vera", "s2");
    act = world_last_act(world, XMPP_ACT_RECEIPT);
    assert_non_null(act);
    assert_string_equal(act->jid, "vera@example.org/phone");
    assert_string_equal(act->about, "s2");
}

/* Said again because its receipt was lost: it gets one more, and no second answer. */
static void a_repeat_gets_one_too(void **state)
{
    World *world = *state;

    write_with_request(world, "vera", "s1");
    world_forget(world);
    write_with_request(world, "vera", "s1");
    assert_non_null(world_last_act(world, XMPP_ACT_RECEIPT));
    assert_int_equal(world->said->len, 0);
}

/* A receipt would tell a stranger that somebody is here. */
static void strangers_get_none(void **state)
{
    World *world = *state;

    write_with_request(world, "mallory", "s1");
    assert_null(world_last_act(world, XMPP_ACT_RECEIPT));
}

static void asleep_it_has_come_all_the_same(void **state)
{
    World *world = *state;

    world_write(world, "ana", NULL, "!agentsOFF");
    write_with_request(world, "ana", "s1");
    assert_non_null(world_last_act(world, XMPP_ACT_RECEIPT));
}

/* ---- who sees whom ---- */

static void users_may_see_the_presence(void **state)
{
    static const struct {
        const char *jid;
        bool is_taken;
    } rows[] = {
        { "vera@example.org", true },
        { "Vera@Example.org", true },
        { "mallory@example.org", false },
        /* Cyrillic. */
        { "v\xd0\xb5ra@example.org", false },
        { "vera@example.org.evil.example", false },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        xmpp_tell(world, XMPP_FACT_SUBSCRIBE, rows[i].jid, 0);
        if (!world_last_act(world, XMPP_ACT_BEFRIEND) == rows[i].is_taken)
            fail_msg("%s", rows[i].jid);
        assert_int_equal(world->said->len, 0);
    }
}

/* ---- clients ---- */

static void a_client_is_asked_once(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "!agents");
    assert_string_equal(world_last_act(world, XMPP_ACT_DISCOVER)->jid, "vera@example.org/phone");
    world_forget(world);
    world_write(world, "vera", NULL, "!agents");
    assert_null(world_last_act(world, XMPP_ACT_DISCOVER));
    world_write(world, "mallory", NULL, "!agents");
    assert_null(world_last_act(world, XMPP_ACT_DISCOVER));
    /* The answer went down with the session. */
    world_link(world, LINK_XMPP, false);
    world_link(world, LINK_XMPP, true);
    world_write(world, "vera", NULL, "!agents");
    assert_non_null(world_last_act(world, XMPP_ACT_DISCOVER));
}

static void an_answer_that_nobody_asked_for_is_nothing(void **state)
{
    World *world = *state;

    xmpp_tell(world, XMPP_FACT_ABILITIES, "vera@example.org/phone", XMPP_CAN_CORRECT);
    xmpp_tell(world, XMPP_FACT_ABILITIES, "mallory@example.org/phone", XMPP_CAN_CORRECT);
    assert_null(world_last_act(world, XMPP_ACT_DISCOVER));
}

/* ---- presence ---- */

static const XmppAct *shown(World *world)
{
    const XmppAct *act = world_last_act(world, XMPP_ACT_PRESENCE);

    if (!act)
        fail_msg("no presence");
    return act;
}

static void the_presence_tells_the_health(void **state)
{
    World *world = *state;

    assert_string_equal(shown(world)->text, "no agents yet");
    world_wait(world, 10 * SECOND_MS);
    world_register(world, JOURNAL_1, 1);
    world_status(world, JOURNAL_1, 1, 2, AGENT_ONLINE);
    world_wait(world, 10 * SECOND_MS);
    assert_string_equal(shown(world)->text, "1 agent");
    assert_string_equal(shown(world)->about, "");
    world_write(world, "ana", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_wait(world, 10 * SECOND_MS);
    assert_string_equal(shown(world)->text, "1 agent, 1 run at work");
    world_status(world, JOURNAL_1, 1, 3, AGENT_OFFLINE);
    world_wait(world, 10 * SECOND_MS);
    assert_string_equal(shown(world)->text, "1 agent, 1 offline, 1 run at work");
    world_write(world, "ana", NULL, "!agentsOFF");
    world_wait(world, 10 * SECOND_MS);
    assert_string_equal(shown(world)->text, "asleep; !agentsON wakes me");
    assert_string_equal(shown(world)->about, "away");
}

static void the_broker_is_missed_after_a_while(void **state)
{
    World *world = *state;

    world_wait(world, 20 * SECOND_MS);
    world_forget(world);
    world_link(world, LINK_MQTT, false);
    world_wait(world, 2 * SECOND_MS);
    world_link(world, LINK_MQTT, true);
    world_wait(world, 20 * SECOND_MS);
    assert_null(world_last_act(world, XMPP_ACT_PRESENCE));
    world_link(world, LINK_MQTT, false);
    world_wait(world, 6 * SECOND_MS);
    assert_string_equal(shown(world)->text, "the broker is unreachable since 14:14");
    assert_string_equal(shown(world)->about, "dnd");
}

static void rarely_and_only_what_is_new(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_wait(world, 20 * SECOND_MS);
    world_forget(world);
    for (i = 0; i < 300; i++) {
        world_status(world, JOURNAL_1, 1, 10 + i, i % 2 ? AGENT_ONLINE : AGENT_OFFLINE);
        world_wait(world, 100);
    }
    assert_in_range(world_count_other(world, EFFECT_XMPP), 1, 4);
    world_wait(world, 20 * SECOND_MS);
    world_forget(world);
    for (i = 0; i < 300; i++) {
        world_write(world, "vera", NULL, "!agents");
        world_wait(world, 100);
    }
    assert_null(world_last_act(world, XMPP_ACT_PRESENCE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_receipt_for_who_asks),
        WORLD_TEST(a_repeat_gets_one_too),
        WORLD_TEST(strangers_get_none),
        WORLD_TEST(asleep_it_has_come_all_the_same),
        WORLD_TEST(users_may_see_the_presence),
        WORLD_TEST(a_client_is_asked_once),
        WORLD_TEST(an_answer_that_nobody_asked_for_is_nothing),
        WORLD_TEST(the_presence_tells_the_health),
        WORLD_TEST(the_broker_is_missed_after_a_while),
        WORLD_TEST(rarely_and_only_what_is_new),
    };

    return cmocka_run_group_tests_name("core-contacts", tests, NULL, NULL);
}

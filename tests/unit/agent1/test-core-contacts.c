/* What people on XMPP are owed beside an answer. */
#include "core-world.h"

#include "common/base/banned.h"

static Event *chat_of(const char *user, const char *stanza_id, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup_printf("%s@example.org/phone", user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.stanza_id = g_strdup(stanza_id);
    event->chat.text = g_strdup(text);
    return event;
}

/* ---- receipts ---- */

static void write_with_request(World *world, const char *user, const char *stanza_id)
{
    Event *event = chat_of(user, stanza_id, "!agents");

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_receipt_for_who_asks),
        WORLD_TEST(a_repeat_gets_one_too),
        WORLD_TEST(strangers_get_none),
        WORLD_TEST(asleep_it_has_come_all_the_same),
    };

    return cmocka_run_group_tests_name("core-contacts", tests, NULL, NULL);
}

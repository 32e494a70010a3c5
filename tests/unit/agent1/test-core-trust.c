/* The core of agent1 with fake edges: whose key counts, and what a chat must carry to be believed.
 */
#include "core-world.h"

#include "common/base/banned.h"

/* ---- trust ---- */

static void a_new_agent_waits_for_its_fingerprint(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(7);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    world_register_as(world, 7, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_contains(world_last_said(world), fingerprint);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "not_accepted");
    world_write(world, "ana", NULL, "!accept db1 00000000");
    assert_contains(world_last_said(world), "no key of that name has such a fingerprint");
    world_write(world, "oskar", NULL, "!accept db1 00000000");
    assert_contains(world_last_said(world), "refused (role)");
    accept = g_strdup_printf("!accept db1 %.9s", fingerprint);
    world_write(world, "ana", NULL, accept);
    assert_string_equal(world_last_said(world), "db1: accepted");
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_int_equal(world->edits->len, 2); /* accepted, and what the file lacked of it */
    world_write(world, "oskar", NULL, "@db1 true");
    assert_string_equal(world_last_said(world), "#1 db1: queued");
    world_restart(world);
    world_write(world, "oskar", NULL, "@db1 true");
    assert_string_equal(world_last_said(world), "#2 db1: queued");
}

static void a_revoked_key_counts_for_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    world_write(world, "oskar", NULL, "@web1 false");
    world_write(world, "ana", NULL, "!revoke web1");
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_string_equal(world_run_state(world, 2), "rejected");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "unknown");
    assert_null(row_text(world_run(world, 1), RUNS_CONTRADICTION));
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (not_accepted)");
}

/* The words that trust a key made of this byte again. The caller owns them. */
static char *accept_words(const char *name, uint8_t byte)
{
    g_autofree char *key_text = world_key(byte);
    g_autofree char *fingerprint = NULL;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    return g_strdup_printf("!accept %s %.9s", name, fingerprint);
}

/* It is still connected and believes that it is registered: it need not come back first. */
static void a_revoked_key_may_be_accepted_again_at_once(void **state)
{
    World *world = *state;
    g_autofree char *accept = accept_words("web1", 1);
    const Message *asked;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!revoke web1");
    assert_contains(world_last_said(world), accept);
    world_write(world, "ana", NULL, "!accept web1");
    assert_contains(world_last_said(world), "expected !accept");
    assert_contains(world_last_said(world), "web1: not trusted now, fingerprint ");
    world_write(world, "ana", NULL, "!accept web1 0000 0000");
    assert_contains(world_last_said(world), "no key of that name has such a fingerprint");
    world_forget(world);
    world_write(world, "ana", NULL, accept);
    assert_string_equal(world_last_said(world), "web1: accepted; it can work as soon as it "
                                                "registers, which I have asked it to do");
    asked = world_last_sent(world, MESSAGE_ACK);
    assert_string_equal(asked->ack.rule, "not_registered");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "queued (not seen yet");
    world_register(world, JOURNAL_1, 1);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_string_equal(world_last_sent(world, MESSAGE_TASK)->task.task, "true");
}

/* It came back between: then all is known, and nothing is waited for. */
static void a_revoked_key_that_asked_again_works_at_once(void **state)
{
    World *world = *state;
    g_autofree char *accept = accept_words("web1", 1);

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!revoke web1");
    world_register(world, JOURNAL_1, 2);
    world_write(world, "ana", NULL, accept);
    assert_string_equal(world_last_said(world), "web1: accepted");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
}

/* agent1 started anew since the key began to wait. */
static void a_waiting_key_whose_registration_is_forgotten_is_asked_for_it(void **state)
{
    World *world = *state;
    g_autofree char *accept = accept_words("db1", 7);

    world_register_as(world, 7, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    world_restart(world);
    world_forget(world);
    world_write(world, "ana", NULL, accept);
    assert_contains(world_last_said(world), "as soon as it registers");
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "not_registered");
}

static void another_key_for_an_accepted_name_is_an_alarm(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_register_as(world, 9, "web1", JOURNAL_2, 5, SKILLS_SHELL);
    assert_contains(world_last_said(world), "ALARM");
    assert_int_equal(world->sent->len, 0);
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_WAITING]), 0);
}

static void reports_count_only_from_the_runs_own_agent(void **state)
{
    World *world = *state;
    Message *message;

    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, "@web1 true");
    message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web2", world->now_ms);
    message->result.run = g_strdup(world_run_id(world, 1));
    message->result.attempt = 1;
    message->result.state = g_strdup("succeeded");
    message->result.exit_code = 0;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
    assert_string_equal(world_run_state(world, 1), "queued");
    /* web2's key with web1's name. */
    message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);
    message->ack.run = g_strdup(world_run_id(world, 1));
    message->ack.attempt = 1;
    message->ack.state = ACK_ACCEPTED;
    world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_1, message);
    assert_string_equal(world_run_state(world, 1), "queued");
}

/* ---- agentctl's chat ---- */

static void times_and_keys_of_a_chat_are_judged(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(MESSAGE_CHAT, "late", SESSION, world->now_ms - 3 * MINUTE_MS);

    message->chat.text = g_strdup("!agents");
    message->chat.reply_to = topic_cli_outbox(SESSION);
    message->chat.expires_ms = world->now_ms + 1000;
    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(10);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.text,
                        "not done: your clock is 3 min behind");

    world_type(world, "ok", "!agents", false, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1: not seen yet");
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "ok");

    /* Another key in the same session is not answered there. */
    world_forget(world);
    event = event_new(EVENT_MESSAGE);
    message = message_new(MESSAGE_CHAT, "x", SESSION, world->now_ms);
    message->chat.text = g_strdup("!agents");
    message->chat.reply_to = topic_cli_outbox(SESSION);
    message->chat.expires_ms = world->now_ms + 1000;
    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(11);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
    assert_int_equal(world->sent->len, 0);
}

static void a_dry_run_sends_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_type(world, "dry", "@web1 reboot", true, false);
    assert_contains(world_last_sent(world, MESSAGE_REPLY)->reply.text, "web1: allowed (dry run");
    assert_null(world_last_sent(world, MESSAGE_TASK));
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_RUNS]), 0);
}

static void a_delayed_message_is_asked_about(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CHAT);

    world_register(world, JOURNAL_1, 1);
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("oskar@example.org/phone");
    event->chat.principal = g_strdup("oskar@example.org");
    event->chat.stanza_id = g_strdup("d1");
    event->chat.text = g_strdup("@web1 reboot");
    event->chat.written_ms = world->now_ms - 10 * MINUTE_MS;
    world_step(world, event);
    assert_string_equal(world_last_said(world),
                        "written 14:03, not done: \"@web1 reboot\"; !yes to do it now");
    world_write(world, "vera", NULL, "!yes");
    assert_contains(world_last_said(world), "no question is open here");
    world_restart(world);
    world_register(world, JOURNAL_1, 2);
    world_write(world, "oskar", NULL, "!yes");
    assert_string_equal(world_last_said(world), "#1 web1: queued");
    world_write(world, "oskar", NULL, "!yes");
    assert_contains(world_last_said(world), "no question is open here");
}

static void people_can_look(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "vera", NULL, "!help");
    assert_contains(world_last_said(world), "!agents");
    assert_null(strstr(world_last_said(world), "!revoke"));
    world_write(world, "vera", NULL, "!help DELEGATE");
    assert_contains(world_last_said(world), "needs the role operator");
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world), "agents: 1 online");
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: online since 14:13");
    world_write(world, "vera", NULL, "!blackout");
    assert_contains(world_last_said(world), "none");
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "hi");
    world_write(world, "vera", NULL, "!runs web1");
    assert_contains(world_last_said(world), "#1 web1: succeeded");
    world_write(world, "vera", NULL, "!run 1");
    assert_contains(world_last_said(world), "```\nhi\n```");
    world_write(world, "vera", NULL, "!why web1 | uptime");
    assert_contains(world_last_said(world), "web1: not now (role)");
    world_write(world, "oskar", NULL, "!why web1 | uptime");
    assert_true(
        g_str_has_prefix(world_last_said(world), "web1: allowed now, as a shell command\n- risk"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(a_new_agent_waits_for_its_fingerprint),
        WORLD_TEST(a_revoked_key_counts_for_nothing),
        WORLD_TEST(a_revoked_key_may_be_accepted_again_at_once),
        WORLD_TEST(a_revoked_key_that_asked_again_works_at_once),
        WORLD_TEST(a_waiting_key_whose_registration_is_forgotten_is_asked_for_it),
        WORLD_TEST(another_key_for_an_accepted_name_is_an_alarm),
        WORLD_TEST(reports_count_only_from_the_runs_own_agent),
        WORLD_TEST(times_and_keys_of_a_chat_are_judged),
        WORLD_TEST(a_dry_run_sends_nothing),
        WORLD_TEST(a_delayed_message_is_asked_about),
        WORLD_TEST(people_can_look),
    };

    return cmocka_run_group_tests_name("core-trust", tests, NULL, NULL);
}

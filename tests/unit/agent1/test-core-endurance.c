/* The core of agent1 among hostile senders and over a long life: what must not pile up, and what
 * must not come back. */
#include "core-world.h"

#include "common/base/banned.h"

static int setup(void **state)
{
    *state = world_new();
    return 0;
}

static int teardown(void **state)
{
    world_free(*state);
    return 0;
}

/* ---- what agents remember longer than agent1 does ---- */

/* Agents ignore a control whose number is not higher than the last one: a policy would never
 * arrive. */
static void control_numbers_rise_when_agent1_forgot_an_agent(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(1);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    int64_t before;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    accept = g_strdup_printf("!accept web1 %.9s", fingerprint);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!agentOFF web1");
    world_write(world, "ana", NULL, "!agentON web1");
    world_register(world, JOURNAL_1, 2);
    before = world_last_policy_seq(world);
    world->now_ms += 1000;
    world_write(world, "ana", NULL, "!revoke web1");
    world_register(world, JOURNAL_1, 3);
    world_forget(world);
    world_write(world, "ana", NULL, accept);
    assert_true(world_last_policy_seq(world) > before);
}

/* ---- asleep ---- */

static void who_sends_agent1_to_sleep_is_answered(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
        const char *what;
    } rows[] = {
        { "!agentOFF agent1", "asleep", "the door is not shut before the answer" },
        { "!agentON web1", "refused (standby)", "what waking does not cover is told" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_forget(world);
        world_write(world, "oskar", NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].expected))
            fail_msg("%s: \"%s\"", rows[i].what, world_last_said(world));
    }
    /* An answer that was given is no news on waking. */
    while (g_hash_table_size(world->tables[TABLE_SAYINGS]) > 0) {
        Event *event = event_new(EVENT_SAID);
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, world->tables[TABLE_SAYINGS]);
        g_hash_table_iter_next(&iter, &key, NULL);
        event->said_id = g_strdup(key);
        world_step(world, event);
    }
    world_forget(world);
    world_write(world, "oskar", NULL, "!agentsON");
    assert_int_equal(world->said->len, 1);
}

static void an_old_message_does_not_wake_agent1(void **state)
{
    World *world = *state;
    Event *event = event_new(EVENT_CHAT);

    world_write(world, "oskar", NULL, "!agentsOFF");
    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup("oskar@example.org/phone");
    event->chat.principal = g_strdup("oskar@example.org");
    event->chat.text = g_strdup("!agentsON");
    event->chat.written_ms = world->now_ms - 3600 * INT64_C(1000);
    world_step(world, event);
    assert_non_null(strstr(world_last_said(world), "I am asleep"));
    world_write(world, "oskar", NULL, "!agents");
    assert_null(strstr(world_last_said(world), "web1: "));
}

/* ---- edits of the registry that fail ---- */

static void edited(World *world, unsigned index, const char *error)
{
    Event *event = event_new(EVENT_FILE_EDITED);

    event->edited.id = g_strdup(((const Effect *)world->edits->pdata[index])->edit.id);
    event->edited.error = g_strdup(error);
    world_step(world, event);
}

/* The edit that trusted the key failed, the one that revoked it was written: neither a restart nor
 * a reload may write or believe the old one again. */
static void a_failed_accept_does_not_outlive_a_revoke(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(3);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    accept = g_strdup_printf("!accept web3 %.9s", fingerprint);
    world_register_as(world, 3, "web3", JOURNAL_1, 1, SKILLS_SHELL);
    world_write(world, "ana", NULL, accept);
    edited(world, 0, "no space left");
    world_write(world, "ana", NULL, "!revoke web3");
    edited(world, world->edits->len - 1, NULL);
    assert_int_equal(g_hash_table_size(world->tables[TABLE_EDITS]), 0);
    world_restart(world);
    world_write(world, "ana", NULL, "@web3 true");
    assert_null(strstr(world_last_said(world), "queued"));
}

static void an_edit_that_failed_is_tried_again(void **state)
{
    World *world = *state;
    unsigned count;

    world_write(world, "ana", NULL, "!revoke web1");
    edited(world, 0, "no space left");
    count = world->edits->len;
    world_wait(world, 3700 * INT64_C(1000));
    assert_int_equal(world->edits->len, count + 1);
    edited(world, count, NULL);
    world_wait(world, 3700 * INT64_C(1000));
    assert_int_equal(world->edits->len, count + 1);
}

/* ---- keys ---- */

/* A key is a user's or an agent's, never both: a registry that says otherwise is refused at the
 * next start. */
static void a_key_that_became_a_users_cannot_be_accepted(void **state)
{
    World *world = *state;
    g_autofree char *key_text = world_key(10);
    g_autofree char *fingerprint = NULL;
    g_autofree char *accept = NULL;
    Json *config = world->config;
    Key key;

    assert_true(key_parse(key_text, &key, NULL));
    fingerprint = key_fingerprint(&key);
    accept = g_strdup_printf("!accept web3 %.9s", fingerprint);
    world->config =
        world_json("{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
                   "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":[]}");
    world_configure(world);
    world_register_as(world, 10, "web3", JOURNAL_1, 1, SKILLS_SHELL);
    json_free(world->config);
    world->config = config;
    world_configure(world);
    world_write(world, "ana", NULL, accept);
    assert_non_null(strstr(world_last_said(world), "belongs to user ana"));
    assert_int_equal(world->edits->len, 0);
}

/* A person took an agent out of the registry by hand: nothing more is sent to it. */
static void nothing_leaves_for_an_agent_that_the_registry_no_longer_trusts(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    json_free(world->registry);
    world->registry = world_json("{\"agents\":{\"web1\":{\"description\":\"gone\"}}}");
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
    world_link(world, LINK_MQTT, false);
    world_forget(world);
    world_link(world, LINK_MQTT, true);
    world_wait(world, 120 * INT64_C(1000));
    assert_int_equal(world->sent->len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
        TEST(control_numbers_rise_when_agent1_forgot_an_agent),
        TEST(who_sends_agent1_to_sleep_is_answered),
        TEST(an_old_message_does_not_wake_agent1),
        TEST(a_failed_accept_does_not_outlive_a_revoke),
        TEST(an_edit_that_failed_is_tried_again),
        TEST(a_key_that_became_a_users_cannot_be_accepted),
        TEST(nothing_leaves_for_an_agent_that_the_registry_no_longer_trusts),
    };

    return cmocka_run_group_tests_name("core-endurance", tests, NULL, NULL);
}

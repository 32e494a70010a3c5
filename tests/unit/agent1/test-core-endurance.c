/* The core of agent1 among hostile senders and over a long life: what must not pile up, and what
 * must not come back. */
#include "core-world.h"

#include "common/base/banned.h"

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
    while (g_hash_table_size(world->store.tables[TABLE_SAYINGS]) > 0) {
        Event *event = event_new(EVENT_SAID);
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, world->store.tables[TABLE_SAYINGS]);
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
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_EDITS]), 0);
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
    world->config = world_json("{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
                               "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\","
                               "\"users\":[{\"name\":\"oskar\",\"role\":\"operator\"}]}");
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

/* ---- floods ---- */

static unsigned count_audit(const World *world, const char *kind)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->audit->len; i++)
        count += strcmp(((const Effect *)world->audit->pdata[i])->audit.kind, kind) == 0;
    return count;
}

static void strangers_fill_neither_the_audit_nor_the_outbox(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < 500; i++) {
        g_autofree char *name = g_strdup_printf("mallory%u", i / 2);

        world_write(world, name, NULL, "!agents");
    }
    assert_in_range(world->said->len, 1, 20);
    assert_in_range(count_audit(world, "refused"), 1, 20);
    /* Others are heard meanwhile, and strangers again later. */
    world_write(world, "vera", NULL, "!agents");
    assert_non_null(strstr(world_last_said(world), "web1"));
    world_wait(world, 3600 * INT64_C(1000));
    world_write(world, "mallory", NULL, "!agents");
    assert_non_null(strstr(world_last_said(world), "I do not know mallory@example.org"));
}

static void strangers_are_not_answered_out_of_sleep(void **state)
{
    World *world = *state;
    unsigned i;

    world_write(world, "oskar", NULL, "!agentOFF agent1");
    world_forget(world);
    world_write(world, "mallory", NULL, "!agents");
    world_write(world, "oskar", NULL, "!agentON agent1");
    for (i = 0; i < world->said->len; i++)
        assert_null(strstr(((const Effect *)world->said->pdata[i])->say.jid, "mallory"));
}

static void one_agent_cannot_fill_the_disk(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    for (i = 0; i < 2000; i++) {
        Message *message = message_new(MESSAGE_ERROR, WORLD_MESSAGE_ID, "web1", world->now_ms);
        g_autofree char *run = g_strdup_printf("01J0000000000000000%07u", i);

        message->error.text = g_strdup_printf("error %u", i);
        message->error.severity = g_strdup("high");
        world_report_as(world, 1, TOPIC_KIND_ERRORS, "web1", JOURNAL_1, message);
        world_result(world, run, 1, "succeeded", 0, "invented");
    }
    assert_in_range(g_hash_table_size(world->store.tables[TABLE_ORPHANS]), 1, 200);
    assert_in_range(count_audit(world, "error") + count_audit(world, "alarm"), 2, 400);
    assert_in_range(world->said->len, 1, 200);
    /* What was not kept is not acknowledged either: it comes again, and is kept then. */
    world_forget(world);
    world_result(world, "01J00000000000000009999999", 1, "succeeded", 0, "");
    assert_null(world_last_sent(world, MESSAGE_ACK));
    world->now_ms += 3600 * INT64_C(1000);
    world_result(world, "01J00000000000000009999999", 1, "succeeded", 0, "");
    assert_non_null(world_last_sent(world, MESSAGE_ACK));
}

/* Two agents with each other's journal repeat their results; that is told so often, too. */
static void results_of_anothers_run_cannot_fill_the_audit(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_register_as(world, 2, "web2", JOURNAL_2, 1, SKILLS_SHELL);
    world_write(world, "oskar", NULL, "@web1 true");
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    for (i = 0; i < 500; i++) {
        Message *message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web2", world->now_ms);

        message->result.run = g_strdup(world_run_id(world, 1));
        message->result.attempt = 1;
        message->result.state = g_strdup("failed");
        message->result.exit_code = 1;
        world_forget(world);
        world_report_as(world, 2, TOPIC_KIND_AGENT1_INBOX, "web2", JOURNAL_2, message);
        assert_true(i > 0 || count_audit(world, "alarm") == 1);
        /* Acknowledged is what was noted. */
        assert_int_equal(world_count_sent(world, MESSAGE_ACK), count_audit(world, "alarm"));
    }
    assert_int_equal(count_audit(world, "alarm"), 0);
}

static void a_key_of_somebody_else_is_an_alarm_once_an_hour(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < 50; i++)
        world_register_as(world, 2, "web1", JOURNAL_2, 1, SKILLS_SHELL);
    assert_int_equal(count_audit(world, "alarm"), 1);
}

static void skills_without_measure_are_refused(void **state)
{
    World *world = *state;
    g_autoptr(GString) skills = g_string_new("[{\"name\":\"shell\",\"junk\":[0");
    unsigned i;

    for (i = 0; i < 50000; i++)
        g_string_append(skills, ",0");
    g_string_append(skills, "]}]");
    world_register_as(world, 3, "web3", JOURNAL_1, 1, skills->str);
    assert_int_equal(g_hash_table_size(world->store.tables[TABLE_WAITING]), 0);
}

/* ---- restarts ---- */

/* Its answer was to come from the store when agent1 died: nothing was done, so a repeat is done. */
static void a_question_to_the_store_is_asked_again_after_a_restart(void **state)
{
    World *world = *state;
    const Message *reply;
    GHashTableIter iter;
    void *row;

    world_type(world, WORLD_MESSAGE_ID, "!runs", false, false);
    /* As the row stood between its commit and the store's answer. */
    g_hash_table_iter_init(&iter, world->store.tables[TABLE_CHATS]);
    assert_true(g_hash_table_iter_next(&iter, NULL, &row));
    row_set_int(row, CHATS_IS_FINAL, 0);
    row_set_text(row, CHATS_REPLY, "");
    world_restart(world);
    world_forget(world);
    world_type(world, WORLD_MESSAGE_ID, "!runs", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_non_null(reply);
    assert_string_equal(reply->reply.text, "no runs yet; @<agent> <task> makes one");
    assert_true(reply->reply.is_final);
}

/* ---- size ---- */

/* A reply that does not fit a message would never come: the person would wait in vain. */
static void a_reply_that_is_too_long_is_cut(void **state)
{
    World *world = *state;
    g_autoptr(GString) output = g_string_new(NULL);
    const Message *reply;
    g_autofree char *body = NULL;
    unsigned i;

    for (i = 0; i < 90000; i++)
        g_string_append(output, "\"\n");
    world_register(world, JOURNAL_1, 1);
    world_type(world, WORLD_MESSAGE_ID, "@web1 true", false, false);
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, output->str);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_non_null(strstr(reply->reply.text, "#1 web1: succeeded"));
    body = message_encode(reply, NULL);
    assert_non_null(body);
    assert_true(strlen(body) <= BODY_MAX_BYTES);
}

/* ---- deferral by the agent ---- */

static void who_waits_hears_that_the_agent_deferred_it(void **state)
{
    World *world = *state;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_type(world, WORLD_MESSAGE_ID, "@web1 true", false, false);
    world_forget(world);
    world_result(world, world_run_id(world, 1), 1, "deferred", MESSAGE_ABSENT, NULL);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_non_null(reply);
    assert_string_equal(reply->reply.text, "#1 web1: deferred");
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "deferred");
}

/* ---- the clock ---- */

/* A wall clock that was hours ahead and is put right: nothing waits until it is that late again. */
static void a_clock_that_is_put_back_delays_nothing(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world->now_ms += 10 * 3600 * INT64_C(1000);
    world_write(world, "oskar", NULL, "@web1 true");
    world->now_ms -= 10 * 3600 * INT64_C(1000);
    world_forget(world);
    world_step(world, event_new(EVENT_TICK));
    world_wait(world, 60 * INT64_C(1000));
    assert_in_range(world_count_sent(world, MESSAGE_TASK), 1, 20);
}

/* ---- what waits for the agent's word ---- */

/* A copy of it was held back on its way. */
static void what_was_refused_asleep_is_not_done_awake(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", "s1", "!agentOFF agent1");
    world_type(world, "c1", "@web1 true", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "refused");
    world_write(world, "oskar", "s2", "@web1 true");
    world_write(world, "oskar", "s3", "!agentON agent1");
    world_forget(world);
    world_type(world, "c1", "@web1 true", false, false);
    world_write(world, "oskar", "s2", "@web1 true");
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "refused");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 0);
}

/* agentctl still waits, and was told nothing while agent1 was away. */
static void the_last_word_outlives_a_long_absence(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 true", false, false);
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    world->now_ms += 20 * MINUTE_MS;
    world_restart(world);
    world_wait(world, 5 * MINUTE_MS);
    world_forget(world);
    world_type(world, "c1", "@web1 true", false, false);
    assert_string_equal(world_last_sent(world, MESSAGE_REPLY)->reply.outcome, "failed");
    assert_int_equal(world_count_rows(world, TABLE_RUNS), 1);
}

static void a_run_whose_agent_died_is_unconfirmed_in_the_end(void **state)
{
    World *world = *state;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_type(world, WORLD_MESSAGE_ID, "@web1 true", false, false);
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_forget(world);
    world_wait(world, 24 * 60 * INT64_C(1000)); /* it may start for 15 min, and run for 10 */
    assert_null(world_last_sent(world, MESSAGE_REPLY));
    world_wait(world, 5 * 60 * INT64_C(1000));
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_non_null(reply);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, OUTCOME_UNCONFIRMED);
    assert_string_equal(world_run_state(world, 1), "accepted");
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "");
    assert_string_equal(world_run_state(world, 1), "succeeded");
}

/* ---- a full disk ---- */

/* The executor tells who was about to be answered that nothing was stored. What was stored long ago
 * and is said again must not be replaced so. */
static void what_is_said_again_is_marked(void **state)
{
    World *world = *state;

    world_write(world, "vera", NULL, "!blackout");
    assert_int_equal(((const Effect *)world->said->pdata[0])->say.words, WORDS_ANSWER);
    world_link(world, LINK_XMPP, false);
    world_forget(world);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 1);
    assert_int_equal(((const Effect *)world->said->pdata[0])->say.words, WORDS_STORED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(control_numbers_rise_when_agent1_forgot_an_agent),
        WORLD_TEST(who_sends_agent1_to_sleep_is_answered),
        WORLD_TEST(an_old_message_does_not_wake_agent1),
        WORLD_TEST(a_failed_accept_does_not_outlive_a_revoke),
        WORLD_TEST(an_edit_that_failed_is_tried_again),
        WORLD_TEST(a_key_that_became_a_users_cannot_be_accepted),
        WORLD_TEST(nothing_leaves_for_an_agent_that_the_registry_no_longer_trusts),
        WORLD_TEST(strangers_fill_neither_the_audit_nor_the_outbox),
        WORLD_TEST(strangers_are_not_answered_out_of_sleep),
        WORLD_TEST(one_agent_cannot_fill_the_disk),
        WORLD_TEST(results_of_anothers_run_cannot_fill_the_audit),
        WORLD_TEST(a_key_of_somebody_else_is_an_alarm_once_an_hour),
        WORLD_TEST(skills_without_measure_are_refused),
        WORLD_TEST(a_question_to_the_store_is_asked_again_after_a_restart),
        WORLD_TEST(a_reply_that_is_too_long_is_cut),
        WORLD_TEST(who_waits_hears_that_the_agent_deferred_it),
        WORLD_TEST(a_clock_that_is_put_back_delays_nothing),
        WORLD_TEST(what_was_refused_asleep_is_not_done_awake),
        WORLD_TEST(the_last_word_outlives_a_long_absence),
        WORLD_TEST(a_run_whose_agent_died_is_unconfirmed_in_the_end),
        WORLD_TEST(what_is_said_again_is_marked),
    };

    return cmocka_run_group_tests_name("core-endurance", tests, NULL, NULL);
}

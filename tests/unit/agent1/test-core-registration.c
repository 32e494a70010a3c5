/* How agents come, wait, are known again, and are believed to be gone. */
#include "core-world.h"

#include "common/base/banned.h"

static char *fingerprint_of(uint8_t byte)
{
    g_autofree char *text = world_key(byte);
    Key key;

    assert_true(key_parse(text, &key, NULL));
    return key_fingerprint(&key);
}

/* ---- waiting ---- */

static void eight_keys_wait_for_one_name(void **state)
{
    World *world = *state;
    unsigned refused;
    uint8_t key;

    for (key = 20; key < 28; key++)
        world_register_as(world, key, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 8);
    refused = world_count_sent(world, MESSAGE_ACK);
    world_register_as(world, 28, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 8);
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), refused); /* not even answered */
    world_register_as(world, 28, "db2", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 9);
    /* Who waits already is answered again. */
    world_register_as(world, 20, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), refused + 2);
}

static void a_hundred_keys_wait_at_most(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < 120; i++) {
        g_autofree char *name = g_strdup_printf("db%u", i);

        world_register_as(world, (uint8_t)(20 + i), name, JOURNAL_1, 1, SKILLS_SHELL);
    }
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 100);
    world_write(world, "vera", NULL, "!status");
    assert_contains(world_last_said(world), "100 ask to join");
    assert_contains(world_last_said(world), "refused messages since start: 20");
    /* Nothing of them is in people's file, and the accepted ones are not kept out. */
    assert_int_equal(world->edits->len, 0);
    world_register(world, JOURNAL_1, 1);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
}

/* One key under two names waits under the last one, and never fills another name's places. */
static void a_key_waits_under_one_name(void **state)
{
    World *world = *state;
    g_autofree char *fingerprint = fingerprint_of(40);
    g_autofree char *accept = g_strdup_printf("!accept db1 %.9s", fingerprint);
    g_autofree char *shown = g_strdup_printf(
        "full: asks to join; an admin types !accept full %.9s\n%s", fingerprint, fingerprint);
    uint8_t key;

    for (key = 20; key < 28; key++)
        world_register_as(world, key, "full", JOURNAL_1, 1, SKILLS_SHELL);
    world_register_as(world, 40, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    world_register_as(world, 40, "full", JOURNAL_1, 2, SKILLS_SHELL);
    world->now_ms += 2 * HOUR_MS;
    world_register_as(world, 40, "full", JOURNAL_1, 3, SKILLS_SHELL);
    world_write(world, "vera", NULL, "!agents");
    assert_null(strstr(world_last_said(world), shown));
    world_register_as(world, 40, "db2", JOURNAL_1, 4, SKILLS_SHELL);
    world_write(world, "ana", NULL, accept);
    assert_contains(world_last_said(world), "db1: no key of that name has such");
    assert_contains(world_last_said(world), "db2 waits, from host host, fingerprint");
}

static void a_revoke_empties_the_outbox(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "ana", NULL, "!agentOFF web1");
    assert_true(world_count_rows(world, TABLE_OUTBOX) > 1);
    world_write(world, "ana", NULL, "!revoke web1");
    assert_int_equal(world_count_rows(world, TABLE_OUTBOX), 0);
}

/* Its database was lost, or is an older one, while the agent stayed connected. */
static void a_status_of_an_unknown_journal_is_asked_to_register(void **state)
{
    World *world = *state;

    world_status(world, JOURNAL_1, 1, 1, AGENT_OFFLINE);
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 0);
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 0);
    world_status(world, JOURNAL_1, 1, 2, AGENT_ONLINE);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "not_registered");

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_status(world, JOURNAL_1, 1, 3, AGENT_ONLINE);
    assert_int_equal(world_count_sent(world, MESSAGE_ACK), 0);
    world_status(world, JOURNAL_2, 1, 4, AGENT_ONLINE);
    assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.rule, "not_registered");
}

/* The last register of a key that waits may name another agent than the one that is accepted. */
static void accepting_one_name_admits_no_other(void **state)
{
    World *world = *state;
    g_autofree char *fingerprint = fingerprint_of(40);
    g_autofree char *accept = g_strdup_printf("!accept db1 %.9s", fingerprint);
    unsigned i;

    world_register_as(world, 40, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    world_register_as(world, 40, "db2", JOURNAL_1, 2, SKILLS_SHELL);
    world_write(world, "ana", NULL, accept);
    assert_false(g_hash_table_contains(world->store.tables[TABLE_AGENTS], "db2"));
    for (i = 0; i < world->edits->len; i++)
        assert_string_not_equal(((const Effect *)world->edits->pdata[i])->edit.name, "db2");
}

static void one_notice_a_name_and_hour(void **state)
{
    World *world = *state;

    world_register_as(world, 20, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world->said->len, 1);
    assert_string_equal(((const Effect *)world->said->pdata[0])->say.jid, "ana@example.org");
    world_register_as(world, 21, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world->said->len, 1);
    world_register_as(world, 22, "db2", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world->said->len, 2);
    world->now_ms += HOUR_MS;
    world_register_as(world, 20, "db1", JOURNAL_1, 2, SKILLS_SHELL);
    assert_int_equal(world->said->len, 3);
}

static void who_waits_survives_a_restart(void **state)
{
    World *world = *state;
    g_autofree char *fingerprint = fingerprint_of(20);
    g_autofree char *accept = g_strdup_printf("!accept db1 %.9s", fingerprint);

    world_register_as(world, 20, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    world_restart(world);
    world_write(world, "ana", NULL, accept);
    assert_contains(world_last_said(world), "db1: accepted; it can work as soon as it registers");
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 0);
    /* What it registered with is forgotten: its next register is taken. */
    world_register_as(world, 20, "db1", JOURNAL_1, 2, SKILLS_SHELL);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
}

/* ---- somebody else's key ---- */

static void a_key_belongs_to_one(void **state)
{
    static const struct {
        const char *what;
        uint8_t key;
        const char *name;
        const char *text;
    } rows[] = {
        { "a user's key", 10, "db1", "belongs to somebody else" },
        { "another agent's key", 2, "db1", "belongs to somebody else" },
        { "another agent's key for an accepted name", 2, "web1", "belongs to somebody else" },
        { "a key nobody has for an accepted name", 77, "web1", "with another key" },
    };
    World *world = *state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        world_forget(world);
        world->now_ms += HOUR_MS; /* one alarm an hour */
        world_register_as(world, rows[i].key, rows[i].name, JOURNAL_2, 9, SKILLS_SHELL);
        assert_contains(world_last_audit(world, "alarm")->text, rows[i].text);
        assert_int_equal(world->sent->len, 0);
        assert_int_equal(world_count_rows(world, TABLE_WAITING), 0);
        assert_int_equal(world_count_rows(world, TABLE_AGENTS), 0);
    }
}

/* ---- sessions and seqs ---- */

static void registers_by_session_and_seq(void **state)
{
    static const struct {
        const char *what;
        const char *journal;
        int64_t session;
        AckState ack;
        bool is_taken; /* policy and query follow */
    } rows[] = {
        { "the same again", JOURNAL_1, 5, ACK_DONE, false },
        { "an older session", JOURNAL_1, 4, ACK_REJECTED, false },
        { "the next session", JOURNAL_1, 6, ACK_DONE, true },
        { "a new journal", JOURNAL_2, 1, ACK_DONE, true },
        { "the journal before", JOURNAL_1, 7, ACK_REJECTED, false },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 5);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("%s\n", rows[i].what);
        world_forget(world);
        world_register(world, rows[i].journal, rows[i].session);
        assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, rows[i].ack);
        assert_int_equal(world_count_controls(world, CONTROL_QUERY), rows[i].is_taken);
        assert_int_equal(world->edits->len, rows[i].is_taken);
    }
}

/* An agent repeats a register under its id until it is acknowledged, each with the next seq. */
static void a_repeated_register_is_acknowledged_alone(void **state)
{
    static const struct {
        const char *what;
        const char *id;
        int64_t seq;
        bool is_taken;
    } rows[] = {
        { "a repeat", WORLD_MESSAGE_ID, 2, false },
        { "another repeat", WORLD_MESSAGE_ID, 3, false },
        { "a register of its own", "01J0000000000000000000MSGZ", 4, true },
        { "its repeat", "01J0000000000000000000MSGZ", 5, false },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 5);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        Message *message = message_new(MESSAGE_REGISTER, rows[i].id, "web1", world->now_ms);

        print_message("%s\n", rows[i].what);
        world_forget(world);
        message->registration.name = g_strdup("web1");
        message->registration.session = 5;
        message->registration.seq = rows[i].seq;
        message->registration.skills = world_json(SKILLS_SHELL);
        world_report_as(world, 1, TOPIC_KIND_REGISTER, "web1", JOURNAL_1, message);
        assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
        assert_string_equal(world_last_sent(world, MESSAGE_ACK)->ack.in_reply_to, rows[i].id);
        assert_int_equal(world_count_controls(world, CONTROL_QUERY), rows[i].is_taken);
        assert_int_equal(world->edits->len, rows[i].is_taken);
    }
}

static void statuses_by_session_and_seq(void **state)
{
    static const struct {
        const char *what;
        const char *journal;
        int64_t session;
        int64_t seq;
        AgentState state;
        const char *after;
    } rows[] = {
        { "a later one", JOURNAL_1, 5, 3, AGENT_PAUSED, "paused" },
        { "the same again", JOURNAL_1, 5, 3, AGENT_ONLINE, "paused" },
        { "an earlier one", JOURNAL_1, 5, 2, AGENT_ONLINE, "paused" },
        { "an older session's", JOURNAL_1, 4, 99, AGENT_ONLINE, "paused" },
        { "another journal's", JOURNAL_2, 9, 99, AGENT_ONLINE, "paused" },
        { "the will of an older session", JOURNAL_1, 4, STATUS_SEQ_WILL, AGENT_OFFLINE, "paused" },
        { "the will of a session to come", JOURNAL_1, 6, STATUS_SEQ_WILL, AGENT_OFFLINE, "paused" },
        { "the will of another journal", JOURNAL_2, 5, STATUS_SEQ_WILL, AGENT_OFFLINE, "paused" },
        { "the will of this session", JOURNAL_1, 5, STATUS_SEQ_WILL, AGENT_OFFLINE, "offline" },
        { "the connection was only taken over", JOURNAL_1, 5, 4, AGENT_ONLINE, "online" },
        { "the next session's, before its register", JOURNAL_1, 6, 2, AGENT_PAUSED, "paused" },
        { "the will of the session before", JOURNAL_1, 5, STATUS_SEQ_WILL, AGENT_OFFLINE,
          "paused" },
    };
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 5);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const Row *row;

        print_message("%s\n", rows[i].what);
        world_status(world, rows[i].journal, rows[i].session, rows[i].seq, rows[i].state);
        row = g_hash_table_lookup(world->store.tables[TABLE_AGENTS], "web1");
        assert_string_equal(row_text(row, AGENTS_STATE), rows[i].after);
    }
    /* That session's register, overtaken by its status, is no old one. */
    world_forget(world);
    world_register(world, JOURNAL_1, 6);
    assert_int_equal(world_last_sent(world, MESSAGE_ACK)->ack.state, ACK_DONE);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 1);
}

static void a_will_is_asked_about_and_changes_no_run(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_ack(world, world_run_id(world, 1), 1, ACK_ACCEPTED, NULL);
    world_answer_query(world, JOURNAL_1, world_last_query(world)->id, world_run_id(world, 1), 1,
                       "accepted");
    world_forget(world);
    world_status(world, JOURNAL_1, 1, STATUS_SEQ_WILL, AGENT_OFFLINE);
    assert_int_equal(world->sent->len, 0);
    world_wait(world, 2 * SECOND_MS);
    assert_int_equal(world_count_controls(world, CONTROL_QUERY), 1);
    assert_string_equal(world_run_state(world, 1), "accepted");
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: offline since 14:13");
}

static void a_status_before_any_register_is_not_believed(void **state)
{
    World *world = *state;

    world_status(world, JOURNAL_1, 1, 1, AGENT_ONLINE);
    assert_int_equal(world_count_rows(world, TABLE_AGENTS), 0);
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world), "web1: not seen yet");
}

static void what_a_status_tells_is_shown(void **state)
{
    World *world = *state;
    Message *message = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, "web1", world->now_ms);

    world_register(world, JOURNAL_1, 1);
    message->status.name = g_strdup("web1");
    message->status.session = 1;
    message->status.seq = 2;
    message->status.state = AGENT_PAUSED;
    message->status.since_ms = world->now_ms + DAY_MS; /* its clock is ahead */
    message->status.clock_offset_ms = -90 * SECOND_MS;
    world_report_as(world, 1, TOPIC_KIND_STATUS, "web1", JOURNAL_1, message);
    world_write(world, "vera", NULL, "!agents");
    assert_contains(world_last_said(world),
                    "web1: paused since 14:13\n  0.1.0 · its clock is 1 min 30 s off\n  shell");
}

/* ---- trust ---- */

static void revoked_keys_are_neither_heard_nor_opened(void **state)
{
    World *world = *state;
    const Effect *trust;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_write(world, "ana", NULL, "!revoke web1");
    assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), 1);
    assert_int_equal(world_count_rows(world, TABLE_AGENTS), 0);
    assert_int_equal(world_count_rows(world, TABLE_OUTBOX), 0);
    for (i = 0; i < world->other->len; i++) {
        trust = world->other->pdata[i];
        if (trust->kind == EFFECT_TRUST)
            assert_int_equal(trust->trusted->len, 2); /* ana's key and web2's */
    }
    world_status(world, JOURNAL_1, 1, 9, AGENT_ONLINE);
    assert_int_equal(world_count_rows(world, TABLE_AGENTS), 0);
    /* It may ask again. */
    world_register(world, JOURNAL_1, 2);
    assert_int_equal(world_count_rows(world, TABLE_WAITING), 1);
}

static void a_decision_holds_until_the_file_is_written(void **state)
{
    World *world = *state;
    Event *event;
    const Effect *edit;

    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    world_write(world, "ana", NULL, "!revoke web1");
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 1);
    edit = world->edits->pdata[0];
    assert_string_equal(edit->edit.file, "agents_registry.json");
    assert_contains(edit->edit.members, "\"accepted\":false");

    /* The file could not be written: said once an hour, and it stands after a restart. */
    event = event_new(EVENT_FILE_EDITED);
    event->edited.id = g_strdup(edit->edit.id);
    event->edited.error = g_strdup("agents_registry.json: read-only");
    world_step(world, event);
    assert_contains(world_last_said(world), "I could not write a file: agents_registry.json");
    world_restart(world);
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "web1: refused (not_accepted)");

    event = event_new(EVENT_FILE_EDITED);
    event->edited.id = g_strdup(edit->edit.id);
    world_step(world, event);
    assert_int_equal(world_count_rows(world, TABLE_EDITS), 0);
}

static void accept_asks_for_what_it_needs(void **state)
{
    static const struct {
        const char *what;
        const char *text;
        const char *answer;
    } rows[] = {
        { "no arguments", "!accept", "expected !accept <agent> <at least 8 digits" },
        { "no fingerprint", "!accept db1", "db1 waits, from host host" },
        { "nobody of that name", "!accept db2 12345678", "db2: no key of that name" },
        { "nobody, but one is near", "!accept wep1 12345678",
          "wep1: no key of that name has such a fingerprint; nearest: web1" },
        { "nobody to revoke, nor near", "!revoke zzz",
          "zzz: no accepted agent of that name; !agents lists them" },
        { "accepted already", "!accept web1 12345678", "web1: accepted already" },
        { "revoke nobody", "!revoke", "expected !revoke <agent>" },
        { "revoke a stranger", "!revoke wep1",
          "wep1: no accepted agent of that name; nearest: web1" },
        { "revoke who waits", "!revoke db1", "db1: no accepted agent of that name" },
    };
    World *world = *state;
    unsigned i;

    world_register_as(world, 20, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        world_write(world, "ana", NULL, rows[i].text);
        if (!strstr(world_last_said(world), rows[i].answer))
            fail_msg("%s: \"%s\"", rows[i].what, world_last_said(world));
        assert_int_equal(world->edits->len, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(eight_keys_wait_for_one_name),
        WORLD_TEST(a_hundred_keys_wait_at_most),
        WORLD_TEST(a_key_waits_under_one_name),
        WORLD_TEST(accepting_one_name_admits_no_other),
        WORLD_TEST(one_notice_a_name_and_hour),
        WORLD_TEST(who_waits_survives_a_restart),
        WORLD_TEST(a_key_belongs_to_one),
        WORLD_TEST(registers_by_session_and_seq),
        WORLD_TEST(a_repeated_register_is_acknowledged_alone),
        WORLD_TEST(statuses_by_session_and_seq),
        WORLD_TEST(a_will_is_asked_about_and_changes_no_run),
        WORLD_TEST(a_status_before_any_register_is_not_believed),
        WORLD_TEST(what_a_status_tells_is_shown),
        WORLD_TEST(revoked_keys_are_neither_heard_nor_opened),
        WORLD_TEST(a_decision_holds_until_the_file_is_written),
        WORLD_TEST(a_revoke_empties_the_outbox),
        WORLD_TEST(a_status_of_an_unknown_journal_is_asked_to_register),
        WORLD_TEST(accept_asks_for_what_it_needs),
    };

    return cmocka_run_group_tests_name("core-registration", tests, NULL, NULL);
}

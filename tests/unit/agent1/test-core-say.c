/* What people are told: kept until the server has it, never said twice under another id, held while
 * agent1 sleeps; and what agentctl and unsigned text get. */
#include "core-world.h"

#include "common/base/banned.h"

static const EffectSay *said(const World *world, unsigned index)
{
    assert_true(index < world->said->len);
    return &((const Effect *)world->said->pdata[index])->say;
}

static void take_said(World *world, const char *id)
{
    Event *event = event_new(EVENT_SAID);

    event->said_id = g_strdup(id);
    world_step(world, event);
}

static void write_unsigned(World *world, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_UNSIGNED;
    event->chat.address = g_strdup("");
    event->chat.principal = g_strdup("");
    event->chat.text = g_strdup(text);
    world_step(world, event);
}

/* Changes one member of config.json, as text. */
static void edit_config(World *world, const char *from, const char *to)
{
    g_autofree char *text = json_print(world->config);
    g_auto(GStrv) parts = g_strsplit(text, from, 2);
    g_autofree char *changed = g_strjoinv(to, parts);

    json_free(world->config);
    world->config = world_json(changed);
    world_configure(world);
}

/* ---- XMPP ---- */

static void kept_until_the_server_has_it(void **state)
{
    World *world = *state;
    g_autofree char *id = NULL;

    world_write(world, "vera", NULL, "!agents");
    id = g_strdup(said(world, 0)->id);
    assert_string_equal(said(world, 0)->jid, "vera@example.org/phone");
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 1);
    /* A new session of XMPP, and a restart: the same words under the same id. */
    world_link(world, LINK_XMPP, false);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 2);
    assert_string_equal(said(world, 1)->id, id);
    world_restart(world);
    assert_int_equal(world->said->len, 3);
    assert_string_equal(said(world, 2)->id, id);
    assert_string_equal(said(world, 2)->text, said(world, 0)->text);
    take_said(world, id);
    take_said(world, id);
    take_said(world, "what");
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 0);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 3);
}

static void said_later_when_the_server_is_away(void **state)
{
    World *world = *state;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 true");
    world_link(world, LINK_XMPP, false);
    world_forget(world);
    world_wait(world, 1); /* ids of one millisecond come in any order */
    world_result(world, world_run_id(world, 1), 1, "succeeded", 0, "hi");
    assert_int_equal(world->said->len, 0);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 2); /* queued was not confirmed either */
    assert_contains(said(world, 0)->text, "#1 web1: queued");
    assert_contains(said(world, 1)->text, "#1 web1: succeeded");
}

static void no_more_than_five_thousand_wait(void **state)
{
    World *world = *state;
    unsigned i;

    world_link(world, LINK_XMPP, false);
    for (i = 0; i < 5010; i++)
        world_write(world, "vera", NULL, "!help yes");
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 5000);
    assert_int_equal(world_count_other(world, EFFECT_LOG), 10);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 5000);
}

static void nothing_is_kept_where_there_is_no_xmpp(void **state)
{
    World *world = *state;

    edit_config(world, "\"jid\":", "\"enabled\":false,\"jid\":");
    world_register_as(world, 20, "db1", JOURNAL_1, 1, SKILLS_SHELL);
    assert_int_equal(world_count_rows(world, TABLE_SAYINGS), 0);
    assert_int_equal(world->said->len, 0);
    world_type(world, "c1", "!status", false, false);
    assert_null(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "XMPP"));
}

/* ---- asleep ---- */

static void one_digest_a_person_on_waking(void **state)
{
    World *world = *state;
    unsigned i;

    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "@web1 one");
    world_write(world, "ana", NULL, "@web1 two");
    world_write(world, "oskar", NULL, "@web1 three");
    world_write(world, "oskar", NULL, "!agentsOFF");
    while (world_count_rows(world, TABLE_SAYINGS) > 0) {
        GHashTableIter iter;
        void *key;

        g_hash_table_iter_init(&iter, world->store.tables[TABLE_SAYINGS]);
        assert_true(g_hash_table_iter_next(&iter, &key, NULL));
        take_said(world, key);
    }
    world_forget(world);
    for (i = 1; i <= 3; i++)
        world_result(world, world_run_id(world, i), 1, "succeeded", 0, "");
    assert_int_equal(world->said->len, 0);
    world_link(world, LINK_XMPP, false);
    world_link(world, LINK_XMPP, true);
    assert_int_equal(world->said->len, 0);
    world_write(world, "ana", NULL, "!agentON agent1");
    assert_int_equal(world->said->len, 3); /* oskar's, ana's, and the answer to her */
    for (i = 0; i < 2; i++) {
        bool is_anas = strcmp(said(world, i)->jid, "ana@example.org/phone") == 0;

        assert_true(g_str_has_prefix(said(world, i)->text, "While I was asleep:\n#"));
        assert_int_equal(strstr(said(world, i)->text, "#2 web1") != NULL, is_anas);
        assert_int_equal(strstr(said(world, i)->text, "#3 web1") != NULL, !is_anas);
    }
    assert_string_equal(said(world, 2)->text, "agent1: awake");
}

static void who_wakes_it(void **state)
{
    static const struct {
        const char *what;
        const char *user;
        const char *text;
        const char *answer;
        bool is_awake;
    } rows[] = {
        { "a task", "oskar", "@web1 true", "I am asleep", false },
        { "two orders", "oskar", "!agentsON\n!agents", "I am asleep", false },
        { "a quotation", "oskar", "> !agentsON", "I am asleep", false },
        { "another agent", "oskar", "!agentON web1", "web1: refused (standby)", false },
        { "without the right", "vera", "!agentsON", "!agentsON: refused (role)", false },
        { "an argument too many", "oskar", "!agentsON web1", "!agentsON takes no argument", false },
        { "agent1 alone", "oskar", "!agentON agent1", "agent1: awake", true },
        { "all", "oskar", "!agentsON", "agent1: awake\n2 agents resume", true },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        world_register(world, JOURNAL_1, 1);
        world_write(world, "oskar", NULL, "!agentOFF agent1");
        world_forget(world);
        world_write(world, rows[i].user, NULL, rows[i].text);
        if (rows[i].is_awake || world->said->len > 0)
            assert_contains(world_last_said(world), rows[i].answer);
        world_forget(world);
        world_type(world, "c1", "!agents", false, false);
        assert_int_equal(strstr(world_last_sent(world, MESSAGE_REPLY)->reply.text, "I am asleep") ==
                             NULL,
                         rows[i].is_awake);
        world_free(world);
    }
}

static void a_damaged_database_begins_asleep(void **state)
{
    World *world = *state;
    Effects *effects = effects_new();
    Event *stamp = event_new(EVENT_TICK);

    world_stamp(world, stamp);
    core_start(world->core, stamp, "agent1.db.damaged-1", effects);
    event_free(stamp);
    world_apply(world, effects);
    effects_free(effects);
    assert_contains(world_last_audit(world, "alarm")->text, "agent1.db.damaged-1");
    world_write(world, "oskar", NULL, "@web1 true");
    assert_contains(world_last_said(world), "I am asleep");
    world_write(world, "ana", NULL, "!agentsON");
    {
        unsigned i;
        bool is_told = false;

        for (i = 0; i < world->said->len; i++)
            is_told = is_told || strstr(said(world, i)->text, "ALARM: my database was damaged");
        assert_true(is_told);
    }
}

/* ---- unsigned text ---- */

static void unsigned_text_by_its_role(void **state)
{
    static const struct {
        const char *what;
        const char *role; /* NULL: as it is by default */
        const char *text;
        const char *answer; /* NULL: none */
    } rows[] = {
        { "refused by default", NULL, "!agents", NULL },
        { "a viewer looks", "viewer", "!agents", "web1: not seen yet" },
        { "a viewer gives no tasks", "viewer", "@web1 true", "web1: refused (role)" },
        { "an operator does", "operator", "@web1 true", "#1 web1: queued (not seen yet" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();

        print_message("%s\n", rows[i].what);
        if (rows[i].role) {
            g_autofree char *member =
                g_strdup_printf("\"unsigned_role\":\"%s\",\"url\":", rows[i].role);

            edit_config(world, "\"url\":", member);
        }
        world_forget(world);
        write_unsigned(world, rows[i].text);
        write_unsigned(world, rows[i].text);
        assert_int_equal(world_count_other(world, EFFECT_PUBLISH_PLAIN), rows[i].answer ? 2 : 0);
        if (rows[i].answer) {
            const Effect *effect = world->other->pdata[0];

            while (effect->kind != EFFECT_PUBLISH_PLAIN) {
                g_ptr_array_remove_index(world->other, 0);
                effect = world->other->pdata[0];
            }
            assert_contains(effect->plain.text, rows[i].answer);
        }
        world_free(world);
    }
}

/* ---- agentctl ---- */

static void type_as(World *world, uint8_t key, const char *reply_to, const char *id, int64_t ts_ms,
                    int64_t expires_ms)
{
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(MESSAGE_CHAT, id, SESSION, ts_ms);

    message->chat.text = g_strdup("!status");
    message->chat.reply_to = g_strdup(reply_to);
    message->chat.expires_ms = expires_ms;
    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(key);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
}

static void chats_that_are_not_done(void **state)
{
    static const struct {
        const char *what;
        uint8_t key;
        const char *reply_to;
        int64_t ts_ms; /* after now */
        int64_t expires_ms;
        const char *answer; /* NULL: none */
    } rows[] = {
        { "as it should be", 10, "agents/cli/" SESSION "/outbox", 0, 60000, "agent1 " },
        { "a clock 2 min ahead", 10, "agents/cli/" SESSION "/outbox", 120000, 180000,
          "not done: your clock is 2 min ahead" },
        { "a clock 2 min behind", 10, "agents/cli/" SESSION "/outbox", -120000, 60000,
          "not done: your clock is 2 min behind" },
        { "a minute is let pass", 10, "agents/cli/" SESSION "/outbox", -60000, 60000, "agent1 " },
        { "valid for too long", 10, "agents/cli/" SESSION "/outbox", 0, 5 * 60000 + 1,
          "not done: expires must lie within 5 minutes after ts" },
        { "expires before it was written", 10, "agents/cli/" SESSION "/outbox", 0, 0,
          "not done: expires must lie within 5 minutes after ts" },
        { "over already", 10, "agents/cli/" SESSION "/outbox", -30000, -10000,
          "not done: the message expired before it came" },
        { "a key nobody has", 99, "agents/cli/" SESSION "/outbox", 0, 60000,
          "unknown key x25519:" },
        { "an agent's key", 1, "agents/cli/" SESSION "/outbox", 0, 60000, "unknown key x25519:" },
        { "an answer to an agent", 10, "agents/web1/inbox", 0, 60000, NULL },
        { "an answer to everybody", 10, "agents/cli/outbox", 0, 60000, NULL },
        { "a session too short to be secret", 10, "agents/cli/abc/outbox", 0, 60000, NULL },
        { "no address", 10, NULL, 0, 60000, NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *world = world_new();
        const Message *reply;

        print_message("%s\n", rows[i].what);
        world_forget(world);
        type_as(world, rows[i].key, rows[i].reply_to, "c1", world->now_ms + rows[i].ts_ms,
                world->now_ms + rows[i].expires_ms);
        reply = world_last_sent(world, MESSAGE_REPLY);
        assert_int_equal(reply != NULL, rows[i].answer != NULL);
        if (reply) {
            assert_contains(reply->reply.text, rows[i].answer);
            assert_true(reply->reply.is_final);
            assert_string_equal(reply->reply.in_reply_to, "c1");
            assert_string_equal(((const Effect *)world->sent->pdata[0])->publish.topic,
                                "agents/cli/" SESSION "/outbox");
        }
        world_free(world);
    }
}

static void strangers_are_answered_once_a_minute(void **state)
{
    World *world = *state;
    unsigned i;

    for (i = 0; i < 5; i++)
        type_as(world, 99, "agents/cli/" SESSION "/outbox", "c1", world->now_ms,
                world->now_ms + 60000);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 1);
    assert_int_equal(world_count_rows(world, TABLE_SESSIONS), 0);
    world->now_ms += MINUTE_MS;
    type_as(world, 99, "agents/cli/" SESSION "/outbox", "c2", world->now_ms, world->now_ms + 60000);
    assert_int_equal(world_count_sent(world, MESSAGE_REPLY), 2);
}

/* The worst outcome of several orders in one chat, and the end only after the last run. */
static void a_chat_of_several_runs_ends_with_the_last(void **state)
{
    World *world = *state;
    const Message *reply;

    world_register(world, JOURNAL_1, 1);
    world_type(world, "c1", "@web1 one\n@web1 two\n!agent", false, false);
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_false(reply->reply.is_final);
    assert_int_equal(reply->reply.runs->len, 2);
    world_result(world, world_run_id(world, 2), 1, "timed_out", MESSAGE_ABSENT, "");
    assert_false(world_last_sent(world, MESSAGE_REPLY)->reply.is_final);
    world_restart(world);
    world_result(world, world_run_id(world, 1), 1, "failed", 1, "");
    reply = world_last_sent(world, MESSAGE_REPLY);
    assert_true(reply->reply.is_final);
    assert_string_equal(reply->reply.outcome, "timed_out");
    assert_int_equal(reply->reply.runs->len, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(kept_until_the_server_has_it),
        WORLD_TEST(said_later_when_the_server_is_away),
        WORLD_TEST(no_more_than_five_thousand_wait),
        WORLD_TEST(nothing_is_kept_where_there_is_no_xmpp),
        WORLD_TEST(one_digest_a_person_on_waking),
        WORLD_TEST(who_wakes_it),
        WORLD_TEST(a_damaged_database_begins_asleep),
        WORLD_TEST(unsigned_text_by_its_role),
        WORLD_TEST(chats_that_are_not_done),
        WORLD_TEST(strangers_are_answered_once_a_minute),
        WORLD_TEST(a_chat_of_several_runs_ends_with_the_last),
    };

    return cmocka_run_group_tests_name("core-say", tests, NULL, NULL);
}

/*
 * agent1's core as a whole: an input is a life, a sequence of chats with any text, messages of any
 * kind and key with any members, replies as a real agent gives them, what a broker says of topics
 * that people use, ticks after any time, clock steps, connections that come and go, edits that
 * fail, slow stores, other files, crashes.
 *
 * After each event: an outcome that was written stays as it is, succeeded means exit 0, whatever is
 * sent encodes and decodes again and goes to a topic of the protocol, what is said is valid text,
 * what is kept is bounded, and no deadline stays in the past. The asserts of the core are on.
 */
#include "tests/unit/agent1/core-world.h"

#include "tests/fuzz/harness.h"
#include "tests/fuzz/message_maker.h"
#include "common/base/name.h"

#include "common/base/banned.h"

#define EVENTS_MAX 120
#define AGENTS_KEY 3 /* keys 1 to 3 are agents', the third not accepted; 10 is ana's */

typedef struct Life {
    World *world;
    MessagePool *pool;
    GHashTable *outcomes; /* a run's id → its terminal state */
} Life;

/* ---- what must hold ---- */

static void check_runs(Life *life)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, life->world->store.tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const char *id = row_text(value, RUNS_ID);
        const char *before = g_hash_table_lookup(life->outcomes, id);
        const char *name = row_text(value, RUNS_STATE);
        RunState state;

        g_assert(run_state_parse(name, &state) && state != RUN_NOT_KNOWN);
        if (before)
            g_assert_cmpstr(name, ==, before);
        else if (run_state_is_terminal(state))
            g_hash_table_insert(life->outcomes, g_strdup(id), g_strdup(name));
        if (state == RUN_SUCCEEDED)
            g_assert(row_is_set(value, RUNS_EXIT_CODE) && row_int(value, RUNS_EXIT_CODE) == 0);
        message_pool_add_ulid(life->pool, id);
    }
}

static void check_rows(const World *world)
{
    for (int table = 0; table < TABLE_COUNT; table++) {
        const TableInfo *info = table_info((Table)table);
        GHashTableIter iter;
        void *value;

        g_hash_table_iter_init(&iter, world->store.tables[table]);
        while (g_hash_table_iter_next(&iter, NULL, &value)) {
            const Row *row = value;

            g_assert(row_is_set(row, 0));
            for (unsigned i = 0; i < info->column_count; i++) {
                if (row->values[i].text)
                    g_assert(g_utf8_validate(row->values[i].text, -1, NULL));
            }
        }
    }
    g_assert_cmpuint(world_count_rows(world, TABLE_WAITING), <=, WAITING_MAX);
}

static void check_sent(Life *life)
{
    for (unsigned i = 0; i < life->world->sent->len; i++) {
        const EffectPublish *publish = &((const Effect *)life->world->sent->pdata[i])->publish;
        g_autoptr(GError) error = NULL;
        g_autoptr(Message) again = NULL;
        g_autofree char *body = message_encode(publish->message, &error);
        TopicKind kind = topic_parse(publish->topic, NULL);

        g_assert_no_error(error);
        again = message_decode(body, strlen(body), &error);
        g_assert_no_error(error);
        g_assert(key_is_valid_text(publish->peer));
        g_assert(kind == TOPIC_KIND_INBOX || kind == TOPIC_KIND_CONTROL ||
                 kind == TOPIC_KIND_CLI_OUTBOX);
        message_pool_learn(life->pool, publish->message);
    }
}

static void check_said(const World *world)
{
    for (unsigned i = 0; i < world->said->len; i++) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i])->say;

        g_assert(say->id[0] && strchr(say->jid, '@'));
        g_assert(say->text[0] && g_utf8_validate(say->text, -1, NULL));
    }
}

static void check(Life *life)
{
    check_runs(life);
    check_rows(life->world);
    check_sent(life);
    check_said(life->world);
}

/* ---- people ---- */

static char *line(FuzzInput *input)
{
    static const char *const lines[] = {
        "DELEGATE: web1 | ls -l",
        "DELEGATE: web* | --now true",
        "DELEGATE: web1,web2 --limit 1 | apt.update",
        "@web1 uptime",
        "@web2 deploy.run(shop)",
        "!agents",
        "!status",
        "!runs",
        "!runs web1",
        "!run 1",
        "!run #2",
        "!cancel 1",
        "!cancel #2",
        "!cancel 3",
        "!why web1 | ls",
        "!why web3",
        "!blackout",
        "!yes",
        "!no",
        "!agentsOFF",
        "!agentsON",
        "!agentOFF web1",
        "!agentON *",
        "!agentOFF agent1",
        "!revoke web1",
        "!revoke web3",
        "!help",
        "!help cancel",
        "> DELEGATE: web1 | x",
        "```",
        "PLAN: web1|a ;; web2|b",
        "MQTT_PUBLISH: home/lamp/set --retain | ON",
        "MQTT_SUBSCRIBE: home/# --count 2",
        "!subscriptions",
        "!subscriptions cancel s1",
    };

    return fuzz_pick(input, lines, G_N_ELEMENTS(lines), true);
}

/* "!accept" with the right fingerprint: no input would guess it. */
static char *acceptance(FuzzInput *input)
{
    g_autofree char *text = world_key((uint8_t)(1 + fuzz_below(input, AGENTS_KEY)));
    g_autofree char *fingerprint = NULL;
    Key key;

    g_assert(key_parse(text, &key, NULL));
    fingerprint = key_fingerprint(&key);

    return g_strdup_printf("!accept web%u %.9s", 1 + fuzz_below(input, 3), fingerprint);
}

static char *speech(FuzzInput *input)
{
    GString *text = g_string_new(NULL);
    unsigned lines = fuzz_one_in(input, 4) ? fuzz_below(input, 6) : 1;

    for (unsigned i = 0; i < lines; i++) {
        g_autofree char *next = fuzz_one_in(input, 12) ? acceptance(input) : line(input);

        g_string_append_printf(text, "%s%s", i ? "\n" : "", next);
    }

    return g_string_free(text, FALSE);
}

static void chat(Life *life, FuzzInput *input)
{
    static const char *const people[] = { "ana", "oskar", "vera", "nobody", "Ana", "" };
    static const char *const stanza_ids[] = { "s1", "s2", "s3", "s4" };
    const char *who = people[fuzz_below(input, G_N_ELEMENTS(people))];
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = *who ? DOOR_XMPP : DOOR_UNSIGNED;
    event->chat.address =
        *who ? g_strdup_printf("%s@example.org/%u", who, fuzz_below(input, 2)) : g_strdup("");
    event->chat.principal = *who ? g_strdup_printf("%s@example.org", who) : g_strdup("");
    if (*who && fuzz_one_in(input, 2))
        event->chat.stanza_id = fuzz_pick(input, stanza_ids, G_N_ELEMENTS(stanza_ids), true);
    event->chat.written_ms =
        fuzz_one_in(input, 6) ? life->world->now_ms - fuzz_number(input) % DAY_MS : MESSAGE_ABSENT;
    event->chat.text = speech(input);
    if (!event->chat.text[0]) {
        event_free(event);
        return;
    }
    world_step(life->world, event);
}

static void type_line(Life *life, FuzzInput *input)
{
    g_autofree char *id = g_strdup_printf("01J0000000000000000TYPE%03u", fuzz_below(input, 8));
    g_autofree char *text = speech(input);
    bool first = fuzz_one_in(input, 4);
    bool second = fuzz_one_in(input, 4);

    world_type(life->world, id, text, first, second);
}

/* ---- agents ---- */

static void any_message(Life *life, FuzzInput *input)
{
    static const uint8_t senders[] = { 1, 2, 3, 10, 99 };
    static const TopicKind topics[] = { TOPIC_KIND_AGENT1_INBOX, TOPIC_KIND_REGISTER,
                                        TOPIC_KIND_STATUS, TOPIC_KIND_ERRORS };
    MessageKind kind = fuzz_below(input, MESSAGE_KIND_COUNT);
    uint8_t sender = senders[fuzz_below(input, G_N_ELEMENTS(senders))];
    g_autofree char *body = NULL;
    Message *message;
    Event *event;

    body = message_make_body(input, kind, life->pool, life->world->now_ms);
    message = message_decode(body, strlen(body), NULL);
    if (!message)
        return;

    event = event_new(EVENT_MESSAGE);
    event->message.message = message;
    event->message.sender = world_key(sender);
    event->message.topic = kind == MESSAGE_REGISTER ? TOPIC_KIND_REGISTER
                           : kind == MESSAGE_STATUS ? TOPIC_KIND_STATUS
                           : kind == MESSAGE_ERROR  ? TOPIC_KIND_ERRORS
                                                    : TOPIC_KIND_AGENT1_INBOX;
    event->message.is_sealed = kind != MESSAGE_REGISTER && kind != MESSAGE_STATUS;
    if (fuzz_one_in(input, 16)) {
        event->message.topic = topics[fuzz_below(input, G_N_ELEMENTS(topics))];
        event->message.is_sealed = fuzz_below(input, 2);
    }
    if (event->message.topic == TOPIC_KIND_STATUS)
        event->message.topic_name = g_strdup(message->from);
    world_step(life->world, event);
}

static const char *some_run(const Life *life, FuzzInput *input)
{
    return world_run_id(life->world, 1 + fuzz_below(input, 6));
}

/* A well-behaved agent, or one that is nearly so. */
static void answer(Life *life, FuzzInput *input)
{
    World *world = life->world;
    g_autofree char *run = g_strdup(some_run(life, input));
    const char *journal = fuzz_one_in(input, 8) ? JOURNAL_2 : JOURNAL_1;
    int64_t attempt = 1 + fuzz_below(input, 3);
    RunState state = fuzz_below(input, RUN_STATE_COUNT);
    static const char *const rules[] = { "skill", "window", "expired", "paused", "blackout", "" };
    g_autofree char *output = NULL;
    g_autofree char *query = NULL;

    if (!name_is_ulid(run))
        return;
    switch (fuzz_below(input, 6)) {
    case 0:
        world_ack(world, run, attempt, ACK_ACCEPTED, NULL);
        break;
    case 1:
        world_ack(world, run, attempt, ACK_REJECTED, rules[fuzz_below(input, G_N_ELEMENTS(rules))]);
        break;
    case 2:
    case 3:
        output = fuzz_utf8(input);
        world_result(world, run, attempt, run_state_name(state), fuzz_one_in(input, 4) ? 3 : 0,
                     output);
        break;
    default:
        query =
            g_strdup(life->pool->ulids->len ? life->pool->ulids->pdata[life->pool->ulids->len - 1]
                                            : JOURNAL_1);
        world_answer_query(world, journal, query, run, attempt, run_state_name(state));
        break;
    }
}

static void appear(Life *life, FuzzInput *input)
{
    uint8_t key = (uint8_t)(1 + fuzz_below(input, AGENTS_KEY));
    g_autofree char *name = g_strdup_printf("web%u", fuzz_one_in(input, 8) ? 2u : key);
    const char *journal = fuzz_one_in(input, 6) ? JOURNAL_2 : JOURNAL_1;

    if (fuzz_one_in(input, 3)) {
        unsigned first = fuzz_below(input, 5);
        unsigned second = fuzz_below(input, 5);

        world_status(life->world, journal, first, second, (AgentState)fuzz_below(input, 3));
    } else
        world_register_as(life->world, key, name, journal, fuzz_below(input, 8), SKILLS_SHELL);
}

/* ---- the rest of the world ---- */

static void pass_time(Life *life, FuzzInput *input)
{
    static const int64_t steps[] = { 0,          1,        SECOND_MS,      10 * SECOND_MS,
                                     MINUTE_MS,  HOUR_MS,  16 * MINUTE_MS, DAY_MS,
                                     -SECOND_MS, -HOUR_MS, -2 * DAY_MS,    30 * DAY_MS };
    World *world = life->world;
    int64_t step = steps[fuzz_below(input, G_N_ELEMENTS(steps))];

    if (step > 0 && step <= HOUR_MS) {
        world_wait(world, step);
    } else {
        world->now_ms = MAX(world->now_ms + step, WORLD_START_MS - 3 * DAY_MS);
        world_step(world, event_new(EVENT_TICK));
    }
    /* The timer that is armed next must not fire at once for ever. */
    for (unsigned i = 0; core_next_deadline(world->core) <= world->now_ms; i++) {
        g_assert_cmpuint(i, <, 1000);
        world_step(world, event_new(EVENT_TICK));
    }
}

static void take_said(Life *life, FuzzInput *input)
{
    GHashTableIter iter;
    unsigned skip = fuzz_below(input, 4);
    void *key = NULL;
    Event *event = event_new(EVENT_SAID);

    g_hash_table_iter_init(&iter, life->world->store.tables[TABLE_SAYINGS]);
    for (unsigned i = 0; i <= skip && g_hash_table_iter_next(&iter, &key, NULL); i++)
        continue;
    event->said_id = key ? g_strdup(key) : fuzz_utf8(input);
    world_step(life->world, event);
}

static void take_edit(Life *life, FuzzInput *input)
{
    const GPtrArray *edits = life->world->edits;
    Event *event = event_new(EVENT_FILE_EDITED);

    event->edited.id = edits->len
                           ? g_strdup(((const Effect *)edits->pdata[edits->len - 1])->edit.id)
                           : fuzz_utf8(input);
    event->edited.error = fuzz_one_in(input, 3) ? g_strdup("no space left") : NULL;
    world_step(life->world, event);
}

static void set_json(Json **place, const char *text)
{
    json_free(*place);
    *place = world_json(text);
}

static void reload(Life *life, FuzzInput *input)
{
    static const char *const blackouts[] = {
        "[]",
        "[{\"start\":\"00:00\",\"end\":\"24:00\",\"label\":\"all day\"}]",
        "[{\"start\":\"14:00\",\"end\":\"14:30\"},{\"start\":\"23:00\",\"end\":\"01:00\"}]",
    };
    static const char *const hours[] = {
        "",
        ",\"work_hours\":{\"start\":\"07:00\",\"end\":\"12:00\"}",
        ",\"work_hours\":{\"start\":\"14:00\",\"end\":\"15:00\",\"days\":[\"mon\"]}",
    };
    World *world = life->world;
    g_autofree char *web1 = world_key(1);
    g_autofree char *web2 = world_key(2);
    g_autofree char *second = g_strdup_printf(",\"web9\":{\"public_key\":\"%s\"}", web2);
    bool has_second = fuzz_below(input, 2);
    bool is_accepted = !fuzz_one_in(input, 6);
    g_autofree char *registry =
        g_strdup_printf("{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":%s%s}%s}}", web1,
                        is_accepted ? "true" : "false",
                        hours[fuzz_below(input, G_N_ELEMENTS(hours))], has_second ? second : "");
    Event *event = event_new(EVENT_CONFIGURED);

    set_json(&world->blackouts, blackouts[fuzz_below(input, G_N_ELEMENTS(blackouts))]);
    set_json(&world->registry, registry);
    world_configure(world);
    event->reload_error = fuzz_one_in(input, 6) ? g_strdup("config.json: bad") : NULL;
    world_step(world, event);
}

/* An open row of the table, or an id that nothing has. The caller owns it. */
static char *some_row(const Life *life, FuzzInput *input, Table table)
{
    GHashTableIter iter;
    void *key = NULL;

    g_hash_table_iter_init(&iter, life->world->store.tables[table]);
    return g_hash_table_iter_next(&iter, &key, NULL) ? g_strdup(key) : fuzz_utf8(input);
}

/* What a broker says of what people publish and hear. */
static void take_topics(Life *life, FuzzInput *input)
{
    static const EventKind kinds[] = { EVENT_PUBLISHED, EVENT_LISTENING, EVENT_HEARD };
    Event *event = event_new(kinds[fuzz_below(input, G_N_ELEMENTS(kinds))]);

    if (event->kind == EVENT_PUBLISHED) {
        event->published.id = some_row(life, input, TABLE_PUBLICATIONS);
        event->published.end = (PublishEnd)fuzz_below(input, PUBLISH_LOST + 1);
        event->published.reason = fuzz_utf8(input);
    } else if (event->kind == EVENT_LISTENING) {
        event->listening.id = some_row(life, input, TABLE_SUBSCRIPTIONS);
        event->listening.state = (ListenState)fuzz_below(input, LISTEN_REFUSED + 1);
        event->listening.reason = fuzz_utf8(input);
    } else {
        event->heard.id = some_row(life, input, TABLE_SUBSCRIPTIONS);
        event->heard.messages = heard_messages_new();
        event->heard.dropped = fuzz_below(input, 3);
        for (unsigned i = fuzz_below(input, 4); i > 0; i--) {
            g_autofree char *topic = fuzz_utf8(input);
            g_autofree char *payload = fuzz_text(input);

            g_ptr_array_add(
                event->heard.messages,
                heard_message_new(topic, payload, strlen(payload), fuzz_below(input, 2)));
        }
    }
    world_step(life->world, event);
}

static void other(Life *life, FuzzInput *input)
{
    World *world = life->world;
    Event *event;
    Link link;

    switch (fuzz_below(input, 11)) {
    case 0:
    case 1:
        link = (Link)fuzz_below(input, LINK_COUNT);
        world_link(world, link, fuzz_below(input, 2));
        break;
    case 2:
        take_said(life, input);
        break;
    case 3:
        take_edit(life, input);
        break;
    case 4:
        world->is_store_slow = fuzz_below(input, 2);
        world_answer_all(world);
        break;
    case 5:
        event = event_new(EVENT_ROWS);
        event->rows.cookie = fuzz_byte(input);
        event->rows.rows = g_ptr_array_new_with_free_func(row_store_free_row);
        world_step(world, event);
        break;
    case 6:
        event = event_new(EVENT_PROBE);
        event->probe_text = fuzz_utf8(input);
        world_step(world, event);
        break;
    case 7:
        reload(life, input);
        break;
    case 8:
        event = event_new(EVENT_HOME_ASSISTANT);
        event->home_assistant.agent = fuzz_one_in(input, 4) ? NULL : g_strdup("web1");
        event->home_assistant.text = fuzz_utf8(input);
        world_step(world, event);
        break;
    case 9:
        take_topics(life, input);
        break;
    default:
        g_ptr_array_set_size(world->asked, 0);
        world_restart(world);
        break;
    }
}

static void live(Life *life, FuzzInput *input)
{
    static void (*const happenings[])(Life *, FuzzInput *) = {
        chat, chat, type_line, any_message, any_message, answer, answer, appear, pass_time, other,
    };

    for (unsigned i = 0; i < EVENTS_MAX && fuzz_has_more(input); i++) {
        happenings[fuzz_below(input, G_N_ELEMENTS(happenings))](life, input);
        check(life);
        /* Edits stay: their answers come later. */
        g_ptr_array_set_size(life->world->sent, 0);
        g_ptr_array_set_size(life->world->said, 0);
        g_ptr_array_set_size(life->world->audit, 0);
        g_ptr_array_set_size(life->world->other, 0);
    }
}

void fuzz_one(const uint8_t *data, size_t size)
{
    FuzzInput input = fuzz_input(data, size);
    g_autoptr(MessagePool) pool = message_pool_new();
    g_autoptr(GHashTable) outcomes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Life life = { .world = world_new(), .pool = pool, .outcomes = outcomes };

    set_json(&life.world->policy, "{\"mqtt\":{\"publish\":[\"home/+/set\"],"
                                  "\"subscribe\":[\"home/#\"]}}");
    world_configure(life.world);
    message_pool_add_ulid(pool, JOURNAL_1);
    message_pool_add_ulid(pool, JOURNAL_2);
    message_pool_add_name(pool, "web1");
    message_pool_add_name(pool, "web2");
    message_pool_add_name(pool, "web3");
    message_pool_add_name(pool, SESSION);
    message_pool_add_name(pool, "agents/cli/" SESSION "/outbox");
    message_pool_add_name(pool, "agent1");
    live(&life, &input);
    world_free(life.world);
}

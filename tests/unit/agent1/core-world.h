/*
 * A world for the core of agent1 inside one test: fake edges, a store of rows in memory, a clock
 * that the test moves. Effects are applied at once, as if every commit succeeded.
 */
#ifndef TESTS_UNIT_AGENT1_CORE_WORLD_H
#define TESTS_UNIT_AGENT1_CORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/flow/core.h"
#include "common/base/limits.h"
#include "common/data/json.h"
#include "common/wire/key.h"
#include "common/wire/topic.h"
#include "tests/support/row_query.h"

#define WORLD_START_MS INT64_C(1790000000000) /* 2026-09-21 14:13:20 UTC, a Monday */
#define JOURNAL_1      "01J00000000000000000000001"
#define JOURNAL_2      "01J00000000000000000000002"
#define SESSION        "abcdefghijklmnop"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (!strstr((text), (part)))                                                               \
            fail_msg("\"%s\" does not contain \"%s\"", (text), (part));                            \
    } while (0)

typedef struct World {
    Core *core;
    Json *config;
    Json *registry;
    Json *blackouts;
    Json *policy;
    Json *reports;
    Json *tasks;
    Zones *zones;
    const char *host_zone; /* counts where the configuration names none */
    const char *host_zone_problem;
    RowStore store;
    GPtrArray *sent;    /* Effect *, every PUBLISH since world_forget() */
    GPtrArray *said;    /* Effect *, every SAY */
    GPtrArray *audit;   /* Effect *, every AUDIT */
    GPtrArray *edits;   /* Effect *, every EDIT_FILE */
    GPtrArray *other;   /* Effect *, every one of the other outward kinds */
    GPtrArray *asked;   /* Effect *, queries that the store did not answer yet */
    bool is_store_slow; /* it answers only at world_answer_all() */
    int64_t now_ms;
    uint32_t seed;
} World;

static inline void world_free_effect(void *effect)
{
    effect_free(effect);
}

static inline Json *world_json(const char *text)
{
    GError *error = NULL;
    Json *json = json_parse(text, strlen(text), CONFIG_MAX_BYTES, &error);

    if (!json)
        fail_msg("%s", error->message);
    return json;
}

/* A key made of one repeated byte: valid in form, which is all the core looks at. */
static inline char *world_key(uint8_t byte)
{
    Key key;

    memset(key.bytes, byte, sizeof(key.bytes));
    return key_print(&key);
}

static inline void world_apply(World *world, Effects *effects);

static inline void world_stamp(World *world, Event *event)
{
    event->now_ms = world->now_ms;
    event->boot_ms = world->now_ms;
    world->seed++;
    memcpy(event->seed, &world->seed, sizeof(world->seed));
}

static inline void world_step(World *world, Event *event)
{
    Effects *effects = effects_new();

    world_stamp(world, event);
    core_step(world->core, event, effects);
    event_free(event);
    world_apply(world, effects);
    effects_free(effects);
}

static inline void world_answer(World *world, const EffectQuery *query)
{
    world_step(world, row_store_query(&world->store, query));
}

/* Where the effects of a kind are kept; NULL: they are done at once. */
static inline GPtrArray *world_list_of(const World *world, EffectKind kind)
{
    if (effect_is_stored(&(Effect){ .kind = kind }))
        return kind == EFFECT_AUDIT ? world->audit : NULL;
    if (kind == EFFECT_QUERY)
        return world->is_store_slow ? world->asked : NULL;
    if (kind == EFFECT_PUBLISH)
        return world->sent;
    if (kind == EFFECT_SAY)
        return world->said;
    return kind == EFFECT_EDIT_FILE ? world->edits : world->other;
}

static inline void world_apply(World *world, Effects *effects)
{
    for (unsigned i = 0; i < effects->list->len; i++) {
        Effect *effect = effects->list->pdata[i];
        GPtrArray *list = world_list_of(world, effect->kind);

        if (list) {
            g_ptr_array_add(list, g_steal_pointer(&effects->list->pdata[i]));
        } else if (effect->kind == EFFECT_PUT) {
            Row *row = g_steal_pointer(&effect->row);

            effect->row = row_new(row->table);
            row_store_put(&world->store, row);
        } else if (effect->kind == EFFECT_DELETE) {
            row_store_delete(&world->store, effect->removal.table, effect->removal.key);
        } else {
            world_answer(world, &effect->query);
        }
    }
}

/* A slow store answers what it was asked so far. */
static inline void world_answer_all(World *world)
{
    unsigned i;

    for (i = 0; i < world->asked->len; i++)
        world_answer(world, &((const Effect *)world->asked->pdata[i])->query);
    g_ptr_array_set_size(world->asked, 0);
}

static inline void world_configure(World *world)
{
    CoreFiles files = { .config = world->config,
                        .registry = world->registry,
                        .blackouts = world->blackouts,
                        .policy = world->policy,
                        .reports = world->reports,
                        .tasks = world->tasks,
                        .zones = world->zones,
                        .host_zone = world->host_zone,
                        .host_zone_problem = world->host_zone_problem };
    GError *error = NULL;

    if (!core_configure(world->core, &files, NULL, &error))
        fail_msg("%s", error->message);
}

static inline void world_link(World *world, Link link, bool is_up)
{
    Event *event = event_new(is_up ? EVENT_LINK_UP : EVENT_LINK_DOWN);

    event->link = link;
    world_step(world, event);
}

static inline void world_begin(World *world)
{
    Effects *effects = effects_new();
    Event *stamp = event_new(EVENT_TICK);

    world_stamp(world, stamp);
    core_start(world->core, stamp, NULL, effects);
    event_free(stamp);
    world_apply(world, effects);
    effects_free(effects);
    world_link(world, LINK_MQTT, true);
    world_link(world, LINK_XMPP, true);
}

/* agent1 dies and starts again: only the rows stay. */
static inline void world_restart(World *world)
{
    int table;

    core_free(world->core);
    world->core = core_new();
    for (table = 0; table < TABLE_COUNT; table++) {
        GPtrArray *rows = row_store_load(&world->store, (Table)table);

        core_restore(world->core, (Table)table, rows);
        g_ptr_array_unref(rows);
    }
    world_configure(world);
    world_begin(world);
}

/* Users ana (admin), oskar (operator), vera (viewer), each with a JID at example.org; ana has
 * key 10. Agents web1 (key 1) and web2 (key 2) are accepted. */
static inline World *world_new(void)
{
    World *world = g_new0(World, 1);
    g_autofree char *ana = world_key(10);
    g_autofree char *web1 = world_key(1);
    g_autofree char *web2 = world_key(2);
    g_autofree char *config = g_strdup_printf(
        "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},"
        "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"timezone\":\"UTC\",\"users\":["
        "{\"name\":\"ana\",\"jids\":[\"ana@example.org\"],\"keys\":[\"%s\"],\"role\":\"admin\"},"
        "{\"name\":\"oskar\",\"jids\":[\"oskar@example.org\"],\"role\":\"operator\"},"
        "{\"name\":\"vera\",\"jids\":[\"vera@example.org\"],\"role\":\"viewer\"}]}",
        ana);
    g_autofree char *registry =
        g_strdup_printf("{\"agents\":{\"web1\":{\"public_key\":\"%s\",\"accepted\":true},"
                        "\"web2\":{\"public_key\":\"%s\",\"accepted\":true}}}",
                        web1, web2);
    GPtrArray **lists[] = { &world->sent,  &world->said,  &world->audit,
                            &world->edits, &world->other, &world->asked };
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    unsigned i;

    world->config = world_json(config);
    world->registry = world_json(registry);
    world->zones = zones_new();
    zones_add(world->zones, "UTC", utc);
    row_store_init(&world->store);
    for (i = 0; i < G_N_ELEMENTS(lists); i++)
        *lists[i] = g_ptr_array_new_with_free_func(world_free_effect);
    world->host_zone = "UTC";
    world->now_ms = WORLD_START_MS;
    world->core = core_new();
    world_configure(world);
    world_begin(world);
    return world;
}

static inline void world_free(World *world)
{
    core_free(world->core);
    json_free(world->config);
    json_free(world->registry);
    json_free(world->blackouts);
    json_free(world->policy);
    json_free(world->reports);
    json_free(world->tasks);
    zones_free(world->zones);
    row_store_clear(&world->store);
    g_ptr_array_unref(world->sent);
    g_ptr_array_unref(world->said);
    g_ptr_array_unref(world->audit);
    g_ptr_array_unref(world->edits);
    g_ptr_array_unref(world->other);
    g_ptr_array_unref(world->asked);
    g_free(world);
}

static inline int world_setup(void **state)
{
    *state = world_new();
    return 0;
}

static inline int world_teardown(void **state)
{
    world_free(*state);
    return 0;
}

#define WORLD_TEST(function) cmocka_unit_test_setup_teardown(function, world_setup, world_teardown)

/* Forgets what was sent and said so far. */
static inline void world_forget(World *world)
{
    g_ptr_array_set_size(world->sent, 0);
    g_ptr_array_set_size(world->said, 0);
    g_ptr_array_set_size(world->audit, 0);
    g_ptr_array_set_size(world->edits, 0);
    g_ptr_array_set_size(world->other, 0);
}

/* Time passes, with a tick at each deadline of the core. */
static inline void world_wait(World *world, int64_t ms)
{
    int64_t until_ms = world->now_ms + ms;
    unsigned ticks;

    for (ticks = 0; ticks < 10000; ticks++) {
        int64_t next_ms = core_next_deadline(world->core);

        if (next_ms > until_ms)
            break;
        world->now_ms = MAX(world->now_ms, next_ms);
        world_step(world, event_new(EVENT_TICK));
    }
    assert_true(ticks < 10000); /* a deadline that never passes would spin the loop */
    world->now_ms = until_ms;
    world_step(world, event_new(EVENT_TICK));
}

/* How many effects of a kind there are among the other ones. */
static inline unsigned world_count_other(const World *world, EffectKind kind)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->other->len; i++)
        count += ((const Effect *)world->other->pdata[i])->kind == kind;
    return count;
}

/* The newest audit row of a kind, or NULL. */
static inline const EffectAudit *world_last_audit(const World *world, const char *kind)
{
    unsigned i;

    for (i = world->audit->len; i > 0; i--) {
        const Effect *effect = world->audit->pdata[i - 1];

        if (strcmp(effect->audit.kind, kind) == 0)
            return &effect->audit;
    }
    return NULL;
}

static inline unsigned world_count_rows(const World *world, Table table)
{
    return g_hash_table_size(world->store.tables[table]);
}

/* ---- people ---- */

static inline void world_write(World *world, const char *user, const char *stanza_id,
                               const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup_printf("%s@example.org/phone", user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.stanza_id = g_strdup(stanza_id);
    event->chat.text = g_strdup(text);
    world_step(world, event);
}

/* The last thing said on XMPP, or "". */
static inline const char *world_last_said(const World *world)
{
    guint count = world->said->len;

    return count ? ((const Effect *)world->said->pdata[count - 1])->say.text : "";
}

static inline Message *world_chat(const World *world, const char *id, const char *text)
{
    Message *message = message_new(MESSAGE_CHAT, id, SESSION, world->now_ms);

    message->chat.text = g_strdup(text);
    message->chat.reply_to = topic_cli_outbox(SESSION);
    message->chat.expires_ms = world->now_ms + 60000;
    return message;
}

static inline void world_chat_comes(World *world, Message *message)
{
    Event *event = event_new(EVENT_MESSAGE);

    event->message.topic = TOPIC_KIND_AGENT1_INBOX;
    event->message.sender = world_key(10);
    event->message.is_sealed = true;
    event->message.message = message;
    world_step(world, event);
}

/* A chat of agentctl with ana's key. */
static inline void world_type(World *world, const char *id, const char *text, bool is_dry_run,
                              bool is_now)
{
    Message *message = world_chat(world, id, text);

    message->chat.is_dry_run = is_dry_run;
    message->chat.is_now = is_now;
    world_chat_comes(world, message);
}

/* ---- agents ---- */

static inline void world_report_as(World *world, uint8_t key, TopicKind topic, const char *name,
                                   const char *journal, Message *message)
{
    Event *event = event_new(EVENT_MESSAGE);

    message->journal = g_strdup(journal);
    event->message.topic = topic;
    event->message.topic_name = g_strdup(topic == TOPIC_KIND_STATUS ? name : NULL);
    event->message.sender = world_key(key);
    event->message.is_sealed = topic != TOPIC_KIND_REGISTER && topic != TOPIC_KIND_STATUS;
    event->message.message = message;
    world_step(world, event);
}

static inline void world_report(World *world, const char *journal, Message *message)
{
    world_report_as(world, 1, TOPIC_KIND_AGENT1_INBOX, "web1", journal, message);
}

#define WORLD_MESSAGE_ID "01J0000000000000000000MSGX"

static inline void world_register_as(World *world, uint8_t key, const char *name,
                                     const char *journal, int64_t session, const char *skills)
{
    Message *message = message_new(MESSAGE_REGISTER, WORLD_MESSAGE_ID, name, world->now_ms);

    message->registration.name = g_strdup(name);
    message->registration.version = g_strdup("0.1.0");
    message->registration.host = g_strdup("host");
    message->registration.session = session;
    message->registration.seq = 1;
    message->registration.skills = world_json(skills);
    world_report_as(world, key, TOPIC_KIND_REGISTER, name, journal, message);
}

#define SKILLS_SHELL "[{\"name\":\"shell\",\"risk\":\"guarded\"}]"

static inline void world_register(World *world, const char *journal, int64_t session)
{
    world_register_as(world, 1, "web1", journal, session, SKILLS_SHELL);
}

static inline void world_status(World *world, const char *journal, int64_t session, int64_t seq,
                                AgentState state)
{
    Message *message = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->status.name = g_strdup("web1");
    message->status.session = session;
    message->status.seq = seq;
    message->status.state = (int)state;
    world_report_as(world, 1, TOPIC_KIND_STATUS, "web1", journal, message);
}

/* The newest message of a kind that was sent, or NULL. */
static inline const Message *world_last_sent(const World *world, MessageKind kind)
{
    unsigned i;

    for (i = world->sent->len; i > 0; i--) {
        const Effect *effect = world->sent->pdata[i - 1];

        if (effect->publish.message->kind == kind)
            return effect->publish.message;
    }
    return NULL;
}

/* The newest control of an action that was sent, or NULL. */
static inline const Message *world_last_control(const World *world, ControlAction action)
{
    unsigned i;

    for (i = world->sent->len; i > 0; i--) {
        const Message *message = ((const Effect *)world->sent->pdata[i - 1])->publish.message;

        if (message->kind == MESSAGE_CONTROL && message->control.action == (int)action)
            return message;
    }
    return NULL;
}

/* The newest query that was sent; there must be one. */
static inline const Message *world_last_query(const World *world)
{
    const Message *message = world_last_control(world, CONTROL_QUERY);

    if (!message)
        fail_msg("no query was sent");
    return message;
}

static inline unsigned world_count_controls(const World *world, ControlAction action)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->sent->len; i++) {
        const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

        count += message->kind == MESSAGE_CONTROL && message->control.action == (int)action;
    }
    return count;
}

/* The number of the newest policy that was sent; there must be one. */
static inline int64_t world_last_policy_seq(const World *world)
{
    const Message *message = world_last_control(world, CONTROL_POLICY);

    assert_non_null(message);
    return message->control.seq;
}

static inline unsigned world_count_sent(const World *world, MessageKind kind)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < world->sent->len; i++)
        count += ((const Effect *)world->sent->pdata[i])->publish.message->kind == kind;
    return count;
}

static inline void world_ack(World *world, const char *run, int64_t attempt, AckState state,
                             const char *rule)
{
    Message *message = message_new(MESSAGE_ACK, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->ack.run = g_strdup(run);
    message->ack.attempt = attempt;
    message->ack.state = (int)state;
    message->ack.rule = g_strdup(rule);
    message->ack.reason = g_strdup(rule ? "because" : NULL);
    world_report(world, JOURNAL_1, message);
}

static inline void world_result(World *world, const char *run, int64_t attempt, const char *state,
                                int64_t exit_code, const char *output)
{
    Message *message = message_new(MESSAGE_RESULT, WORLD_MESSAGE_ID, "web1", world->now_ms);

    message->result.run = g_strdup(run);
    message->result.attempt = attempt;
    message->result.state = g_strdup(state);
    message->result.exit_code = exit_code;
    message->result.signal = MESSAGE_ABSENT;
    message->result.output = g_strdup(output);
    message->result.started_ms = world->now_ms - 400;
    message->result.finished_ms = world->now_ms;
    message->result.duration_ms = 400;
    world_report(world, JOURNAL_1, message);
}

/* An answer to a query: the run's state as the agent tells it (NULL: it lists nothing). */
static inline void world_answer_query(World *world, const char *journal, const char *in_reply_to,
                                      const char *run, int64_t attempt, const char *state)
{
    Message *message = message_new(MESSAGE_ANSWER, WORLD_MESSAGE_ID, "web1", world->now_ms);
    g_autofree char *data =
        run ? g_strdup_printf("{\"runs\":[{\"run\":\"%s\",\"attempt\":%d,\"state\":\"%s\"}]}", run,
                              (int)attempt, state)
            : g_strdup("{\"runs\":[]}");

    message->answer.in_reply_to = g_strdup(in_reply_to);
    message->answer.is_ok = true;
    message->answer.data = world_json(data);
    world_report(world, journal, message);
}

/* The row of a run by its number. */
static inline const Row *world_run(const World *world, int64_t number)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, world->store.tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_int(row, RUNS_NUMBER) == number)
            return row;
    }
    return NULL;
}

static inline const char *world_run_state(const World *world, int64_t number)
{
    const Row *row = world_run(world, number);

    return row ? row_text(row, RUNS_STATE) : "none";
}

static inline const char *world_run_id(const World *world, int64_t number)
{
    const Row *row = world_run(world, number);

    return row ? row_text(row, RUNS_ID) : "none";
}

#endif

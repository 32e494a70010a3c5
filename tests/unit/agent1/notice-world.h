/*
 * What tests of notices share: who heard what, quiet hours, and a fleet of 300.
 */
#ifndef TESTS_UNIT_AGENT1_NOTICE_WORLD_H
#define TESTS_UNIT_AGENT1_NOTICE_WORLD_H

#include "core-world.h"

#define MANY 300

/* Gives a person of the configuration members such as "\"quiet_hours\":{…}". */
static inline void notice_configure(World *world, const char *name, const char *members)
{
    Json *users = json_member_mutable(world->config, "users");
    g_autofree char *text = g_strdup_printf("{%s}", members);
    g_autoptr(Json) given = world_json(text);
    Json *list = json_new_array();
    const Json *node;

    for (node = json_first(users); node; node = json_next(node)) {
        Json *user = json_copy(node);
        const Json *member;

        if (strcmp(json_string(json_member(node, "name")), name) == 0) {
            for (member = json_first(given); member; member = json_next(member))
                json_set(user, json_name(member), json_copy(member));
        }
        json_append(list, user);
    }
    json_set(world->config, "users", list);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static inline void notice_quiet(World *world, const char *name, const char *start, const char *end)
{
    g_autofree char *members =
        g_strdup_printf("\"quiet_hours\":{\"start\":\"%s\",\"end\":\"%s\"}", start, end);

    notice_configure(world, name, members);
}

/* How many messages somebody got that hold these words. A message that is said again after a
 * restart, since no server took it, is the same one. */
static inline unsigned notice_count(const World *world, const char *user, const char *words)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree char *jid = g_strdup_printf("%s@example.org", user);
    unsigned i;

    for (i = 0; i < world->said->len; i++) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i])->say;

        if (strcmp(say->jid, jid) == 0 && strstr(say->text, words))
            g_hash_table_add(ids, say->id);
    }
    return g_hash_table_size(ids);
}

/* The last message that somebody got; "" for none. */
static inline const char *notice_last(const World *world, const char *user)
{
    g_autofree char *jid = g_strdup_printf("%s@example.org", user);
    unsigned i;

    for (i = world->said->len; i > 0; i--) {
        const EffectSay *say = &((const Effect *)world->said->pdata[i - 1])->say;

        if (strcmp(say->jid, jid) == 0)
            return say->text;
    }
    return "";
}

/* An agent of the registry says what it is, by a key of its own. */
static inline void notice_status(World *world, const char *name, int64_t seq, AgentState state)
{
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(MESSAGE_STATUS, WORLD_MESSAGE_ID, name, world->now_ms);

    message->status.name = g_strdup(name);
    message->status.session = 1;
    message->status.seq = seq;
    message->status.state = (int)state;
    message->journal = g_strdup(JOURNAL_1);
    event->message.topic = TOPIC_KIND_STATUS;
    event->message.topic_name = g_strdup(name);
    event->message.sender = g_strdup(json_string(
        json_member(json_member(json_member(world->registry, "agents"), name), "public_key")));
    event->message.message = message;
    world_step(world, event);
}

static inline void notice_many_status(World *world, AgentState state, int64_t apart_ms)
{
    for (unsigned i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("m%03u", i);

        notice_status(world, name, world->now_ms, state);
        world->now_ms += apart_ms;
    }
}

static inline void notice_make_many(World *world)
{
    Json *agents = json_member_mutable(world->registry, "agents");

    for (unsigned i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("m%03u", i);
        g_autofree char *text = NULL;
        Json *entry = json_new_object();
        Row *row = row_new(TABLE_AGENTS);
        Key key;

        memset(key.bytes, 77, sizeof(key.bytes));
        key.bytes[0] = (uint8_t)(i & 0xff);
        key.bytes[1] = (uint8_t)(i >> 8);
        text = key_print(&key);
        json_set_string(entry, "public_key", text);
        json_set_bool(entry, "accepted", true);
        json_set(agents, name, entry);
        row_set_text(row, AGENTS_NAME, name);
        row_set_text(row, AGENTS_KEY, text);
        row_set_text(row, AGENTS_JOURNAL, JOURNAL_1);
        row_set_int(row, AGENTS_SESSION, 1);
        row_set_text(row, AGENTS_STATE, "online");
        row_set_int(row, AGENTS_HEARD, world->now_ms);
        row_store_put(&world->store, row);
    }
    world_restart(world);
}

/* Time passes, and web1 is heard in each five minutes of it. */
static inline void notice_wait_with_heartbeats(World *world, int64_t ms)
{
    int64_t until_ms = world->now_ms + ms;

    while (world->now_ms < until_ms) {
        notice_status(world, "web1", world->now_ms, AGENT_ONLINE);
        world_wait(world, MIN(until_ms - world->now_ms, 5 * MINUTE_MS));
    }
}

#endif

/* For the tests of what people publish and hear: the world of the core with a policy that lists
 * topics, and the broker's words. */
#ifndef TESTS_UNIT_AGENT1_TOPIC_WORLD_H
#define TESTS_UNIT_AGENT1_TOPIC_WORLD_H

#include "tests/unit/agent1/core-world.h"

static inline void world_policy(World *world, const char *text)
{
    json_free(world->policy);
    world->policy = world_json(text);
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static inline int topics_setup(void **state)
{
    *state = world_new();
    world_policy(*state, "{\"mqtt\":{\"publish\":[\"home/+/set\"],\"subscribe\":[\"home/#\"]}}");
    world_forget(*state);
    return 0;
}

#define TOPIC_TEST(function) cmocka_unit_test_setup_teardown(function, topics_setup, world_teardown)

/* The newest effect of the kind among the other ones; fails when there is none. */
static inline const Effect *last_other(const World *world, EffectKind kind)
{
    unsigned i;

    for (i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == kind)
            return effect;
    }
    fail_msg("no effect of that kind");
    return NULL;
}

static inline void broker_answers(World *world, const char *id, PublishEnd end, const char *reason)
{
    Event *event = event_new(EVENT_PUBLISHED);

    event->published.id = g_strdup(id);
    event->published.end = end;
    event->published.reason = g_strdup(reason);
    world_step(world, event);
}

static inline void broker_listens(World *world, const char *id, ListenState state,
                                  const char *reason)
{
    Event *event = event_new(EVENT_LISTENING);

    event->listening.id = g_strdup(id);
    event->listening.state = state;
    event->listening.reason = g_strdup(reason);
    world_step(world, event);
}

/* Messages "1", "2" … on home/a. */
static inline void broker_sends(World *world, const char *id, unsigned count, uint64_t dropped)
{
    Event *event = event_new(EVENT_HEARD);
    unsigned i;

    event->heard.id = g_strdup(id);
    event->heard.messages = heard_messages_new();
    event->heard.dropped = dropped;
    for (i = 0; i < count; i++) {
        g_autofree char *text = g_strdup_printf("%u", i + 1);

        g_ptr_array_add(event->heard.messages,
                        heard_message_new("home/a", text, strlen(text), false));
    }
    world_step(world, event);
}

/* The last reply to agentctl; NULL: none. */
static inline const MessageReply *last_reply(const World *world)
{
    unsigned i;

    for (i = world->sent->len; i > 0; i--) {
        const Effect *effect = world->sent->pdata[i - 1];

        if (effect->publish.message->kind == MESSAGE_REPLY)
            return &effect->publish.message->reply;
    }
    return NULL;
}

#endif

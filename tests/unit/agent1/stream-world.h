/*
 * A language model that speaks piece by piece for the core's world, and what is shown of it: parts
 * of a reply, or one message that corrects itself.
 */
#ifndef TESTS_UNIT_AGENT1_STREAM_WORLD_H
#define TESTS_UNIT_AGENT1_STREAM_WORLD_H

#include "core-xmpp.h"

#define PHONE "oskar@example.org/phone"
#define CHAIN                                                                                      \
    "{\"chain\":["                                                                                 \
    "{\"provider\":\"ollama\",\"model\":\"small\"},"                                               \
    "{\"provider\":\"ollama\",\"model\":\"big\"}]}"

/* Nothing that begins so is a refusal. */
#define SURE "The two agents are there and the disk of the first has room for years.\n"

static inline void configure(World *world)
{
    json_set(world->config, "llm", world_json(CHAIN));
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

static inline int open_phone(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    configure(world);
    world_register(world, JOURNAL_1, 1);
    world_write(world, "oskar", NULL, "!agents");
    xmpp_tell(world, XMPP_FACT_ABILITIES, PHONE, XMPP_CAN_CORRECT | XMPP_CAN_STATES);
    world_wait(world, 2 * SECOND_MS);
    world_forget(world);
    return 0;
}

static inline int open_cli(void **state)
{
    World *world;

    world_setup(state);
    world = *state;
    configure(world);
    world_register(world, JOURNAL_1, 1);
    world_forget(world);
    return 0;
}

#define PHONE_TEST(function) cmocka_unit_test_setup_teardown(function, open_phone, world_teardown)
#define CLI_TEST(function)   cmocka_unit_test_setup_teardown(function, open_cli, world_teardown)

/* What was said before may be lost with the session on XMPP. */
static inline void another_session(World *world)
{
    world_wait(world, 1);
    world_link(world, LINK_XMPP, false);
    world_wait(world, 1);
    world_link(world, LINK_XMPP, true);
}

/* ---- the model ---- */

static inline char *call_id(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_MODEL_CALL)
            return g_strdup(effect->call->id);
    }
    fail_msg("no model was asked");
    return NULL;
}

static inline void tell(World *world, ModelNews *news)
{
    Event *event = event_new(EVENT_MODEL);

    event->model = news;
    world_step(world, event);
}

static inline void piece(World *world, const char *text)
{
    g_autofree char *id = call_id(world);

    tell(world, model_news_piece(id, text));
}

static inline void end(World *world, ModelOutcome outcome)
{
    g_autofree char *id = call_id(world);

    tell(world, model_news_end(id, outcome));
}

/* ---- what is shown ---- */

/* The parts as agentctl puts them together; its replies so far. */
static inline char *parts(const World *world, unsigned *out_count)
{
    GString *text = g_string_new(NULL);

    *out_count = 0;
    for (unsigned i = 0; i < world->sent->len; i++) {
        const Message *message = ((const Effect *)world->sent->pdata[i])->publish.message;

        if (message->kind != MESSAGE_REPLY || message->reply.offset == MESSAGE_ABSENT)
            continue;
        assert_false(message->reply.is_final);
        assert_true((size_t)message->reply.offset <= text->len);
        g_string_truncate(text, (size_t)message->reply.offset);
        g_string_append(text, message->reply.text);
        (*out_count)++;
    }
    return g_string_free(text, FALSE);
}

static inline void expect_parts(const World *world, const char *text, unsigned count)
{
    unsigned counted;
    g_autofree char *found = parts(world, &counted);

    assert_string_equal(found, text);
    assert_int_equal(counted, count);
}

static inline void expect_answer(const World *world, const char *text)
{
    const Message *reply = world_last_sent(world, MESSAGE_REPLY);

    assert_true(reply->reply.is_final);
    assert_int_equal(reply->reply.offset, MESSAGE_ABSENT);
    assert_string_equal(reply->reply.text, text);
}

static inline unsigned count_acts(const World *world, XmppActKind kind)
{
    unsigned count = 0;

    for (unsigned i = 0; i < world->other->len; i++) {
        const Effect *effect = world->other->pdata[i];

        count += effect->kind == EFFECT_XMPP && effect->act.kind == kind;
    }
    return count;
}

static inline const EffectSay *said_at(const World *world, unsigned place)
{
    assert_true(place < world->said->len);
    return &((const Effect *)world->said->pdata[place])->say;
}

static inline void expect_correction(const World *world, const char *text)
{
    const XmppAct *act = world_last_act(world, XMPP_ACT_CORRECT);

    assert_non_null(act);
    assert_string_equal(act->text, text);
    assert_string_equal(act->about, said_at(world, 0)->id);
}

#endif

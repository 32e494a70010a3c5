/*
 * Language models for the core's world: what is asked of them, and what a test answers.
 */
#ifndef TESTS_UNIT_AGENT1_TALK_WORLD_H
#define TESTS_UNIT_AGENT1_TALK_WORLD_H

#include "core-world.h"

#define CHAIN                                                                                      \
    "{\"chain\":["                                                                                 \
    "{\"provider\":\"ollama\",\"model\":\"small\"},"                                               \
    "{\"provider\":\"anthropic\",\"model\":\"big\",\"api_key\":\"secret-key\"}]}"

static inline void configure(World *world, const char *llm)
{
    json_set(world->config, "llm", world_json(llm));
    world_configure(world);
    world_step(world, event_new(EVENT_CONFIGURED));
}

/* The last question to a model. */
static inline const ModelCall *last_call(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_MODEL_CALL)
            return effect->call;
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

/* It answers the last question. */
static inline void answer(World *world, const char *text)
{
    g_autofree char *id = g_strdup(last_call(world)->id);

    if (*text)
        tell(world, model_news_piece(id, text));
    tell(world, model_news_end(id, MODEL_ANSWERED));
}

static inline void fail_call(World *world, ModelOutcome outcome)
{
    ModelNews *news = model_news_end(last_call(world)->id, outcome);

    news->why = g_strdup("it says so");
    tell(world, news);
}

static inline void expect_said(const World *world, const char *text)
{
    assert_string_equal(world_last_said(world), text);
}

static inline const char *words_at(const ModelCall *call, unsigned place)
{
    assert_true(place < call->words->len);
    return ((const ModelWords *)call->words->pdata[place])->text;
}

#endif

/* A provider of vectors that a test plays: what it is asked, and what it answers. */
#ifndef TESTS_UNIT_AGENT1_VECTORS_WORLD_H
#define TESTS_UNIT_AGENT1_VECTORS_WORLD_H

#include "talk-world.h"

#include "common/base/banned.h"

#define WITH_VECTORS                                                                               \
    "{\"chain\":[{\"provider\":\"ollama\",\"model\":\"m\"}],"                                      \
    "\"embeddings\":{\"provider\":\"ollama\",\"model\":\"e\"}}"

/* The last texts of which vectors are wanted. */
static inline const EmbedCall *last_embed(const World *world)
{
    for (unsigned i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_EMBED)
            return effect->embed;
    }
    fail_msg("no vector is wanted");
    return NULL;
}

static inline const char *text_at(const EmbedCall *call, unsigned place)
{
    assert_true(place < call->texts->len);
    return call->texts->pdata[place];
}

static inline void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

/* Each text gets the vector of its sense. */
static inline void embed(World *world, float sense)
{
    const EmbedCall *call = last_embed(world);
    Event *event = event_new(EVENT_EMBEDDED);
    GPtrArray *vectors = g_ptr_array_new_with_free_func(unref_bytes);

    for (unsigned i = 0; i < call->texts->len; i++)
        g_ptr_array_add(vectors, g_bytes_new(&sense, sizeof(sense)));
    event->embedded = embed_news_new(call->id, vectors);
    world_step(world, event);
}

static inline void fail_with(World *world, EmbedTrouble trouble)
{
    Event *event = event_new(EVENT_EMBEDDED);

    event->embedded = embed_news_new_trouble(last_embed(world)->id, trouble, "it says so");
    world_step(world, event);
}

static inline void fail_embed(World *world)
{
    fail_with(world, EMBED_UNREACHABLE);
}

static inline void expect_trial(const World *world)
{
    assert_int_equal(last_embed(world)->texts->len, 1);
    assert_string_equal(text_at(last_embed(world), 0), "note");
}

/* The line of !status, behind its beginning; "": there is none. The caller owns it. */
static inline char *status_of(World *world)
{
    static const char begin[] = "memory by meaning: ";
    const char *line;

    world_write(world, "vera", NULL, "!status");
    line = strstr(world_last_said(world), begin);
    return line ? g_strndup(line + strlen(begin), strcspn(line + strlen(begin), "\n"))
                : g_strdup("");
}

static inline void expect_status(World *world, const char *expected)
{
    g_autofree char *found = status_of(world);

    assert_string_equal(found, expected);
}

static inline void keep_with_vector(World *world, const char *line, float sense)
{
    world_write(world, "oskar", NULL, line);
    world_wait(world, 200);
    embed(world, sense);
    world_wait(world, 200);
}

/* "": there is none. */
static inline const char *model_of_vector(const World *world, const char *id)
{
    const Row *row = row_store_find(&world->store, TABLE_VECTORS, id);

    return row ? row_text(row, VECTORS_MODEL) : "";
}

#endif

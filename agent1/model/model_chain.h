/*
 * The chain of language models: which one is asked next, and which are left alone for a while. A
 * breaker for each: one that failed twice in a row, or asked for quiet, is passed over until its
 * time; then one question goes to it as a probe, and its answer opens the way again.
 *
 * Times are CLOCK_BOOTTIME in ms, so that a wall clock that is set changes nothing. Memory alone: a
 * restart begins with every way open.
 */
#ifndef AGENT1_MODEL_MODEL_CHAIN_H
#define AGENT1_MODEL_MODEL_CHAIN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The next one when none is left: the phrasebook, which is always there. */
#define MODEL_NONE (-1)

/* What an end means for the model that it came from. */
typedef enum {
    MODEL_WORKS,
    MODEL_STUMBLES, /* no connection, no answer in time, an error, nonsense */
    MODEL_QUIET,    /* it asked to be left alone */
    MODEL_UNUSABLE, /* its key or its name is wrong: only people can mend it */
} ModelHealth;

typedef struct ModelChain ModelChain;

ModelChain *model_chain_new(unsigned count);
void model_chain_free(ModelChain *chain);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelChain, model_chain_free)

/* The first one behind `after` (MODEL_NONE: from the beginning) that may be asked now. It counts as
 * asked: a probe is given away once, until model_chain_tell() or MODEL_PROBE_MAX_MS later. */
int model_chain_next(ModelChain *chain, int after, int64_t boot_ms);

/* How a question to it ended. quiet_ms: how long it asked for; 0: it did not say. */
void model_chain_tell(ModelChain *chain, unsigned place, ModelHealth health, int64_t quiet_ms,
                      int64_t boot_ms);

/* It was given up before it ended: nothing is known, and a probe is free again. */
void model_chain_forget(ModelChain *chain, unsigned place);

/* For !status: how long it is still left alone, 0 when it may be asked. */
int64_t model_chain_closed_ms(const ModelChain *chain, unsigned place, int64_t boot_ms);

/* The bounds of a time that a model is left alone. */
#define MODEL_REST_MIN_MS     (30 * INT64_C(1000))
#define MODEL_REST_MAX_MS     (10 * 60 * INT64_C(1000))
#define MODEL_QUIET_MAX_MS    (60 * 60 * INT64_C(1000))
#define MODEL_UNUSABLE_MS     (5 * 60 * INT64_C(1000))
#define MODEL_STUMBLES_BEFORE 2
#define MODEL_PROBE_MAX_MS    (15 * 60 * INT64_C(1000))

#endif

/*
 * Does an answer say that the model will not answer? Then the next one of the chain is asked. By
 * phrases at its beginning, in English, French, Polish, Portuguese and Chinese, and whatever people
 * add in config.json.
 */
#ifndef AGENT1_MODEL_REFUSAL_H
#define AGENT1_MODEL_REFUSAL_H

#include <glib.h>
#include <stdbool.h>

/* A refusal is short: a longer answer that begins so has said something after all. */
#define REFUSAL_MAX_CHARS 600

/* more: further phrases (char *), or NULL. Without case; typographic apostrophes are plain ones. */
bool refusal_is(const char *text, const GPtrArray *more);

/* True while an answer that begins so may still turn out to be one, whatever follows. Looks at no
 * more than the beginning. */
bool refusal_may_be(const char *beginning, const GPtrArray *more);

#endif

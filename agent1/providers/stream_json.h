/*
 * JSON as models' servers write it: strict, but for what a model's tokens can break. Half a
 * character, as bytes or as half of a surrogate pair, and \u0000 become U+FFFD.
 */
#ifndef AGENT1_PROVIDERS_STREAM_JSON_H
#define AGENT1_PROVIDERS_STREAM_JSON_H

#include "common/data/json.h"

#include <stddef.h>

/* NULL for what is no JSON. The caller owns the tree, and bounds the length. */
Json *stream_json_parse(const char *bytes, size_t length);

#endif

/*
 * The interfaces of embedding models: what is sent, and what comes back.
 *   ollama  POST /api/embed: https://docs.ollama.com/api/embed
 *   openai  POST /embeddings: https://platform.openai.com/docs/api-reference/embeddings, as
 *           llama.cpp, vLLM and others have it
 * Pure.
 */
#ifndef AGENT1_PROVIDERS_EMBEDDINGS_H
#define AGENT1_PROVIDERS_EMBEDDINGS_H

#include "agent1/port/embed_call.h"
#include "agent1/port/model_settings.h"
#include "agent1/providers/request.h"

#include <stddef.h>

/* Of an answer, whatever its numbers look like. */
#define EMBEDDINGS_ANSWER_MAX_BYTES ((size_t)4 * 1024 * 1024)

ModelRequest *embeddings_request_new(const EmbedCall *call, const ModelSettings *settings);

/* The vectors of so many texts, in their order: GBytes *, packed (port/packed_vector.h), all of the
 * same length, of which none is longer than VECTOR_NUMBERS_MAX, held a number that is none, or was
 * nothing but noughts. The caller owns the array. NULL: the answer is none. */
GPtrArray *embeddings_parse(int provider, const char *body, size_t length, unsigned count,
                            GError **error);

#endif

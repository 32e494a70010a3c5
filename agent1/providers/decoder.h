/*
 * A provider's stream as it comes, in reads of any size, made into pieces of text and an end.
 *
 * A tool call that does not fit a trigger (agent1/providers/trigger_tools.h), or that nobody asked
 * for, breaks the whole answer: none of its lines is told, so that nothing is half done.
 */
#ifndef AGENT1_PROVIDERS_DECODER_H
#define AGENT1_PROVIDERS_DECODER_H

#include "agent1/port/model_call.h"
#include "agent1/port/model_settings.h"

#include <stdbool.h>
#include <stddef.h>

/* Of one record of a stream: its text with all that stands around it. */
#define MODEL_RECORD_MAX_BYTES ((size_t)4 * MODEL_ANSWER_MAX_BYTES)

typedef struct ModelDecoder ModelDecoder;

/* Of the settings the provider and the key, which no error repeats, are read; both are kept. */
ModelDecoder *model_decoder_new(const ModelSettings *settings, bool has_tools);
void model_decoder_free(ModelDecoder *decoder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelDecoder, model_decoder_free)

/* After model_decoder_is_over() nothing is taken any more. */
void model_decoder_feed(ModelDecoder *decoder, const char *bytes, size_t length);

/* The last word came, or it failed. */
bool model_decoder_is_over(const ModelDecoder *decoder);

/* The stream ended as HTTP says: whatever is still missing will not come. */
void model_decoder_finish(ModelDecoder *decoder);

/* All text since the last time; NULL: none. The caller owns it. */
char *model_decoder_take_piece(ModelDecoder *decoder);

/* Whether the answer is whole, or failed by the provider's own word: an end that does not depend on
 * how the connection ended. */
bool model_decoder_has_end(const ModelDecoder *decoder);

/* The end; the caller owns it. Of the times nothing is set. */
ModelNews *model_decoder_end(const ModelDecoder *decoder, const char *id);

#endif

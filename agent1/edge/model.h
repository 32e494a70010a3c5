/*
 * Language models by HTTP: asks the provider that a call names, streams the pieces of its answer as
 * they come, and says how it ended. It decides nothing: no second try, no other provider, no
 * budget. All of it belongs to the main thread.
 *
 * Of each call come any number of pieces and one end, in MODEL_CALL_MAX_MS and the provider's own
 * time limit at the latest. Nothing of questions and answers is logged.
 */
#ifndef AGENT1_EDGE_MODEL_H
#define AGENT1_EDGE_MODEL_H

#include "agent1/port/model_call.h"
#include "agent1/port/model_settings.h"

#include <glib.h>
#include <stddef.h>

/* Of a call that never falls silent for long, and never ends. */
#define MODEL_CALL_MAX_MS (10 * 60 * INT64_C(1000))

/* Of a stream with all that stands around the text: some hundred bytes for a word. */
#define MODEL_STREAM_MAX_BYTES ((size_t)64 * 1024 * 1024)

typedef struct ModelClient ModelClient;

/* Takes the news over. It may call everything here. */
typedef void (*ModelHandler)(ModelNews *news, void *data);

/* chain: of ModelSettings *, borrowed until it is replaced or the client freed; calls under way
 * keep what they began with. libcurl is loaded for the first call. */
ModelClient *model_client_new(const GPtrArray *chain, ModelHandler handler, void *data);
void model_client_set_chain(ModelClient *client, const GPtrArray *chain);

/* Ends what is under way; no news follow. */
void model_client_free(ModelClient *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelClient, model_client_free)

/* Copies what it needs of the call. The handler is called later, never from here. */
void model_client_call(ModelClient *client, const ModelCall *call);

/* No news follow of it. A call that is not under way is none. */
void model_client_cancel(ModelClient *client, const char *id);

#endif

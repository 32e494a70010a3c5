/*
 * Embedding models by HTTP: has vectors made of texts. It decides nothing: no second try, no
 * back-off. All of it belongs to the main thread. Each call is answered once, by its own time limit
 * at the latest. Nothing of texts and vectors is logged.
 */
#ifndef AGENT1_EDGE_EMBEDDER_H
#define AGENT1_EDGE_EMBEDDER_H

#include "agent1/port/embed_call.h"
#include "agent1/port/model_settings.h"

typedef struct Embedder Embedder;

/* Takes the news over. It may call everything here but embedder_free(). */
typedef void (*EmbedHandler)(EmbedNews *news, void *data);

/* settings: with its key, taken over; NULL: nobody is asked, and every call fails. libcurl is
 * loaded for the first call. */
Embedder *embedder_new(EmbedHandler handler, void *data);
void embedder_configure(Embedder *embedder, ModelSettings *settings);

/* Ends what is under way; no news follow. */
void embedder_free(Embedder *embedder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Embedder, embedder_free)

/* Copies what it needs of the call. The handler is called later, never from here. */
void embedder_call(Embedder *embedder, const EmbedCall *call);

#endif

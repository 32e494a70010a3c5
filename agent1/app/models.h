/*
 * The language models of the configuration, with their keys, and the one that makes vectors:
 * EFFECT_MODEL_CALL, _CANCEL and EFFECT_EMBED in, EVENT_MODEL and EVENT_EMBEDDED out. The core
 * knows the chain without the keys.
 */
#ifndef AGENT1_APP_MODELS_H
#define AGENT1_APP_MODELS_H

#include "agent1/app/config.h"
#include "agent1/port/effect.h"
#include "agent1/port/event.h"
#include "agent1/port/settings.h"

typedef struct Models Models;

/* Takes the event over; it is called from the main loop. Pieces of an answer must neither be lost
 * nor overtake each other: no mailbox in between. */
typedef void (*ModelsHandler)(Event *event, void *data);

Models *models_new(ModelsHandler handler, void *data);
void models_free(Models *models);

/* Takes another chain and reads its keys. A key that cannot be read is a warning in the log: its
 * provider is asked without, and says what it thinks of that. */
void models_configure(Models *models, const Config *config, const Settings *settings);

void models_call(Models *models, const ModelCall *call);
void models_cancel(Models *models, const char *id);
void models_embed(Models *models, const EmbedCall *call);

#endif

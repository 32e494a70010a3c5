/*
 * The language models of the configuration, with their keys: EFFECT_MODEL_CALL and _CANCEL in, news
 * out. The core knows the chain without the keys.
 */
#ifndef AGENT1_APP_MODELS_H
#define AGENT1_APP_MODELS_H

#include "agent1/app/config.h"
#include "agent1/port/effect.h"
#include "agent1/port/settings.h"

typedef struct Models Models;

/* Takes the news over; it is called from the main loop. */
typedef void (*ModelsHandler)(ModelNews *news, void *data);

Models *models_new(ModelsHandler handler, void *data);
void models_free(Models *models);

/* Takes another chain and reads its keys. A key that cannot be read is a warning in the log: its
 * provider is asked without, and says what it thinks of that. */
void models_configure(Models *models, const Config *config, const Settings *settings);

void models_call(Models *models, const ModelCall *call);
void models_cancel(Models *models, const char *id);

#endif

/*
 * Home Assistant: every accepted agent is told to it by MQTT discovery, with its present state, and
 * what it switches is done as the user "homeassistant". Retained documents: they are told when they
 * change, and all of them after a connect and after Home Assistant's own start.
 */
#ifndef AGENT1_FLOW_DOORS_HOME_ASSISTANT_H
#define AGENT1_FLOW_DOORS_HOME_ASSISTANT_H

#include "agent1/flow/state/core_state.h"

typedef struct HomeAssistant HomeAssistant;

HomeAssistant *home_assistant_new(void);
void home_assistant_free(HomeAssistant *home);

void home_assistant_take(Core *core, const EventHomeAssistant *event);

/* The broker may have lost all that it was told. */
void home_assistant_tell_anew(Core *core);

/* Something happened: what changed by it is told within a second, with what else did. */
void home_assistant_look_soon(Core *core);

/* Tells what changed, when its time has come; not too much at a time. */
void home_assistant_look(Core *core);
int64_t home_assistant_next_deadline(const Core *core);

#endif

/*
 * MQTT_PUBLISH: from its row to what the broker said. A message is handed to the broker once, after
 * its row is stored, and never again: where it is not known whether the broker has it, that is what
 * the person hears. Nothing is held for a broker that is away.
 */
#ifndef AGENT1_FLOW_TOPICS_PUBLICATIONS_H
#define AGENT1_FLOW_TOPICS_PUBLICATIONS_H

#include "agent1/flow/voice/turn.h"
#include "agent1/port/heard.h"

#include <stdbool.h>
#include <stdint.h>

/* Publishes; what becomes of it is told later. The topic is judged already. */
void publications_begin(Core *core, Turn *turn, const char *topic, const char *message,
                        bool is_retained);

/* EVENT_PUBLISHED. */
void publications_take(Core *core, const EventPublished *published);

/* After a restart: whether the broker has what was under way, nobody can tell any more. */
void publications_settle(Core *core);

/* The same of what the broker leaves without an answer. */
void publications_tick(Core *core);
/* The wall clock was put back: nobody waits longer for that. */
void publications_set_back(Core *core);
int64_t publications_next_deadline(const Core *core);

#endif

/*
 * MQTT_SUBSCRIBE: from its row to its end, which comes by the number of messages, by time, by a
 * person's word, by the broker's refusal, or when the person may no longer. It is the person's and
 * speaks where it was asked for. After a restart it goes on; what came meanwhile is missing, and
 * the end says that something is.
 */
#ifndef AGENT1_FLOW_TOPICS_SUBSCRIPTIONS_H
#define AGENT1_FLOW_TOPICS_SUBSCRIPTIONS_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/topic_line.h"
#include "agent1/port/heard.h"

#include <glib.h>
#include <stdint.h>

/* Subscribes; what comes is told later. The filter is judged already. */
void subscriptions_begin(Core *core, Turn *turn, const TopicLine *line);

/* EVENT_LISTENING and EVENT_HEARD. */
void subscriptions_take_state(Core *core, const EventListening *listening);
void subscriptions_take_heard(Core *core, const EventHeard *heard);

/* After a restart: those that are not over go on. */
void subscriptions_go_on(Core *core);

/* People's files changed: who may no longer hears no more. */
void subscriptions_look_again(Core *core);

/* Those whose time is up. */
void subscriptions_tick(Core *core);
int64_t subscriptions_next_deadline(const Core *core);

/* Those the speaker may see here: his own, or for an admin everybody's; in a room only the room's.
 * Row *, oldest first, borrowed; g_ptr_array_unref() frees the array. */
GPtrArray *subscriptions_seen(const Core *core, const Speaker *speaker);

/* Ends one by the speaker's word, and says so. */
void subscriptions_cancel(Core *core, Turn *turn, const Row *row);

#endif

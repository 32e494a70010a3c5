/*
 * Somebody wrote: who is it, was it seen before, is agent1 awake; then commands, triggers or talk.
 */
#ifndef AGENT1_FLOW_DOORS_CHAT_H
#define AGENT1_FLOW_DOORS_CHAT_H

#include "agent1/flow/state/core_state.h"

/* EVENT_CHAT: XMPP, or unsigned text on MQTT. */
void chat_take(Core *core, const EventChat *chat);

/* What is older than this when it comes does nothing by itself, in ms. */
#define CHAT_DELAY_MAX_MS (60 * INT64_C(1000))

/* A line that was typed for a user, by a form that he filled in. */
void chat_take_typed(Core *core, const Speaker *speaker, const char *line);

/* What was written for a user, or his reaction, is not done: why. Said once. */
void chat_refuse(Core *core, const Speaker *speaker, const char *why);

/* A chat message of agentctl: an authentic frame whose kind is chat. */
void chat_take_message(Core *core, const EventMessage *event);

/* Forgets the sessions of agentctl that nobody used for a day. */
void chat_forget_sessions(Core *core);

#endif

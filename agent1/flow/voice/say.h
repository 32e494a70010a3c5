/*
 * Speaking: an answer through the door that somebody came through, a message to somebody. On XMPP
 * every message is stored first and said again after a reconnect until the server has it; to
 * agentctl answers are lost with the link, and it asks again by the same chat id.
 */
#ifndef AGENT1_FLOW_VOICE_SAY_H
#define AGENT1_FLOW_VOICE_SAY_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/voice/answer.h"

#include <stdbool.h>

/* Answers a speaker. */
void say_answer(Core *core, const Speaker *speaker, const Answer *answer);

/* Sends an agentctl session a progress or result object of a run; does nothing at other doors. The
 * message is copied. */
void say_object(Core *core, const Speaker *speaker, const Message *message);

/* A message on XMPP. While agent1 sleeps it is kept for the digest on waking. */
void say_xmpp(Core *core, const char *jid, const char *text);

/* The same for a message that shows the approval that this run waits for: a reaction answers it. */
void say_proposal(Core *core, const char *jid, const char *text, const Run *run);

/* The same with a link of our own making alone, which clients show as what it leads to. */
void say_link(Core *core, const char *jid, const char *url);

/* The XMPP server has taken it: it need not be said again. */
void say_was_taken(Core *core, const char *id);

/* XMPP is there (again): says all that was not taken yet. */
void say_again(Core *core);

/* Woke up: what was held back becomes one message per person. */
void say_digest(Core *core);

/* True at most once per interval for the same words; for notices that must not become a flood. */
bool say_is_due(Core *core, const char *what, int64_t interval_ms);

#endif

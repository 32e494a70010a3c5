/*
 * One message that corrects itself: "#12 web1: queued" becomes "#12 web1: running (12 s)" with the
 * last lines of its output, and at last says how it ended. Only on XMPP, for clients that know
 * corrections (XEP-0308). The outcome itself is a new message, as at every door: this one is only
 * for looking, so it is kept in memory alone, and a restart of agent1 leaves it as it stands.
 */
#ifndef AGENT1_FLOW_VOICE_LIVE_MESSAGE_H
#define AGENT1_FLOW_VOICE_LIVE_MESSAGE_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/voice/answer.h"

void live_free(void *data);

/* An answer was said under this id: when it tells of runs that this turn made, it lives. */
void live_begin(Core *core, const char *jid, const char *id, const Answer *answer);

/* There is news of a run. */
void live_news(Core *core, const Run *run);

/* A run has its outcome, which is about to be said. */
void live_end(Core *core, const Run *run);

/* XMPP is there again. */
void live_hurry(Core *core);

/* Corrects what is due; when the next one is (INT64_MAX: none). */
void live_do(Core *core);
int64_t live_next_deadline(const Core *core);

#endif

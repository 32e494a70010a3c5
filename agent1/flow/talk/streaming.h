/*
 * Streaming: what a model says is shown while it still speaks. To agentctl as parts of the reply
 * (common/wire/message.h, `offset`), on XMPP as one message that corrects itself and whose last
 * correction is the answer (XEP-0308), with "composing" before it (XEP-0085). In rooms, in forms
 * and to clients that know no corrections only the whole answer is said.
 *
 * Shown are words alone, marked as at the end (marks.h), and only what the whole answer will show
 * whatever follows: no line that may be a trigger, nothing of an element of HTML before it is
 * closed, and nothing at all before it is sure that the model does not refuse, since one that
 * refuses is passed over.
 */
#ifndef AGENT1_FLOW_TALK_STREAMING_H
#define AGENT1_FLOW_TALK_STREAMING_H

#include "agent1/flow/state/talks.h"
#include "agent1/flow/voice/turn.h"

/* A model is asked. What was shown of an answer of another one is taken back. */
void streaming_begin(Core *core, Talk *talk);

/* More of the answer has come: talk->answer grew. Costs what came. */
void streaming_more(Core *core, Talk *talk);

/* What has come of the answer so far was none of it: talk->answer has begun anew. */
void streaming_again(Core *core, Talk *talk);

/* The turn says the answer, or that there is none: in the place of what was shown. Where the model
 * is asked again (rounds.h), its next answer is shown in a message of its own. */
void streaming_end(const Core *core, const Talk *talk, Turn *turn);

/* Says what is due; when the next is (INT64_MAX: none). */
void streaming_do(Core *core);
int64_t streaming_next_deadline(const Core *core);

#endif

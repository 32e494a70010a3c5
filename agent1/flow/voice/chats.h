/*
 * Chat messages already acted on: a repeat (same sender, same id) is answered again with what was
 * last said, and never acted on twice, over restarts too.
 */
#ifndef AGENT1_FLOW_VOICE_CHATS_H
#define AGENT1_FLOW_VOICE_CHATS_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/voice/answer_data.h"

#include <stdbool.h>

/* The worse of two outcomes, by agentctl's exit code; the first of equals. Static or borrowed. */
const char *chats_worse(const char *one, const char *other);

/* The static text of an outcome's word that was stored. */
const char *chats_outcome_word(const char *word);

/* After a restart: ends the messages whose answer was awaited from the store. Nothing was done for
 * them: a repeat of agentctl is no repeat, and who wrote by XMPP hears that he is to ask again. */
void chats_begin_again(Core *core);

/* Notes a message before anything is done for it. until_ms: how long repeats may come. */
void chats_begin(Core *core, const Speaker *speaker, int64_t until_ms);

/* True when the message was seen before and is answered to its end. */
bool chats_is_answered(const Core *core, const Speaker *speaker);

/* True when the message was seen before: agentctl is answered again, others need no second answer.
 */
bool chats_is_repeat(Core *core, const Speaker *speaker);

/* True when one of these runs (char *), asked for by that chat, is not over and will be soon: what
 * waits for hours, days or the agent's word does not keep a caller waiting. */
bool chats_awaits(const Core *core, const char *chat_id, const GPtrArray *runs);

/* Notes what was said. Returns the outcome of the whole chat so far (borrowed); *out_runs gets all
 * its runs (the caller's) when the chat is known, else NULL. */
const char *chats_note(Core *core, const Speaker *speaker, const char *text, bool is_final,
                       const char *outcome, const GPtrArray *runs, GPtrArray **out_runs);

/* A message of this id shows what of the answer has come so far: after a restart it tells what
 * became of it. */
void chats_show(Core *core, const Speaker *speaker, const char *message_id);

/* The runs of a chat that were noted so far: char *; empty when it is not known. The caller owns
 * the array. */
GPtrArray *chats_runs(const Core *core, const char *chat_id);

/* Forgets what nobody can repeat any more. */
void chats_forget_old(Core *core);

/* When that is next worth doing; INT64_MAX: nothing to forget. */
int64_t chats_next_deadline(const Core *core);

#endif

/*
 * What a person is told of a question that is left alone or not answered: what becomes of it, and
 * how to look at it and to stop it. Pure.
 */
#ifndef AGENT1_CLI_ASK_WORDS_H
#define AGENT1_CLI_ASK_WORDS_H

#include "agent1/cli/exchange.h"

/* It is no order: a language model answers it, if there is one. */
bool ask_is_talk(const Ask *ask);

/* "#12 web1 goes on; !run 12 shows it, !cancel 12 stops it", and the like for a subscription
 * and for talk.
 * Outside of a conversation these are whole command lines. now_ms: wall time. The caller owns it.
 */
char *ask_goes_on(const Ask *ask, bool is_in_talk, int64_t now_ms);

/* What a reply that is not the last one says beside its label. Borrowed from the text. */
const char *ask_without_label(const Ask *ask, const char *text);

/* Why there is no answer: was there ever a connection? */
const char *ask_unreachable(bool was_connected);

/* That agent1 may still do it; NULL: not any more. The caller owns it. */
char *ask_may_still_come(const Ask *ask, int64_t now_ms);

/* The number of the newest run that this reply tells of, 0 when it tells of none. */
int64_t reply_last_run(const MessageReply *reply);

#endif

/*
 * Questions that are open in a conversation: !yes does the text then, !no drops it. Durable; only
 * the user who was asked may answer; each ends after a day.
 */
#ifndef AGENT1_FLOW_QUESTIONS_H
#define AGENT1_FLOW_QUESTIONS_H

#include "agent1/flow/core_state.h"

/* Opens a question: `text` is done as the speaker when the answer is yes; `shown` is how it is
 * named. */
void questions_ask(Core *core, const Speaker *speaker, const char *text, const char *shown);

void questions_forget_old(Core *core);
int64_t questions_next_deadline(const Core *core);

#endif

/*
 * Marks in a model's words: nothing that it says can be taken for a record of agent1's.
 */
#ifndef AGENT1_FLOW_VOICE_MARKS_H
#define AGENT1_FLOW_VOICE_MARKS_H

#include "agent1/flow/state/core_state.h"

/* "(says the model) …" where a line reads like a record or an order to decide; else the line as it
 * is. Judged by this line alone. The caller owns it. */
char *marks_line(const Core *core, const char *line);

/* The same of each line of a text. The caller owns it. */
char *marks_words(const Core *core, const char *words);

#endif

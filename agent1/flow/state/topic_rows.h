/*
 * Rows of what people publish and hear by chat, as those who answer them need to know: while there
 * is one of a chat, that has not heard its last word.
 */
#ifndef AGENT1_FLOW_STATE_TOPIC_ROWS_H
#define AGENT1_FLOW_STATE_TOPIC_ROWS_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* True while a publication or a subscription of this chat is open; chat_id may be NULL. */
bool topic_rows_has_chat(const Core *core, const char *chat_id);

#endif

/*
 * What language models cost today, in tokens, of everybody and of each user: llm.daily_tokens and
 * llm.daily_user_tokens in config.json. Kept over restarts.
 */
#ifndef AGENT1_FLOW_STATE_SPENDING_H
#define AGENT1_FLOW_STATE_SPENDING_H

#include "agent1/flow/state/core_state.h"

/* False when today's tokens are used up, of all or of this user. */
bool spending_has_left(const Core *core, const char *user);

/* Books what a call of this user cost. */
void spending_add(Core *core, const char *user, int64_t tokens);

#endif

/*
 * Keys that people revoked, by whom and when: a mark in TABLE_META for each, until the key is
 * accepted again. A key that is written into the registry as not accepted has none.
 */
#ifndef AGENT1_FLOW_STATE_REVOKED_H
#define AGENT1_FLOW_STATE_REVOKED_H

#include "agent1/flow/state/core_state.h"

void revoked_note(Core *core, const char *key, const char *user);
void revoked_forget(Core *core, const char *key);

bool revoked_is(const Core *core, const char *key);

/* Whose word it was (the caller owns it), and when; untouched where an older agent1 noted it
 * without. */
void revoked_by(const Core *core, const char *key, char **out_user, int64_t *out_at_ms);

#endif

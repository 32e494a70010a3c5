/*
 * What people wrote into files and is not in use, since it is wrong: they look and wonder. Admins
 * hear it on XMPP at once (core.c); whoever asks for what depends on the files is told; an admin's
 * agentctl, which is told nothing unasked, with the next answer.
 */
#ifndef AGENT1_FLOW_VOICE_BAD_EDIT_H
#define AGENT1_FLOW_VOICE_BAD_EDIT_H

#include "agent1/flow/state/core_state.h"

/* What to tell this speaker of it; NULL: there is no such edit. The caller owns it. */
char *bad_edit_text(const Core *core, const Speaker *speaker);

/* The same for an admin's agentctl, once an hour and edit, when what is said to it (said) does not
 * tell it anyhow. For the last answer of a turn. */
char *bad_edit_reminder(Core *core, const Speaker *speaker, const char *said);

#endif

/*
 * What people wrote into files and is not in use, since it is wrong: they look and wonder. Admins
 * hear it on XMPP at once (core.c); whoever asks for what depends on the files is told; an admin's
 * agentctl, which is told nothing unasked, with the next answer.
 */
#ifndef AGENT1_FLOW_BAD_EDIT_H
#define AGENT1_FLOW_BAD_EDIT_H

#include "agent1/flow/turn.h"

/* Adds a paragraph when there is such an edit. */
void bad_edit_say(Core *core, Turn *turn);

/* The same to an admin's agentctl, once an hour and edit. For the last answer of a turn. */
void bad_edit_remind(Turn *turn);

#endif

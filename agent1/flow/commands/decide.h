/*
 * A person's yes or no to a run that waits for it. The rights of the command were checked; whether
 * this hand may approve this run is checked here.
 */
#ifndef AGENT1_FLOW_COMMANDS_DECIDE_H
#define AGENT1_FLOW_COMMANDS_DECIDE_H

#include "agent1/flow/voice/turn.h"

/* Why this speaker may not approve it; static, NULL: he may. row: its open approval. */
const char *decide_objection(Core *core, const Speaker *speaker, const Run *run, const Row *row);

/* Approves what was shown, and asks the gate once more. Returns what became of it, for people: the
 * caller's. The run may be gone afterwards. */
char *decide_approve(Core *core, const Speaker *speaker, Run *run, const Row *row);

/* Never starts it. why: a line, may be empty. The run is gone afterwards. */
void decide_reject(Core *core, const Speaker *speaker, Run *run, const char *why);

#endif

/*
 * The consoles that people sit at: sessions of agentctl that wrote twice and not long ago, which no
 * script's single line does. What nobody asked for is said there as a reply to the session itself;
 * one that was left hears nothing. Memory alone: after a restart a console is known when it writes,
 * and what was gathered for it is lost (whoever has a JID hears it there).
 */
#ifndef AGENT1_FLOW_VOICE_CONSOLES_H
#define AGENT1_FLOW_VOICE_CONSOLES_H

#include "agent1/flow/state/core_state.h"

#include <stdbool.h>

/* A session of agentctl wrote, or wrote the same again. */
void consoles_heard(Core *core, const Speaker *speaker);

/* Says it at every console of this user. More than a few at once become one message, a minute
 * later; while agent1 sleeps all of it does, and is said when it wakes. */
void consoles_tell(Core *core, const char *user, const char *text);

/* Says what was gathered, where its minute is over; nothing while agent1 sleeps. Unix ms of when to
 * look again, INT64_MAX: nothing waits. */
int64_t consoles_due(Core *core);

/* Of core->consoles. */
void console_free(void *data);

#endif

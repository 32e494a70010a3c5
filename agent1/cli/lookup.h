/*
 * What agentctl must know of the moment: asks agent1 for its agents, or for an agent's skills, as a
 * person would, without showing it. Asks only when Tab was pressed where such a name may stand, and
 * whether there is an agent that plain lines shall be for.
 *
 * Belongs to the main loop, and turns it while it waits a moment for the answer.
 */
#ifndef AGENT1_CLI_LOOKUP_H
#define AGENT1_CLI_LOOKUP_H

#include "agent1/cli/channel.h"
#include "agent1/cli/completion.h"

typedef struct Lookup Lookup;

/* Both are borrowed. */
Lookup *lookup_new(Channel *channel, Completion *completion);
void lookup_free(Lookup *lookup);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Lookup, lookup_free)

/* Tab was pressed after this text. *is_woken ends the waiting. */
void lookup_before(Lookup *lookup, const char *before, const bool *is_woken);

/* Asks whether there is such an agent; does not wait. */
void lookup_agent(Lookup *lookup, const char *agent);

/* The same, and waits a little: false when there is none, which was told by then. *is_woken ends
 * the waiting. */
bool lookup_find_agent(Lookup *lookup, const char *agent, const bool *is_woken);

/* Something was heard of a hidden question; NULL for message when there will be no answer. What the
 * person is to be told of it: that there is no such agent; NULL: nothing. The caller owns it. */
char *lookup_heard(Lookup *lookup, Heard heard, Ask *ask, const Message *message);

/* A person asked this, and it was answered: not to be asked again soon. */
void lookup_note(Lookup *lookup, const char *question);

#endif

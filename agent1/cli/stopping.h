/*
 * Ctrl-C while a language model answers: agent1 is told to end that answer, and is waited for until
 * it has. Asked as a person would ask it, without showing it: the answer itself says that it was
 * stopped.
 */
#ifndef AGENT1_CLI_STOPPING_H
#define AGENT1_CLI_STOPPING_H

#include "agent1/cli/channel.h"

typedef struct Stopping {
    Channel *channel;
    Ask *ask; /* what agent1 is told; NULL: nothing, or it has answered */
    bool has_begun;
} Stopping;

/* channel is borrowed. Another answer is waited for: nothing was told to agent1 about that. */
void stopping_init(Stopping *stopping, Channel *channel);

/* The command that ends the answer to this question, and none that came since. The caller owns it.
 */
char *stopping_command(const Ask *question);

/* Has the answer to this question ended. False where that is not to be had: it is no talk, agent1
 * was told already, or cannot be. */
bool stopping_begin(Stopping *stopping, const Ask *question);

/* agent1 has done what it was told, or will not. */
bool stopping_is_over(const Stopping *stopping);

/* Something was heard of a hidden question, or (HEARD_NOTHING) there will be no answer. True when
 * it was one of these; it is forgotten with its answer. */
bool stopping_heard(Stopping *stopping, Heard heard, Ask *ask);

#endif

/*
 * What Tab offers: commands, triggers, agentctl's own words, and the names of agents that answers
 * mentioned. Pure.
 */
#ifndef AGENT1_CLI_COMPLETION_H
#define AGENT1_CLI_COMPLETION_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Completion Completion;

Completion *completion_new(void);
void completion_free(Completion *completion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Completion, completion_free)

/* Remembers an agent; what is no valid name is left out. */
void completion_learn_agent(Completion *completion, const char *name);

/* Remembers the agents that an answer mentions: "#12 web1: …", "web1: refused …", and in the answer
 * to !agents "web1: online …". */
void completion_learn(Completion *completion, const char *question, const char *answer);

/* What the word may become that ends at the end of before (the line up to the cursor), each a char
 * * that the array frees, sorted. out_start gets where in before that word begins. */
GPtrArray *completion_find(const Completion *completion, const char *before, size_t *out_start);

/* The longest beginning that all candidates share, without ASCII case; "" for none. The caller owns
 * it. */
char *completion_common(const GPtrArray *candidates);

#endif

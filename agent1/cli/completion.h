/*
 * What Tab offers: commands, triggers, agentctl's own words, and what answers mentioned: names of
 * agents, their skills, numbers of runs. Pure.
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

/* Whom plain lines are tasks for; NULL: for nobody. */
void completion_set_agent(Completion *completion, const char *agent);

/* Remembers what an answer mentions: "#12 web1: …", "web1: refused …"; in the answer to !agents
 * "web1: online …"; in the answer to "!help web1" the skills of that agent. */
void completion_learn(Completion *completion, const char *question, const char *answer);

/* What to ask agent1 so that the word can be completed that ends at the end of before: "!agents",
 * "!help web1"; NULL: nothing that agent1 knows. The caller owns it. */
char *completion_question(const Completion *completion, const char *before);

/* What the word may become that ends at the end of before (the line up to the cursor), each a char
 * * that the array frees, sorted. out_start gets where in before that word begins. */
GPtrArray *completion_find(const Completion *completion, const char *before, size_t *out_start);

/* The longest beginning that all candidates share, without ASCII case; "" for none. The caller owns
 * it. */
char *completion_common(const GPtrArray *candidates);

#endif

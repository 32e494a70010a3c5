/*
 * Which agents a person means: a name, a pattern (web*, web[12]), a label (role=web, dc=par*), all;
 * several with commas between are together, and with & between only what fits each:
 * "db1, web*&dc=par". What the agents are is told by the caller; whether they may work is the
 * gate's question. Pure.
 */
#ifndef AGENT1_MODEL_TARGET_H
#define AGENT1_MODEL_TARGET_H

#include <glib.h>
#include <stdbool.h>

typedef struct TargetAgent {
    const char *name;
    bool is_accepted;   /* others are only found by their name */
    GHashTable *labels; /* char * → char *, borrowed; NULL: none */
} TargetAgent;

typedef enum {
    TARGET_FOUND,
    TARGET_EMPTY,     /* there is nothing where a target should stand */
    TARGET_UNKNOWN,   /* no agent of this name */
    TARGET_NO_MATCH,  /* no accepted agent fits the pattern, or all that stands between commas */
    TARGET_NO_LABEL,  /* no accepted agent has this label */
    TARGET_MALFORMED, /* a label without a name, or without a value */
} TargetResult;

/* Takes a target off the beginning of a text: one word, and those that commas and ampersands join
 * to it. Moves *text behind it and the blanks after it. Phones begin a word with a capital: the
 * result is in lower case. "" when there is none. The caller owns it. */
char *target_take(const char **text);

/* True for a text that can only mean the one agent of that name. */
bool target_is_name(const char *target);

/*
 * The names of all that the target means, each once, in order of the alphabet: *out_names, const
 * char *, borrowed from the agents; g_ptr_array_unref() frees the array. Otherwise nothing is
 * found, not even in part, and *out_term is the part that says so (the caller's; it is set only
 * then).
 */
TargetResult target_resolve(const char *target, const TargetAgent *agents, unsigned count,
                            GPtrArray **out_names, char **out_term);

/* "web1, web2, web3 and 9 more": at most shown names of the list. The caller owns it. */
char *target_list_text(const GPtrArray *names, unsigned shown);

#endif

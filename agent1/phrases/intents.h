/*
 * What people want, as a table: which concepts a wish has, which it may have besides, and the line
 * that it becomes. Pure.
 */
#ifndef AGENT1_PHRASES_INTENTS_H
#define AGENT1_PHRASES_INTENTS_H

#include <glib.h>
#include <stdbool.h>

/* $T a target, $t a target or nothing, $S a service, $N a number, $D a day or nothing, $W a time of
 * day or a delay, $K the name of a schedule, $F a fingerprint, $P a topic, $M a message. A form
 * that begins with "> " is a task for $T. */
typedef struct Intent {
    const char *needs; /* concepts, separated by spaces */
    const char *may;
    const char *form;
} Intent;

/* The form of a skill that does the same as its command; NULL: there is none. */
const char *intent_skill_form(const Intent *intent);

/* Whether it only looks: then words of asking may stand beside it. */
bool intent_only_looks(const Intent *intent);

/* The intent that explains all concepts (a NULL one is explained by none), or NULL. has_target: an
 * agent was named; intents that differ only in this are told apart by it. */
const Intent *intents_find(const char *const *concepts, size_t count, bool has_target);

/* True for concepts that a sentence without them is small talk. */
bool intents_is_strong(const char *concept);

/* True for concepts that change something. */
bool intents_is_act(const char *concept);

#endif

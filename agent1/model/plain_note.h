/*
 * Whether a note is nothing but words: whether nobody could read a trigger or a command in it,
 * however he turned it. In doubt it is not. What a model reads that is not plain makes it wait for
 * a person before it acts (agent1/flow/talk/meaning.h). Pure.
 */
#ifndef AGENT1_MODEL_PLAIN_NOTE_H
#define AGENT1_MODEL_PLAIN_NOTE_H

#include <stdbool.h>

/* Of the whole as it is shown: a key may be the first word of a trigger. Valid UTF-8. */
bool plain_note_is(const char *text);

#endif

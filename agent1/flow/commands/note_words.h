/*
 * What REMEMBER: and RECALL: both say of notes.
 */
#ifndef AGENT1_FLOW_COMMANDS_NOTE_WORDS_H
#define AGENT1_FLOW_COMMANDS_NOTE_WORDS_H

#include "agent1/flow/state/notes.h"

/* "oskar, 2026-11-20 14:02", of a row of TABLE_MEMORIES. The caller owns it. */
char *note_words_origin(const Core *core, const Row *row);

/* The keys nearest to what was typed that the speaker may see, as the end of a sentence. The caller
 * owns it. */
char *note_words_nearest(const Core *core, const Speaker *speaker, const char *typed);

#endif

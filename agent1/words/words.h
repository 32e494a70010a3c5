/*
 * What agent1 says, in the languages of people. The English text in the code is the id, as with
 * gettext; agent1/words/fr.po holds the French one, and compile.awk makes a constant table of it
 * at build time. `tests/words/check` proves that nothing is missing and that the conversions agree.
 * Which language is whose turn: agent1/flow/state/core_state.h. Pure.
 */
#ifndef AGENT1_WORDS_WORDS_H
#define AGENT1_WORDS_WORDS_H

#include "common/base/language.h"
#include "common/base/words_later.h"

#include <glib.h>

/* The text in a language, or itself: in English, and where there is no other. Static or as long
 * lived as text. */
const char *words_get(Language language, const char *text) G_GNUC_FORMAT(2);

#endif

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
#include <stdbool.h>
#include <stdint.h>

/* The text in a language, or itself: in English, and where there is no other. Static or as long
 * lived as text. */
const char *words_get(Language language, const char *text) G_GNUC_FORMAT(2);

/* Whether so many are one in that language, by gettext's rules of plurals: in English 1 alone, in
 * French 0, too. */
bool words_is_one(Language language, int64_t count);

/* A number as it is written there: "0.4 s" is "0,4 s" in French, where "2 d 3 h" is "2 j 3 h". The
 * caller owns it. */
char *words_quantity(Language language, const char *quantity);

#endif

/*
 * A text as phrases are looked for in it.
 */
#ifndef COMMON_BASE_PLAIN_WORDS_H
#define COMMON_BASE_PLAIN_WORDS_H

#include <glib.h>

/* Small letters and plain apostrophes; whatever else is no letter and no digit is one blank, and
 * there is one at each end: " i can't do that ". The caller owns it. */
char *plain_words(const char *text);

#endif

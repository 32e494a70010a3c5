/*
 * A text as it looks to a hurried reader: letters of other alphabets that look like Latin ones,
 * wide and styled ones among them, become those; accents, signs that nobody sees and backslashes
 * are gone; every blank is a space, and what looks like a colon is one. For finding words that
 * pretend to be others; never for showing. Pure.
 */
#ifndef COMMON_BASE_LOOKALIKE_H
#define COMMON_BASE_LOOKALIKE_H

/* text is valid UTF-8. Case stays. The caller owns the result. */
char *lookalike_fold(const char *text);

#endif

/*
 * A text in a table that is said later, in the language of whoever it is said to: it is English,
 * and the id of its translation (tests/words/check looks for these marks).
 */
#ifndef COMMON_BASE_WORDS_LATER_H
#define COMMON_BASE_WORDS_LATER_H

#define WORDS_LATER(text) text

#endif

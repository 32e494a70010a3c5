/*
 * A text that is nothing but a plain word for stopping, in English or French: "stop", "Arrête !",
 * "stop it, please", "ça suffit". Whether anything is to be stopped is not judged here. Pure.
 */
#ifndef COMMON_WIRE_STOP_WORD_H
#define COMMON_WIRE_STOP_WORD_H

#include <stdbool.h>

/* text is valid UTF-8. */
bool stop_word_is(const char *text);

/* The same of everything at once: "cancel everything", "stop all my tasks", "annule tout". */
bool stop_word_is_of_all(const char *text);

#endif

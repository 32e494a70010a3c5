/*
 * The languages that people may be answered in. The words themselves are agent1/words. Pure.
 */
#ifndef COMMON_BASE_LANGUAGE_H
#define COMMON_BASE_LANGUAGE_H

#include <stdbool.h>

typedef enum Language {
    LANGUAGE_EN,
    LANGUAGE_FR,
    LANGUAGE_COUNT,
} Language;

/* What a file should have said instead. */
#define LANGUAGE_EXPECTED "en or fr"

/* "en", "fr"; and "English", "French", as English has it. */
const char *language_code(Language language);
const char *language_name(Language language);
bool language_parse(const char *text, Language *out);
bool language_is_valid(const char *text);

#endif

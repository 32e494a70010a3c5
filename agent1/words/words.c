#include "agent1/words/words.h"

#include <string.h>

#include "agent1/words/fr.po.h"
#include "common/base/banned.h"

/* A look through some hundred texts costs less than the message does that carries one. */
const char *words_get(Language language, const char *text)
{
    unsigned i;

    switch (language) {
    case LANGUAGE_FR:
        for (i = 0; i < G_N_ELEMENTS(words_fr); i++) {
            if (strcmp(words_fr[i].text, text) == 0)
                return words_fr[i].translation;
        }
        return text;
    case LANGUAGE_EN:
    case LANGUAGE_COUNT:
        break;
    }
    return text;
}

bool words_is_one(Language language, int64_t count)
{
    return count == 1 || (count == 0 && language == LANGUAGE_FR);
}

char *words_quantity(Language language, const char *quantity)
{
    char *text = g_strdup(quantity);
    char *days = strstr(text, " d");

    if (language != LANGUAGE_FR)
        return text;
    if (days && (days[2] == '\0' || days[2] == ' '))
        days[1] = 'j';
    return g_strdelimit(text, ".", ',');
}

#include "common/base/language.h"

#include <glib.h>

#include "common/base/banned.h"

static const char *const codes[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = "en",
    [LANGUAGE_FR] = "fr",
};

const char *language_code(Language language)
{
    return codes[language];
}

bool language_parse(const char *text, Language *out)
{
    int language;

    for (language = 0; language < LANGUAGE_COUNT; language++) {
        if (g_strcmp0(text, codes[language]) == 0) {
            *out = (Language)language;
            return true;
        }
    }
    return false;
}

bool language_is_valid(const char *text)
{
    Language language;

    return language_parse(text, &language);
}

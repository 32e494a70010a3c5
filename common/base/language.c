#include "common/base/language.h"

#include <glib.h>

#include "common/base/banned.h"

static const char *const codes[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = "en",
    [LANGUAGE_FR] = "fr",
};

static const char *const names[LANGUAGE_COUNT] = {
    [LANGUAGE_EN] = "English",
    [LANGUAGE_FR] = "French",
};

const char *language_name(Language language)
{
    return names[language];
}

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

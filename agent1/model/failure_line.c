#include "agent1/model/failure_line.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

/* Without case of ASCII, and whole. */
static const char *const telling[] = {
    "error",       "errors",    "fatal",         "fail",      "failed",  "failure", "cannot",
    "can't",       "unable",    "denied",        "refused",   "invalid", "panic",   "e:",
    "no such",     "not found", "not permitted", "could not", "erreur",  "erreurs", "impossible",
    "introuvable", "refusé",    "refusée",       "échec",     "échoué",
};

/* Within one word a capital begins another: "KeyError". */
static bool begins_word(const char *line, const char *at)
{
    return at == line || !g_ascii_isalnum(at[-1]) || g_ascii_isupper(*at);
}

static bool has_word(const char *line, const char *lower, const char *word)
{
    size_t length = strlen(word);
    const char *found = lower;

    while ((found = strstr(found, word))) {
        const char *end = found + length;

        if (begins_word(line, line + (found - lower)) &&
            (!g_ascii_isalnum(*end) || !g_ascii_isalnum(end[-1])))
            return true;
        found++;
    }
    return false;
}

static bool is_telling(const char *line)
{
    g_autofree char *lower = g_ascii_strdown(line, -1);

    for (size_t i = 0; i < G_N_ELEMENTS(telling); i++) {
        if (has_word(line, lower, telling[i]))
            return true;
    }
    return false;
}

char *failure_line(const char *output)
{
    g_auto(GStrv) lines = g_strsplit_set(output ? output : "", "\r\n", -1);
    const char *last = NULL;

    for (unsigned i = 0; lines[i]; i++) {
        if (*g_strstrip(lines[i]) == '\0')
            continue;
        if (is_telling(lines[i]))
            return g_strdup(lines[i]);
        last = lines[i];
    }
    return g_strdup(last);
}

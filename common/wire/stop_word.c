#include "common/wire/stop_word.h"

#include <glib.h>
#include <string.h>

#include "common/base/plain_words.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define MAX_BYTES 100

static const char *const stops[] = { "stop",    "halt",    "arrete",  "arretez", "arreter",
                                     "stoppe",  "stoppez", "stopper", "enough",  "suffit",
                                     "assez",   "tais",    "taisez",  "shut",    "annule",
                                     "annulez", "annuler", "cancel",  NULL };

/* What may be said beside one: politely, of the answer, of writing it. */
static const char *const beside[] = {
    "please", "pls",       "plz",      "stp",     "svp",    "s'il",     "te",     "vous", "plait",
    "toi",    "now",       "ok",       "merci",   "thanks", "thank",    "you",    "it",   "this",
    "that",   "that's",    "there",    "here",    "right",  "up",       "ca",     "cela", "la",
    "comme",  "answering", "replying", "talking", "de",     "repondre", "parler", NULL
};

/* "Arrête !" as " arrete ". */
static char *make_plain(const char *text)
{
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    g_autoptr(GString) bare = g_string_new(NULL);

    for (const char *at = apart; *at; at = text_next(at)) {
        gunichar sign = g_utf8_get_char(at);

        if (!g_unichar_ismark(sign))
            g_string_append_unichar(bare, sign);
    }
    return plain_words(bare->str);
}

/* "cancel everything", "stop all my tasks", "annule tout". */
static const char *const all[] = { "everything", "all",   "tout", "tous", "toutes", "of",
                                   "the",        "my",    "mine", "les",  "mes",    "tasks",
                                   "runs",       "plans", "jobs", "them", "taches", NULL };
static const char *const has_all[] = { "everything", "all", "tout", "tous", "toutes", NULL };

static bool is_made_of(const char *text, bool is_of_all)
{
    g_autofree char *plain = strlen(text) <= MAX_BYTES ? make_plain(text) : g_strdup("");
    g_auto(GStrv) words = g_strsplit(g_strstrip(plain), " ", -1);
    bool has_stop = false;
    bool says_all = !is_of_all;

    for (unsigned i = 0; words[i]; i++) {
        bool is_stop = g_strv_contains(stops, words[i]);

        if (!is_stop && !g_strv_contains(beside, words[i]) &&
            !(is_of_all && g_strv_contains(all, words[i])))
            return false;
        has_stop |= is_stop;
        says_all |= g_strv_contains(has_all, words[i]);
    }
    return has_stop && says_all;
}

bool stop_word_is(const char *text)
{
    return is_made_of(text, false);
}

bool stop_word_is_of_all(const char *text)
{
    return is_made_of(text, true);
}

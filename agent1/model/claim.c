#include "agent1/model/claim.h"

#include <string.h>

#include "common/base/plain_words.h"
#include "common/base/banned.h"

/* Where one clause ends and the next begins. */
#define CLAUSE_ENDS ".!?;:,()\"\n"

/* Lists of words: each between blanks. */

/* What can only be claimed, or denied, or supposed: behind these nothing is claimed any more. */
#define NO_CLAIM                                                                                   \
    " no not never none nothing if when whenever once unless until till after before whether "     \
    "without should ne pas rien aucun aucune jamais sans si quand lorsque dès après avant que "

#define ADVERBS " just already now also then successfully all both since indeed "
#define DONE                                                                                       \
    " done run ran executed restarted rebooted started stopped launched triggered relaunched "     \
    "scheduled rescheduled postponed planned saved stored recorded noted remembered "              \
    "memorized deleted removed erased cancelled canceled created added updated upgraded "          \
    "changed modified renamed installed uninstalled sent published delegated dispatched "          \
    "queued asked set reset enabled disabled activated deactivated switched turned opened "        \
    "closed locked unlocked cleared cleaned emptied purged completed finished registered "         \
    "written moved copied killed paused resumed approved revoked applied fixed deployed "          \
    "reloaded configured rotated pinned checked verified tested pinged performed carried "
/* Of these the same form tells of another time, too. */
#define SAME_FORM " done run set reset "
#define DO        " run stop set reset send write apply copy ping pin plan "
#define DOING     " running setting resetting sending writing applying copying "
#define OBJECTS   " it that this so them "
/* What nobody calls the state of a thing that nobody touched. */
#define SETTLED                                                                                    \
    " done noted saved recorded remembered memorized restarted rebooted scheduled rescheduled "    \
    "executed delegated launched deleted removed cancelled canceled forgotten sent published "     \
    "added created triggered "
/* Behind it: how things are as a rule, or who did it. */
#define AS_A_RULE " by in at when if every each on with only under daily hourly weekly "

#define ADVERBS_FR  " bien déjà aussi juste donc maintenant tout correctement enfin y "
#define PRONOUNS_FR " le la les vous te lui leur "
#define DONE_FR                                                                                                \
    " fait redémarré relancé lancé exécuté démarré arrêté stoppé planifié programmé replanifié " \
    "reporté enregistré noté retenu mémorisé sauvegardé supprimé effacé annulé créé ajouté "       \
    "modifié changé renommé mis remis effectué terminé accompli envoyé publié délégué "              \
    "transmis installé désinstallé activé désactivé allumé éteint ouvert fermé vidé nettoyé "       \
    "purgé appliqué réglé configuré déployé rechargé réinitialisé suspendu repris approuvé "        \
    "révoqué inscrit écrit déplacé copié tué déclenché épinglé vérifié testé "
#define DO_FR                                                                                      \
    " faire mettre remettre retenir éteindre ouvrir suspendre transmettre inscrire écrire "      \
    "reprendre "
#define SETTLED_FR                                                                                        \
    " fait noté enregistré retenu mémorisé sauvegardé planifié programmé replanifié redémarré " \
    "relancé lancé exécuté effectué terminé supprimé annulé envoyé ajouté créé "
#define AS_A_RULE_FR " par dans à en chaque tous toutes quand si sur sous avec dès "

static bool is_in(const char *word, const char *list)
{
    g_autofree char *framed = g_strdup_printf(" %s ", word ? word : "");

    return word && *word && strstr(list, framed);
}

static char *const *skip(char *const *at, const char *list)
{
    while (is_in(*at, list))
        at++;
    return at;
}

/* ---- English ---- */

/* "restart" is "restarted" without its end. */
static bool is_do(char *const *at)
{
    g_autofree char *with_ed = g_strconcat(*at ? *at : "", "ed", NULL);
    g_autofree char *with_d = g_strconcat(*at ? *at : "", "d", NULL);

    if (is_in(*at, " do "))
        return is_in(at[1], OBJECTS);
    if (is_in(*at, NO_CLAIM)) /* "not" is none of "noted" */
        return false;
    return is_in(*at, DO) || is_in(with_ed, DONE) || is_in(with_d, DONE);
}

static bool is_doing(const char *word)
{
    g_autofree char *past = NULL;

    if (!word || !g_str_has_suffix(word, "ing"))
        return false;
    past = g_strdup_printf("%.*sed", (int)(strlen(word) - strlen("ing")), word);
    return is_in(word, DOING) || is_in(past, DONE);
}

static bool is_done(char *const *at, const char *list)
{
    return is_in(*at, list) && !is_in(at[1], " my ");
}

/* Behind "I am". */
static bool is_busy(char *const *at)
{
    at = skip(at, ADVERBS);
    if (is_in(*at, " going ") && is_in(at[1], " to "))
        return is_do(skip(at + 2, ADVERBS));
    if (is_in(*at, " on "))
        return is_in(at[1], OBJECTS) && !at[2];
    return is_doing(*at) || (is_in(*at, " done ") && !at[1]);
}

/* Behind "I". */
static bool has_acted(char *const *at)
{
    char *const *verb = skip(at, ADVERBS);

    if (is_in(*verb, " have had "))
        return is_done(skip(verb + 1, ADVERBS), DONE);
    if (is_in(*verb, " will "))
        return is_do(skip(verb + 1, ADVERBS));
    if (is_in(*verb, " am are "))
        return is_busy(verb + 1);
    if (is_in(*verb, " did "))
        return is_in(verb[1], OBJECTS) || is_do(skip(verb + 1, ADVERBS));
    return is_done(verb, DONE) && !is_in(*verb, SAME_FORM);
}

/* "may have been restarted" */
static bool is_supposed(char *const *words, char *const *been)
{
    return been - words >= 2 && is_in(been[-2], " would could should might may must can ");
}

static bool is_passive(char *const *words, char *const *at)
{
    char *const *verb = skip(at + 1, ADVERBS);

    if (is_in(*at, " was were ") || (is_in(*at, " been ") && !is_supposed(words, at)))
        return is_in(*verb, DONE) && !is_in(verb[1], " by ");
    return is_in(*at, " is are it's that's ") && is_in(*verb, SETTLED) &&
           !is_in(verb[1], AS_A_RULE);
}

static bool is_english(char *const *words, char *const *at)
{
    if (is_in(*at, " i we "))
        return has_acted(at + 1);
    if (is_in(*at, " i've we've "))
        return is_done(skip(at + 1, ADVERBS), DONE);
    if (is_in(*at, " i'll we'll "))
        return is_do(skip(at + 1, ADVERBS));
    if (is_in(*at, " i'm we're "))
        return is_busy(at + 1);
    if (is_in(*at, " successfully ") && is_in(at[1], DONE))
        return true;
    return (is_in(*at, DONE) && is_in(at[1], " successfully ")) || is_passive(words, at);
}

/* ---- French ---- */

/* With the ends that it has for women and for many. */
static bool is_fait(const char *word, const char *list)
{
    static const char *const ends[] = { "", "e", "s", "es" };

    for (size_t i = 0; word && i < G_N_ELEMENTS(ends); i++) {
        g_autofree char *masculine = NULL;

        if (!g_str_has_suffix(word, ends[i]))
            continue;
        masculine = g_strndup(word, strlen(word) - strlen(ends[i]));
        if (is_in(masculine, list))
            return true;
    }
    return false;
}

/* "redémarrer" (er), "redémarre" (e): "redémarré" with another end. "l'exécuter" is one, too. */
static bool is_form(const char *word, const char *end)
{
    g_autofree char *past = NULL;

    if (word && (g_str_has_prefix(word, "l'") || g_str_has_prefix(word, "d'")))
        word += strlen("l'");
    if (!word || !g_str_has_suffix(word, end))
        return false;
    past = g_strdup_printf("%.*sé", (int)(strlen(word) - strlen(end)), word);
    return is_in(past, DONE_FR);
}

static bool is_faire(char *const *at)
{
    at = skip(skip(at, ADVERBS_FR), PRONOUNS_FR);
    return is_in(*at, DO_FR) || is_form(*at, "er");
}

/* Behind "je". */
static bool acts(char *const *at)
{
    at = skip(at, PRONOUNS_FR);
    if (is_in(*at, " m'en "))
        return is_in(at[1], " occupe charge ");
    if (is_in(*at, " viens "))
        return is_faire(skip(at + 1, " de "));
    return is_in(*at, " vais ") ? is_faire(at + 1) : is_form(*at, "e");
}

static bool is_french(char *const *words, char *const *at)
{
    char *const *verb = skip(at + 1, ADVERBS_FR);
    bool has_on = at > words && is_in(at[-1], " on ");

    if (is_in(*at, " j'ai l'ai t'ai ai avons l'avons ") || (has_on && is_in(*at, " a ")))
        return is_fait(*verb, DONE_FR) && !is_in(verb[1], " de ");
    if (is_in(*at, " été ") && at > words)
        return is_fait(*verb, DONE_FR) && !is_in(verb[1], " par ") &&
               !is_in(at[-1], " aurait auraient avoir ayant ");
    if (is_in(*at, " est sont c'est "))
        return is_fait(*verb, SETTLED_FR) && !is_in(verb[1], AS_A_RULE_FR);
    if (is_in(*at, " avec ") && is_in(at[1], " succès ") && at > words)
        return is_fait(at[-1], DONE_FR);
    return is_in(*at, " je ") && acts(at + 1);
}

/* ---- clauses ---- */

/* "Done", "All saved", "Scheduled it", "Bien noté": who did it is left out. */
static bool is_short(char *const *words)
{
    char *const *at = skip(words, " all ok okay great sure and consider it now ");
    char *const *fr = skip(words, " voilà ok bien bon parfait très tout et d'accord ");

    if (is_in(*at, SETTLED) && (!at[1] || is_in(at[1], " it that this your the successfully as ")))
        return true;
    if (is_in(*at, " on running ") && is_in(at[1], " it ") && !skip(at + 2, ADVERBS)[0])
        return true;
    return is_in(*at, " restarted rebooted executed ") || (is_fait(*fr, SETTLED_FR) && !fr[1]);
}

/* before is the sign in front of the clause: what stands behind a colon may be the state of a
 * thing. */
static bool is_claim(const char *clause, char before)
{
    g_autofree char *plain = plain_words(clause);
    g_auto(GStrv) words = g_strsplit(g_strstrip(plain), " ", -1);

    if (before != ':' && is_short(words))
        return true;
    for (char *const *at = words; *at && !is_in(*at, NO_CLAIM); at++) {
        if (is_english(words, at) || is_french(words, at))
            return true;
    }
    return false;
}

bool claim_is(const char *words)
{
    char before = '\n';

    for (const char *at = words; *at;) {
        size_t length = strcspn(at, CLAUSE_ENDS);
        g_autofree char *clause = g_strndup(at, length);

        if (at[length] != '?' && is_claim(clause, before))
            return true;
        before = at[length];
        at += length + (before != '\0');
    }
    return false;
}

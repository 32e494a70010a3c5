#include "agent1/model/refusal.h"

#include <string.h>

#include "common/base/plain_words.h"
#include "common/base/banned.h"

/* What may stand before the phrase: "I'm sorry, but …", "Désolé, …". */
#define BEGINNING_CHARS 60

static const char *const phrases[] = {
    /* English */
    "i can't help",
    "i cannot help",
    "i can't assist",
    "i cannot assist",
    "i can't do that",
    "i cannot do that",
    "i'm unable to",
    "i am unable to",
    "i'm not able to",
    "i am not able to",
    "i won't be able to",
    "i can't provide",
    "i cannot provide",
    "i can't comply",
    "i cannot comply",
    "i must decline",
    "i have to decline",
    "as an ai language model",
    "as an ai, i can't",
    "as an ai, i cannot",
    "i can't fulfill",
    "i cannot fulfill",
    /* French */
    "je ne peux pas",
    "je ne suis pas en mesure",
    "je suis dans l'incapacité",
    "il m'est impossible",
    "je refuse de",
    "en tant qu'ia",
    "en tant que modèle de langage",
    "je ne suis pas autorisé",
    /* Polish */
    "nie mogę pomóc",
    "nie mogę tego zrobić",
    "nie jestem w stanie",
    "jako model językowy",
    "muszę odmówić",
    "nie mogę spełnić",
    /* Portuguese */
    "não posso ajudar",
    "não posso fazer isso",
    "não consigo ajudar",
    "não sou capaz de",
    "como um modelo de linguagem",
    "como modelo de linguagem",
    "não posso fornecer",
    /* Chinese */
    "我无法",
    "我不能",
    "抱歉 我不能",
    "作为一个人工智能",
    "作为ai",
    "我没办法",
    "对不起 我不能",
};

static bool begins(const char *plain, const char *phrase)
{
    const char *found = strstr(plain, phrase);

    return found && g_utf8_strlen(plain, found - plain) <= BEGINNING_CHARS;
}

/* Each phrase as begins() takes it, until one is found to be so. */
static bool any_phrase(const char *plain, const GPtrArray *more,
                       bool (*is_so)(const char *plain, const char *phrase))
{
    for (size_t i = 0; i < G_N_ELEMENTS(phrases); i++) {
        if (is_so(plain, phrases[i]))
            return true;
    }
    for (unsigned i = 0; more && i < more->len; i++) {
        g_autofree char *phrase = plain_words(more->pdata[i]);

        if (is_so(plain, g_strchomp(phrase)))
            return true;
    }
    return false;
}

bool refusal_is(const char *text, const GPtrArray *more)
{
    g_autofree char *plain = NULL;

    if (g_utf8_strlen(text, -1) > REFUSAL_MAX_CHARS)
        return false;

    plain = plain_words(text);
    return any_phrase(plain, more, begins);
}

/* The phrase stands there, or the text ends before it could be another. Asked of each phrase at
 * each place while an answer begins. */
static bool may_begin(const char *plain, const char *phrase)
{
    const char *at = plain;

    for (int i = 0; i <= BEGINNING_CHARS; i++) {
        size_t same = 0;

        while (at[same] && at[same] == phrase[same])
            same++;
        if (!at[same] || !phrase[same])
            return true;
        at += g_utf8_skip[(guchar)*at];
    }
    return false;
}

bool refusal_may_be(const char *beginning, const GPtrArray *more)
{
    const char *end = beginning;
    g_autofree char *plain = NULL;
    size_t length;

    for (int chars = 0; *end; chars++) {
        if (chars >= REFUSAL_MAX_CHARS)
            return false;
        end += g_utf8_skip[(guchar)*end];
    }

    plain = plain_words(beginning);
    length = strlen(plain);
    /* The blank at the end is none of the text. */
    plain[length > 0 ? length - 1 : 0] = '\0';
    return any_phrase(plain, more, may_begin);
}

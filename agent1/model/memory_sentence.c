#include "agent1/model/memory_sentence.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

#define WORDS_MAX      12
#define WORD_MIN_CHARS 3
#define WORD_MAX_BYTES 64
/* From so many letters on a word may be the beginning of another, and an s at its end a plural. */
#define STEM_MIN_CHARS 4
/* Of a sentence: what is longer was rather pasted. */
#define SENTENCE_MAX_BYTES 2000

static const char *const common_words[] = {
    /* English */
    "about",
    "all",
    "also",
    "and",
    "any",
    "are",
    "been",
    "but",
    "can",
    "could",
    "did",
    "does",
    "don",
    "for",
    "from",
    "get",
    "give",
    "had",
    "has",
    "have",
    "hello",
    "her",
    "here",
    "him",
    "his",
    "how",
    "into",
    "its",
    "just",
    "know",
    "let",
    "like",
    "make",
    "many",
    "may",
    "more",
    "much",
    "must",
    "need",
    "not",
    "now",
    "off",
    "one",
    "our",
    "out",
    "please",
    "say",
    "she",
    "should",
    "show",
    "some",
    "tell",
    "thank",
    "thanks",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "too",
    "use",
    "very",
    "want",
    "was",
    "well",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "yes",
    "you",
    "your",
    /* French */
    "alors",
    "aux",
    "avec",
    "avez",
    "avoir",
    "bien",
    "bonjour",
    "car",
    "ces",
    "cette",
    "chez",
    "comme",
    "comment",
    "dans",
    "des",
    "dis",
    "dit",
    "donc",
    "donne",
    "elle",
    "elles",
    "encore",
    "est",
    "faire",
    "fait",
    "faut",
    "ici",
    "ils",
    "les",
    "leur",
    "leurs",
    "lui",
    "mais",
    "merci",
    "mes",
    "moi",
    "mon",
    "montre",
    "nos",
    "notre",
    "nous",
    "oui",
    "ont",
    "par",
    "pas",
    "peux",
    "peut",
    "plus",
    "pour",
    "pourquoi",
    "quand",
    "que",
    "quel",
    "quelle",
    "quelles",
    "quels",
    "qui",
    "quoi",
    "sais",
    "sans",
    "ses",
    "son",
    "sont",
    "suis",
    "sur",
    "tes",
    "toi",
    "ton",
    "tous",
    "tout",
    "toute",
    "toutes",
    "tr\u00e8s",
    "une",
    "veux",
    "vos",
    "votre",
    "vous",
    "\u00eatre",
    "\u00e9tait",
    NULL,
};

static bool has_digit(const char *word)
{
    return word[strcspn(word, "0123456789")] != '\0';
}

/* The word as it is looked for, with its star; NULL: it is not worth it. */
static char *term_of(const char *begin, size_t length)
{
    g_autofree char *given = g_strndup(begin, length);
    g_autofree char *word = g_utf8_strdown(given, -1);
    size_t chars = (size_t)g_utf8_strlen(word, -1);

    if (length > WORD_MAX_BYTES || (chars < WORD_MIN_CHARS && !(chars > 1 && has_digit(word))) ||
        g_strv_contains(common_words, word))
        return NULL;
    if (chars > STEM_MIN_CHARS && g_str_has_suffix(word, "s"))
        word[strlen(word) - 1] = '\0';
    return g_strdup_printf("\"%s\"%s", word, chars >= STEM_MIN_CHARS ? "*" : "");
}

static bool is_among(const GPtrArray *terms, const char *term)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)(guintptr)terms, term, g_str_equal, NULL);
}

static char *join(const GPtrArray *terms)
{
    GString *match = g_string_new(NULL);

    for (unsigned i = 0; i < terms->len; i++)
        g_string_append_printf(match, "%s%s", i ? " OR " : "", (const char *)terms->pdata[i]);
    return g_string_free(match, FALSE);
}

char *memory_sentence_match(const char *sentence)
{
    g_autofree char *head = text_head(sentence, strlen(sentence), SENTENCE_MAX_BYTES);
    g_autoptr(GPtrArray) terms = g_ptr_array_new_with_free_func(g_free);
    const char *at = head;

    while (*at && terms->len < WORDS_MAX) {
        const char *end = at;
        g_autofree char *term = NULL;

        while (*end && g_unichar_isalnum(g_utf8_get_char(end)))
            end = text_next(end);
        term = end > at ? term_of(at, (size_t)(end - at)) : NULL;
        if (term && !is_among(terms, term))
            g_ptr_array_add(terms, g_steal_pointer(&term));
        at = end > at ? end : text_next(at);
    }
    return terms->len > 0 ? join(terms) : NULL;
}

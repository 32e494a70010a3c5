#include "agent1/model/memory.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/redact.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define BLANKS             " \t"
#define MATCH_WORDS_MAX    16
#define MATCH_WORD_MAX_LEN 64

char *memory_key(const char *typed)
{
    g_autofree char *composed = g_utf8_normalize(typed, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    g_auto(GStrv) words = g_strsplit_set(composed ? composed : "", BLANKS, -1);
    GString *key = g_string_new(NULL);
    unsigned i;

    for (i = 0; words[i]; i++) {
        if (*words[i])
            g_string_append_printf(key, "%s%s", key->len ? " " : "", words[i]);
    }
    return g_string_free(key, FALSE);
}

/* With the owner's length no two of them are the same, whatever a name holds. */
char *memory_id(const char *typed, const char *owner)
{
    g_autofree char *key = memory_key(typed);
    g_autofree char *folded = g_utf8_casefold(key, -1);

    if (!owner)
        return g_strconcat("shared:", folded, NULL);
    return g_strdup_printf("private:%zu:%s:%s", strlen(owner), owner, folded);
}

/* ---- options ---- */

static const char *const private_words[] = {
    "private", "priv\u00e9", "priv\u00e9e", "prive", "privee", NULL,
};

/* What stands behind the dashes of a word; NULL: it begins with none. */
static const char *skip_dashes(const char *word)
{
    const char *name = word;

    while (*name && g_unichar_type(g_utf8_get_char(name)) == G_UNICODE_DASH_PUNCTUATION)
        name = text_next(name);
    return name > word ? name : NULL;
}

static bool is_private_word(const char *word)
{
    const char *name = skip_dashes(word);
    g_autofree char *composed =
        name ? g_utf8_normalize(name, -1, G_NORMALIZE_DEFAULT_COMPOSE) : NULL;
    g_autofree char *lower = g_utf8_strdown(composed ? composed : "", -1);

    return g_strv_contains(private_words, lower);
}

/* At either end whatever looks like an option was meant as one; within a key, what is nearly one.
 */
static bool is_slip(const char *word, bool is_at_end)
{
    const char *name = skip_dashes(word);

    return name && (is_at_end || (*name && text_nearest_one(name, private_words)));
}

char *memory_take_options(const char *typed, char **out_rest, bool *out_is_private)
{
    g_auto(GStrv) all = g_strsplit_set(typed, BLANKS, -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    const char *slip = NULL;

    *out_is_private = false;
    for (unsigned i = 0; all[i]; i++) {
        if (is_private_word(all[i]))
            *out_is_private = true;
        else if (*all[i])
            g_ptr_array_add(words, all[i]);
    }
    for (unsigned i = 0; i < words->len && !slip; i++) {
        if (is_slip(words->pdata[i], i == 0 || i + 1 == words->len))
            slip = words->pdata[i];
    }
    g_ptr_array_add(words, NULL);
    *out_rest = g_strjoinv(" ", (char **)words->pdata);
    return g_strdup(slip);
}

bool memory_ends_private(const char *value)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(value));
    const char *blank = strrchr(trimmed, ' ');

    return blank && is_private_word(blank + 1);
}

char *memory_record(const char *rest)
{
    const char *bar = strchr(rest, '|');
    g_autofree char *left = bar ? g_strndup(rest, (size_t)(bar - rest)) : g_strdup(rest);
    g_autofree char *key = NULL;
    g_autofree char *slip = NULL;
    bool is_private;

    slip = memory_take_options(left, &key, &is_private);
    if (is_private || (bar && memory_ends_private(bar + 1)))
        return g_strdup("--private");
    return slip ? g_strdup(slip) : g_strdup(rest);
}

/* ---- what is kept ---- */

MemoryFault memory_judge(const char *key, const char *value)
{
    if (!*key)
        return MEMORY_HAS_NO_KEY;
    if (!text_is_harmless(key))
        return MEMORY_KEY_HIDES;
    if (!text_is_harmless(value))
        return MEMORY_VALUE_HIDES;
    if (g_utf8_strlen(key, -1) > MEMORY_KEY_MAX_CHARS)
        return MEMORY_KEY_IS_LONG;
    return strlen(value) > MEMORY_VALUE_MAX_BYTES ? MEMORY_VALUE_IS_LONG : MEMORY_IS_FINE;
}

/* What a password is called, in words of whole letters: a "pinboard" is none. */
static const char *const secret_words[] = {
    "code",       "codes",    "mdp",       "mots de passe", "mot de passe", "passcode",
    "passphrase", "password", "passwords", "passwd",        "pin",          "pins",
    "pwd",        "secret",   "secrets",   "token",         "tokens",
};

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        const char *before = at > text ? g_utf8_prev_char(at) : NULL;

        if (!(before && g_unichar_isalnum(g_utf8_get_char(before))) &&
            !g_unichar_isalnum(g_utf8_get_char(at + length)))
            return true;
    }
    return false;
}

bool memory_is_secret(const char *key, const char *value)
{
    g_autofree char *said = g_strdup_printf("%s=%s", key, value);
    g_autofree char *redacted = redact_text(said, NULL);
    g_autofree char *folded = g_utf8_casefold(said, -1);
    g_autofree char *line = memory_key(g_strdelimit(folded, "-\r\n", ' '));

    for (unsigned i = 0; i < G_N_ELEMENTS(secret_words); i++) {
        if (has_word(line, secret_words[i]))
            return true;
    }
    return strcmp(said, redacted) != 0;
}

char *memory_match(const char *typed)
{
    g_autoptr(GString) match = g_string_new(NULL);
    unsigned words = 0;

    while (*typed && words < MATCH_WORDS_MAX) {
        const char *end = typed;

        while (*end && g_unichar_isalnum(g_utf8_get_char(end)) && end - typed < MATCH_WORD_MAX_LEN)
            end = text_next(end);
        if (end > typed) {
            g_string_append_printf(match, "%s\"%.*s\"*", words ? " " : "", (int)(end - typed),
                                   typed);
            words++;
            typed = end;
        } else {
            typed = text_next(typed);
        }
    }
    return words ? g_string_free(g_steal_pointer(&match), FALSE) : NULL;
}

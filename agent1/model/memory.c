#include "agent1/model/memory.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define SCOPE_SHARED       "shared:"
#define COMPLAINT_CHARS    200
#define MATCH_WORDS_MAX    16
#define MATCH_WORD_MAX_LEN 64

char *memory_key(const char *typed)
{
    g_autofree char *composed = g_utf8_normalize(typed, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    g_auto(GStrv) words = g_strsplit_set(composed ? composed : "", " \t", -1);
    GString *key = g_string_new(NULL);
    unsigned i;

    for (i = 0; words[i]; i++) {
        if (*words[i])
            g_string_append_printf(key, "%s%s", key->len ? " " : "", words[i]);
    }
    return g_string_free(key, FALSE);
}

char *memory_id(const char *typed)
{
    g_autofree char *key = memory_key(typed);
    g_autofree char *folded = g_utf8_casefold(key, -1);

    return g_strconcat(SCOPE_SHARED, folded, NULL);
}

static char *judge_hidden(const char *what, const char *text)
{
    g_autofree char *shown = NULL;
    g_autofree char *line = NULL;

    if (text_is_harmless(text))
        return NULL;

    shown = text_make_harmless(text, strlen(text));
    line = text_make_line(shown, COMPLAINT_CHARS);
    return g_strdup_printf("the %s holds hidden or control characters; nothing was kept: %s", what,
                           line);
}

char *memory_judge(const char *key, const char *value)
{
    char *complaint;

    if (!*key)
        return g_strdup("the key is empty; expected REMEMBER: <key> | <value>");
    complaint = judge_hidden("key", key);
    if (!complaint)
        complaint = judge_hidden("value", value);
    if (complaint)
        return complaint;
    if (g_utf8_strlen(key, -1) > MEMORY_KEY_MAX_CHARS)
        return g_strdup_printf("the key has %ld characters; at most %d", g_utf8_strlen(key, -1),
                               MEMORY_KEY_MAX_CHARS);
    if (strlen(value) > MEMORY_VALUE_MAX_BYTES)
        return g_strdup_printf("the value is %zu bytes long; at most %d", strlen(value),
                               MEMORY_VALUE_MAX_BYTES);
    return NULL;
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

#include "agent1/phrases/sentence.h"

#include <string.h>

#include "agent1/phrases/lexicon.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define TURN_MAX_WORDS 8

/* What opens a quotation, and what closes it. */
static const struct {
    const char *open;
    const char *close;
} quotes[] = {
    { "\"", "\"" }, { "`", "`" }, { "“", "”" }, { "«", "»" }, { "‘", "’" }, { "„", "“" },
};

/* What a hyphen may join to a verb or a question. */
static const char enclitics[] =
    "moi toi lui leur le la les nous vous tu il elle on ce t y ils elles je";

static void free_word(void *data)
{
    Word *word = data;

    g_free(word->text);
    g_free(word->plain);
    g_free(word);
}

static char *make_plain(const char *text)
{
    g_autofree char *apart = g_utf8_normalize(text, -1, G_NORMALIZE_ALL);
    g_autofree char *lower = g_utf8_strdown(apart, -1);
    GString *plain = g_string_new(NULL);

    for (const char *at = lower; *at; at = text_next(at)) {
        gunichar c = g_utf8_get_char(at);

        if (!g_unichar_ismark(c))
            g_string_append_unichar(plain, c);
    }
    return g_string_free(plain, FALSE);
}

static void add_word(GPtrArray *words, const char *start, const char *end, const char *concept)
{
    Word *word = g_new0(Word, 1);

    word->start = start;
    word->end = end;
    word->text = g_strndup(start, (size_t)(end - start));
    word->plain = make_plain(word->text);
    word->concept = concept;
    word->taken = 1;
    g_ptr_array_add(words, word);
}

static bool is_apostrophe(gunichar c)
{
    return c == '\'' || c == 0x2019 || c == 0x02bc || c == 0x2032;
}

/* A sign inside a word: "php-fpm", "a.b", "home/lamp", "user@host", "8:30". */
static bool is_word_character(const char *at)
{
    gunichar c = g_utf8_get_char(at);

    if (g_unichar_isalnum(c) || g_unichar_ismark(c) ||
        (c && strchr("_/*=+#%$~\\", (int)c) && c < 0x80))
        return true;
    return c < 0x80 && c && strchr("-.:@", (int)c) && at[1] && !g_ascii_isspace(at[1]) &&
           (unsigned char)at[1] < 0x80 && at[1] != '"' && at[1] != '`';
}

/* Behind the quotation that begins here, or NULL. An apostrophe opens one only before a word. */
static const char *take_quote(GPtrArray *words, const char *at, bool begins)
{
    for (size_t i = 0; i < G_N_ELEMENTS(quotes); i++) {
        const char *inside = at + strlen(quotes[i].open);
        const char *end;

        if (!g_str_has_prefix(at, quotes[i].open))
            continue;
        end = strstr(inside, quotes[i].close);
        add_word(words, inside, end ? end : inside + strlen(inside), "quote");
        return end ? end + strlen(quotes[i].close) : inside + strlen(inside);
    }
    if (*at == '\'' && begins && strchr(at + 1, '\'')) {
        const char *end = strchr(at + 1, '\'');

        if (end > at + 1 && !g_unichar_isalnum(g_utf8_get_char(end + 1))) {
            add_word(words, at + 1, end, "quote");
            return end + 1;
        }
    }
    return NULL;
}

/* "est-ce": two words. */
static bool is_question(const char *start, const char *end)
{
    return end - start == 6 && g_ascii_strncasecmp(start, "est-ce", 6) == 0;
}

static bool is_enclitic(const char *start, const char *end)
{
    g_autofree char *text = g_strndup(start, (size_t)(end - start));
    g_autofree char *plain = make_plain(text);

    return lexicon_list_has(enclitics, plain);
}

/* "montre-moi", "reste-t-il": the verb alone. Who is spoken to, or of, says nothing. */
static void add_split(GPtrArray *words, const char *start, const char *end)
{
    for (const char *dash = end - 1; dash > start && !is_question(start, end); dash--) {
        if (*dash != '-')
            continue;
        if (!is_enclitic(dash + 1, end))
            break;
        end = dash;
    }
    if (is_question(start, end)) {
        add_word(words, start, start + 3, NULL);
        add_word(words, start + 4, end, NULL);
    } else {
        add_word(words, start, end, NULL);
    }
}

/* What stands between words and says nothing. */
static bool is_gap(gunichar c)
{
    return g_unichar_isspace(c) || is_apostrophe(c) || c == '?' || c == '!';
}

static const char *concept_of_sign(gunichar c)
{
    if (c == ',')
        return "comma";
    if (c == ':')
        return "colon";
    if (c == '.')
        return "stop";
    return strchr(";|&<>()[]{}", (int)MIN(c, 127)) ? "sign" : CONCEPT_FILLER;
}

static void split_words(GPtrArray *words, const char *text)
{
    const char *at = text;

    while (*at) {
        gunichar c = g_utf8_get_char(at);
        bool begins = at == text || g_ascii_isspace(at[-1]);
        const char *after = take_quote(words, at, begins);
        const char *start = at;

        if (after) {
            at = after;
        } else if (is_word_character(at)) {
            while (*at && is_word_character(at))
                at = text_next(at);
            add_split(words, start, at);
        } else if (!is_gap(c)) {
            at = text_next(at);
            add_word(words, start, at, concept_of_sign(c));
        } else {
            at = text_next(at);
        }
    }
}

static bool is_number(const char *text)
{
    text += *text == '#';
    return *text && text[strspn(text, "0123456789")] == '\0';
}

/* Turns become one word: the first of them carries the concept, the rest say nothing. */
static void give_concepts(GPtrArray *words)
{
    for (unsigned i = 0; i < words->len; i++) {
        Word *word = words->pdata[i];
        const char *plain[TURN_MAX_WORDS];
        size_t count = 0;
        size_t taken;
        const char *turn;

        if (word->concept)
            continue;
        while (count < TURN_MAX_WORDS && i + count < words->len) {
            plain[count] = ((const Word *)words->pdata[i + count])->plain;
            count++;
        }
        turn = lexicon_turn(plain, count, &taken);
        if (turn) {
            word->concept = turn;
            word->taken = taken;
            for (size_t rest = 1; rest < taken; rest++)
                ((Word *)words->pdata[i + rest])->concept = CONCEPT_FILLER;
        } else {
            word->concept = is_number(word->plain) ? "number" : lexicon_concept(word->plain);
        }
    }
}

/* "web1 est-il là ?": behind a question the last word is no article. */
static void find_there(GPtrArray *words)
{
    Word *last = words->len > 0 ? words->pdata[words->len - 1] : NULL;

    for (unsigned i = 0; last && strcmp(last->plain, "la") == 0 && i + 1 < words->len; i++) {
        if (g_strcmp0(((const Word *)words->pdata[i])->concept, "ask") == 0)
            last->concept = "there";
    }
}

GPtrArray *sentence_read(const char *text)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(free_word);

    split_words(words, text);
    give_concepts(words);
    find_there(words);
    return words;
}

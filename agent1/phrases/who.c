#include "agent1/phrases/who.h"

#include <string.h>

#include "agent1/phrases/lexicon.h"
#include "agent1/phrases/sentence.h"
#include "common/base/text.h"

#include "common/base/banned.h"

#define EVERYONE "all"

static const Word *word_at(const GPtrArray *words, unsigned at)
{
    return at < words->len ? words->pdata[at] : NULL;
}

static const char *agent_name(const PhraseFacts *facts, const Word *word)
{
    for (unsigned i = 0; word && i < facts->agent_count; i++) {
        if (strcmp(facts->agents[i].name, word->plain) == 0)
            return facts->agents[i].name;
    }
    return NULL;
}

static bool has_concept(const Word *word, const char *concept)
{
    return word && word->concept && strcmp(word->concept, concept) == 0;
}

/* "role=web" for "web" or "webs", borrowed; NULL when no label has that value. */
static const char *label_of(const PhraseFacts *facts, const Word *word)
{
    for (unsigned i = 0; word && i < facts->agent_count; i++) {
        for (unsigned l = 0; facts->agents[i].labels && facts->agents[i].labels[l]; l++) {
            const char *label = facts->agents[i].labels[l];
            const char *value = strchr(label, '=');

            if (value && strcmp(value + 1, word->plain) == 0)
                return label;
        }
    }
    return NULL;
}

/* The row of names that begins at a word: "web1, web2 and db1". */
static char *take_names(const PhraseFacts *facts, const GPtrArray *words, unsigned *at,
                        bool *is_used)
{
    GString *names = g_string_new(agent_name(facts, word_at(words, *at)));
    unsigned next = *at + 1;

    is_used[*at] = true;
    for (;;) {
        unsigned joint = next;

        while (word_at(words, joint) &&
               (has_concept(word_at(words, joint), "comma") ||
                lexicon_list_has("and et & on sur", word_at(words, joint)->plain)))
            joint++;
        if (joint == next || !agent_name(facts, word_at(words, joint)))
            break;
        g_string_append_printf(names, ",%s", agent_name(facts, word_at(words, joint)));
        while (next <= joint)
            is_used[next++] = true;
    }
    *at = next - 1;
    return g_string_free(names, FALSE);
}

static bool is_noun(const Word *word)
{
    return has_concept(word, "machines") || has_concept(word, "machine");
}

/* "all the web servers", "tous les serveurs web", "web servers": the target, or NULL. */
static char *take_group(const PhraseFacts *facts, const GPtrArray *words, unsigned *at,
                        bool *is_used)
{
    unsigned noun = *at;
    unsigned last;
    bool is_all = has_concept(word_at(words, *at), "all");
    const char *label = NULL;

    while (word_at(words, noun) && !is_noun(word_at(words, noun))) {
        const Word *word = word_at(words, noun);

        if (label_of(facts, word))
            label = label_of(facts, word);
        else if (!has_concept(word, "all") && !has_concept(word, CONCEPT_FILLER))
            return NULL;
        noun++;
    }
    if (!word_at(words, noun) || noun - *at > 5)
        return NULL;
    last = noun;
    if (!label && label_of(facts, word_at(words, noun + 1))) {
        label = label_of(facts, word_at(words, noun + 1));
        last = noun + 1;
    }
    if (!is_all && (!label || !g_str_has_suffix(word_at(words, noun)->plain, "s")))
        return NULL;
    for (unsigned used = *at; used <= last; used++)
        is_used[used] = true;
    *at = last;
    return g_strdup(label ? label : EVERYONE);
}

static char *take_one(const PhraseFacts *facts, const GPtrArray *words, unsigned *at, bool *is_used)
{
    const Word *word = word_at(words, *at);

    if (agent_name(facts, word))
        return take_names(facts, words, at, is_used);
    if (lexicon_list_has("everywhere partout", word->plain)) {
        is_used[*at] = true;
        return g_strdup(EVERYONE);
    }
    if (has_concept(word, "all") || is_noun(word) || label_of(facts, word))
        return take_group(facts, words, at, is_used);
    return NULL;
}

char *who_find(const PhraseFacts *facts, const GPtrArray *words, bool *is_used,
               bool *out_is_several)
{
    g_autofree char *found = NULL;

    *out_is_several = false;
    for (unsigned at = 0; at < words->len; at++) {
        g_autofree char *target = NULL;

        if (is_used[at] || has_concept(word_at(words, at), "quote"))
            continue;
        target = take_one(facts, words, &at, is_used);
        if (!target)
            continue;
        *out_is_several |= found && strcmp(found, target) != 0;
        if (!found)
            found = g_steal_pointer(&target);
    }
    return g_steal_pointer(&found);
}

const char *who_nearest(const PhraseFacts *facts, const char *word, bool *out_looks_so)
{
    g_autofree const char **names = g_new0(const char *, facts->agent_count + 1);
    size_t length = strlen(word);

    for (unsigned i = 0; i < facts->agent_count; i++)
        names[i] = facts->agents[i].name;
    *out_looks_so = length > 2 && g_ascii_isalpha(word[0]) && g_ascii_isdigit(word[length - 1]);
    return text_nearest_one(word, names);
}

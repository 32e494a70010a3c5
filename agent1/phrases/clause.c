#include "agent1/phrases/clause.h"

#include <string.h>

#include "agent1/phrases/lexicon.h"
#include "agent1/phrases/when.h"
#include "agent1/phrases/who.h"

#include "common/base/banned.h"

#define FINGERPRINT 8

Clause *clause_new(void)
{
    Clause *clause = g_new0(Clause, 1);

    clause->words = g_ptr_array_new();
    return clause;
}

void clause_free(Clause *clause)
{
    g_ptr_array_unref(clause->words);
    g_free(clause->target);
    g_free(clause->wrong_when);
    g_free(clause->literal);
    g_free(clause->service);
    g_free(clause->number);
    g_free(clause->key);
    g_free(clause->fingerprint);
    g_free(clause->topic);
    g_free(clause->message);
    g_free(clause);
}

static bool is_concept(const Word *word, const char *concept)
{
    return word->concept && strcmp(word->concept, concept) == 0;
}

static Word *word_at(const Clause *clause, unsigned at)
{
    return at < clause->words->len ? clause->words->pdata[at] : NULL;
}

/* ---- literal tasks: "run df -h /var on db1" ---- */

static bool is_joint(const Word *word)
{
    return is_concept(word, "comma") || is_concept(word, "sign") || is_concept(word, "then") ||
           is_concept(word, "quote") || lexicon_list_has("and et or ou puis", word->plain);
}

static bool destroys(const char *literal)
{
    g_auto(GStrv) parts = g_strsplit_set(literal, " \t;|&()/`'\"$<>", -1);

    for (unsigned i = 0; parts[i]; i++) {
        if (lexicon_is_destructive(parts[i]))
            return true;
    }
    return strstr(literal, "/dev/") != NULL || strstr(literal, "-delete") != NULL;
}

/* Whether a word may end a typed task: what leads to the target, and politeness. */
static bool is_trailing(const Word *word)
{
    return lexicon_list_has("on sur at in dans de of for please pls plz stp svp merci thanks now",
                            word->plain);
}

static void take_typed(Clause *clause, unsigned first)
{
    const Word *begin = clause->words->pdata[first];
    const Word *word = begin;
    unsigned end = first;

    while (word && !clause->used[end]) {
        if (is_joint(word))
            return;
        word = word_at(clause, ++end);
    }
    while (end > first + 1 && is_trailing(clause->words->pdata[end - 1]))
        end--;
    word = clause->words->pdata[end - 1];
    clause->literal = g_strndup(begin->start, (size_t)(word->end - begin->start));
    for (unsigned at = first; at < end; at++)
        clause->used[at] = true;
}

/* "schedule uptime on web1 every day at 3" runs it then, and "schedule a restart" leaves the verb
 * to what follows; where no time stands, a schedule is looked at. The first word. NULL: it is
 * another sentence. */
static Word *scheduling_verb(const Clause *clause)
{
    Word *first = clause->has_when ? word_at(clause, 0) : NULL;

    if (!first || clause->used[0] ||
        !lexicon_list_has("schedule planifie planifier planifiez programme programmer programmez",
                          first->plain))
        return NULL;
    return first;
}

/* "schedule nginx restart": the service is meant, and no program of that name. */
static bool scheduled_service(const Clause *clause)
{
    const Word *next = word_at(clause, 1);

    return next && lexicon_is_service(next->plain);
}

/* Behind a verb of running: a quotation, or a program that people know. */
static void find_literal(Clause *clause)
{
    const Word *word;

    for (unsigned at = 0; (word = word_at(clause, at)) && !clause->literal; at++) {
        unsigned next = at + 1;

        if (!is_concept(word, "run") || clause->used[at])
            continue;
        word = word_at(clause, next);
        while (word && (is_concept(word, "colon") || clause->used[next] ||
                        lexicon_list_has("on sur the la command commande", word->plain)))
            word = word_at(clause, ++next);
        if (!word)
            return;
        if (is_concept(word, "quote")) {
            clause->literal = g_strstrip(g_strdup(word->text));
            for (unsigned used = at + 1; used <= next; used++)
                clause->used[used] = true;
        } else if (lexicon_is_program(word->text) || lexicon_is_destructive(word->text)) {
            for (unsigned used = at + 1; used < next; used++)
                clause->used[used] = true;
            take_typed(clause, next);
        }
    }
    if (clause->literal)
        clause->is_destructive = destroys(clause->literal);
}

/* ---- slots ---- */

static bool is_hex(const char *text)
{
    return strlen(text) >= FINGERPRINT && strspn(text, "0123456789abcdef:") == strlen(text) &&
           strpbrk(text, "0123456789");
}

static bool is_service_word(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789@._-") == strlen(text) &&
           g_ascii_isalnum(*text);
}

static bool is_beside(const Clause *clause, unsigned at, const char *concept)
{
    const Word *next = word_at(clause, at + 1);

    return (at > 0 && is_concept(clause->words->pdata[at - 1], concept)) ||
           (next && is_concept(next, concept));
}

static bool set_slot(char **slot, const char *text)
{
    if (*slot)
        return false;
    *slot = g_strdup(text);
    return true;
}

/* The concept of a word in its clause, with its slot filled; NULL where nothing explains it. */
static const char *slot_of(Clause *clause, unsigned at, bool has_topic)
{
    const Word *word = clause->words->pdata[at];
    bool after_schedule = at > 0 && is_concept(clause->words->pdata[at - 1], "one_schedule");

    if (is_concept(word, "number"))
        return set_slot(&clause->number, word->plain + (*word->plain == '#')) ? "number" : NULL;
    if (is_concept(word, "quote"))
        return has_topic && set_slot(&clause->message, word->text) ? "message" : NULL;
    if (after_schedule && !word->concept && is_service_word(word->plain))
        return set_slot(&clause->key, word->plain) ? "key" : NULL;
    if (word->concept)
        return word->concept;
    if (strchr(word->text, '/'))
        return set_slot(&clause->topic, word->text) ? "topic" : NULL;
    if (lexicon_is_service(word->plain) ||
        (is_beside(clause, at, "service") && is_service_word(word->plain)))
        return set_slot(&clause->service, word->plain) ? "name" : NULL;
    if (is_hex(word->plain))
        return set_slot(&clause->fingerprint, word->plain) ? "fingerprint" : NULL;
    return NULL;
}

/* "publish ON on home/lamp": what stands between the verb and the topic. */
static void find_message(Clause *clause)
{
    for (unsigned at = 1; at + 1 < clause->words->len && !clause->message; at++) {
        const Word *word = clause->words->pdata[at];

        if (is_concept(clause->words->pdata[at - 1], "publish") && !is_concept(word, "quote") &&
            !strchr(word->text, '/')) {
            clause->message = g_strdup(word->text);
            clause->used[at] = true;
        }
    }
}

static void collect(Clause *clause, GPtrArray *concepts)
{
    bool has_topic = false;

    for (unsigned at = 0; at < clause->words->len; at++)
        has_topic |= is_concept(clause->words->pdata[at], "publish");
    if (has_topic)
        find_message(clause);
    for (unsigned at = 0; at < clause->words->len; at++) {
        const Word *word = clause->words->pdata[at];
        const char *concept = clause->used[at] ? CONCEPT_FILLER : slot_of(clause, at, has_topic);

        if (concept && strcmp(concept, CONCEPT_FILLER) == 0)
            continue;
        if (!concept && lexicon_list_has("and et", word->plain))
            continue;
        if (concept && lexicon_list_has("today yesterday", concept))
            clause->day = concept[0] == 't' ? "today" : "yesterday";
        g_ptr_array_add(concepts, (void *)(gsize)concept);
    }
    if (clause->literal)
        g_ptr_array_add(concepts, (void *)(gsize) "literal");
    if (clause->message)
        g_ptr_array_add(concepts, (void *)(gsize) "message");
    if (clause->has_when)
        g_ptr_array_add(concepts, (void *)(gsize) "time");
}

/* An act is ordered by its verb first: "nginx restarts on web1" tells of one. */
static bool is_ordered(const Clause *clause)
{
    unsigned verb = G_MAXUINT;
    unsigned name = G_MAXUINT;

    for (unsigned at = 0; at < clause->words->len; at++) {
        const Word *word = clause->words->pdata[at];

        if (word->concept && intents_is_act(word->concept))
            verb = MIN(verb, at);
        else if (clause->service && strcmp(word->plain, clause->service) == 0)
            name = MIN(name, at);
    }
    return verb < name || name == G_MAXUINT;
}

/* ---- a clause ---- */

/* Where not all is understood. The words from first to before end were a time, perhaps that of a
 * wrong day. */
static void find_wrong_when(Clause *clause, bool *used, unsigned first, unsigned end)
{
    for (unsigned at = first; at < end; at++)
        used[at] = false;
    clause->wrong_when = when_find_wrong(clause->words, used);
}

void clause_understand(Clause *clause, const PhraseFacts *facts, bool *out_is_several)
{
    g_autoptr(GPtrArray) concepts = g_ptr_array_new();
    bool used[CLAUSE_WORDS_MAX];
    Word *scheduling;
    unsigned first = 0;
    unsigned end = 0;

    if (when_find(clause->words, clause->used, &first, &end, &clause->when)) {
        clause->has_when = true;
        for (unsigned at = first; at < end; at++)
            clause->used[at] = true;
    }
    clause->target = who_find(facts, clause->words, clause->used, out_is_several);
    memcpy(used, clause->used, sizeof(used));
    scheduling = scheduling_verb(clause);
    if (scheduling)
        scheduling->concept = scheduled_service(clause) ? CONCEPT_FILLER : "run";
    find_literal(clause);
    if (scheduling && !clause->literal)
        scheduling->concept = CONCEPT_FILLER;
    collect(clause, concepts);
    clause->intent =
        intents_find((const char *const *)concepts->pdata, concepts->len, clause->target);
    if (!clause->intent && clause->has_when) {
        g_ptr_array_set_size(concepts, (int)concepts->len - 1);
        clause->intent =
            intents_find((const char *const *)concepts->pdata, concepts->len, clause->target);
        if (clause->intent && clause->intent->form[0] != '>')
            clause->intent = NULL;
    }
    /* Another clause may name the agent. */
    if (!clause->intent && !clause->target)
        clause->intent = intents_find((const char *const *)concepts->pdata, concepts->len, true);
    if (clause->intent && !intent_only_looks(clause->intent) && !is_ordered(clause))
        clause->intent = NULL;
    if (!clause->intent)
        find_wrong_when(clause, used, first, end);
}

/* "18:00" or "20m" of the time of a clause. */
static char *print_delay(const Clause *clause)
{
    g_autofree char *printed = time_spec_print(&clause->when);
    const char *space = strchr(printed, ' ');

    if (clause->when.kind != TIME_SPEC_IN && clause->when.kind != TIME_SPEC_AT_NEXT)
        return NULL;
    return g_strdup(space ? space + 1 : printed);
}

static const char *slot_text(const Clause *clause, char slot, const char *delay)
{
    switch (slot) {
    case 'T':
        return clause->target;
    case 'S':
        return clause->service;
    case 'N':
        return clause->number;
    case 'W':
        return delay;
    case 'K':
        return clause->key;
    case 'F':
        return clause->fingerprint;
    case 'P':
        return clause->topic;
    case 'M':
        return clause->message;
    case 'L':
        return clause->literal;
    default:
        return NULL;
    }
}

char *clause_fill(const Clause *clause, const char *form)
{
    GString *out = g_string_new(NULL);
    g_autofree char *delay = clause->has_when ? print_delay(clause) : NULL;

    for (const char *at = form; *at; at++) {
        const char *text;

        if (*at != '$') {
            g_string_append_c(out, *at);
            continue;
        }
        at++;
        if (*at == 't') {
            g_string_append_printf(out, "%s%s", clause->target ? " " : "",
                                   clause->target ? clause->target : "");
        } else if (*at == 'D') {
            g_string_append_printf(out, "%s%s", clause->day ? " | " : "",
                                   clause->day ? clause->day : "");
        } else {
            text = slot_text(clause, *at, delay);
            if (!text) {
                g_string_free(out, TRUE);
                return NULL;
            }
            g_string_append(out, text);
        }
    }
    return g_string_free(out, FALSE);
}

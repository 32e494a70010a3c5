#include "agent1/phrases/phrasebook.h"

#include <string.h>

#include "agent1/phrases/clause.h"
#include "agent1/phrases/lexicon.h"
#include "agent1/phrases/who.h"
#include "common/base/name.h"
#include "common/base/text.h"
#include "common/base/words_later.h"
#include "common/data/weekday.h"

#include "common/base/banned.h"

#define STEPS_MAX    8
#define RECALL_CHARS 64

static const char *const questions[PHRASE_QUESTION_COUNT] = {
    [PHRASE_VAGUE] =
        WORDS_LATER("I understood a part of it, and do nothing by halves. Say what to do "
                    "and on which agent, as in: restart nginx on web1"),
    [PHRASE_DANGER] =
        WORDS_LATER("That destroys something or takes a machine away, so I do not guess. "
                    "If it is meant, type it: DELEGATE: <agent> | <task>"),
    [PHRASE_WHO] = WORDS_LATER("On which agent? !agents lists them"),
    [PHRASE_WHICH_AGENT] = WORDS_LATER("I know no agent of that name"),
    [PHRASE_WHEN] = WORDS_LATER("That is no time that I know"),
    [PHRASE_FOREIGN] =
        WORDS_LATER("That tells what somebody else says, and I act on your own words "
                    "alone. What shall I do?"),
    [PHRASE_RESTART] =
        WORDS_LATER("Restart what on $? A service, as in: restart nginx on $. The machine itself I "
                    "do not restart by a guess; if that is meant: DELEGATE: $ | reboot"),
    [PHRASE_STOP] = WORDS_LATER("Stop what on $? A service, as in: stop nginx on $. That $ takes "
                                "no more tasks: !agentOFF $"),
    [PHRASE_START] =
        WORDS_LATER("Start what on $? A service, as in: start nginx on $. That $ takes "
                    "tasks again: !agentON $"),
    [PHRASE_REBOOT] =
        WORDS_LATER("That restarts the machine itself ($), so I do not do it by a guess. If it is "
                    "meant, type: DELEGATE: $ | reboot"),
    [PHRASE_REMEMBER] = WORDS_LATER("Under which words shall I keep it? Type: "
                                    "REMEMBER: <words> | $"),
    [PHRASE_REMEMBER_ALONE] = WORDS_LATER("Under which words shall I keep it? Type: "
                                          "REMEMBER: --private <words> | $"),
};

static bool is_concept(const Word *word, const char *concept)
{
    return word->concept && strcmp(word->concept, concept) == 0;
}

/* ---- answers ---- */

static void ask(PhraseAnswer *out, PhraseQuestion question)
{
    out->kind = PHRASE_ASK;
    out->question = question;
}

const char *phrase_question_text(PhraseQuestion question)
{
    return questions[question];
}

void phrase_answer_clear(PhraseAnswer *answer)
{
    g_clear_pointer(&answer->lines, g_ptr_array_unref);
    g_clear_pointer(&answer->subject, g_free);
    g_clear_pointer(&answer->guess, g_free);
}

/* All machines are paused and woken by commands of their own. */
static char *of_everyone(char *line)
{
    static const struct {
        const char *one;
        const char *all;
    } rows[] = {
        { "!agentOFF all", "!agentsOFF" },
        { "!agentON all", "!agentsON" },
        { "!agentUPDATE all", "!agentsUPDATE" },
        { "!agentUPDATE", "!agentsUPDATE" },
    };

    for (size_t i = 0; line && i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(line, rows[i].one) == 0) {
            g_free(line);
            return g_strdup(rows[i].all);
        }
    }
    return line;
}

/* ---- the sentence ---- */

/* "first restart nginx" orders what follows; "the first monday" is a day. */
static bool is_ordering(const GPtrArray *words, unsigned at)
{
    const Word *next = at + 1 < words->len ? words->pdata[at + 1] : NULL;
    unsigned day;

    return is_concept(words->pdata[at], "first") &&
           !(next && (weekday_parse(next->plain, &day) || lexicon_list_has("day of", next->plain)));
}

static GPtrArray *split_clauses(const GPtrArray *words)
{
    GPtrArray *clauses = g_ptr_array_new_with_free_func((GDestroyNotify)clause_free);
    Clause *clause = NULL;

    for (unsigned at = 0; at < words->len; at++) {
        Word *word = words->pdata[at];

        if (is_ordering(words, at) || (is_concept(word, "then") && !clause))
            continue;
        if (!clause || is_concept(word, "then")) {
            clause = clause_new();
            g_ptr_array_add(clauses, clause);
        }
        if (!is_concept(word, "then"))
            g_ptr_array_add(clause->words, word);
    }
    return clauses;
}

/* Where exactly one agent is named, it is meant by all clauses. */
static void share_target(GPtrArray *clauses)
{
    const char *only = NULL;

    for (unsigned i = 0; i < clauses->len; i++) {
        const Clause *clause = clauses->pdata[i];

        if (clause->target && only && strcmp(only, clause->target) != 0)
            return;
        if (clause->target)
            only = clause->target;
    }
    for (unsigned i = 0; only && i < clauses->len; i++) {
        Clause *clause = clauses->pdata[i];

        if (!clause->target)
            clause->target = g_strdup(only);
    }
}

static bool is_task(const Clause *clause)
{
    return clause->intent && clause->intent->form[0] == '>';
}

/* A bar or ";;" in a task is written so that it stays in it. */
static bool is_plain_task(const char *task)
{
    return task && *task && !strstr(task, ";;") && !strpbrk(task, "\r\n") && text_is_harmless(task);
}

/* Its task: a skill where there is one for it, as the gate knows what that may do. */
static char *task_of(const PhraseFacts *facts, const Clause *clause)
{
    const char *form = intent_skill_form(clause->intent);
    g_autofree char *skill = form ? g_strndup(form, strcspn(form, " ")) : NULL;

    if (skill && clause->target && facts->have_skill &&
        facts->have_skill(clause->target, skill, facts->data))
        return clause_fill(clause, form);
    return clause_fill(clause, clause->intent->form + 2);
}

/* The line of one clause: a task, at a time or at once, or an order to agent1. */
static char *print_one(const PhraseFacts *facts, const Clause *clause)
{
    g_autofree char *task = NULL;
    g_autofree char *when = NULL;

    if (!is_task(clause))
        return of_everyone(clause_fill(clause, clause->intent->form));
    task = task_of(facts, clause);
    if (!clause->target || !is_plain_task(task))
        return NULL;
    if (!clause->has_when)
        return g_strdup_printf("DELEGATE: %s | %s", clause->target, task);
    when = time_spec_print(&clause->when);
    return g_strdup_printf("SCHEDULE: %s | %s | %s", when, clause->target, task);
}

static char *print_plan(const PhraseFacts *facts, const GPtrArray *clauses)
{
    g_autoptr(GString) plan = g_string_new("PLAN:");

    for (unsigned i = 0; i < clauses->len; i++) {
        const Clause *clause = clauses->pdata[i];
        g_autofree char *task = is_task(clause) ? task_of(facts, clause) : NULL;

        if (!clause->target || clause->has_when || !is_plain_task(task))
            return NULL;
        g_string_append_printf(plan, "%s %s|%s", i ? " ;;" : "", clause->target, task);
    }
    return g_string_free(g_steal_pointer(&plan), FALSE);
}

static void add_line(PhraseAnswer *out, char *line)
{
    out->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(out->lines, line);
}

/* "wifi ?" */
static bool read_recall(char *rest, PhraseAnswer *out)
{
    g_strchomp(g_strdelimit(rest, "?|", ' '));
    if (g_utf8_strlen(rest, -1) > RECALL_CHARS || !*rest)
        return false;

    add_line(out, g_strdup_printf("RECALL: %s", rest));
    return true;
}

/* "wifi: in the safe" */
static bool read_remember(char *rest, bool is_private, PhraseAnswer *out)
{
    char *colon = strchr(rest, ':');

    if (!colon || colon == rest || colon[1] == '\0' || (size_t)(colon - rest) > RECALL_CHARS)
        return false;
    *colon = '\0';
    if (strpbrk(rest, "|\"`"))
        return false;

    add_line(out, g_strdup_printf("REMEMBER: %s%s | %s", is_private ? "--private " : "",
                                  g_strstrip(rest), g_strstrip(colon + 1)));
    return true;
}

static const char *word_at(const GPtrArray *words, unsigned at)
{
    return ((const Word *)words->pdata[at])->plain;
}

/* "remember that the gate is blue", "remember for me alone that …": nothing says under which key.
 */
static bool ask_for_key(const GPtrArray *words, PhraseAnswer *out)
{
    PhraseQuestion question = PHRASE_REMEMBER;
    g_autofree char *rest = NULL;
    unsigned at = 0;

    while (at < words->len && is_concept(words->pdata[at], CONCEPT_FILLER))
        at++;
    if (at == words->len || !is_concept(words->pdata[at++], "remember"))
        return false;
    while (at < words->len && lexicon_list_has("toi moi me", word_at(words, at)))
        at++;
    if (at < words->len && is_concept(words->pdata[at], "alone")) {
        question = PHRASE_REMEMBER_ALONE;
        at += (unsigned)((const Word *)words->pdata[at])->taken;
    }
    if (at + 1 >= words->len || !lexicon_list_has("that que", word_at(words, at)))
        return false;

    rest = g_strdup(((const Word *)words->pdata[at + 1])->start);
    if (strpbrk(rest, "|$"))
        return false;
    ask(out, question);
    out->subject = g_strdup(g_strstrip(g_strdelimit(rest, "\t", ' ')));
    return true;
}

/* What stands behind a verb as it is: "remember wifi: in the safe", "remember for me alone pin: 1",
 * "what do you know about wifi". */
static bool read_memory(const GPtrArray *words, PhraseAnswer *out)
{
    unsigned at = 0;
    bool is_recall;
    bool is_private;
    g_autofree char *rest = NULL;

    while (at < words->len && is_concept(words->pdata[at], CONCEPT_FILLER))
        at++;
    is_recall = at < words->len && is_concept(words->pdata[at], "recall");
    if (!is_recall && (at == words->len || !is_concept(words->pdata[at], "remember")))
        return false;
    at++;
    while (at < words->len && is_recall && is_concept(words->pdata[at], CONCEPT_FILLER))
        at++;
    is_private = at < words->len && !is_recall && is_concept(words->pdata[at], "alone");
    if (is_private)
        at += (unsigned)((const Word *)words->pdata[at])->taken;
    if (at >= words->len)
        return false;

    rest = g_strdup(((const Word *)words->pdata[at])->start);
    g_strdelimit(rest, "\t", ' ');
    return is_recall ? read_recall(rest, out) : read_remember(rest, is_private, out);
}

/* What stands behind a fixed turn as it is: "search the web for …", "read the page https://…". */
static bool read_web(const GPtrArray *words, PhraseAnswer *out)
{
    const Word *verb = words->pdata[0];
    bool is_search = is_concept(verb, "search_web");
    g_autofree char *rest = NULL;

    if (words->len <= verb->taken || (!is_search && !is_concept(verb, "read_page")))
        return false;
    rest = g_strdup(((const Word *)words->pdata[verb->taken])->start);
    if (is_search)
        g_strdelimit(rest, "\t?", ' ');
    g_strstrip(rest);
    if (!*rest || strchr(rest, '\n') || (!is_search && strpbrk(rest, " \t")))
        return false;
    out->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(out->lines, g_strdup_printf("%s %s", is_search ? "SEARCH:" : "READ:", rest));
    return true;
}

static bool names_agent(const PhraseFacts *facts, const GPtrArray *words)
{
    for (unsigned at = 0; at < words->len; at++) {
        for (unsigned i = 0; i < facts->agent_count; i++) {
            if (strcmp(((const Word *)words->pdata[at])->plain, facts->agents[i].name) == 0)
                return true;
        }
    }
    return false;
}

/* "reboot web1", and no word more: what is to be typed for it can be said. */
static bool ask_reboot(const PhraseFacts *facts, const GPtrArray *words, PhraseAnswer *out)
{
    bool used[CLAUSE_WORDS_MAX] = { false };
    bool is_several;
    g_autofree char *target = who_find(facts, words, used, &is_several);
    unsigned verbs = 0;

    for (unsigned at = 0; at < words->len; at++) {
        const Word *word = words->pdata[at];

        if (used[at] || is_concept(word, CONCEPT_FILLER) || is_concept(word, "machine"))
            continue;
        if (!lexicon_list_has("reboot reboote rebooter", word->plain))
            return false;
        verbs++;
    }
    if (!target || is_several || verbs != 1)
        return false;

    ask(out, PHRASE_REBOOT);
    out->subject = g_steal_pointer(&target);
    return true;
}

/* What keeps a sentence from being acted on, whatever else it holds. */
static bool is_stopped(const PhraseFacts *facts, const GPtrArray *words, PhraseAnswer *out)
{
    bool has_not = false;
    bool has_act = false;
    bool is_strong = names_agent(facts, words);
    bool has_danger = false;
    bool has_says = false;

    for (unsigned at = 0; at < words->len; at++) {
        const Word *word = words->pdata[at];

        has_not |= is_concept(word, "not");
        has_danger |= is_concept(word, "danger");
        has_says |= is_concept(word, "says");
        has_act |= word->concept && intents_is_act(word->concept);
        is_strong |= intents_is_strong(word->concept);
    }
    if (has_not && words->len > 1) {
        if (!has_act && is_strong)
            ask(out, PHRASE_VAGUE);
        return true;
    }
    if (has_says)
        ask(out, PHRASE_FOREIGN);
    else if (!has_danger)
        return false;
    else if (!ask_reboot(facts, words, out))
        ask(out, PHRASE_DANGER);
    return true;
}

/* Whether a word that nothing explains is an agent's name. What looks like one is kept, the first
 * of a sentence. */
static bool find_agent(const PhraseFacts *facts, const Word *word, PhraseAnswer *out)
{
    const char *guess;
    bool looks_so;

    if (word->concept)
        return false;

    guess = who_nearest(facts, word->plain, &looks_so);
    if (guess && strcmp(guess, word->plain) == 0)
        return true;

    if ((guess || looks_so) && !out->subject && !lexicon_is_service(word->plain)) {
        out->subject = g_strdup(word->text);
        out->guess = g_strdup(guess);
    }
    return false;
}

/* "is nada up?": the one word that nothing explains is whom it asks about. NULL: it is another
 * sentence. */
static const Word *asked_about(const GPtrArray *words)
{
    const Word *first = words->pdata[0];
    const Word *last = words->pdata[words->len - 1];
    const Word *unknown = NULL;
    bool asks = is_concept(first, "ask") || strchr(last->end, '?');
    bool is_there = false;

    for (unsigned at = 0; at < words->len; at++) {
        const Word *word = words->pdata[at];

        if (!word->concept) {
            if (unknown || lexicon_is_service(word->plain) || !name_is_valid(word->plain))
                return NULL;
            unknown = word;
        } else if (lexicon_list_has("online runs there", word->concept)) {
            is_there = true;
        } else if (!lexicon_list_has("ask machine " CONCEPT_FILLER, word->concept)) {
            return NULL;
        }
    }
    return asks && is_there ? unknown : NULL;
}

/* "restart web1": a service there, or the machine itself? PHRASE_QUESTION_COUNT: it is another
 * sentence. */
static PhraseQuestion what_there(const Clause *clause)
{
    static const struct {
        const char *verb;
        PhraseQuestion question;
    } rows[] = {
        { "restart", PHRASE_RESTART },
        { "stop", PHRASE_STOP },
        { "start", PHRASE_START },
    };
    const char *verb = NULL;

    for (unsigned at = 0; at < clause->words->len; at++) {
        const Word *word = clause->words->pdata[at];

        if (clause->used[at] || is_concept(word, CONCEPT_FILLER) || is_concept(word, "machine"))
            continue;
        if (verb || !word->concept)
            return PHRASE_QUESTION_COUNT;
        verb = word->concept;
    }
    for (size_t i = 0; clause->target && verb && i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(verb, rows[i].verb) == 0)
            return rows[i].question;
    }
    return PHRASE_QUESTION_COUNT;
}

/* Asks so, where the whole sentence is of that kind. */
static bool ask_what_there(const GPtrArray *clauses, PhraseAnswer *out)
{
    const Clause *only = clauses->len == 1 ? clauses->pdata[0] : NULL;
    PhraseQuestion question = only ? what_there(only) : PHRASE_QUESTION_COUNT;

    if (question == PHRASE_QUESTION_COUNT)
        return false;

    ask(out, question);
    g_free(out->subject);
    g_clear_pointer(&out->guess, g_free);
    out->subject = g_strdup(only->target);
    return true;
}

/* A part was not understood: where that is a time, it can be said why. */
static void ask_when(const GPtrArray *clauses, PhraseAnswer *out)
{
    for (unsigned i = 0; i < clauses->len; i++) {
        const Clause *clause = clauses->pdata[i];

        if (clause->wrong_when) {
            ask(out, PHRASE_WHEN);
            out->subject = g_strdup(clause->wrong_when);
            return;
        }
    }
}

/* Nothing fits: a question that helps, or nothing at all. */
static void ask_back(const PhraseFacts *facts, const GPtrArray *words, const GPtrArray *clauses,
                     PhraseAnswer *out)
{
    bool is_strong = false;
    bool has_quote = false;
    bool wants_agent = clauses->len > 0;
    const Word *asked = asked_about(words);

    for (unsigned at = 0; at < words->len; at++) {
        const Word *word = words->pdata[at];

        is_strong |= find_agent(facts, word, out);
        is_strong |= intents_is_strong(word->concept) || lexicon_is_service(word->plain);
        has_quote |= is_concept(word, "quote");
    }
    for (unsigned i = 0; i < clauses->len; i++)
        wants_agent &= ((const Clause *)clauses->pdata[i])->intent != NULL;
    if (ask_what_there(clauses, out))
        return;
    if (asked && !out->subject)
        out->subject = g_strdup(asked->text);
    if (is_strong || asked)
        ask(out, out->subject  ? PHRASE_WHICH_AGENT
                 : has_quote   ? PHRASE_FOREIGN
                 : wants_agent ? PHRASE_WHO
                               : PHRASE_VAGUE);
    if (out->kind != PHRASE_ASK || out->question != PHRASE_WHICH_AGENT) {
        g_clear_pointer(&out->subject, g_free);
        g_clear_pointer(&out->guess, g_free);
    }
    if (out->kind == PHRASE_ASK && out->question == PHRASE_VAGUE)
        ask_when(clauses, out);
}

static char *print_all(const PhraseFacts *facts, GPtrArray *clauses, bool *out_is_destructive)
{
    for (unsigned i = 0; i < clauses->len; i++) {
        const Clause *clause = clauses->pdata[i];

        *out_is_destructive |= clause->is_destructive;
        if (!clause->intent)
            return NULL;
    }
    share_target(clauses);
    if (clauses->len == 0 || clauses->len > STEPS_MAX)
        return NULL;
    return clauses->len == 1 ? print_one(facts, clauses->pdata[0]) : print_plan(facts, clauses);
}

void phrasebook_read(const PhraseFacts *facts, const char *text, PhraseAnswer *out)
{
    g_autoptr(GPtrArray) words = NULL;
    g_autoptr(GPtrArray) clauses = NULL;
    g_autofree char *line = NULL;
    bool is_several = false;
    bool is_destructive = false;

    *out = (PhraseAnswer){ .kind = PHRASE_NONE };
    if (g_utf8_strlen(text, -1) > SENTENCE_MAX_CHARS || strpbrk(text, "\r\n") ||
        !text_is_harmless(text)) {
        ask(out, PHRASE_VAGUE);
        return;
    }
    words = sentence_read(text);
    if (words->len == 0 || words->len > CLAUSE_WORDS_MAX)
        return;
    if (read_memory(words, out) || read_web(words, out)) {
        out->kind = PHRASE_LINES;
        return;
    }
    if (ask_for_key(words, out) || is_stopped(facts, words, out))
        return;

    clauses = split_clauses(words);
    for (unsigned i = 0; i < clauses->len; i++) {
        bool several;

        clause_understand(clauses->pdata[i], facts, &several);
        is_several |= several;
    }
    line = is_several ? NULL : print_all(facts, clauses, &is_destructive);
    if (is_destructive) {
        ask(out, PHRASE_DANGER);
    } else if (line) {
        out->kind = PHRASE_LINES;
        out->lines = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(out->lines, g_steal_pointer(&line));
    } else {
        ask_back(facts, words, clauses, out);
    }
}

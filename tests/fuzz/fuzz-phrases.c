/*
 * Sentences of people as typed lines: what is made of a sentence is one line that agent1 reads as a
 * command or a trigger, for agents and labels that exist, at a time that reads back; the same
 * sentence is the same line again; and behind a negation, or in a quotation, none is acted on. An
 * input is which of these, and the sentence.
 */
#include "agent1/phrases/phrasebook.h"

#include "agent1/model/plan_script.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/data/time_spec.h"
#include "common/wire/stop_word.h"
#include "common/wire/utterance.h"
#include "tests/fuzz/harness.h"
#include "tests/support/phrase_facts.h"

#include <string.h>

#include "common/base/banned.h"

static bool takes_subject(PhraseQuestion question)
{
    return question == PHRASE_WHICH_AGENT || question == PHRASE_WHEN ||
           question == PHRASE_RESTART || question == PHRASE_STOP || question == PHRASE_START ||
           question == PHRASE_REBOOT || question == PHRASE_REMEMBER ||
           question == PHRASE_REMEMBER_ALONE;
}

/* Whoever says what is wrong with it reads it again. */
static void check_wrong_time(const char *text)
{
    TimeSpec spec;

    g_assert(!time_spec_parse(text, &spec, NULL));
}

/* The line of a sentence, or NULL; the caller owns it. */
static char *line_of(const char *sentence)
{
    PhraseAnswer answer;
    char *line = NULL;

    phrasebook_read(&facts, sentence, &answer);
    g_assert((answer.kind == PHRASE_LINES) == (answer.lines != NULL));
    if (answer.kind == PHRASE_LINES) {
        g_assert_cmpuint(answer.lines->len, ==, 1);
        line = g_strdup(answer.lines->pdata[0]);
    }
    if (answer.kind == PHRASE_ASK) {
        g_assert_cmpint(answer.question, <, PHRASE_QUESTION_COUNT);
        g_assert(takes_subject(answer.question) == (answer.subject != NULL));
        if (answer.question == PHRASE_WHEN)
            check_wrong_time(answer.subject);
    }
    phrase_answer_clear(&answer);
    return line;
}

static void check_target(const char *target)
{
    static const char *const known[] = { "web1",     "web2",    "db1", "agent2_debian13",
                                         "role=web", "role=db", "all", NULL };
    g_auto(GStrv) names = g_strsplit(target, ",", -1);

    g_assert(names[0]);
    for (unsigned i = 0; names[i]; i++)
        g_assert(g_strv_contains(known, names[i]));
}

/* "web1 | uptime" */
static void check_delegation(const char *rest)
{
    g_autofree char *target = NULL;
    g_autofree char *task = NULL;

    g_assert(utterance_split(rest, &target, &task));
    g_assert(*task);
    check_target(target);
}

/* "daily 03:00 | db1 | df -h" */
static void check_schedule(const char *rest)
{
    g_autofree char *when = NULL;
    g_autofree char *what = NULL;
    TimeSpec spec;

    g_assert(utterance_split(rest, &when, &what));
    g_assert(time_spec_parse(when, &spec, NULL));
    check_delegation(what);
}

static void check_plan(const char *rest)
{
    g_autofree char *complaint = NULL;
    g_autoptr(GPtrArray) steps = plan_script_parse(rest, &complaint);

    g_assert(steps && steps->len > 1);
    for (unsigned i = 0; i < steps->len; i++)
        check_target(((const ScriptStep *)steps->pdata[i])->target);
}

static void check_order(const char *text)
{
    g_autoptr(GPtrArray) lines = utterance_parse(text);
    const Line *line;

    g_assert_cmpuint(lines->len, ==, 1);
    g_assert(text_is_harmless(text));
    line = lines->pdata[0];
    g_assert(line->kind == LINE_COMMAND || line->kind == LINE_TRIGGER);
    if (line->kind == LINE_COMMAND)
        return;
    if (line->trigger == TRIGGER_DELEGATE)
        check_delegation(line->rest);
    else if (line->trigger == TRIGGER_SCHEDULE)
        check_schedule(line->rest);
    else if (line->trigger == TRIGGER_PLAN)
        check_plan(line->rest);
}

static void check_sentence(const char *sentence)
{
    g_autofree char *line = line_of(sentence);
    g_autofree char *again = line ? line_of(sentence) : NULL;

    g_assert_cmpstr(line, ==, again);
    /* It would mean two things while an answer is written. */
    g_assert(!line || !stop_word_is(sentence) || strcmp(line, "!stop") == 0);
    if (line)
        check_order(line);
}

static void check_negated(const char *sentence)
{
    g_autofree char *negated = g_strconcat("don't ", sentence, NULL);
    g_autofree char *line = line_of(negated);

    g_assert(!line);
}

static void check_quoted(const char *sentence)
{
    g_autofree char *quoted = g_strconcat("\"", sentence, "\"", NULL);
    g_autofree char *line = strchr(sentence, '"') ? NULL : line_of(quoted);

    g_assert(!line);
}

void fuzz_one(const uint8_t *data, size_t size)
{
    static void (*const checks[])(const char *sentence) = { check_sentence, check_negated,
                                                            check_quoted };
    FuzzInput input = fuzz_input(data, size);
    unsigned choice = fuzz_below(&input, G_N_ELEMENTS(checks));
    g_autofree char *sentence = fuzz_utf8(&input);

    checks[choice](sentence);
}

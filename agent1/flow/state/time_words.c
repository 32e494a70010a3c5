#include "agent1/flow/state/time_words.h"

#include "common/base/text.h"
#include "common/data/time_never.h"
#include "common/base/banned.h"

#define EXAMPLES_SHOWN 3

/* The examples of time_problem_examples() by their place there. */
typedef enum {
    EXAMPLE_DAILY,
    EXAMPLE_EVERY,
    EXAMPLE_WEEKLY,
    EXAMPLE_WORKDAYS,
    EXAMPLE_CRON,
    EXAMPLE_DATE,
    EXAMPLE_AT,
    EXAMPLE_IN,
    EXAMPLE_COUNT,
} Example;

/* How people begin a time, in either language, and may misspell it. */
static const struct {
    const char *word;
    Example example;
} beginnings[] = {
    { "daily", EXAMPLE_DAILY },   { "everyday", EXAMPLE_DAILY }, { "quotidien", EXAMPLE_DAILY },
    { "every", EXAMPLE_EVERY },   { "each", EXAMPLE_EVERY },     { "hourly", EXAMPLE_EVERY },
    { "toutes", EXAMPLE_EVERY },  { "weekly", EXAMPLE_WEEKLY },  { "chaque", EXAMPLE_WEEKLY },
    { "monday", EXAMPLE_WEEKLY }, { "lundi", EXAMPLE_WEEKLY },   { "tomorrow", EXAMPLE_AT },
    { "demain", EXAMPLE_AT },     { "dans", EXAMPLE_IN },        { "monthly", EXAMPLE_DATE },
    { "mensuel", EXAMPLE_DATE },
};

/* What is shown first where a time begins so; EXAMPLE_COUNT: nothing is near. */
static Example nearest(const char *found)
{
    const char *words[G_N_ELEMENTS(beginnings) + 1] = { NULL };
    const char *near;

    for (size_t i = 0; i < G_N_ELEMENTS(beginnings); i++)
        words[i] = beginnings[i].word;
    near = found ? text_nearest_one(found, words) : NULL;
    for (size_t i = 0; near && i < G_N_ELEMENTS(beginnings); i++) {
        if (beginnings[i].word == near)
            return beginnings[i].example;
    }
    return EXAMPLE_COUNT;
}

/* Of the kinds that are meant, as far as one can tell. The caller owns it. */
static char *pick(const Core *core, const TimeProblem *problem)
{
    static const Example usual[] = { EXAMPLE_DAILY, EXAMPLE_EVERY, EXAMPLE_WEEKLY };
    Example first = nearest(problem->found);
    g_auto(GStrv) all =
        g_strsplit(words_get(core->language, time_problem_examples()), ", ", EXAMPLE_COUNT);
    g_autoptr(GString) picked = g_string_new(first < EXAMPLE_COUNT ? all[first] : NULL);
    unsigned count = first < EXAMPLE_COUNT ? 1 : 0;

    for (size_t i = 0; i < G_N_ELEMENTS(usual) && count < EXAMPLES_SHOWN; i++) {
        if (usual[i] == first)
            continue;
        g_string_append_printf(picked, "%s%s", count ? ", " : "", all[usual[i]]);
        count++;
    }
    return g_strdup(picked->str);
}

char *time_words(const Core *core, const TimeProblem *problem)
{
    TimeProblem worded = *problem; /* borrows its texts */
    g_autofree char *examples = pick(core, problem);
    g_autofree char *text = NULL;

    if (time_problem_has_examples(problem))
        worded.part = examples;
    text = time_problem_word(&worded, words_get(core->language, time_problem_frame(problem)),
                             words_get(core->language, time_problem_format(problem->expected)));
    return g_strdup_printf(core_words(core, "%s; !help SCHEDULE shows all forms"), text);
}

char *time_words_examples(const Core *core)
{
    return g_strdup_printf(core_words(core, "Times, as in: %s"),
                           words_get(core->language, time_problem_examples()));
}

char *time_words_never(const Core *core, const TimeSpec *spec)
{
    const char *reasons[TIME_NEVER_MAX];
    size_t count = time_never_explain(spec, reasons);
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", words_get(core->language, reasons[i]));
    return count ? g_strdup(text->str) : NULL;
}

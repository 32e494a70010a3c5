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
    EXAMPLE_TOMORROW,
    EXAMPLE_COUNT,
} Example;

/* How people begin a time, in either language, and may misspell it. */
static const struct {
    const char *word;
    Example example;
} beginnings[] = {
    { "daily", EXAMPLE_DAILY },      { "everyday", EXAMPLE_DAILY },
    { "quotidien", EXAMPLE_DAILY },  { "every", EXAMPLE_EVERY },
    { "each", EXAMPLE_EVERY },       { "hourly", EXAMPLE_EVERY },
    { "toutes", EXAMPLE_EVERY },     { "weekly", EXAMPLE_WEEKLY },
    { "chaque", EXAMPLE_WEEKLY },    { "monday", EXAMPLE_WEEKLY },
    { "lundi", EXAMPLE_WEEKLY },     { "tomorrow", EXAMPLE_TOMORROW },
    { "demain", EXAMPLE_TOMORROW },  { "dans", EXAMPLE_IN },
    { "monthly", EXAMPLE_DATE },     { "mensuel", EXAMPLE_DATE },
    { "tonight", EXAMPLE_TOMORROW },
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

/* Narrow enough for a phone, 40 columns; of each line all that stands between the points is a time.
 */
static const char *const forms[] = {
    WORDS_LATER("Every day\n"
                "  daily 03:00 · daily 8 · daily noon\n"
                "  every day at 9pm · @daily"),
    WORDS_LATER("Days of the week\n"
                "  weekly mon 08:00 · every monday at 9\n"
                "  mon..fri 09:00 · mon,wed 18:00\n"
                "  monday to friday at 9\n"
                "  mondays and thursdays at 18:00\n"
                "  weekdays 09:00 · weekend 10:00"),
    WORDS_LATER("Days of the month\n"
                "  on the 1st of the month at 08:00\n"
                "  on the first monday of the month at 9\n"
                "  every month on the 15th at 8:00\n"
                "  *-*-01,15 04:00 · @monthly"),
    WORDS_LATER("Every year\n"
                "  *-12-25 08:00 · @yearly"),
    WORDS_LATER("So much time apart\n"
                "  every 6h · every 30 minutes\n"
                "  every two hours · every half hour\n"
                "  hourly · *:0/15 · every 10s"),
    WORDS_LATER("Once, counted from now\n"
                "  in 20m · in half an hour · in 10s\n"
                "  in two days · in 1h30"),
    WORDS_LATER("Once, at a time of day\n"
                "  at 08:00 · at 9 · at 8pm · noon\n"
                "  today 18:00 · tomorrow at 9\n"
                "  at 9 tomorrow · tonight at 8\n"
                "  tomorrow morning at 9\n"
                "  the day after tomorrow at 9\n"
                "  next monday 9:00"),
    WORDS_LATER("Once, on a date\n"
                "  28 Nov 14:02 · on Nov 28 at 14:02\n"
                "  28/11/2026 08:00\n"
                "  at 2026-12-01T08:00\n"
                "  at 2026-12-01T08:00+01:00"),
    WORDS_LATER("As in cron and systemd\n"
                "  0 3 * * 1-5 · 0 3 1,15 * *\n"
                "  Mon *-*-1..7 04:00 · @hourly"),
    WORDS_LATER("In another time zone\n"
                "  daily 08:00 America/New_York"),
};

char *time_words_forms(const Core *core)
{
    g_autoptr(GString) text = g_string_new(core_words(core, "Times may be written so:"));

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++)
        g_string_append_printf(text, "\n%s", words_get(core->language, forms[i]));
    return g_strdup(text->str);
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

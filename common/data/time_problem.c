#include "common/data/time_problem.h"

#include "common/base/text.h"
#include "common/base/words_later.h"

#include "common/base/limits.h"
#include "common/base/banned.h"

G_STATIC_ASSERT(TIME_SPEC_MAX_CHARS == 256); /* as the text below says */

static const char *const formats[TIME_EXPECT_COUNT] = {
    [TIME_EXPECT_WHEN] = WORDS_LATER("a time such as %s"),
    [TIME_EXPECT_LENGTH] = WORDS_LATER("at most 256 characters, as in %s"),
    [TIME_EXPECT_UTF8] = WORDS_LATER("a text in UTF-8"),
    [TIME_EXPECT_HOUR] = WORDS_LATER("an hour from 0 to 23, as in \"daily 03:00\""),
    [TIME_EXPECT_MIDNIGHT] =
        WORDS_LATER("an hour from 0 to 23; midnight is written 00:00 and begins the day"),
    [TIME_EXPECT_MINUTE] = WORDS_LATER("minutes from 0 to 59, as in \"daily 03:00\""),
    [TIME_EXPECT_TIME] = WORDS_LATER("a time of day, as in \"daily 03:00\" or \"8h30\""),
    [TIME_EXPECT_ONE_TIME] = WORDS_LATER("one time of day, as in \"at 08:00\""),
    [TIME_EXPECT_COLON] = WORDS_LATER("a colon and minutes, as in \"daily 03:00\" or \"8h30\""),
    [TIME_EXPECT_COLON_AS] = WORDS_LATER("a colon and minutes, as in \"%s\""),
    [TIME_EXPECT_HALF_DAY] = WORDS_LATER("an hour from 1 to 12, as in \"at 8pm\""),
    [TIME_EXPECT_ONCE_OR_DAILY] =
        WORDS_LATER("\"at %1$s\", or \"daily %1$s\" to have it every day"),
    [TIME_EXPECT_TIME_OF_IT] = WORDS_LATER("a time of day with it, as in \"%s\""),
    [TIME_EXPECT_PART_OF_DAY] = WORDS_LATER("a time of that part of the day, from %1$s to %2$s"),
    [TIME_EXPECT_NEXT_DAY] =
        WORDS_LATER("a time before midnight; a later one belongs to the next day"),
    [TIME_EXPECT_NEAR_DAY] =
        WORDS_LATER("\"next monday 09:00\", \"this morning 09:00\", \"this afternoon 14:00\" or "
                    "\"tonight 20:00\""),
    [TIME_EXPECT_TO_COME] = WORDS_LATER("a time to come, for that is past"),
    [TIME_EXPECT_NOT_NOW] = WORDS_LATER("a time to come, for what is to be done now needs none"),
    [TIME_EXPECT_SECONDS] =
        WORDS_LATER("no seconds but :00, for only a date and \"every 10s\" have others"),
    [TIME_EXPECT_DURATION] = WORDS_LATER("a number and a unit, as in \"every 6h\", \"every 30min\" "
                                         "or \"in 2 days\""),
    [TIME_EXPECT_UNIT] = WORDS_LATER("a unit: s, min, h, d or w, seconds … weeks, secondes … "
                                     "semaines"),
    [TIME_EXPECT_ORDER] = WORDS_LATER("a smaller unit than the one before, as in \"1h 30min\""),
    [TIME_EXPECT_PERIOD] = WORDS_LATER("from one second to 3650 days"),
    [TIME_EXPECT_IN_OR_EVERY] = WORDS_LATER("\"in %1$s\", or \"every %1$s\" to have it again and "
                                            "again"),
    [TIME_EXPECT_RANGE] = WORDS_LATER("a range from less to more, as in \"1-5\""),
    [TIME_EXPECT_RANGE_BEFORE_STEP] = WORDS_LATER("a range before the step, as in \"5-59/15\""),
    [TIME_EXPECT_STEP] = WORDS_LATER("a step of at least 1 that the field has room for, as in "
                                     "\"*/15\""),
    [TIME_EXPECT_WEEKDAY] = WORDS_LATER("a day of the week, mon … sun or lun … dim, as in "
                                        "\"weekly mon 08:00\""),
    [TIME_EXPECT_YEAR] = WORDS_LATER("a \"*\" for the year, as in \"*-12-01 08:00\""),
    [TIME_EXPECT_DATE] = WORDS_LATER("a date of 1970 to 2100, as in \"at 2026-12-01T08:00\""),
    [TIME_EXPECT_DATED] = WORDS_LATER("the date in figures, as in \"at %s\""),
    [TIME_EXPECT_EACH_YEAR] = WORDS_LATER("\"*-%1$s\" to have it every year, or \"%2$s\" to have "
                                          "it once"),
    [TIME_EXPECT_WHICH_MONTH] =
        WORDS_LATER("\"%1$s\" or \"%2$s\", for either number may be the month"),
    [TIME_EXPECT_WHICH_DASHED] =
        WORDS_LATER("\"%1$s\" or \"%2$s\", for either number may be the month; for every year a "
                    "\"*-\" stands before month and day"),
    [TIME_EXPECT_DAY_BEFORE] =
        WORDS_LATER("\"%s\", for of two numbers the first counts as the day"),
    [TIME_EXPECT_NO_WEEKDAY] = WORDS_LATER("the date without a day of the week, \"%s\""),
    [TIME_EXPECT_LAST_DATED] = WORDS_LATER("a day that this month has: its last one is %s"),
    [TIME_EXPECT_LAST_ONCE] = WORDS_LATER("a day that this month has, as in \"%s\""),
    [TIME_EXPECT_LAST_EACH_YEAR] =
        WORDS_LATER("a day that this month has: \"*-%s\" is there every year"),
    [TIME_EXPECT_LEAP_DAY] =
        WORDS_LATER("\"%2$s\" to have it once, in the next leap year, \"*-02-29%1$s\" in each, or "
                    "\"*-02-28%1$s\" every year"),
    [TIME_EXPECT_MONTH_NAME] = WORDS_LATER("a month, jan … dec, as in \"%s\""),
    [TIME_EXPECT_MONTH] = WORDS_LATER("a month from 1 to 12, as in \"*-12-01 08:00\""),
    [TIME_EXPECT_DAY] = WORDS_LATER("a day from 1 to 31, as in \"*-*-01 04:00\""),
    [TIME_EXPECT_FIELD] = WORDS_LATER("a space and the next of five fields (minute, hour, day, "
                                      "month, weekday), as in \"0 3 * * 1-5\""),
    [TIME_EXPECT_CRON_MINUTE] = WORDS_LATER("the minute, 0 to 59, as in \"0 3 * * 1-5\""),
    [TIME_EXPECT_CRON_HOUR] = WORDS_LATER("the hour, 0 to 23, as in \"0 3 * * 1-5\""),
    [TIME_EXPECT_CRON_DAY] = WORDS_LATER("the day of the month, 1 to 31, as in \"0 3 1,15 * *\""),
    [TIME_EXPECT_CRON_MONTH] = WORDS_LATER("the month, 1 to 12 or jan … dec, as in "
                                           "\"0 3 1 1-6 *\""),
    [TIME_EXPECT_CRON_WEEKDAY] = WORDS_LATER("the day of the week, 0 to 7 or mon … sun, as in "
                                             "\"0 3 * * 1-5\""),
    [TIME_EXPECT_AT_NAME] = WORDS_LATER("@hourly, @daily, @midnight, @weekly, @monthly, @yearly or "
                                        "@annually"),
    [TIME_EXPECT_NO_LAST_DAY] = WORDS_LATER(
        "a day that every month has, 1 to 28; the last day of a month has no name here"),
    [TIME_EXPECT_OF_MONTH] = WORDS_LATER(
        "\"of the month\" for each month, or the name of one, as in \"on 15 Dec at 08:00\""),
    [TIME_EXPECT_MONTH_DAY] =
        WORDS_LATER("a day of the month, as in \"every month on the 1st at 08:00\""),
    [TIME_EXPECT_NTH] =
        WORDS_LATER("the first to fourth of a weekday, for not every month has a fifth"),
    [TIME_EXPECT_TO_DAY] =
        WORDS_LATER("\"to\" or \"au\" and another day, as in \"from monday to friday at 09:00\""),
    [TIME_EXPECT_EACH_DAY] =
        WORDS_LATER("\"every monday\" or \"on mondays\" for each of them, \"next monday\" for one"),
    [TIME_EXPECT_SEMAINE] = WORDS_LATER("\"semaine\", as in \"en semaine à 9h\""),
    [TIME_EXPECT_LES] = WORDS_LATER("\"les\", as in \"tous les jours 03:00\""),
    [TIME_EXPECT_OFFSET] = WORDS_LATER("Z or an offset from UTC, as in "
                                       "\"at 2026-12-01T08:00+01:00\""),
    [TIME_EXPECT_INSTANT] = WORDS_LATER("an instant after 1970-01-01T00:00Z"),
    [TIME_EXPECT_NOTHING] = WORDS_LATER("nothing more"),
    [TIME_EXPECT_NO_TIME] = WORDS_LATER(
        "nothing more, for a length of time is counted from now and has no time of day"),
    [TIME_EXPECT_NO_ZONE] = WORDS_LATER("nothing more (a time zone is called as Europe/Paris is)"),
};

void time_problem_clear(TimeProblem *problem)
{
    g_clear_pointer(&problem->found, g_free);
    g_clear_pointer(&problem->part, g_free);
    g_clear_pointer(&problem->other, g_free);
}

const char *time_problem_examples(void)
{
    return WORDS_LATER("\"daily 03:00\", \"every 6h\", \"weekly mon 08:00\", \"mon..fri 09:00\", "
                       "\"0 3 1 * *\", \"*-*-01 04:00\", \"at 2026-12-01T08:00\", \"in 20m\", "
                       "\"tomorrow 08:00\"");
}

bool time_problem_has_examples(const TimeProblem *problem)
{
    return problem->expected == TIME_EXPECT_WHEN || problem->expected == TIME_EXPECT_LENGTH;
}

const char *time_problem_frame(const TimeProblem *problem)
{
    if (problem->character == 0)
        return problem->found ? WORDS_LATER("a text of %s characters: expected %s")
                              : WORDS_LATER("expected %s");
    return problem->found ? WORDS_LATER("character %s: found \"%s\", expected %s")
                          : WORDS_LATER("character %s: found the end, expected %s");
}

const char *time_problem_format(TimeExpect expected)
{
    return formats[expected];
}

char *time_problem_word(const TimeProblem *problem, const char *frame, const char *format)
{
    char *const inner[] = { problem->part, problem->other };
    g_autofree char *expected = text_fill(format, inner);
    g_autofree char *character = g_strdup_printf("%ld", problem->character);
    char *parts[] = { character, problem->found, expected };
    char **first = problem->character == 0 ? parts + 1 : parts;

    if (!problem->found) { /* its place is not there */
        parts[1] = character;
        first = problem->character == 0 ? parts + 2 : parts + 1;
    }
    return text_fill(frame, first);
}

char *time_problem_print(const TimeProblem *problem)
{
    return time_problem_word(problem, time_problem_frame(problem),
                             time_problem_format(problem->expected));
}

/*
 * What is wrong with the text of a time spec (time_spec.h): a kind each, so that whoever speaks to
 * people can say it in their language. The formats here are English, and the ids of their
 * translations. Pure.
 */
#ifndef COMMON_DATA_TIME_PROBLEM_H
#define COMMON_DATA_TIME_PROBLEM_H

#include <glib.h>
#include <stdbool.h>

/* What was expected where something else was found. */
typedef enum {
    TIME_EXPECT_WHEN,
    TIME_EXPECT_LENGTH, /* the text as a whole is too long */
    TIME_EXPECT_UTF8,   /* the text as a whole is none */
    TIME_EXPECT_HOUR,
    TIME_EXPECT_MIDNIGHT,
    TIME_EXPECT_MINUTE,
    TIME_EXPECT_TIME,
    TIME_EXPECT_ONE_TIME,
    TIME_EXPECT_COLON,
    TIME_EXPECT_COLON_AS, /* the part is the whole with them */
    TIME_EXPECT_HALF_DAY,
    TIME_EXPECT_ONCE_OR_DAILY, /* the time of day */
    TIME_EXPECT_TIME_OF_IT,    /* the day as typed, and a time */
    TIME_EXPECT_PART_OF_DAY,   /* its first time and the other, its last */
    TIME_EXPECT_NEXT_DAY,
    TIME_EXPECT_NEAR_DAY,
    TIME_EXPECT_TO_COME,
    TIME_EXPECT_NOT_NOW,
    TIME_EXPECT_SECONDS,
    TIME_EXPECT_DURATION,
    TIME_EXPECT_UNIT,
    TIME_EXPECT_ORDER,
    TIME_EXPECT_PERIOD,
    TIME_EXPECT_IN_OR_EVERY,
    TIME_EXPECT_RANGE,
    TIME_EXPECT_RANGE_BEFORE_STEP,
    TIME_EXPECT_STEP,
    TIME_EXPECT_WEEKDAY,
    TIME_EXPECT_YEAR,
    TIME_EXPECT_DATE,
    TIME_EXPECT_DATED,          /* the part is date and time */
    TIME_EXPECT_EACH_YEAR,      /* month and day, and the time where one was typed; the other: the
                                   day once */
    TIME_EXPECT_WHICH_MONTH,    /* the part and the other: as either number is the month */
    TIME_EXPECT_WHICH_DASHED,   /* the same */
    TIME_EXPECT_DAY_BEFORE,     /* the day before its month */
    TIME_EXPECT_NO_WEEKDAY,     /* the day alone, or with a time */
    TIME_EXPECT_LAST_DATED,     /* the last date of that month */
    TIME_EXPECT_LAST_ONCE,      /* the last day of that month, once */
    TIME_EXPECT_LAST_EACH_YEAR, /* month and last day, and the time where one was typed */
    TIME_EXPECT_LEAP_DAY,       /* nothing, or a blank and the time that was typed; the other: the
                                   day once */
    TIME_EXPECT_MONTH_NAME,     /* the day once, in the month that may be meant */
    TIME_EXPECT_MONTH,
    TIME_EXPECT_DAY,
    TIME_EXPECT_FIELD,
    TIME_EXPECT_CRON_MINUTE,
    TIME_EXPECT_CRON_HOUR,
    TIME_EXPECT_CRON_DAY,
    TIME_EXPECT_CRON_MONTH,
    TIME_EXPECT_CRON_WEEKDAY,
    TIME_EXPECT_AT_NAME,
    TIME_EXPECT_NO_LAST_DAY,
    TIME_EXPECT_OF_MONTH,
    TIME_EXPECT_MONTH_DAY,
    TIME_EXPECT_NTH,
    TIME_EXPECT_TO_DAY,
    TIME_EXPECT_EACH_DAY,
    TIME_EXPECT_SEMAINE,
    TIME_EXPECT_LES,
    TIME_EXPECT_OFFSET,
    TIME_EXPECT_INSTANT,
    TIME_EXPECT_NOTHING,
    TIME_EXPECT_NO_ZONE,
    TIME_EXPECT_NO_TIME,
    TIME_EXPECT_COUNT,
} TimeExpect;

typedef struct TimeProblem {
    TimeExpect expected;
    long character; /* counted from 1; 0: the text as a whole */
    char *found;    /* one short line; NULL: the end */
    char *part;     /* what the format of the kind has places for; NULL: it has none */
    char *other;    /* the same of a second place */
} TimeProblem;

void time_problem_clear(TimeProblem *problem);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TimeProblem, time_problem_clear)

/* Times of every form, as people are shown them. Static; an id of translations, too. */
const char *time_problem_examples(void);

/* True where what was expected are the examples. */
bool time_problem_has_examples(const TimeProblem *problem);

/* The English frame "character %s: found \"%s\", expected %s", and what goes into its last place,
 * with places for the part. Static: the ids of their translations. */
const char *time_problem_frame(const TimeProblem *problem);
const char *time_problem_format(TimeExpect expected);

/* The problem in the language of the frame and the format, both of which are its own or
 * translations of these. The caller owns it. */
char *time_problem_word(const TimeProblem *problem, const char *frame, const char *format);

/* In English: `character 8: found "lundo", expected …`. The caller owns it. */
char *time_problem_print(const TimeProblem *problem);

#endif

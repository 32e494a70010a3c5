/*
 * A cursor over the text of a time spec (time_spec.h), with the pieces that its forms share: words,
 * numbers, sets of values. A piece that does not fit sets the problem, which names the character;
 * what "take" does not find it leaves in place. Pure.
 */
#ifndef COMMON_DATA_TIME_READER_H
#define COMMON_DATA_TIME_READER_H

#include "common/data/time_problem.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct TimeReader {
    const char *text; /* valid UTF-8 */
    const char *at;
    TimeProblem *problem; /* NULL: nobody asks */
    /* Of times of day: */
    bool takes_seconds; /* others than :00 */
    bool has_half;      /* the last one said of which half of the day it is */
    unsigned seconds;   /* the last one's */
    bool is_systemd;    /* of dates: what may be two is what systemd makes of it */
} TimeReader;

/* Something else was expected than what stands at `at`. Returns false. */
bool time_reader_fail(TimeReader *reader, const char *at, TimeExpect expected);

void time_reader_skip_spaces(TimeReader *reader);
bool time_reader_at_end(const TimeReader *reader);
bool time_reader_rest_is_blank(const TimeReader *reader);

/* The word (letters and apostrophes) at the cursor in lower case, "" where there is none; *out_end
 * gets where it ends. The caller owns it. */
char *time_reader_word(const TimeReader *reader, const char **out_end);

/* Takes any of the words (separated by spaces), and the spaces behind it. */
bool time_reader_take_word(TimeReader *reader, const char *words);

/* Takes one character. */
bool time_reader_take(TimeReader *reader, char c);

/* One part of a calendar. */
typedef struct TimeField {
    TimeExpect expected;
    unsigned min;
    unsigned max;
    bool (*find)(const char *name, unsigned *out); /* NULL: it has no names */
    bool is_cycle;                                 /* a range may pass its end: fri-mon */
    bool is_cron; /* ranges are 1-5, and a step needs a range or a `*`; otherwise they are 1..5, or
                     1-5 where has_dash, and 1/5 steps from 1 on */
    bool has_dash;
    bool has_spaces; /* after a comma */
    bool has_words;  /* "and" is a comma, "to" a range; names alone */
} TimeField;

/* A list of values, ranges and steps, as a mask: bit n is the value n. out_has_star may be NULL. */
bool time_reader_set(TimeReader *reader, const TimeField *field, uint64_t *out_mask,
                     bool *out_has_star);

/* A number of so many digits at most. */
bool time_reader_number(TimeReader *reader, unsigned min, unsigned max, TimeExpect expected,
                        unsigned *out);

#endif

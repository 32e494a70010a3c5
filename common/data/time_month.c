#include "common/data/time_month.h"

#include "common/data/time_dates.h"

#include <string.h>

#include "common/base/banned.h"

#define LAST_WORDS   "last dernier dernière derniere"
#define SUFFIXES     "st nd rd th er ère ere e è ème eme"
#define NTH_MAX      4
#define DAYS_A_MONTH 31
#define DAYS_A_TURN  7 /* so many days of the month have each weekday once */

/* "second" is a length of time. */
static const struct {
    const char *words;
    unsigned number;
} ordinals[] = {
    { "first premier première premiere", 1 }, { "deuxième deuxieme", 2 },
    { "third troisième troisieme", 3 },       { "fourth quatrième quatrieme", 4 },
    { "fifth cinquième cinquieme", 5 },
};

/* 0, and the cursor stays, when it is none. */
static unsigned take_ordinal(TimeReader *reader)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ordinals); i++) {
        if (time_reader_take_word(reader, ordinals[i].words))
            return ordinals[i].number;
    }
    return 0;
}

static bool take_the(TimeReader *reader)
{
    return time_reader_take_word(reader, "the le les");
}

bool time_month_is_day(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    size_t digits;

    take_the(&ahead);
    if (time_reader_take_word(&ahead, LAST_WORDS) || take_ordinal(&ahead) > 0)
        return true;
    digits = strspn(ahead.at, "0123456789");
    if (digits == 0 || digits > 2)
        return false;
    ahead.at += digits;
    if (time_reader_take_word(&ahead, SUFFIXES) || *ahead.at == ',')
        return true;
    time_reader_skip_spaces(&ahead);
    return time_reader_take_word(&ahead, "du de of et and");
}

static bool read_day(TimeReader *reader, uint64_t *days)
{
    unsigned day;

    take_the(reader);
    if (time_reader_take_word(&(TimeReader){ .text = reader->text, .at = reader->at }, LAST_WORDS))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_NO_LAST_DAY);
    day = take_ordinal(reader);
    if (day == 0) {
        if (!time_reader_number(reader, 1, DAYS_A_MONTH, TIME_EXPECT_DAY, &day))
            return false;
        time_reader_take_word(reader, SUFFIXES);
        time_reader_skip_spaces(reader);
    }
    *days |= UINT64_C(1) << day;
    return true;
}

static bool take_comma(TimeReader *reader)
{
    if (!time_reader_take(reader, ','))
        return time_reader_take_word(reader, "and et");
    time_reader_skip_spaces(reader);
    time_reader_take_word(reader, "and et");
    return true;
}

/* The first Monday is that of the days 1 to 7. */
static bool read_weekday(TimeReader *reader, const char *start, Calendar *calendar)
{
    uint32_t turns = (uint32_t)calendar->days >> 1;
    uint32_t days = 0;
    unsigned nth;

    if (turns >> NTH_MAX)
        return time_reader_fail(reader, start, TIME_EXPECT_NTH);
    for (nth = 0; nth < NTH_MAX; nth++) {
        if (turns >> nth & 1)
            days |= 0x7fU << (1 + nth * DAYS_A_TURN);
    }
    calendar->days = days;
    return time_dates_weekdays(reader, &calendar->weekdays);
}

static bool read_of_month(TimeReader *reader)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, "of")) {
        time_reader_take_word(reader, "the each every");
        if (time_reader_take_word(reader, "month"))
            return true;
    } else if (time_reader_take_word(reader, "du")) {
        if (time_reader_take_word(reader, "mois"))
            return true;
    } else if (time_reader_take_word(reader, "de")) {
        if (time_reader_take_word(reader, "chaque") && time_reader_take_word(reader, "mois"))
            return true;
    } else {
        reader->at = start;
    }
    return time_reader_fail(reader, reader->at, TIME_EXPECT_OF_MONTH);
}

bool time_month_days(TimeReader *reader, bool is_named, Calendar *calendar)
{
    const char *start;
    uint64_t days = 0;

    take_the(reader);
    start = reader->at;
    if (is_named && !time_month_is_day(reader) && !g_ascii_isdigit(*reader->at))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_MONTH_DAY);
    do {
        if (!read_day(reader, &days))
            return false;
    } while (take_comma(reader));
    calendar->days = (uint32_t)days;
    if (time_dates_is_weekday(reader)) {
        if (!read_weekday(reader, start, calendar))
            return false;
    } else {
        time_reader_take_word(reader, "day days jour jours");
    }
    return is_named || read_of_month(reader);
}

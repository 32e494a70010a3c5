#include "common/data/time_named_day.h"

#include <string.h>

#include "common/base/text.h"
#include "common/data/time_dates.h"
#include "common/data/time_reader.h"

#include "common/base/banned.h"

#define FOUND_MAX_CHARS 40
#define BLANKS          " \t"
#define DIGITS          "0123456789"

typedef struct NamedDay {
    unsigned day;
    unsigned month;
    unsigned year; /* 0: none is named */
} NamedDay;

/* A number that is none of a time of day. */
static bool take_number(TimeReader *reader, size_t max_digits, unsigned *out)
{
    size_t digits = strspn(reader->at, DIGITS);
    const char *end = reader->at + digits;

    if (digits == 0 || digits > max_digits || *end == ':' ||
        (g_ascii_tolower(*end) == 'h' && !g_ascii_isalpha(end[1])))
        return false;
    *out = (unsigned)g_ascii_strtoull(reader->at, NULL, 10);
    reader->at = end;
    return true;
}

static bool take_day(TimeReader *reader, unsigned *out)
{
    if (!take_number(reader, 2, out))
        return false;
    time_reader_take_word(reader, "st nd rd th er e");
    time_reader_skip_spaces(reader);
    return true;
}

static void take_year(TimeReader *reader, NamedDay *out)
{
    const char *start = reader->at;

    reader->at += strspn(reader->at, BLANKS ",");
    if (strspn(reader->at, DIGITS) == 4 && take_number(reader, 4, &out->year) && out->year > 0)
        return;
    out->year = 0;
    reader->at = start;
}

/* "31 février", "15th of April 2027", "February 31st, 2027". */
static bool take_words(TimeReader *reader, NamedDay *out)
{
    const char *start = reader->at;

    if (take_day(reader, &out->day)) {
        time_reader_take_word(reader, "of de");
        if (time_dates_take_month(reader, &out->month)) {
            take_year(reader, out);
            return true;
        }
    }
    reader->at = start;
    if (time_dates_take_month(reader, &out->month)) {
        time_reader_take_word(reader, "the le");
        if (take_day(reader, &out->day)) {
            take_year(reader, out);
            return true;
        }
    }
    reader->at = start;
    return false;
}

/* "31/12/2026" or "12/31/2026". */
static bool is_with_slashes(const TimeReader *reader)
{
    size_t length = strcspn(reader->at, BLANKS);
    g_autofree char *word = g_strndup(reader->at, length);
    g_auto(GStrv) parts = g_strsplit(word, "/", -1);

    if (strspn(word, DIGITS "/") != length || g_strv_length(parts) != 3)
        return false;
    return *parts[0] && *parts[1] && *parts[2];
}

static char *print_day(unsigned year, unsigned month, unsigned day)
{
    return year ? g_strdup_printf("%04u-%02u-%02u", year, month, day)
                : g_strdup_printf("%02u-%02u", month, day);
}

/* The time of day that stands at the cursor; NULL when none does. The caller owns it. */
static char *print_time(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at + strspn(reader->at, BLANKS ",") };
    TimeReader bare;
    unsigned hour;
    int minute;

    time_reader_take_word(&ahead, "at à a");
    bare = ahead;
    if (time_reader_time_of_day(&ahead, &minute))
        return g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
    if (time_reader_number(&bare, 0, 23, TIME_EXPECT_HOUR, &hour) &&
        bare.at[strspn(bare.at, BLANKS)] == '\0')
        return g_strdup_printf("%02u:00", hour);
    return NULL;
}

/* What the format of the kind has places for. Without a year the time is named as far as one was
 * typed: nobody is told of another. */
static char *print_part(TimeExpect expected, const NamedDay *day, unsigned shown, const char *time)
{
    g_autofree char *date = print_day(day->year, day->month, shown);
    const char *blank = time ? " " : "";

    if (expected == TIME_EXPECT_LAST_DATED)
        return g_steal_pointer(&date);
    if (expected == TIME_EXPECT_LEAP_DAY)
        return g_strconcat(blank, time, NULL);
    if (expected == TIME_EXPECT_DATED)
        return g_strdup_printf("%s %s", date, time ? time : "08:00");
    return g_strconcat(date, blank, time, NULL);
}

static void explain(const NamedDay *day, const char *start, const char *end, TimeReader *reader)
{
    unsigned last =
        g_date_get_days_in_month((GDateMonth)day->month, (GDateYear)(day->year ? day->year : 2000));
    bool is_leap_day = day->year == 0 && day->month == 2 && day->day == 29;
    bool is_one = day->day >= 1 && day->day <= last;
    g_autofree char *found = g_strchomp(g_strndup(start, (size_t)(end - start)));
    unsigned shown = is_one ? day->day : day->year == 0 && day->month == 2 ? 28 : last;
    g_autofree char *time = print_time(reader);
    TimeExpect expected = is_leap_day ? TIME_EXPECT_LEAP_DAY
                          : is_one    ? (day->year ? TIME_EXPECT_DATED : TIME_EXPECT_EACH_YEAR)
                          : day->year ? TIME_EXPECT_LAST_DATED
                                      : TIME_EXPECT_LAST_EACH_YEAR;

    time_reader_fail(reader, start, expected);
    g_free(reader->problem->found);
    reader->problem->found = text_make_line(found, FOUND_MAX_CHARS);
    reader->problem->part = print_part(expected, day, shown, time);
}

/* A field of cron's may have the name of a month. */
static bool may_be_cron(const char *text)
{
    const char *second = text + strcspn(text, BLANKS);

    second += strspn(second, BLANKS);
    return text[0] != '\0' && strchr(DIGITS "*", text[0]) && second[0] != '\0' &&
           strchr(DIGITS "*", second[0]);
}

void time_named_day_explain(const char *text, TimeProblem *problem)
{
    TimeReader reader = { .text = text, .at = text, .problem = problem };

    time_reader_skip_spaces(&reader);
    if (may_be_cron(reader.at) && !is_with_slashes(&reader))
        return;
    while (!time_reader_at_end(&reader)) {
        const char *start = reader.at;
        NamedDay day = { 0 };

        if (take_words(&reader, &day)) {
            explain(&day, start, reader.at, &reader);
            return;
        }
        if (is_with_slashes(&reader)) {
            time_reader_fail(&reader, start, TIME_EXPECT_YEAR_FIRST);
            return;
        }
        reader.at += strcspn(reader.at, BLANKS);
        time_reader_skip_spaces(&reader);
    }
}

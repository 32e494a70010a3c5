#include "common/data/time_named_day.h"

#include <string.h>

#include "common/base/text.h"
#include "common/data/time_dates.h"
#include "common/data/time_of_day.h"
#include "common/data/time_spec.h"
#include "common/data/weekday.h"

#include "common/base/banned.h"

#define FOUND_MAX_CHARS 40
#define BLANKS          " \t"
#define DIGITS          "0123456789"
#define MONTHS          12
#define LEAP_YEAR       2000
#define EXAMPLE_HOUR    8

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

/* The last day of a month; of February without a year the leap day. */
static unsigned last_day(unsigned year, unsigned month)
{
    return g_date_get_days_in_month((GDateMonth)month, (GDateYear)(year ? year : LEAP_YEAR));
}

static bool exists(const NamedDay *day)
{
    return day->month >= 1 && day->month <= MONTHS && day->day >= 1 &&
           (day->year == 0 || (day->year >= 1970 && day->year <= 2100)) &&
           day->day <= last_day(day->year, day->month);
}

/* ---- by name ---- */

static bool take_day(TimeReader *reader, unsigned *out)
{
    if (time_reader_take_word(reader, "first premier")) {
        *out = 1;
        return true;
    }
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

/* "31 février", "15th of April 2027"; not in French "February 31st, 2027", where "mar" may be a
 * Tuesday. */
static bool take_words(TimeReader *reader, bool is_french, NamedDay *out)
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
    if (!is_french && time_dates_take_month(reader, &out->month)) {
        time_reader_take_word(reader, "the le");
        if (take_day(reader, &out->day)) {
            take_year(reader, out);
            return true;
        }
    }
    reader->at = start;
    return false;
}

/* ---- behind it ---- */

bool time_named_day_skip_to_time(TimeReader *reader)
{
    reader->at += strspn(reader->at, BLANKS ",");
    if (g_ascii_tolower(*reader->at) != 't' || !g_ascii_isdigit(reader->at[1]))
        return time_reader_take_word(reader, "at à a");
    reader->at++;
    return false;
}

/* The time of day that stands at the cursor, in minutes; -1 when none does. */
static int time_behind(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    int minute;

    time_named_day_skip_to_time(&ahead);
    return time_of_day_read(&ahead, true, &minute) ? minute : -1;
}

/* ---- in figures ---- */

/* "28/11" or "28/11/2026", as typed. Parted by dashes, "05-06", two are also systemd's month and
 * day. */
typedef struct Figures {
    unsigned first;
    unsigned second;
    unsigned year; /* 0: none is named */
    bool is_french;
    bool is_dashed;
} Figures;

/* Whether a time of day is meant there, be it a right one: "at 24:00", "25h". */
static bool looks_like_time(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    bool has_at = time_named_day_skip_to_time(&ahead);
    const char *end = ahead.at + strspn(ahead.at, DIGITS);

    if (end == ahead.at)
        return false;
    end += strspn(end, BLANKS);
    return has_at || *end == ':' || (g_ascii_tolower(*end) == 'h' && !g_ascii_isalpha(end[1]));
}

/* Two numbers alone are also how cron writes steps: there no time follows, and no end. */
static bool are_of_date(const TimeReader *reader, const Figures *figures)
{
    if (*reader->at != '\0' && *reader->at != ',' && !strchr(BLANKS "Tt", *reader->at))
        return false;
    return figures->year > 0 || time_reader_rest_is_blank(reader) || time_behind(reader) >= 0 ||
           looks_like_time(reader);
}

/* Two numbers that are parted so, and a year. Points part them only before a year. */
static bool take_numbers(TimeReader *reader, char mark, Figures *out)
{
    return take_number(reader, 2, &out->first) && time_reader_take(reader, mark) &&
           take_number(reader, 2, &out->second) &&
           (time_reader_take(reader, mark) ? take_number(reader, 4, &out->year) && out->year > 99
                                           : mark != '.');
}

static bool take_figures(TimeReader *reader, bool is_french, Figures *out)
{
    static const char marks[] = "/-.";
    TimeReader ahead;

    for (const char *mark = marks; *mark; mark++) {
        ahead = (TimeReader){ .text = reader->text, .at = reader->at };
        *out = (Figures){ .is_french = is_french, .is_dashed = *mark == '-' };
        if (!take_numbers(&ahead, *mark, out) || !are_of_date(&ahead, out))
            continue;
        reader->at = ahead.at;
        time_reader_skip_spaces(&ahead);
        out->is_french |= *mark != '-' && time_reader_take_word(&ahead, "à");
        return true;
    }
    return false;
}

/* False where the first number may as well be the month, or is one that the second cannot be. */
static bool has_day_first(const Figures *figures)
{
    return figures->is_french || figures->first > MONTHS || figures->first == figures->second;
}

/* A month and its day, every year; the day first is then another form's. */
static bool is_of_systemd(const Figures *figures)
{
    return figures->is_dashed && !figures->is_french && figures->year == 0;
}

static NamedDay day_of(const Figures *figures)
{
    return (NamedDay){ .day = figures->first, .month = figures->second, .year = figures->year };
}

/* ---- taking ---- */

bool time_named_day_take(TimeReader *reader, bool is_french, NamedDay *out)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    NamedDay day = { 0 };
    Figures figures;

    if (time_reader_take_word(&ahead, "le"))
        is_french = true;
    else
        time_reader_take_word(&ahead, "the");
    if (!take_words(&ahead, is_french, &day)) {
        if (!take_figures(&ahead, is_french, &figures) || !has_day_first(&figures) ||
            is_of_systemd(&figures))
            return false;
        day = day_of(&figures);
    }
    if (!exists(&day))
        return false;
    reader->at = ahead.at;
    *out = day;
    return true;
}

/* ---- explaining ---- */

static const char *next_word(const char *at)
{
    at += strcspn(at, BLANKS);
    return at + strspn(at, BLANKS);
}

/* A time of day that stands in a text by itself; "6h" there may be a length of time. */
static int time_alone(const char *at)
{
    TimeReader reader = { .text = at, .at = at };
    bool has_at = time_reader_take_word(&reader, "at à a");
    const char *time = reader.at;
    int minute;

    if (!time_of_day_read(&reader, false, &minute))
        return -1;
    return has_at || !g_ascii_isdigit(*time) || memchr(time, ':', (size_t)(reader.at - time))
               ? minute
               : -1;
}

/* The time of day that was typed, in minutes: right behind the cursor, or elsewhere than from start
 * to it; -1 when none was. */
static int time_typed(const TimeReader *reader, const char *start)
{
    int minute = time_behind(reader);

    for (const char *at = reader->text; minute < 0 && *at; at = next_word(at)) {
        if (at < start || at > reader->at)
            minute = time_alone(at);
    }
    return minute;
}

/* The day is right, and the trouble something else that is said already. No example follows then:
 * its time would be another one than was meant. */
static bool is_other_trouble(const TimeReader *reader, int minute)
{
    const TimeProblem *problem = reader->problem;

    if (problem->expected == TIME_EXPECT_COLON_AS)
        return true;
    if (problem->expected == TIME_EXPECT_NOTHING || problem->expected == TIME_EXPECT_NO_ZONE ||
        problem->expected == TIME_EXPECT_NO_TIME)
        return problem->character > g_utf8_pointer_to_offset(reader->text, reader->at);
    return minute < 0 && !time_reader_rest_is_blank(reader);
}

/* "31 avril, chaque année" */
static bool is_yearly(const TimeReader *reader)
{
    for (const char *at = reader->text; *at; at = next_word(at)) {
        TimeReader ahead = { .text = reader->text, .at = at };

        if (time_reader_take_word(&ahead, "year yearly annually an ans année annee"))
            return true;
    }
    return false;
}

static char *print_day(unsigned year, unsigned month, unsigned day)
{
    return year ? g_strdup_printf("%04u-%02u-%02u", year, month, day)
                : g_strdup_printf("%02u-%02u", month, day);
}

/* The day once, with the time that was typed or one as an example. */
static char *print_once(const NamedDay *day, int minute)
{
    unsigned shown = minute >= 0 ? (unsigned)minute : EXAMPLE_HOUR * 60;
    g_autofree char *date = day->year ? print_day(day->year, day->month, day->day) : NULL;
    TimeSpec spec = {
        .kind = TIME_SPEC_AT_DATE,
        .calendar = { .minutes = UINT64_C(1) << shown % 60,
                      .hours = 1U << shown / 60,
                      .days = 1U << day->day,
                      .months = 1U << day->month,
                      .weekdays = WEEKDAYS_ALL },
    };

    return date ? g_strdup_printf("at %sT%02u:%02u", date, shown / 60, shown % 60)
                : time_spec_print(&spec);
}

/* What the format of the kind has places for. Each year the time is named as far as one was typed:
 * nobody is told of another. */
static char *print_part(TimeExpect expected, const NamedDay *day, unsigned shown, int minute)
{
    g_autofree char *date = print_day(day->year, day->month, shown);
    g_autofree char *time =
        minute >= 0 ? g_strdup_printf("%02d:%02d", minute / 60, minute % 60) : NULL;
    const char *blank = time ? " " : "";

    if (expected == TIME_EXPECT_LAST_DATED)
        return g_steal_pointer(&date);
    if (expected == TIME_EXPECT_LAST_ONCE)
        return print_once(&(NamedDay){ .day = shown, .month = day->month }, minute);
    if (expected == TIME_EXPECT_LEAP_DAY)
        return g_strconcat(blank, time, NULL);
    if (expected == TIME_EXPECT_DATED)
        return g_strdup_printf("%s %s", date, time ? time : "08:00");
    return g_strconcat(date, blank, time, NULL);
}

/* From start to the cursor. */
static void fail(TimeReader *reader, const char *start, TimeExpect expected)
{
    g_autofree char *found = g_strchomp(g_strndup(start, (size_t)(reader->at - start)));

    time_reader_fail(reader, start, expected);
    g_free(reader->problem->found);
    reader->problem->found = text_make_line(found, FOUND_MAX_CHARS);
}

static void explain_day(TimeReader *reader, const char *start, const NamedDay *day)
{
    unsigned last = last_day(day->year, day->month);
    bool is_leap_day = day->year == 0 && day->month == 2 && day->day == 29;
    bool is_one = day->day >= 1 && day->day <= last;
    unsigned shown = is_one ? day->day : day->year == 0 && day->month == 2 ? 28 : last;
    int minute = time_typed(reader, start);
    TimeExpect expected = is_leap_day ? TIME_EXPECT_LEAP_DAY
                          : is_one    ? (day->year ? TIME_EXPECT_DATED : TIME_EXPECT_EACH_YEAR)
                          : day->year ? TIME_EXPECT_LAST_DATED
                          : is_yearly(reader) ? TIME_EXPECT_LAST_EACH_YEAR
                                              : TIME_EXPECT_LAST_ONCE;

    if (is_one && is_other_trouble(reader, minute))
        return;
    if (day->day == 0) {
        fail(reader, start, TIME_EXPECT_DAY);
        return;
    }
    fail(reader, start, expected);
    reader->problem->part = print_part(expected, day, shown, minute);
    if (expected == TIME_EXPECT_EACH_YEAR || expected == TIME_EXPECT_LEAP_DAY)
        reader->problem->other = print_once(day, minute);
}

/* "05-06": systemd's would be 6 May every year, and hardly anybody writes that. */
static void explain_dashed(TimeReader *reader, const char *start, const Figures *figures)
{
    NamedDay turned = { .day = figures->second, .month = figures->first };
    NamedDay day = day_of(figures);
    int minute = time_behind(reader);

    if (exists(&turned) && exists(&day) && figures->first != figures->second) {
        fail(reader, start, TIME_EXPECT_WHICH_DASHED);
        reader->problem->part = print_once(&turned, minute);
        reader->problem->other = print_once(&day, minute);
    } else if (exists(&day) && !exists(&turned)) {
        explain_day(reader, start, &day);
    } else if (figures->first >= 1 && figures->first <= MONTHS && figures->second <= 31) {
        explain_day(reader, start, &turned);
    }
}

/* The first number is the month, or may be. */
static void explain_order(TimeReader *reader, const char *start, const Figures *figures)
{
    NamedDay turned = { figures->second, figures->first, figures->year };
    NamedDay day = day_of(figures);
    int minute = time_behind(reader);

    if (!exists(&turned)) {
        fail(reader, start, TIME_EXPECT_DAY);
    } else if (!exists(&day)) {
        fail(reader, start, TIME_EXPECT_DAY_BEFORE);
        reader->problem->part = print_once(&turned, minute);
    } else {
        fail(reader, start, TIME_EXPECT_WHICH_MONTH);
        reader->problem->part = print_once(&day, minute);
        reader->problem->other = print_once(&turned, minute);
    }
}

static void explain_figures(TimeReader *reader, const char *start, const Figures *figures)
{
    NamedDay day = day_of(figures);

    if (is_of_systemd(figures))
        explain_dashed(reader, start, figures);
    else if (!has_day_first(figures))
        explain_order(reader, start, figures);
    else if (day.month < 1 || day.month > MONTHS)
        fail(reader, start, TIME_EXPECT_MONTH);
    else if (day.year > 0 && (day.year < 1970 || day.year > 2100))
        fail(reader, start, TIME_EXPECT_DATE);
    else
        explain_day(reader, start, &day);
}

/* A date with its time, both as far as they were typed; an example of a time where nothing stands
 * behind it. */
static char *print_without_weekday(const TimeReader *reader, const char *start, const NamedDay *day)
{
    int minute = time_typed(reader, start);

    return minute < 0 && !time_reader_rest_is_blank(reader)
               ? g_strchomp(g_strndup(start, (size_t)(reader->at - start)))
               : print_once(day, minute);
}

/* "sat 28 Nov": whether it is one is known when the time comes, and no form says it. */
static bool explain_weekday(TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    const char *start = reader->at;
    const char *end;
    const char *date;
    g_autofree char *word = time_reader_word(reader, &end);
    NamedDay day;

    if (*word == '\0' || !time_dates_is_weekday(reader))
        return false;
    ahead.at = end + strspn(end, BLANKS ",.");
    date = ahead.at;
    if (!time_named_day_take(&ahead, false, &day))
        return false;
    reader->at = end;
    fail(reader, start, TIME_EXPECT_NO_WEEKDAY);
    reader->problem->part = print_without_weekday(&ahead, date, &day);
    return true;
}

/* Whether the problem is at the words that the cursor and start are around. */
static bool is_problem_between(const TimeReader *reader, const char *start)
{
    long character = reader->problem->character - 1;

    return character >= g_utf8_pointer_to_offset(reader->text, start) &&
           character <= g_utf8_pointer_to_offset(reader->text, reader->at);
}

/* "28 Nob": the word is a month's but for a letter or two. */
static bool explain_month(TimeReader *reader, const char *start)
{
    TimeReader ahead = { .text = reader->text, .at = start, .problem = reader->problem };
    const char *end;
    const char *at;
    g_autofree char *word = NULL;
    unsigned day;
    unsigned month;

    if (reader->problem->expected == TIME_EXPECT_UNIT || !take_day(&ahead, &day) || day < 1)
        return false;
    time_reader_take_word(&ahead, "of de");
    at = ahead.at;
    if (time_reader_take_word(&ahead, "day days jour jours"))
        return false;
    word = time_reader_word(&ahead, &end);
    if (!is_problem_between(&ahead, start) || time_dates_is_weekday(&ahead) ||
        !time_dates_find_near_month(word, &month) || day > last_day(0, month))
        return false;
    ahead.at = end;
    time_reader_take(&ahead, '.');
    time_reader_skip_spaces(&ahead);
    reader->at = end;
    fail(reader, at, TIME_EXPECT_MONTH_NAME);
    reader->problem->part =
        print_once(&(NamedDay){ .day = day, .month = month }, time_behind(&ahead));
    return true;
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
    while (!time_reader_at_end(&reader)) {
        bool is_french = time_reader_take_word(&reader, "le les");
        const char *start = reader.at;
        NamedDay day = { 0 };
        Figures figures;

        if (take_figures(&reader, is_french, &figures)) {
            explain_figures(&reader, start, &figures);
            return;
        }
        if (may_be_cron(reader.at) || explain_weekday(&reader))
            return;
        if (take_words(&reader, is_french, &day)) {
            explain_day(&reader, start, &day);
            return;
        }
        if (explain_month(&reader, start))
            return;
        reader.at += strcspn(reader.at, BLANKS);
        time_reader_skip_spaces(&reader);
    }
}

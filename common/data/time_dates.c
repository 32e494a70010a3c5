#include "common/data/time_dates.h"

#include "common/data/weekday.h"
#include "common/base/text.h"
#include "common/data/time_of_day.h"

#include <string.h>

#include "common/base/banned.h"

Calendar time_dates_every_day(void)
{
    return (Calendar){
        .minutes = 1, .hours = 1, .days = DAYS_ALL, .months = MONTHS_ALL, .weekdays = WEEKDAYS_ALL
    };
}

/* Names. */

/* As cron counts: 0 is Sunday. */
static bool find_weekday(const char *name, unsigned *out)
{
    static const struct {
        const char *name;
        unsigned day;
    } more[] = { { "tues", 1 }, { "thur", 3 }, { "thurs", 3 } };
    size_t length = strlen(name);
    unsigned day;
    bool is_found = weekday_parse(name, &day);

    for (size_t i = 0; i < G_N_ELEMENTS(more) && !is_found; i++) {
        is_found = g_str_equal(name, more[i].name);
        day = more[i].day;
    }
    if (!is_found && length > 5 && name[length - 1] == 's') { /* mondays, lundis */
        g_autofree char *singular = g_strndup(name, length - 1);

        is_found = weekday_parse(singular, &day);
    }
    if (is_found)
        *out = (day + 1) % DAYS_A_WEEK;
    return is_found;
}

static const struct {
    const char *name;
    unsigned month;
} month_names[] = {
    { "jan", 1 },       { "january", 1 },   { "janv", 1 },      { "janvier", 1 },
    { "feb", 2 },       { "february", 2 },  { "fév", 2 },       { "fev", 2 },
    { "févr", 2 },      { "février", 2 },   { "fevrier", 2 },   { "mar", 3 },
    { "march", 3 },     { "mars", 3 },      { "apr", 4 },       { "april", 4 },
    { "avr", 4 },       { "avril", 4 },     { "may", 5 },       { "mai", 5 },
    { "jun", 6 },       { "june", 6 },      { "juin", 6 },      { "jul", 7 },
    { "july", 7 },      { "juil", 7 },      { "juillet", 7 },   { "aug", 8 },
    { "august", 8 },    { "août", 8 },      { "aout", 8 },      { "sep", 9 },
    { "sept", 9 },      { "september", 9 }, { "septembre", 9 }, { "oct", 10 },
    { "october", 10 },  { "octobre", 10 },  { "nov", 11 },      { "november", 11 },
    { "novembre", 11 }, { "dec", 12 },      { "déc", 12 },      { "december", 12 },
    { "décembre", 12 }, { "decembre", 12 },
};

static bool find_month(const char *name, unsigned *out)
{
    for (size_t i = 0; i < G_N_ELEMENTS(month_names); i++) {
        if (g_str_equal(name, month_names[i].name)) {
            *out = month_names[i].month;
            return true;
        }
    }
    return false;
}

bool time_dates_find_near_month(const char *word, unsigned *out)
{
    const char *names[G_N_ELEMENTS(month_names) + 1] = { NULL };
    const char *near;

    for (size_t i = 0; i < G_N_ELEMENTS(month_names); i++)
        names[i] = month_names[i].name;
    near = g_utf8_strlen(word, -1) >= 3 ? text_nearest_one(word, names) : NULL;
    return near && find_month(near, out);
}

/* Bits from Sunday on, and again Sunday as 7, to bits from Monday on. */
static uint32_t from_monday(uint64_t mask)
{
    return (uint32_t)(mask >> 1 | mask << 6) & WEEKDAYS_ALL;
}

/* Days of the week. */

#define WORKING_DAYS 0x1fU
#define WEEKEND      0x60U

#define HOURS_A_DAY 24

/* "week-end" */
static bool take_week_end(TimeReader *reader)
{
    static const char *const words[] = { "week-ends", "week-end" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t length = strlen(words[i]);

        if (g_ascii_strncasecmp(reader->at, words[i], length) == 0) {
            reader->at += length;
            time_reader_skip_spaces(reader);
            return true;
        }
    }
    return false;
}

/* One word, and one that gives it another meaning; without that the first is left in place. */
static bool take_two(TimeReader *reader, const char *first, const char *second)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, first) && time_reader_take_word(reader, second))
        return true;
    reader->at = start;
    return false;
}

/* Several days that have a name: "weekdays", "jours ouvrés". */
static bool take_group(TimeReader *reader, uint32_t *out)
{
    if (take_week_end(reader) || time_reader_take_word(reader, "weekend weekends")) {
        *out = WEEKEND;
        return true;
    }
    if (!time_reader_take_word(reader, "weekday weekdays workday workdays") &&
        !take_two(reader, "working work business", "day days") &&
        !take_two(reader, "jour jours", "ouvré ouvrés ouvre ouvres"))
        return false;
    *out = WORKING_DAYS;
    return true;
}

bool time_dates_is_weekday(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);
    unsigned day;
    uint32_t days;

    return find_weekday(word, &day) || take_group(&ahead, &days);
}

bool time_dates_take_weekday(TimeReader *reader, unsigned *out)
{
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);

    if (!find_weekday(word, out))
        return false;
    *out = (*out + DAYS_A_WEEK - 1) % DAYS_A_WEEK;
    reader->at = end;
    time_reader_skip_spaces(reader);
    return true;
}

bool time_dates_weekdays(TimeReader *reader, uint32_t *out)
{
    static const TimeField field = { .expected = TIME_EXPECT_WEEKDAY,
                                     .max = 7,
                                     .find = find_weekday,
                                     .is_cycle = true,
                                     .has_dash = true,
                                     .has_spaces = true,
                                     .has_words = true };
    uint64_t mask;

    if (take_group(reader, out))
        return true;
    if (!g_unichar_isalpha(g_utf8_get_char(reader->at)))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_WEEKDAY);
    if (!time_reader_set(reader, &field, &mask, NULL))
        return false;

    time_reader_skip_spaces(reader);
    *out = from_monday(mask);
    return true;
}

bool time_dates_working_week(TimeReader *reader, uint32_t *out)
{
    if (!time_reader_take_word(reader, "semaine"))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_SEMAINE);
    *out = WORKING_DAYS;
    return true;
}

/* Dates. */

bool time_dates_take_month(TimeReader *reader, unsigned *out)
{
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);

    if (!find_month(word, out))
        return false;
    reader->at = end;
    time_reader_take(reader, '.');
    time_reader_skip_spaces(reader);
    return true;
}

bool time_dates_is_date(const TimeReader *reader)
{
    size_t digits = strspn(reader->at, "0123456789");

    return digits >= 4 && (reader->at[digits] == '-' || reader->at[digits] == '/');
}

/* Of a year in which it could be. */
static void explain_date(const unsigned parts[3], TimeProblem *problem)
{
    if (!g_date_valid_month((GDateMonth)parts[1])) {
        problem->expected = TIME_EXPECT_MONTH;
    } else if (parts[2] >= 1 && parts[2] <= 31) {
        problem->expected = TIME_EXPECT_LAST_DATED;
        problem->part =
            g_strdup_printf("%04u-%02u-%02u", parts[0], parts[1],
                            g_date_get_days_in_month((GDateMonth)parts[1], (GDateYear)parts[0]));
    }
}

bool time_dates_date(TimeReader *reader, int64_t *out_s)
{
    const char *start = reader->at;
    char mark = start[strspn(start, "0123456789")];
    unsigned parts[3];

    for (unsigned i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (i > 0 && !time_reader_take(reader, mark))
            return time_reader_fail(reader, reader->at, TIME_EXPECT_DATE);
        if (!time_reader_number(reader, 0, 9999, TIME_EXPECT_DATE, &parts[i]))
            return false;
    }
    if (calendar_midnight((int)parts[0], (int)parts[1], (int)parts[2], out_s))
        return true;
    time_reader_fail(reader, start, TIME_EXPECT_DATE);
    if (reader->problem && parts[0] >= 1970 && parts[0] <= 2100)
        explain_date(parts, reader->problem);
    return false;
}

/* How many dashes are in the date that stands at the cursor; 0 when none does. */
static unsigned count_dashes(const TimeReader *reader)
{
    size_t length = strcspn(reader->at, " \tT");
    unsigned dashes = 0;

    if (memchr(reader->at, ':', length)) /* 9-17:00 */
        return 0;
    for (size_t i = 0; i < length; i++)
        dashes += reader->at[i] == '-';
    return dashes;
}

/* "05-06": either number may be the month; which days that makes is told later. */
static bool is_either_month(const TimeReader *reader)
{
    const char *at = reader->at;
    char *end = NULL;
    uint64_t first = g_ascii_strtoull(at, &end, 10);
    uint64_t second;

    if (!g_ascii_isdigit(*at) || *end != '-' || !g_ascii_isdigit(end[1]))
        return false;
    second = g_ascii_strtoull(end + 1, &end, 10);
    return first != second && first <= 12 && second <= 12 && *end != '\0' && strchr(" \tT", *end);
}

static bool read_month_and_day(TimeReader *reader, Calendar *calendar)
{
    static const TimeField month_field = { .expected = TIME_EXPECT_MONTH, .min = 1, .max = 12 };
    static const TimeField day_field = { .expected = TIME_EXPECT_DAY, .min = 1, .max = 31 };
    unsigned dashes = count_dashes(reader);
    uint64_t months;
    uint64_t days;

    if (dashes > 1 && !(time_reader_take(reader, '*') && time_reader_take(reader, '-')))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_YEAR);
    if (dashes == 1 && !reader->is_systemd && is_either_month(reader))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_YEAR);
    if (!time_reader_set(reader, &month_field, &months, NULL))
        return false;
    if (!time_reader_take(reader, '-'))
        return time_reader_fail(reader, reader->at, day_field.expected);
    if (!time_reader_set(reader, &day_field, &days, NULL))
        return false;

    calendar->months = (uint32_t)months;
    calendar->days = (uint32_t)days;
    return true;
}

/* Whole calendars. */

bool time_dates_systemd(TimeReader *reader, Calendar *out)
{
    Calendar calendar = time_dates_every_day();
    uint64_t hours = 1;
    bool has_days = g_unichar_isalpha(g_utf8_get_char(reader->at));
    bool has_date;
    bool is_short;
    bool has_at;

    if (has_days && !time_dates_weekdays(reader, &calendar.weekdays))
        return false;

    time_reader_skip_spaces(reader);
    has_date = count_dashes(reader) > 0;
    is_short = count_dashes(reader) == 1;
    if (has_date) {
        if (!read_month_and_day(reader, &calendar))
            return false;
        if (!time_reader_take(reader, 'T'))
            time_reader_skip_spaces(reader);
    }
    has_at = time_reader_take_word(reader, "at à a");
    /* "mon-fri 9-17" rather means hours. */
    if (has_days && is_short && !reader->is_systemd && time_reader_at_end(reader) &&
        calendar.days >> HOURS_A_DAY <= 1)
        return time_reader_fail(reader, reader->at, TIME_EXPECT_TIME);
    if ((!time_reader_at_end(reader) || !(has_days || has_date)) &&
        !time_of_day_read_set(reader, has_at, &hours, &calendar.minutes))
        return false;

    calendar.hours = (uint32_t)hours;
    *out = calendar;
    return true;
}

/* "14 h 02" is a time of day. */
static bool is_clock(const char *at)
{
    at += strspn(at, " \t");
    if (g_ascii_tolower(*at) != 'h')
        return false;
    return g_ascii_isdigit(at[1 + strspn(at + 1, " \t")]);
}

bool time_dates_is_cron(const TimeReader *reader)
{
    size_t length = strcspn(reader->at, " \t");
    bool is_plain = strspn(reader->at, "0123456789*/,-") == length;

    return length > 0 && is_plain && !g_str_has_prefix(reader->at, "*-") &&
           !time_dates_is_date(reader) && !strchr(reader->at, ':') &&
           !is_clock(reader->at + length);
}

bool time_dates_cron(TimeReader *reader, Calendar *out)
{
    enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELD_COUNT };
    static const TimeField fields[FIELD_COUNT] = {
        { .expected = TIME_EXPECT_CRON_MINUTE, .max = 59, .is_cron = true },
        { .expected = TIME_EXPECT_CRON_HOUR, .max = 23, .is_cron = true },
        { .expected = TIME_EXPECT_CRON_DAY, .min = 1, .max = 31, .is_cron = true },
        { .expected = TIME_EXPECT_CRON_MONTH,
          .min = 1,
          .max = 12,
          .find = find_month,
          .is_cron = true },
        { .expected = TIME_EXPECT_CRON_WEEKDAY,
          .max = 7,
          .find = find_weekday,
          .is_cycle = true,
          .is_cron = true },
    };
    uint64_t masks[FIELD_COUNT];
    bool has_star[FIELD_COUNT];
    Calendar calendar;

    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (!time_reader_set(reader, &fields[i], &masks[i], &has_star[i]))
            return false;
        if (!time_reader_at_end(reader) && !strchr(" \t", *reader->at))
            return time_reader_fail(reader, reader->at, TIME_EXPECT_FIELD);
        time_reader_skip_spaces(reader);
    }

    calendar = (Calendar){ .minutes = masks[MINUTE],
                           .hours = (uint32_t)masks[HOUR],
                           .days = (uint32_t)masks[DAY],
                           .months = (uint32_t)masks[MONTH],
                           .weekdays = from_monday(masks[WEEKDAY]),
                           .is_either = !has_star[DAY] && !has_star[WEEKDAY] };
    /* Where all days of one kind will do, the other says nothing. */
    if (calendar.is_either && (calendar.days == DAYS_ALL || calendar.weekdays == WEEKDAYS_ALL)) {
        calendar.days = DAYS_ALL;
        calendar.weekdays = WEEKDAYS_ALL;
        calendar.is_either = false;
    }
    *out = calendar;
    return true;
}

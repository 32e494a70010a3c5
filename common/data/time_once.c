#include "common/data/time_once.h"

#include "common/data/time_dates.h"
#include "common/data/time_duration.h"
#include "common/data/time_of_day.h"

#include "common/base/banned.h"

#define AT_WORDS "at à a"

bool time_once_in(TimeReader *reader, TimeSpec *out)
{
    int64_t period_ms;

    if (!time_duration_read(reader, false, &period_ms))
        return false;

    *out = (TimeSpec){ .kind = TIME_SPEC_IN, .period_ms = period_ms };
    return true;
}

bool time_once_on_day(TimeReader *reader, int days_ahead, TimeSpec *out)
{
    int minute;

    time_reader_take_word(reader, AT_WORDS);
    if (!time_of_day_read(reader, &minute))
        return false;

    *out = (TimeSpec){ .kind = TIME_SPEC_AT_DAY, .at_s = minute * 60, .days_ahead = days_ahead };
    return true;
}

/* The distance from UTC that may follow a date and time. */
static bool read_offset(TimeReader *reader, bool *out_is_there, int64_t *out_s)
{
    bool is_west = *reader->at == '-';
    unsigned hours;
    unsigned minutes;

    *out_s = 0;
    *out_is_there = true;
    if (time_reader_take(reader, 'Z') || time_reader_take(reader, 'z'))
        return true;
    if (!time_reader_take(reader, '+') && !time_reader_take(reader, '-')) {
        *out_is_there = false;
        return true;
    }
    if (!time_reader_number(reader, 0, 23, TIME_EXPECT_OFFSET, &hours))
        return false;
    if (!time_reader_take(reader, ':'))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_OFFSET);
    if (!time_reader_number(reader, 0, 59, TIME_EXPECT_OFFSET, &minutes))
        return false;

    *out_s = ((int64_t)hours * 60 + minutes) * (is_west ? -60 : 60);
    return true;
}

/* Behind the date, which stands at start. */
static bool read_time_of_date(TimeReader *reader, const char *start, int64_t midnight_s,
                              TimeSpec *out)
{
    int64_t offset_s;
    int minute;
    bool is_instant;

    if (!time_reader_take(reader, 'T') && !time_reader_take(reader, 't')) {
        time_reader_skip_spaces(reader);
        time_reader_take_word(reader, AT_WORDS);
    }
    if (!time_of_day_read(reader, &minute) || !read_offset(reader, &is_instant, &offset_s))
        return false;
    if (midnight_s + minute * 60 < offset_s)
        return time_reader_fail(reader, start, TIME_EXPECT_INSTANT);

    *out = (TimeSpec){ .kind = is_instant ? TIME_SPEC_AT_INSTANT : TIME_SPEC_AT_LOCAL,
                       .at_s = midnight_s + minute * 60 - offset_s };
    return true;
}

bool time_once_on_date(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    int64_t midnight_s;

    return time_dates_date(reader, &midnight_s) &&
           read_time_of_date(reader, start, midnight_s, out);
}

/* Behind a day that stands at start. */
bool time_once_on_named_day(TimeReader *reader, const char *start, const NamedDay *day,
                            TimeSpec *out)
{
    int64_t midnight_s;
    int minute;

    if (day->year > 0) {
        reader->at += strspn(reader->at, ", \t");
        return calendar_midnight((int)day->year, (int)day->month, (int)day->day, &midnight_s) &&
               read_time_of_date(reader, start, midnight_s, out);
    }
    time_named_day_skip_to_time(reader);
    if (!time_of_day_read(reader, &minute))
        return false;

    *out = (TimeSpec){ .kind = TIME_SPEC_AT_DATE, .calendar = time_dates_every_day() };
    out->calendar.days = 1U << day->day;
    out->calendar.months = 1U << day->month;
    out->calendar.hours = 1U << minute / 60;
    out->calendar.minutes = UINT64_C(1) << minute % 60;
    return true;
}

bool time_once_at(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    NamedDay day;
    int minute;

    if (time_reader_take_word(reader, "today aujourd'hui"))
        return time_once_on_day(reader, 0, out);
    if (time_reader_take_word(reader, "tomorrow demain"))
        return time_once_on_day(reader, 1, out);
    if (time_dates_is_date(reader))
        return time_once_on_date(reader, out);
    if (time_named_day_take(reader, false, &day))
        return time_once_on_named_day(reader, start, &day, out);
    if (!time_of_day_read(reader, &minute))
        return false;

    *out = (TimeSpec){ .kind = TIME_SPEC_AT_NEXT, .at_s = minute * 60 };
    return true;
}

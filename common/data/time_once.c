#include "common/data/time_once.h"

#include <string.h>

#include "common/data/time_dates.h"
#include "common/data/time_duration.h"
#include "common/data/time_of_day.h"
#include "common/data/time_part.h"

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

/* ---- days that are counted from now ---- */

typedef struct NearDay {
    TimeSpecKind kind;    /* AT_DAY, AT_WEEKDAY */
    int days;             /* ahead, or the day of the week */
    const TimePart *part; /* NULL: the whole day */
} NearDay;

/* "the day after tomorrow", "après-demain" */
static bool take_after_tomorrow(TimeReader *reader)
{
    const char *start = reader->at;

    time_reader_take_word(reader, "the");
    if (time_reader_take_word(reader, "day") && time_reader_take_word(reader, "after") &&
        time_reader_take_word(reader, "tomorrow"))
        return true;
    reader->at = start;
    if (time_reader_take_word(reader, "après apres")) {
        time_reader_take(reader, '-');
        if (time_reader_take_word(reader, "demain"))
            return true;
    }
    reader->at = start;
    return false;
}

/* That, "tomorrow", and a part of them; "today". */
static bool take_day_ahead(TimeReader *reader, NearDay *out)
{
    *out = (NearDay){ .kind = TIME_SPEC_AT_DAY };
    if (time_reader_take_word(reader, "today aujourd'hui"))
        return true;
    if (time_reader_take_word(reader, "tomorrow demain"))
        out->days = 1;
    else if (take_after_tomorrow(reader))
        out->days = 2;
    else
        return false;
    out->part = time_part_take(reader);
    return true;
}

/* "tonight", "this morning", "cet après-midi". */
static bool take_part_of_today(TimeReader *reader, NearDay *out)
{
    const char *start = reader->at;

    *out = (NearDay){ .kind = TIME_SPEC_AT_DAY };
    if (time_reader_take_word(reader, "tonight"))
        out->part = time_part_tonight();
    else if (time_reader_take_word(reader, "this ce cet cette"))
        out->part = time_part_take(reader);
    if (out->part)
        return true;
    reader->at = start;
    return false;
}

/* "next monday", "lundi prochain". */
static bool take_weekday(TimeReader *reader, NearDay *out)
{
    const char *start = reader->at;
    bool is_next = time_reader_take_word(reader, "next prochain");
    unsigned day;

    if (time_dates_take_weekday(reader, &day) &&
        (is_next || time_reader_take_word(reader, "prochain"))) {
        *out = (NearDay){ .kind = TIME_SPEC_AT_WEEKDAY, .days = (int)day };
        out->part = time_part_take(reader);
        return true;
    }
    reader->at = start;
    return false;
}

static bool take_near_day(TimeReader *reader, NearDay *out)
{
    return take_day_ahead(reader, out) || take_part_of_today(reader, out) ||
           take_weekday(reader, out);
}

bool time_once_is_near_day(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    NearDay day;

    return take_near_day(&ahead, &day);
}

/* Its time, which was read at a place. The night that begins today may have begun yesterday. */
static bool set_near_day(TimeReader *reader, const char *at, NearDay day, int minute, TimeSpec *out)
{
    if (day.part && !time_part_fit(reader, at, day.part, &minute))
        return false;
    if (day.part && time_part_is_next_day(day.part, minute)) {
        if (day.kind != TIME_SPEC_AT_DAY || day.days > 1)
            return time_reader_fail(reader, at, TIME_EXPECT_NEXT_DAY);
        day.kind = day.days == 0 ? TIME_SPEC_AT_NEXT : day.kind;
        day.days = day.days == 0 ? 0 : day.days + 1;
    }
    *out = (TimeSpec){ .kind = day.kind, .at_s = minute * 60, .day = day.days };
    return true;
}

bool time_once_on_near_day(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    const char *end;
    const char *time;
    NearDay day;
    bool has_at;
    int minute;

    if (!take_near_day(reader, &day))
        return time_reader_fail(reader, start, TIME_EXPECT_NEAR_DAY);
    end = reader->at;
    reader->at += strspn(reader->at, ", \t");
    has_at = time_reader_take_word(reader, AT_WORDS);
    time = reader->at;
    if (!time_of_day_begins(reader))
        return time_part_fail_without_time(reader, start, end, day.part);
    if (!time_of_day_read(reader, has_at || day.part, &minute))
        return false;
    return set_near_day(reader, time, day, minute, out);
}

/* ---- dates ---- */

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
    int second;
    bool is_instant;
    bool has_at = !time_reader_take(reader, 'T') && !time_reader_take(reader, 't') &&
                  time_named_day_skip_to_time(reader);

    if (!time_of_day_read_second(reader, has_at, &second) ||
        !read_offset(reader, &is_instant, &offset_s))
        return false;
    if (midnight_s + second < offset_s)
        return time_reader_fail(reader, start, TIME_EXPECT_INSTANT);

    *out = (TimeSpec){ .kind = is_instant ? TIME_SPEC_AT_INSTANT : TIME_SPEC_AT_LOCAL,
                       .at_s = midnight_s + second - offset_s };
    return true;
}

bool time_once_on_date(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    int64_t midnight_s;

    return time_dates_date(reader, &midnight_s) &&
           read_time_of_date(reader, start, midnight_s, out);
}

static int64_t midnight_of(const NamedDay *day)
{
    int64_t midnight_s = 0;

    calendar_midnight((int)day->year, (int)day->month, (int)day->day, &midnight_s);
    return midnight_s;
}

static void set_named_day(const NamedDay *day, int minute, TimeSpec *out)
{
    if (day->year > 0) {
        *out = (TimeSpec){ .kind = TIME_SPEC_AT_LOCAL, .at_s = midnight_of(day) + minute * 60 };
        return;
    }
    *out = (TimeSpec){ .kind = TIME_SPEC_AT_DATE, .calendar = time_dates_every_day() };
    out->calendar.days = 1U << day->day;
    out->calendar.months = 1U << day->month;
    out->calendar.hours = 1U << minute / 60;
    out->calendar.minutes = UINT64_C(1) << minute % 60;
}

bool time_once_on_named_day(TimeReader *reader, const char *start, const NamedDay *day,
                            TimeSpec *out)
{
    int minute;
    bool has_at;

    if (day->year > 0)
        return read_time_of_date(reader, start, midnight_of(day), out);
    has_at = time_named_day_skip_to_time(reader);
    if (!time_of_day_read(reader, has_at, &minute))
        return false;
    set_named_day(day, minute, out);
    return true;
}

/* ---- a time of day, and perhaps its day behind it ---- */

/* "tomorrow", "on 28 Nov", "le 28/11/2026" behind a time of day. */
static bool take_day_behind(TimeReader *reader, int minute, TimeSpec *out)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at, .has_half = reader->has_half };
    NamedDay named = { 0 };
    NearDay near;
    bool is_french;
    bool is_taken;

    ahead.at += strspn(ahead.at, ", \t");
    is_french = time_reader_take_word(&ahead, "le");
    if (!is_french)
        time_reader_take_word(&ahead, "on");
    if (take_near_day(&ahead, &near))
        is_taken = set_near_day(&ahead, ahead.at, near, minute, out);
    else
        is_taken = time_named_day_take(&ahead, is_french, &named);
    if (is_taken && named.day > 0)
        set_named_day(&named, minute, out);
    if (is_taken)
        reader->at = ahead.at;
    return is_taken;
}

bool time_once_take_time_and_day(TimeReader *reader, TimeSpec *out)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    int minute;

    if (!time_of_day_read(&ahead, true, &minute) || !take_day_behind(&ahead, minute, out))
        return false;
    reader->at = ahead.at;
    return true;
}

bool time_once_at(TimeReader *reader, TimeSpec *out)
{
    const char *start = reader->at;
    NamedDay day;
    int minute;

    if (time_once_is_near_day(reader))
        return time_once_on_near_day(reader, out);
    if (time_dates_is_date(reader))
        return time_once_on_date(reader, out);
    if (time_named_day_take(reader, false, &day))
        return time_once_on_named_day(reader, start, &day, out);
    if (!time_of_day_read(reader, true, &minute))
        return false;
    if (!take_day_behind(reader, minute, out))
        *out = (TimeSpec){ .kind = TIME_SPEC_AT_NEXT, .at_s = minute * 60 };
    return true;
}

#include "common/data/time_of_day.h"

#include <string.h>

#include "common/data/time_duration.h"
#include "common/data/time_half_day.h"

#include "common/base/banned.h"

#define HOURS_A_HALF 12

/* Where a colon follows the minutes. */
static bool read_seconds(TimeReader *reader)
{
    unsigned max = reader->takes_seconds ? 59 : 0;

    if (!time_reader_take(reader, ':'))
        return true;
    if (!time_reader_number(reader, 0, max, TIME_EXPECT_SECONDS, &reader->seconds))
        return false;
    if (time_reader_take(reader, '.'))
        reader->at += strspn(reader->at, "0");
    return true;
}

/* Takes a time of day that has a name. */
static bool take_name(TimeReader *reader, unsigned *out_hour)
{
    bool is_noon = time_reader_take_word(reader, "noon midi");

    if (!is_noon && !time_reader_take_word(reader, "midnight minuit"))
        return false;

    *out_hour = is_noon ? HOURS_A_HALF : 0;
    return true;
}

bool time_of_day_has_name(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    unsigned hour;

    return take_name(&ahead, &hour);
}

/* "et demie", "et quart" behind an hour: so many minutes; 0, and the cursor stays, where none
 * stands there. */
static unsigned take_fraction(TimeReader *reader)
{
    const char *start = reader->at;

    time_reader_skip_spaces(reader);
    if (time_reader_take_word(reader, "et")) {
        if (time_reader_take_word(reader, "demie demi"))
            return 30;
        if (time_reader_take_word(reader, "quart"))
            return 15;
    }
    reader->at = start;
    return 0;
}

/* "h" or "heures" between hours and minutes, and the blanks around it. */
static bool take_unit(TimeReader *reader)
{
    const char *start = reader->at;

    time_reader_skip_spaces(reader);
    if (time_reader_take_word(reader, "h heure heures o'clock"))
        return true;
    reader->at = start;
    return false;
}

/* An hour that stands for itself, before the end or another word. */
static bool is_bare(const TimeReader *reader)
{
    const char *next = reader->at + strspn(reader->at, " \t");

    return *next == '\0' || (next > reader->at && g_unichar_isalpha(g_utf8_get_char(next)));
}

/* What parts hours from minutes; *out_has_more is false where no minutes need follow: "8h". */
static bool read_separator(TimeReader *reader, bool may_be_bare, bool *out_has_more)
{
    *out_has_more = time_reader_take(reader, ':');
    if (*out_has_more)
        return true;
    if (take_unit(reader)) {
        *out_has_more = g_ascii_isdigit(*reader->at);
        return true;
    }
    if (may_be_bare && is_bare(reader))
        return true;
    if (!time_reader_rest_is_blank(reader))
        time_reader_skip_spaces(reader);
    return time_reader_fail(reader, reader->at, TIME_EXPECT_COLON);
}

/* Where the half of the day follows, *hours is the hour of the whole day. False: no half has it. */
static bool apply_half(TimeReader *reader, const char *start, uint64_t *hours)
{
    unsigned hour = (unsigned)__builtin_ctzll(*hours);
    bool is_pm;

    if (*hours & (*hours - 1) || !time_half_day_take(reader, &is_pm))
        return true;
    if (hour == 0 || (hour > HOURS_A_HALF && !is_pm))
        return time_reader_fail(reader, start, TIME_EXPECT_HALF_DAY);
    if (hour <= HOURS_A_HALF)
        *hours = UINT64_C(1) << (hour % HOURS_A_HALF + (is_pm ? HOURS_A_HALF : 0));
    reader->has_half = true;
    return true;
}

/* "nine", "une" before its unit or where it ends the time; the blank behind it stays. 0: none. */
static unsigned take_hour_word(TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    unsigned hour = time_reader_take_word(&ahead, "une") ? 1 : time_duration_take_count(&ahead);
    const char *end;
    g_autofree char *word = time_reader_word(reader, &end);

    if (hour == 0 || hour > 20)
        return 0;
    reader->at = end;
    return hour;
}

/* As many as may be, or one. An hour may be a word: behind it stands no colon. */
static bool read_values(TimeReader *reader, bool is_one, const TimeField *field, uint64_t *mask)
{
    unsigned value = field->expected == TIME_EXPECT_HOUR ? take_hour_word(reader) : 0;

    if (value > 0) {
        *mask = UINT64_C(1) << value;
        return true;
    }

    if (!is_one)
        return time_reader_set(reader, field, mask, NULL);
    if (!time_reader_number(reader, field->min, field->max, field->expected, &value))
        return false;
    *mask = UINT64_C(1) << value;
    return true;
}

/* Behind the hours, which begin at start: minutes, and the half of the day. */
static bool read_rest(TimeReader *reader, const char *start, bool may_be_bare, bool is_one,
                      uint64_t *hours, uint64_t *minutes)
{
    static const TimeField field = { .expected = TIME_EXPECT_MINUTE, .max = 59, .has_dash = true };
    bool has_more;

    if (!apply_half(reader, start, hours))
        return false;
    if (reader->has_half)
        return true;
    if (!read_separator(reader, may_be_bare, &has_more))
        return false;
    if (!has_more)
        *minutes = UINT64_C(1) << take_fraction(reader);
    else if (!read_values(reader, is_one, &field, minutes) || !read_seconds(reader))
        return false;
    return apply_half(reader, start, hours);
}

/* The cursor is at a name, or at hours. */
static bool read_time(TimeReader *reader, bool may_be_bare, bool is_one, uint64_t *out_hours,
                      uint64_t *out_minutes)
{
    static const TimeField field = { .expected = TIME_EXPECT_HOUR, .max = 23, .has_dash = true };
    const char *start = reader->at;
    uint64_t hours;
    uint64_t minutes = 1;
    unsigned hour;

    reader->has_half = false;
    reader->seconds = 0;
    if (take_name(reader, &hour)) {
        hours = UINT64_C(1) << hour;
        minutes = UINT64_C(1) << take_fraction(reader);
    } else if (!read_values(reader, is_one, &field, &hours) ||
               !read_rest(reader, start, may_be_bare, is_one, &hours, &minutes)) {
        return false;
    }
    *out_hours = hours;
    *out_minutes = minutes;
    return true;
}

bool time_of_day_begins(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };

    return g_ascii_isdigit(*reader->at) || time_of_day_has_name(reader) ||
           take_hour_word(&ahead) > 0;
}

bool time_of_day_read_set(TimeReader *reader, bool may_be_bare, uint64_t *out_hours,
                          uint64_t *out_minutes)
{
    if (*reader->at != '*' && !time_of_day_begins(reader))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_TIME);
    return read_time(reader, may_be_bare, false, out_hours, out_minutes);
}

bool time_of_day_read(TimeReader *reader, bool may_be_bare, int *out_min)
{
    uint64_t hours;
    uint64_t minutes;

    if (!time_of_day_begins(reader))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_ONE_TIME);
    if (!read_time(reader, may_be_bare, true, &hours, &minutes))
        return false;
    *out_min = __builtin_ctzll(hours) * 60 + __builtin_ctzll(minutes);
    return true;
}

bool time_of_day_read_second(TimeReader *reader, bool may_be_bare, int *out_s)
{
    bool is_read;
    int minute;

    reader->takes_seconds = true;
    is_read = time_of_day_read(reader, may_be_bare, &minute);
    reader->takes_seconds = false;
    if (is_read)
        *out_s = minute * 60 + (int)reader->seconds;
    return is_read;
}

bool time_of_day_is_lone_hour(const TimeReader *reader, int *out_min)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };
    size_t digits = strspn(reader->at, "0123456789");
    bool is_number =
        digits > 0 && time_reader_rest_is_blank(&(TimeReader){ .at = reader->at + digits });

    return time_of_day_read(&ahead, true, out_min) && (is_number || ahead.has_half) &&
           time_reader_rest_is_blank(&ahead);
}

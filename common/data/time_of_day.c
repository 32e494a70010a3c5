#include "common/data/time_of_day.h"

#include "common/base/banned.h"

/* Where a colon follows the minutes, seconds that are none. */
static bool read_seconds(TimeReader *reader)
{
    unsigned seconds;

    if (!time_reader_take(reader, ':'))
        return true;
    if (!time_reader_number(reader, 0, 0, TIME_EXPECT_SECONDS, &seconds))
        return false;
    if (time_reader_take(reader, '.'))
        reader->at += strspn(reader->at, "0");
    return true;
}

/* Takes a time of day that has a name. */
static bool take_named_time(TimeReader *reader, int *out_hour)
{
    bool is_noon = time_reader_take_word(reader, "noon midi");

    if (!is_noon && !time_reader_take_word(reader, "midnight minuit"))
        return false;

    *out_hour = is_noon ? 12 : 0;
    return true;
}

static bool is_rest_blank(const TimeReader *reader)
{
    return reader->at[strspn(reader->at, " \t")] == '\0';
}

/* What parts hours from minutes; *out_has_more is false where no minutes need follow: "8h". */
static bool read_separator(TimeReader *reader, bool may_be_bare, bool *out_has_more)
{
    *out_has_more = !(may_be_bare && is_rest_blank(reader));
    if (!*out_has_more)
        return true;
    if (time_reader_take(reader, ':'))
        return true;
    if (!time_reader_take(reader, 'h') && !time_reader_take(reader, 'H'))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_COLON);

    *out_has_more = g_ascii_isdigit(*reader->at);
    return true;
}

bool time_of_day_read_set(TimeReader *reader, bool may_be_bare, uint64_t *out_hours,
                          uint64_t *out_minutes)
{
    static const TimeField hour_field = { .expected = TIME_EXPECT_HOUR,
                                          .max = 23,
                                          .has_dash = true };
    static const TimeField minute_field = { .expected = TIME_EXPECT_MINUTE,
                                            .max = 59,
                                            .has_dash = true };
    uint64_t hours;
    uint64_t minutes = 1;
    bool has_minutes;
    int hour;

    if (take_named_time(reader, &hour)) {
        *out_hours = UINT64_C(1) << hour;
        *out_minutes = 1;
        return true;
    }
    if (*reader->at != '*' && !g_ascii_isdigit(*reader->at))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_TIME);
    if (!time_reader_set(reader, &hour_field, &hours, NULL) ||
        !read_separator(reader, may_be_bare, &has_minutes))
        return false;
    if (has_minutes &&
        (!time_reader_set(reader, &minute_field, &minutes, NULL) || !read_seconds(reader)))
        return false;

    *out_hours = hours;
    *out_minutes = minutes;
    return true;
}

bool time_of_day_read(TimeReader *reader, int *out_min)
{
    unsigned hour;
    unsigned minute = 0;
    bool has_minutes;
    int named_hour;

    if (take_named_time(reader, &named_hour)) {
        *out_min = named_hour * 60;
        return true;
    }
    if (!g_ascii_isdigit(*reader->at))
        return time_reader_fail(reader, reader->at, TIME_EXPECT_ONE_TIME);
    if (!time_reader_number(reader, 0, 23, TIME_EXPECT_HOUR, &hour) ||
        !read_separator(reader, false, &has_minutes))
        return false;
    if (has_minutes &&
        (!time_reader_number(reader, 0, 59, TIME_EXPECT_MINUTE, &minute) || !read_seconds(reader)))
        return false;

    *out_min = (int)(hour * 60 + minute);
    return true;
}

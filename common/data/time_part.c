#include "common/data/time_part.h"

#include "common/data/time_half_day.h"

#include "common/base/banned.h"

#define HOUR_MIN 60
#define NOON_MIN (12 * HOUR_MIN)
#define HALF_MIN (12 * HOUR_MIN)

/* Minutes of the day; a night goes on after midnight. */
struct TimePart {
    int first;
    int last;
    const char *example;
};

static const TimePart morning = { 0, NOON_MIN - 1, "08:00" };
static const TimePart afternoon = { NOON_MIN, 19 * HOUR_MIN - 1, "14:00" };
static const TimePart evening = { 17 * HOUR_MIN, 0, "20:00" };
static const TimePart tonight = { 17 * HOUR_MIN, 5 * HOUR_MIN - 1, "20:00" };
static const TimePart night = { 17 * HOUR_MIN, 6 * HOUR_MIN - 1, "20:00" };

const TimePart *time_part_tonight(void)
{
    return &tonight;
}

const TimePart *time_part_take(TimeReader *reader)
{
    if (time_reader_take_word(reader, "morning mornings matin matins"))
        return &morning;
    if (time_half_day_take_after_noon(reader))
        return &afternoon;
    if (time_reader_take_word(reader, "evening evenings soir soirs"))
        return &evening;
    return time_reader_take_word(reader, "night nights nuit nuits") ? &night : NULL;
}

static bool is_in(const TimePart *part, int minute)
{
    return part->first <= part->last ? minute >= part->first && minute <= part->last
                                     : minute >= part->first || minute <= part->last;
}

bool time_part_is_next_day(const TimePart *part, int minute)
{
    return part->first > part->last && minute <= part->last;
}

bool time_part_fit(TimeReader *reader, const char *at, const TimePart *part, int *minute)
{
    if (is_in(part, *minute))
        return true;
    if (!reader->has_half && *minute < NOON_MIN && is_in(part, *minute + HALF_MIN)) {
        *minute += HALF_MIN;
        return true;
    }
    time_reader_fail(reader, at, TIME_EXPECT_PART_OF_DAY);
    if (reader->problem) {
        reader->problem->part = g_strdup_printf("%02d:00", part->first / HOUR_MIN);
        reader->problem->other =
            g_strdup_printf("%02d:%02d", part->last / HOUR_MIN, part->last % HOUR_MIN);
    }
    return false;
}

bool time_part_fail_without_time(TimeReader *reader, const char *start, const char *end,
                                 const TimePart *part)
{
    g_autofree char *typed = g_strstrip(g_strndup(start, (size_t)(end - start)));

    time_reader_fail(reader, reader->at, TIME_EXPECT_TIME_OF_IT);
    if (reader->problem)
        reader->problem->part = g_strdup_printf("%s %s", typed, part ? part->example : "08:00");
    return false;
}

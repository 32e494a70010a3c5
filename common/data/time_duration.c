#include "common/data/time_duration.h"

#include <limits.h>

#include "common/base/banned.h"

#define MINUTE_MS     INT64_C(60000)
#define HOUR_MS       (60 * MINUTE_MS)
#define DAY_MS        (24 * HOUR_MS)
#define PERIOD_MAX_MS (3650 * DAY_MS)

static const struct {
    const char *names;
    int64_t ms;
} units[] = {
    { "w week weeks semaine semaines", 7 * DAY_MS },   { "d day days j jour jours", DAY_MS },
    { "h hr hour hours heure heures", HOUR_MS },       { "m min mins minute minutes", MINUTE_MS },
    { "s sec second seconds seconde secondes", 1000 },
};

/* 0, and the cursor stays, when it is no unit. */
static int64_t take_unit(TimeReader *reader)
{
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        if (time_reader_take_word(reader, units[i].names))
            return units[i].ms;
    }
    return 0;
}

/* Numbers. */

#define ONE_WORDS "a an un une"

static const struct {
    const char *words;
    unsigned number;
} counts[] = {
    { "one", 1 },
    { "two deux", 2 },
    { "three trois", 3 },
    { "four quatre", 4 },
    { "five cinq", 5 },
    { "six", 6 },
    { "seven sept", 7 },
    { "eight huit", 8 },
    { "nine neuf", 9 },
    { "ten dix", 10 },
    { "eleven onze", 11 },
    { "twelve douze", 12 },
    { "fifteen quinze", 15 },
    { "twenty vingt", 20 },
    { "thirty trente", 30 },
};

unsigned time_duration_take_count(TimeReader *reader)
{
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        if (time_reader_take_word(reader, counts[i].words))
            return counts[i].number;
    }
    return 0;
}

static bool is_count(const TimeReader *reader)
{
    TimeReader ahead = { .text = reader->text, .at = reader->at };

    return g_ascii_isdigit(*reader->at) || time_duration_take_count(&ahead) > 0;
}

static bool read_count(TimeReader *reader, unsigned *out)
{
    *out = time_reader_take_word(reader, ONE_WORDS) ? 1 : time_duration_take_count(reader);
    if (*out == 0 && !time_reader_number(reader, 0, UINT_MAX, TIME_EXPECT_DURATION, out))
        return false;
    time_reader_skip_spaces(reader);
    return true;
}

/* Parts of an hour. */

/* "half an hour", "demi-heure", "quarter of an hour", "quarts d'heure": one of it. */
static int64_t take_fraction(TimeReader *reader)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, "half demi demie")) {
        time_reader_take(reader, '-');
        time_reader_take_word(reader, "a an");
        if (time_reader_take_word(reader, "hour hours heure heures"))
            return HOUR_MS / 2;
    } else if (time_reader_take_word(reader, "quarter quarters")) {
        time_reader_take_word(reader, "of");
        time_reader_take_word(reader, "an");
        if (time_reader_take_word(reader, "hour"))
            return HOUR_MS / 4;
    } else if (time_reader_take_word(reader, "quart quarts")) {
        if (time_reader_take_word(reader, "d'heure"))
            return HOUR_MS / 4;
    }
    reader->at = start;
    return 0;
}

/* "and a half", "et demie", "et quart" behind hours. */
static int64_t take_rest_of_hour(TimeReader *reader)
{
    const char *start = reader->at;

    if (time_reader_take_word(reader, "and et")) {
        time_reader_take_word(reader, ONE_WORDS);
        if (time_reader_take_word(reader, "half demie demi"))
            return HOUR_MS / 2;
        if (time_reader_take_word(reader, "quarter quart"))
            return HOUR_MS / 4;
    }
    reader->at = start;
    return 0;
}

/* The unit behind a number; without one the minutes of "1h30". */
static int64_t take_any_unit(TimeReader *reader, unsigned number, int64_t previous_ms)
{
    int64_t unit_ms = take_fraction(reader);

    if (unit_ms == 0)
        unit_ms = take_unit(reader);
    if (unit_ms == 0 && previous_ms == HOUR_MS && number < 60)
        unit_ms = MINUTE_MS;
    return unit_ms;
}

/* A number and its unit, which is smaller than the one before. */
static bool read_part(TimeReader *reader, int64_t *unit_ms, int64_t *sum_ms)
{
    unsigned number;
    const char *unit;
    int64_t previous_ms = *unit_ms;
    int64_t rest_ms;

    if (!read_count(reader, &number))
        return false;
    rest_ms = take_rest_of_hour(reader); /* "two and a half hours" */
    unit = reader->at;
    *unit_ms = take_any_unit(reader, number, previous_ms);
    if (*unit_ms == 0)
        return time_reader_fail(reader, unit, TIME_EXPECT_UNIT);
    if (*unit_ms >= previous_ms)
        return time_reader_fail(reader, unit, TIME_EXPECT_ORDER);

    *sum_ms += number * *unit_ms;
    if (rest_ms > 0 && *unit_ms != HOUR_MS)
        return time_reader_fail(reader, unit, TIME_EXPECT_UNIT);
    *sum_ms += rest_ms;
    if (*unit_ms == HOUR_MS)
        *sum_ms += take_rest_of_hour(reader);
    return true;
}

/* Whether another part follows: a number, or one behind "and". */
static bool take_more(TimeReader *reader)
{
    const char *start = reader->at;

    if (is_count(reader) || (time_reader_take_word(reader, "and et") && is_count(reader)))
        return true;
    reader->at = start;
    return false;
}

bool time_duration_read(TimeReader *reader, bool may_be_unit, int64_t *out_ms)
{
    const char *start = reader->at;
    int64_t unit_ms = INT64_MAX;
    int64_t sum_ms = take_fraction(reader);

    if (sum_ms == 0 && may_be_unit)
        sum_ms = take_unit(reader);
    if (sum_ms == 0) {
        do {
            if (!read_part(reader, &unit_ms, &sum_ms))
                return false;
        } while (take_more(reader));
    }
    if (sum_ms < 1000 || sum_ms > PERIOD_MAX_MS)
        return time_reader_fail(reader, start, TIME_EXPECT_PERIOD);

    *out_ms = sum_ms;
    return true;
}

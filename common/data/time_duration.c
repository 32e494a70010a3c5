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

/* A number and its unit, which is smaller than the one before. */
static bool read_part(TimeReader *reader, int64_t *unit_ms, int64_t *sum_ms)
{
    unsigned number;
    const char *unit;
    int64_t previous_ms = *unit_ms;

    if (!time_reader_number(reader, 0, UINT_MAX, TIME_EXPECT_DURATION, &number))
        return false;

    time_reader_skip_spaces(reader);
    unit = reader->at;
    *unit_ms = take_unit(reader);
    if (*unit_ms == 0 && previous_ms == HOUR_MS && number < 60) /* 1h30 */
        *unit_ms = MINUTE_MS;
    if (*unit_ms == 0)
        return time_reader_fail(reader, unit, TIME_EXPECT_UNIT);
    if (*unit_ms >= previous_ms)
        return time_reader_fail(reader, unit, TIME_EXPECT_ORDER);

    *sum_ms += number * *unit_ms;
    return true;
}

bool time_duration_read(TimeReader *reader, bool may_be_unit, int64_t *out_ms)
{
    const char *start = reader->at;
    int64_t unit_ms = INT64_MAX;
    int64_t sum_ms = may_be_unit ? take_unit(reader) : 0;

    if (sum_ms == 0) {
        do {
            if (!read_part(reader, &unit_ms, &sum_ms))
                return false;
        } while (g_ascii_isdigit(*reader->at));
    }
    if (sum_ms < 1000 || sum_ms > PERIOD_MAX_MS)
        return time_reader_fail(reader, start, TIME_EXPECT_PERIOD);

    *out_ms = sum_ms;
    return true;
}

#include "common/data/wall_clock.h"

#include "common/base/banned.h"

/* Clocks are set about twice a year: the first look ahead is shorter than that. */
#define LOOK_AHEAD_S (120 * INT64_C(86400))

/* A time in which the zone keeps its distance from UTC; it ends where the next begins. */
typedef struct Span {
    int64_t start_s;
    int64_t offset_s;
    int64_t shown_s; /* the latest time on the wall before it */
} Span;

struct WallClock {
    unsigned count;
    Span spans[];
};

static int interval_at(GTimeZone *zone, int64_t at_s)
{
    return g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at_s);
}

int64_t zone_first_shift(GTimeZone *zone, int64_t from_s, int64_t until_s)
{
    int interval = interval_at(zone, from_s);

    if (interval_at(zone, until_s) == interval)
        return until_s;
    while (until_s - from_s > 1) {
        int64_t middle_s = from_s + (until_s - from_s) / 2;

        if (interval_at(zone, middle_s) == interval)
            from_s = middle_s;
        else
            until_s = middle_s;
    }
    return until_s;
}

/* The same without an end; the steps grow, because many zones never change again. */
static int64_t next_shift(GTimeZone *zone, int64_t from_s)
{
    int interval = interval_at(zone, from_s);
    int64_t step_s = LOOK_AHEAD_S;
    int64_t until_s = MIN(from_s + step_s, WALL_CLOCK_END_S);

    while (until_s < WALL_CLOCK_END_S && interval_at(zone, until_s) == interval) {
        step_s *= 2;
        from_s = until_s;
        until_s = MIN(from_s + step_s, WALL_CLOCK_END_S);
    }
    return zone_first_shift(zone, from_s, until_s);
}

WallClock *wall_clock_new(GTimeZone *zone)
{
    g_autoptr(GArray) spans = g_array_new(FALSE, FALSE, sizeof(Span));
    WallClock *clock;
    Span last = { .start_s = INT64_MIN,
                  .offset_s = g_time_zone_get_offset(zone, interval_at(zone, 0)),
                  .shown_s = INT64_MIN };
    int64_t at_s = 0;

    g_array_append_val(spans, last);
    while ((at_s = next_shift(zone, at_s)) < WALL_CLOCK_END_S) {
        int64_t offset_s = g_time_zone_get_offset(zone, interval_at(zone, at_s));

        if (offset_s == last.offset_s)
            continue;
        last.shown_s = MAX(last.shown_s, at_s - 1 + last.offset_s);
        last.start_s = at_s;
        last.offset_s = offset_s;
        g_array_append_val(spans, last);
    }

    clock = g_malloc(sizeof(*clock) + spans->len * sizeof(Span));
    clock->count = spans->len;
    for (unsigned i = 0; i < spans->len; i++)
        clock->spans[i] = g_array_index(spans, Span, i);
    return clock;
}

void wall_clock_free(WallClock *clock)
{
    g_free(clock);
}

bool wall_clock_is_equal(const WallClock *one, const WallClock *other)
{
    bool is_equal = one->count == other->count;
    unsigned i;

    for (i = 0; is_equal && i < one->count; i++)
        is_equal = one->spans[i].start_s == other->spans[i].start_s &&
                   one->spans[i].offset_s == other->spans[i].offset_s;
    return is_equal;
}

static unsigned span_at(const WallClock *clock, int64_t at_s)
{
    unsigned low = 0;
    unsigned high = clock->count;

    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (clock->spans[middle].start_s <= at_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t wall_clock_shows(const WallClock *clock, int64_t at_s)
{
    return at_s + clock->spans[span_at(clock, at_s)].offset_s;
}

int64_t wall_clock_has_shown(const WallClock *clock, int64_t at_s)
{
    const Span *span = &clock->spans[span_at(clock, at_s)];

    return MAX(span->shown_s, at_s + span->offset_s);
}

int64_t wall_clock_first(const WallClock *clock, int64_t local_s)
{
    unsigned low = 0;
    unsigned high = clock->count;

    /* The last span before which the clock has not shown the time. */
    while (high - low > 1) {
        unsigned middle = low + (high - low) / 2;

        if (clock->spans[middle].shown_s < local_s)
            low = middle;
        else
            high = middle;
    }
    return MAX(clock->spans[low].start_s, local_s - clock->spans[low].offset_s);
}

bool wall_clock_repeats(const WallClock *clock, int64_t at_s)
{
    unsigned i = span_at(clock, at_s);

    return i + 1 < clock->count && clock->spans[i + 1].start_s + clock->spans[i + 1].offset_s <=
                                       at_s + clock->spans[i].offset_s;
}

/*
 * What the clock on the wall of a zone shows, and when it shows a time: a table of the zone's
 * offsets from 1970 to the end of 2100, made once, because GLib walks through all of a zone's
 * changes at each look.
 *
 * A time that the clock skips (in spring) counts as shown at the first instant after the gap; one
 * that it shows twice (in autumn) at the first of the two. So the order of times on the wall is the
 * order of their instants. Times on the wall are seconds after 1970-01-01T00:00 as the clock shows
 * them; instants are Unix seconds. Pure; the zone is read by an edge.
 */
#ifndef COMMON_DATA_WALL_CLOCK_H
#define COMMON_DATA_WALL_CLOCK_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define WALL_CLOCK_END_S INT64_C(4134067200) /* 2101-01-02T00:00Z: no zone is in 2100 any more */

typedef struct WallClock WallClock;

WallClock *wall_clock_new(GTimeZone *zone);
void wall_clock_free(WallClock *clock);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WallClock, wall_clock_free)

/* True when both show the same at all times. */
bool wall_clock_is_equal(const WallClock *one, const WallClock *other);

/* What it shows at an instant. */
int64_t wall_clock_shows(const WallClock *clock, int64_t at_s);

/* The latest time that it has shown up to an instant, which in autumn is not what it shows. */
int64_t wall_clock_has_shown(const WallClock *clock, int64_t at_s);

/* The first instant at which it has shown a time or a later one. */
int64_t wall_clock_first(const WallClock *clock, int64_t local_s);

/* True when it will show once more what it shows at an instant. */
bool wall_clock_repeats(const WallClock *clock, int64_t at_s);

/* The first second after from_s, and not after until_s, at which a zone's interval changes (its
 * offset, its name or whether it is summer); until_s when it does not. */
int64_t zone_first_shift(GTimeZone *zone, int64_t from_s, int64_t until_s);

#endif

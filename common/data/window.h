/*
 * Windows of local wall-clock time: blackouts (nothing may start inside) and work hours (nothing
 * may start outside).
 *
 * Inside means that the local wall clock is inside: in autumn both passes of an hour are, in spring
 * an hour that does not exist is nobody's. The end is exclusive; "24:00" is allowed as an end. A
 * window whose end is before its start crosses midnight and belongs to the day on which it starts,
 * for `days` too. Zones are read by the caller (zone_read()); from then on lookups are pure.
 */
#ifndef COMMON_DATA_WINDOW_H
#define COMMON_DATA_WINDOW_H

#include "common/data/json.h"
#include "common/data/zones.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Window {
    int start_min; /* minutes after local midnight, 0 … 1439 */
    int end_min;   /* 1 … 1440; before start_min: the window crosses midnight */
    unsigned days; /* bit 0 Monday … bit 6 Sunday */
    bool is_enabled;
    char *label; /* NULL when it has none */
} Window;

void window_free(Window *window);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Window, window_free)

Window *window_copy(const Window *window); /* NULL for NULL */

/* Reads {"start","end","label","enabled","days"}; path is the prefix of messages. Day names: mon …
 * sun, and French lun … dim, short or long, any case. Refuses "25:00", start == end, no day. Keys
 * listed in also_known (NULL-terminated, may be NULL) do not warn. warnings as in record_read(). */
Window *window_parse(const Json *object, const char *path, const char *const *also_known,
                     GPtrArray *warnings, GError **error);

/* The same of a window that may name a zone of its own in "timezone". out_zone: a reference, or
 * NULL where it names none. */
Window *window_parse_zoned(const Json *object, const char *path, const Zones *zones,
                           GTimeZone **out_zone, GPtrArray *warnings, GError **error);

Json *window_print(const Window *window);

/* "02:00-05:00" or "22:00-06:00 mon,tue", with the label where it has one. The caller owns it. */
char *window_describe(const Window *window);

/* What window_describe() wrote with French names of days: "22:00-06:00 lun,mar". The caller owns
 * it. */
char *window_reword_fr(const char *described);

/* True when the instant's local time is inside; a disabled window contains nothing. */
bool window_contains(const Window *window, GTimeZone *zone, int64_t at_ms);

/* The first instant after at_ms at which window_contains() changes; INT64_MAX when it never does in
 * the next 15 days (a disabled window, or one of the whole week). */
int64_t window_next_change(const Window *window, GTimeZone *zone, int64_t at_ms);

/* "HH:MM" (24:00 only where is_end). Minutes after midnight. */
bool time_of_day_parse(const char *text, bool is_end, int *out_min, GError **error);

#endif

/*
 * Instants: Unix milliseconds inside, RFC 3339 in UTC with milliseconds on the wire, and the local
 * time of a zone for people. The zone is an argument; nothing here reads a clock. Pure.
 */
#ifndef COMMON_BASE_TIMESTAMP_H
#define COMMON_BASE_TIMESTAMP_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "2026-11-21T02:14:05.123Z". The caller owns it. Range: years 1970 to 9999, clamped. */
char *timestamp_format(int64_t unix_ms);

/* Reads RFC 3339 with Z or a numeric offset, with or without a fraction (cut to ms). Refuses what
 * is before 1970 or after 9999, and leap seconds. */
bool timestamp_parse(const char *text, int64_t *out_unix_ms, GError **error);

/* For people, in the zone: "14:02" when at and now fall on one local day, otherwise
 * "2026-11-22 14:02". The caller owns it. */
char *timestamp_local(int64_t at_ms, int64_t now_ms, GTimeZone *zone);

/* The same with the zone's abbreviation: "14:02 CET". The caller owns it. */
char *timestamp_local_with_zone(int64_t at_ms, int64_t now_ms, GTimeZone *zone);

/* As French is written: "14:02", or "le 22/11 à 14:02", with the year where it is another than
 * now's: "le 22/11/2026 à 14:02"; with the zone: "14:02 CET". The caller owns it. */
char *timestamp_local_fr(int64_t at_ms, int64_t now_ms, GTimeZone *zone);
char *timestamp_local_fr_with_zone(int64_t at_ms, int64_t now_ms, GTimeZone *zone);

/* What timestamp_local() wrote, with a zone or without, as French is written; another text as it
 * is. The caller owns it. */
char *timestamp_reword_fr(const char *local, int64_t now_ms, GTimeZone *zone);

#endif

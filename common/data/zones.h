/*
 * Time zones by IANA name, read by an edge beforehand, so that pure code can look one up. Names
 * that are not in it are not zones of this system.
 */
#ifndef COMMON_DATA_ZONES_H
#define COMMON_DATA_ZONES_H

#include <glib.h>
#include <stdbool.h>

typedef struct Zones Zones;

Zones *zones_new(void);
void zones_free(Zones *zones);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zones, zones_free)

/* Adds a zone under a name; takes a reference of its own. */
void zones_add(Zones *zones, const char *name, GTimeZone *zone);

/* Adds all of the other's. */
void zones_add_all(Zones *zones, const Zones *other);

/* Borrowed; NULL when there is none of that name. */
GTimeZone *zones_find(const Zones *zones, const char *name);

/* Whether a word is written as names of zones are: "Europe/Paris", "america/new_york", "UTC". Short
 * ones such as CET are none, since they mean several. */
bool zones_is_name(const char *word);

/* Splits "daily 03:00 Europe/Paris" before a name that stands last; *out_name is NULL where there
 * is none, or nothing before it. The caller owns both. */
void zones_split(const char *text, char **out_text, char **out_name);

#endif

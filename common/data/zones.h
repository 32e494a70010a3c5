/*
 * Time zones by IANA name, read by an edge beforehand, so that pure code can look one up. Names
 * that are not in it are not zones of this system.
 */
#ifndef COMMON_DATA_ZONES_H
#define COMMON_DATA_ZONES_H

#include <glib.h>

typedef struct Zones Zones;

Zones *zones_new(void);
void zones_free(Zones *zones);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zones, zones_free)

/* Adds a zone under a name; takes a reference of its own. */
void zones_add(Zones *zones, const char *name, GTimeZone *zone);

/* Borrowed; NULL when there is none of that name. */
GTimeZone *zones_find(const Zones *zones, const char *name);

#endif

/*
 * Tells, on the main loop, that the host's time zone may have changed: its link was replaced, made
 * or removed, or another file system was mounted over its folder. Does not look what it is now.
 */
#ifndef AGENT1_EDGE_ZONE_WATCH_H
#define AGENT1_EDGE_ZONE_WATCH_H

#include <glib.h>

typedef struct ZoneWatch ZoneWatch;

/* link outlives it. */
ZoneWatch *zone_watch_new(const char *link, void (*changed)(void *data), void *data,
                          GError **error);
void zone_watch_free(ZoneWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ZoneWatch, zone_watch_free)

#endif

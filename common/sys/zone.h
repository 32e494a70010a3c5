/*
 * Time zones of this system by name. GLib alone takes any name for a path, and a file that is no
 * zone for one: it reads on for minutes, or logs a complaint.
 */
#ifndef COMMON_SYS_ZONE_H
#define COMMON_SYS_ZONE_H

#include <glib.h>

/* An IANA name; what a host may have in TZ is taken, too, if it is no path: "CET-1CEST", "+01:00".
 * PROBLEM_VALUE when there is no such zone. The caller owns a reference. */
GTimeZone *zone_read(const char *name, GError **error);

/* Where this host keeps its own. */
#define ZONE_HOST_LINK "/etc/localtime"

/* The zone of this host, looked up anew each time: TZ of the environment if there is one, else what
 * the link (ZONE_HOST_LINK) points to. PROBLEM_MISSING when there is no link, PROBLEM_VALUE when it
 * leads to no zone. The caller owns a reference. */
GTimeZone *zone_read_host(const char *link, GError **error);

#endif

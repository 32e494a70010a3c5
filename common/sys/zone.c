#include "common/sys/zone.h"

#include "common/base/problem.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define MAGIC    "TZif"
#define EXPECTED "an IANA time zone, such as Europe/Paris"
#define DATABASE "/zoneinfo/"

static bool is_zone_file(const char *path)
{
    g_autoptr(GMappedFile) file = NULL;

    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    file = g_mapped_file_new(path, FALSE, NULL);
    return file && g_mapped_file_get_length(file) > strlen(MAGIC) &&
           memcmp(g_mapped_file_get_contents(file), MAGIC, strlen(MAGIC)) == 0;
}

/* False when GLib would find a file of that name that is no zone. */
static bool may_be_read(const char *name)
{
    const char *folder = g_getenv("TZDIR");
    g_autofree char *path = g_build_filename(folder ? folder : "/usr/share/zoneinfo", name, NULL);

    return !g_file_test(path, G_FILE_TEST_EXISTS) || is_zone_file(path);
}

GTimeZone *zone_read(const char *name, GError **error)
{
    GTimeZone *zone = NULL;

    /* To GLib "" is the host's zone, and what follows a colon a path. */
    if (*name != '\0' && *name != '/' && *name != ':' && !strstr(name, "..") && may_be_read(name))
        zone = g_time_zone_new_identifier(name);
    if (!zone)
        problem_set_expected(error, PROBLEM_VALUE, name, EXPECTED);
    return zone;
}

/* What a copy of a zone's file is called the library knows better. */
static GTimeZone *read_copy(const char *link, GError **error)
{
    if (!is_zone_file(link)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: is no time zone", link);
        return NULL;
    }
    return g_time_zone_new_local();
}

GTimeZone *zone_read_host(const char *link, GError **error)
{
    g_autofree char *target = g_file_read_link(link, NULL);
    const char *name = target ? strstr(target, DATABASE) : NULL;
    GTimeZone *zone;

    if (g_getenv("TZ"))
        return g_time_zone_new_local();
    if (!target && !g_file_test(link, G_FILE_TEST_EXISTS)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s: there is no such file", link);
        return NULL;
    }
    if (!name)
        return read_copy(link, error);
    zone = zone_read(name + strlen(DATABASE), error);
    if (!zone)
        g_prefix_error(error, "%s: ", link);
    return zone;
}

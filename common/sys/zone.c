#include "common/sys/zone.h"

#include "common/base/problem.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define MAGIC    "TZif"
#define EXPECTED "an IANA time zone, such as Europe/Paris"

/* False when GLib would find a file of that name that is no zone. */
static bool may_be_read(const char *name)
{
    const char *folder = g_getenv("TZDIR");
    g_autofree char *path = g_build_filename(folder ? folder : "/usr/share/zoneinfo", name, NULL);
    g_autoptr(GMappedFile) file = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        return true;
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR))
        return false;
    file = g_mapped_file_new(path, FALSE, NULL);
    return file && g_mapped_file_get_length(file) > strlen(MAGIC) &&
           memcmp(g_mapped_file_get_contents(file), MAGIC, strlen(MAGIC)) == 0;
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

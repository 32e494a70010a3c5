#include "common/data/zones.h"

#include "common/base/banned.h"

struct Zones {
    GHashTable *by_name;
};

static void unref_zone(void *zone)
{
    g_time_zone_unref(zone);
}

Zones *zones_new(void)
{
    Zones *zones = g_new0(Zones, 1);

    zones->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_zone);
    return zones;
}

void zones_free(Zones *zones)
{
    if (!zones)
        return;

    g_hash_table_unref(zones->by_name);
    g_free(zones);
}

void zones_add(Zones *zones, const char *name, GTimeZone *zone)
{
    g_hash_table_replace(zones->by_name, g_strdup(name), g_time_zone_ref(zone));
}

GTimeZone *zones_find(const Zones *zones, const char *name)
{
    return g_hash_table_lookup(zones->by_name, name);
}

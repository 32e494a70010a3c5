#include "common/data/zones.h"

#include <string.h>

#include "common/base/banned.h"

#define NAME_MAX_BYTES 64
#define BLANKS         " \t"

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

void zones_add_all(Zones *zones, const Zones *other)
{
    GHashTableIter each;
    void *name;
    void *zone;

    g_hash_table_iter_init(&each, other->by_name);
    while (g_hash_table_iter_next(&each, &name, &zone))
        zones_add(zones, name, zone);
}

GTimeZone *zones_find(const Zones *zones, const char *name)
{
    return g_hash_table_lookup(zones->by_name, name);
}

bool zones_is_name(const char *word)
{
    size_t length = strlen(word);
    const char *slash = strchr(word, '/');

    if (g_ascii_strcasecmp(word, "UTC") == 0)
        return true;
    return slash && length <= NAME_MAX_BYTES && g_ascii_isalpha(word[0]) &&
           g_ascii_isalpha(slash[1]) && !strstr(word, "//") && word[length - 1] != '/' &&
           strspn(word, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "/_+-") == length;
}

void zones_split(const char *text, char **out_text, char **out_name)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(text));
    const char *word = trimmed + strlen(trimmed);

    while (word > trimmed && !strchr(BLANKS, word[-1]))
        word--;
    *out_name = word > trimmed && zones_is_name(word) ? g_strdup(word) : NULL;
    *out_text = *out_name ? g_strchomp(g_strndup(trimmed, (size_t)(word - trimmed)))
                          : g_steal_pointer(&trimmed);
}

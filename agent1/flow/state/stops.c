#include "agent1/flow/state/stops.h"

#include "common/base/banned.h"

#define SHORT_MS  (2 * 60 * INT64_C(1000))
#define STOPS_MAX 1000

void stops_note(Core *core, const char *conversation)
{
    int64_t *at_ms = g_new(int64_t, 1);

    *at_ms = core->boot_ms;
    if (g_hash_table_size(core->stops) >= STOPS_MAX)
        g_hash_table_remove_all(core->stops);
    g_hash_table_replace(core->stops, g_strdup(conversation), at_ms);
}

bool stops_take(Core *core, const char *conversation)
{
    const int64_t *at_ms = g_hash_table_lookup(core->stops, conversation);
    bool is_short = at_ms && core->boot_ms - *at_ms <= SHORT_MS;

    g_hash_table_remove(core->stops, conversation);
    return is_short;
}

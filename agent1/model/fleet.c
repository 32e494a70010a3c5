#include "agent1/model/fleet.h"

#include <string.h>

#include "common/base/text.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define FORMER_MAX 16
/* A full queue of an agent that agent1 forgot is taken at once; a flood is not. */
#define NOTES_BURST 100
#define NOTES_PER_S (1.0 / 60)

struct Fleet {
    GHashTable *by_name; /* FleetAgent *, owned */
    GPtrArray *sorted;   /* the same, by name: lists are asked for with each event */
};

static void free_agent(void *data)
{
    FleetAgent *agent = data;

    g_free(agent->name);
    g_free(agent->key);
    g_free(agent->journal);
    g_free(agent->paused_by);
    g_free(agent->former);
    g_free(agent->version);
    g_free(agent->register_id);
    g_free(agent->host);
    g_free(agent->boot_id);
    g_free(agent->policy_hash);
    json_free(agent->skills);
    update_news_free(agent->update);
    g_free(agent->query_id);
    g_free(agent);
}

Fleet *fleet_new(void)
{
    Fleet *fleet = g_new0(Fleet, 1);

    fleet->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_agent);
    fleet->sorted = g_ptr_array_new();
    return fleet;
}

void fleet_free(Fleet *fleet)
{
    if (!fleet)
        return;

    g_ptr_array_unref(fleet->sorted);
    g_hash_table_unref(fleet->by_name);
    g_free(fleet);
}

FleetAgent *fleet_find(const Fleet *fleet, const char *name)
{
    return g_hash_table_lookup(fleet->by_name, name);
}

/* Where an agent of that name stands in the order, or would stand. */
static unsigned place_of(const Fleet *fleet, const char *name)
{
    unsigned begin = 0;
    unsigned end = fleet->sorted->len;

    while (begin < end) {
        unsigned middle = begin + (end - begin) / 2;

        if (strcmp(((const FleetAgent *)fleet->sorted->pdata[middle])->name, name) < 0)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

FleetAgent *fleet_get(Fleet *fleet, const char *name)
{
    FleetAgent *agent = fleet_find(fleet, name);

    if (agent)
        return agent;

    agent = g_new0(FleetAgent, 1);
    agent->name = g_strdup(name);
    agent->state = AGENT_OFFLINE;
    agent->clock_offset_ms = MESSAGE_ABSENT;
    agent->query_due_ms = INT64_MAX;
    bucket_init(&agent->notes, NOTES_BURST, NOTES_PER_S);
    g_hash_table_insert(fleet->by_name, agent->name, agent);
    g_ptr_array_insert(fleet->sorted, (int)place_of(fleet, name), agent);
    return agent;
}

void fleet_remove(Fleet *fleet, const char *name)
{
    if (!fleet_find(fleet, name))
        return;

    g_ptr_array_remove_index(fleet->sorted, place_of(fleet, name));
    g_hash_table_remove(fleet->by_name, name);
}

GPtrArray *fleet_list(const Fleet *fleet)
{
    return g_ptr_array_copy(fleet->sorted, NULL, NULL);
}

static bool is_former(const FleetAgent *agent, const char *journal)
{
    g_auto(GStrv) former = g_strsplit(agent->former ? agent->former : "", " ", -1);

    return g_strv_contains((const char *const *)former, journal);
}

static FleetOrder compare_numbers(int64_t session, int64_t seq, int64_t last_session,
                                  int64_t last_seq)
{
    if (session != last_session)
        return session > last_session ? FLEET_NEWER : FLEET_OLDER;
    if (seq != last_seq)
        return seq > last_seq ? FLEET_NEWER : FLEET_OLDER;
    return FLEET_EQUAL;
}

FleetOrder fleet_compare_status(const FleetAgent *agent, const char *journal, int64_t session,
                                int64_t seq)
{
    if (!agent->journal)
        return FLEET_NEW_JOURNAL;
    if (strcmp(agent->journal, journal) != 0)
        return is_former(agent, journal) ? FLEET_OLDER : FLEET_NEW_JOURNAL;
    return compare_numbers(session, seq, agent->session, agent->seq);
}

FleetOrder fleet_compare_register(const FleetAgent *agent, const char *journal, int64_t session,
                                  int64_t seq)
{
    FleetOrder order;

    if (!agent->journal)
        return FLEET_NEW_JOURNAL;
    if (strcmp(agent->journal, journal) != 0)
        return is_former(agent, journal) ? FLEET_OLDER : FLEET_NEW_JOURNAL;
    if (session < agent->session)
        return FLEET_OLDER;
    order = compare_numbers(session, seq, agent->registered_session, agent->registered_seq);
    /* A repeat of this session's register that a later one of the session overtook. */
    if (order == FLEET_OLDER && session == agent->registered_session)
        return FLEET_EQUAL;
    return order;
}

void fleet_set_journal(FleetAgent *agent, const char *journal)
{
    if (agent->journal) {
        g_auto(GStrv) former = g_strsplit(agent->former ? agent->former : "", " ", -1);
        GString *text = g_string_new(agent->journal);
        unsigned i;

        for (i = 0; former[i] && i + 1 < FORMER_MAX; i++) {
            if (former[i][0])
                g_string_append_printf(text, " %s", former[i]);
        }
        g_free(agent->former);
        agent->former = g_string_free(text, FALSE);
    }
    g_free(agent->journal);
    agent->journal = g_strdup(journal);
}

const Json *fleet_skill(const FleetAgent *agent, const char *name)
{
    const Json *node;

    for (node = json_first(agent->skills); node; node = json_next(node)) {
        if (g_strcmp0(json_string(json_member(node, "name")), name) == 0)
            return node;
    }
    return NULL;
}

char *fleet_skills_text(const FleetAgent *agent)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const Json *node;

    for (node = json_first(agent->skills); node; node = json_next(node)) {
        const char *name = skill_offered_name(node);

        if (name)
            g_string_append_printf(text, "%s%s", text->len ? ", " : "", name);
    }
    return text->len ? g_strdup(text->str) : NULL;
}

char *fleet_nearest_skill(const FleetAgent *agent, const char *task)
{
    g_autofree char *word = g_strndup(task, strcspn(task, " \t("));
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const Json *node;

    for (node = json_first(agent->skills); node; node = json_next(node)) {
        const char *name = skill_offered_name(node);

        if (name && strcmp(name, SKILL_SHELL) != 0)
            g_ptr_array_add(names, (void *)(guintptr)name);
    }
    g_ptr_array_add(names, NULL);
    return g_strdup(text_nearest_one(word, (const char *const *)names->pdata));
}

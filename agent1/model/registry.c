#include "agent1/model/registry.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

#define OWN_ENTRY "agent1"

/* So that every label can be typed in a target, as role=web (agent1/model/target.h). */
#define LABEL_CHARACTERS G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._/:@+-"
#define LABEL_MAX_CHARS  64
#define LABELS_MAX       64

struct Registry {
    GHashTable *by_name; /* RegistryAgent *, owned */
    GHashTable *by_key;  /* the accepted ones */
    RegistryOwn own;
};

/* The members of one entry as they stand in the file. */
typedef struct Entry {
    char *description;
    char *public_key;
    bool is_accepted;
    char *install_path;
    char *service_name;
    char *git_branch;
    Json *skills;
    Json *work_hours;
    Json *labels;
} Entry;

#define AT(member) offsetof(Entry, member)

static const Field entry_fields[] = {
    { .name = "description", .kind = FIELD_STRING, .offset = AT(description), .maximum = 1000 },
    { .name = "public_key",
      .kind = FIELD_STRING,
      .offset = AT(public_key),
      .is_valid = key_is_valid_text,
      .expected = "the key as agent2 --show-key prints it, x25519:…" },
    { .name = "accepted", .kind = FIELD_BOOL, .offset = AT(is_accepted) },
    { .name = "install_path", .kind = FIELD_STRING, .offset = AT(install_path) },
    { .name = "service_name", .kind = FIELD_STRING, .offset = AT(service_name) },
    { .name = "git_branch", .kind = FIELD_STRING, .offset = AT(git_branch) },
    { .name = "skills", .kind = FIELD_JSON, .offset = AT(skills) },
    { .name = "work_hours", .kind = FIELD_JSON, .offset = AT(work_hours) },
    { .name = "labels", .kind = FIELD_JSON, .offset = AT(labels) },
    { .name = NULL },
};

static void free_agent(void *data)
{
    RegistryAgent *agent = data;

    g_free(agent->name);
    g_free(agent->description);
    g_free(agent->key);
    window_free(agent->work_hours);
    g_free(agent->zone_name);
    if (agent->zone)
        g_time_zone_unref(agent->zone);
    if (agent->labels)
        g_hash_table_unref(agent->labels);
    g_free(agent);
}

static bool read_work_hours(RegistryAgent *agent, const Json *json, const char *path,
                            const Zones *zones, GPtrArray *warnings, GError **error)
{
    g_autofree char *here = g_strdup_printf("%s.work_hours", path);

    agent->work_hours = window_parse_zoned(json, here, zones, &agent->zone, warnings, error);
    if (!agent->work_hours)
        return false;
    if (agent->zone)
        agent->zone_name = g_strdup(json_string(json_member(json, "timezone")));
    return true;
}

static bool is_label(const char *text)
{
    size_t length = text ? strlen(text) : 0;

    return length > 0 && length <= LABEL_MAX_CHARS && strspn(text, LABEL_CHARACTERS) == length;
}

/* People say role=Web as well as role=web: names are kept in lower case. */
static bool read_label(RegistryAgent *agent, const Json *node, const char *path, GError **error)
{
    g_autofree char *name = g_ascii_strdown(json_name(node), -1);
    g_autofree char *shown = text_make_line(name, SHOWN_MAX_CHARS);
    const char *value = json_string(node);

    if (!is_label(name) || !is_label(value)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s.%s: expected a name and a text of 1 to %d letters, digits and . _ / : @ + "
                    "-, as in \"role\": \"web\"",
                    path, shown, LABEL_MAX_CHARS);
        return false;
    }
    if (g_hash_table_contains(agent->labels, name)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.%s: twice but for case: expected it once",
                    path, shown);
        return false;
    }
    g_hash_table_insert(agent->labels, g_steal_pointer(&name), g_strdup(value));
    return true;
}

static bool read_labels(RegistryAgent *agent, const Json *json, const char *path, GError **error)
{
    g_autofree char *here = g_strdup_printf("%s.labels", path);
    const Json *node;

    if (json_kind(json) != JSON_OBJECT || json_count(json) > LABELS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE,
                    "%s: expected an object of at most %d texts, as in {\"role\": \"web\"}", here,
                    LABELS_MAX);
        return false;
    }
    agent->labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (node = json_first(json); node; node = json_next(node)) {
        if (json_name(node)[0] != '_' && !read_label(agent, node, here, error))
            return false;
    }
    return true;
}

/* Fills an agent that the registry owns already. */
static bool read_agent(RegistryAgent *agent, const Json *object, const char *path,
                       const Zones *zones, GPtrArray *warnings, GError **error)
{
    Entry entry;
    bool is_read;

    record_init(entry_fields, &entry);
    is_read = record_read(entry_fields, &entry, object, path, warnings, error);
    if (is_read && entry.work_hours)
        is_read = read_work_hours(agent, entry.work_hours, path, zones, warnings, error);
    if (is_read && entry.labels)
        is_read = read_labels(agent, entry.labels, path, error);
    if (is_read && entry.is_accepted && !entry.public_key) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "%s.public_key: missing: an accepted agent needs its key", path);
        is_read = false;
    }
    agent->description = g_steal_pointer(&entry.description);
    agent->key = g_steal_pointer(&entry.public_key);
    agent->is_accepted = entry.is_accepted && agent->key;
    record_clear(entry_fields, &entry);
    return is_read;
}

static bool read_own(Registry *registry, const Json *object, GPtrArray *warnings, GError **error)
{
    Entry entry;
    bool is_read;

    record_init(entry_fields, &entry);
    is_read = record_read(entry_fields, &entry, object, "agents." OWN_ENTRY, warnings, error);
    registry->own.install_path = g_steal_pointer(&entry.install_path);
    registry->own.git_branch = g_steal_pointer(&entry.git_branch);
    record_clear(entry_fields, &entry);
    return is_read;
}

static bool check_name(const char *name, const char *path, GError **error)
{
    if (name_is_valid(name) && !name_is_reserved(name))
        return true;

    g_set_error(error, PROBLEM, PROBLEM_VALUE,
                "%s: expected an agent's name: 1 to 32 characters of a-z, 0-9, _ and -, and none "
                "of the words that topics use",
                path);
    return false;
}

static bool enter_key(Registry *registry, RegistryAgent *agent, const char *path, GError **error)
{
    const RegistryAgent *other;

    if (!agent->is_accepted)
        return true;

    other = registry_by_key(registry, agent->key);
    if (other) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s.public_key: the same as of \"%s\": expected a key for each", path,
                    other->name);
        return false;
    }
    g_hash_table_insert(registry->by_key, agent->key, agent);
    return true;
}

static bool add_agent(Registry *registry, const Json *node, const Zones *zones, GPtrArray *warnings,
                      GError **error)
{
    const char *name = json_name(node);
    g_autofree char *shown = text_make_line(name, SHOWN_MAX_CHARS);
    g_autofree char *path = g_strdup_printf("agents.%s", shown);
    RegistryAgent *agent;

    if (!check_name(name, path, error))
        return false;
    agent = g_new0(RegistryAgent, 1);
    agent->name = g_strdup(name);
    g_hash_table_insert(registry->by_name, agent->name, agent);
    return read_agent(agent, node, path, zones, warnings, error) &&
           enter_key(registry, agent, path, error);
}

static bool read_agents(Registry *registry, const Json *agents, const Zones *zones,
                        GPtrArray *warnings, GError **error)
{
    bool is_good = true;
    const Json *node;

    for (node = json_first(agents); node && is_good; node = json_next(node)) {
        const char *name = json_name(node);

        if (strcmp(name, OWN_ENTRY) == 0)
            is_good = read_own(registry, node, warnings, error);
        else if (name[0] != '_')
            is_good = add_agent(registry, node, zones, warnings, error);
    }
    return is_good;
}

Registry *registry_parse(const Json *root, const Zones *zones, GPtrArray *warnings, GError **error)
{
    g_autoptr(Registry) registry = g_new0(Registry, 1);
    const Json *agents = json_member(root, "agents");

    registry->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_agent);
    registry->by_key = g_hash_table_new(g_str_hash, g_str_equal);
    if (root && json_kind(agents) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "agents: %s: expected an object of agents",
                    agents ? json_kind_name(json_kind(agents)) : "missing");
        return NULL;
    }
    if (json_count(agents) > AGENTS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "agents: %u of them: expected at most %d",
                    json_count(agents), AGENTS_MAX);
        return NULL;
    }
    if (!read_agents(registry, agents, zones, warnings, error))
        return NULL;
    return g_steal_pointer(&registry);
}

void registry_free(Registry *registry)
{
    if (!registry)
        return;

    g_hash_table_unref(registry->by_key);
    g_hash_table_unref(registry->by_name);
    g_free(registry->own.install_path);
    g_free(registry->own.git_branch);
    g_free(registry);
}

const RegistryAgent *registry_find(const Registry *registry, const char *name)
{
    return g_hash_table_lookup(registry->by_name, name);
}

const RegistryOwn *registry_own(const Registry *registry)
{
    return &registry->own;
}

const RegistryAgent *registry_by_key(const Registry *registry, const char *key)
{
    return g_hash_table_lookup(registry->by_key, key);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *registry_names(const Registry *registry)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    void *name;

    g_hash_table_iter_init(&iter, registry->by_name);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_sort(names, compare_names);
    return names;
}

void registry_set_key(Registry *registry, const char *name, const char *key, bool is_accepted)
{
    RegistryAgent *agent = g_hash_table_lookup(registry->by_name, name);
    g_autofree char *new_key = g_strdup(key);

    if (!agent) {
        agent = g_new0(RegistryAgent, 1);
        agent->name = g_strdup(name);
        g_hash_table_insert(registry->by_name, agent->name, agent);
    }
    if (agent->is_accepted)
        g_hash_table_remove(registry->by_key, agent->key);
    g_free(agent->key);
    agent->key = g_steal_pointer(&new_key);
    agent->is_accepted = is_accepted && agent->key;
    if (agent->is_accepted)
        g_hash_table_replace(registry->by_key, agent->key, agent);
}

#include "agent1/edge/file_entries.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/banned.h"

#define AGENTS     "agents"
#define TASKS      "tasks"
#define TASKS_FILE "tasks_schedule.json"

static bool is_list(const char *file)
{
    return strcmp(file, TASKS_FILE) == 0;
}

size_t file_entries_max_bytes(const char *file)
{
    return is_list(file) ? TASKS_MAX_BYTES : REGISTRY_MAX_BYTES;
}

/* ---- members ---- */

static bool set_members(Json *entry, const Json *members, bool is_fill)
{
    bool is_changed = false;
    const Json *node;

    for (node = json_first(members); node; node = json_next(node)) {
        const Json *old = json_member(entry, json_name(node));
        g_autofree char *old_text = old ? json_print(old) : NULL;
        g_autofree char *new_text = json_print(node);

        if ((old && is_fill) || g_strcmp0(old_text, new_text) == 0)
            continue;
        json_set(entry, json_name(node), json_copy(node));
        is_changed = true;
    }
    return is_changed;
}

/* The member of that name, made as an empty object if need be; NULL when something else is there.
 */
static Json *object_member(Json *object, const char *name)
{
    Json *member = json_member_mutable(object, name);

    if (!member) {
        json_set(object, name, json_new_object());
        member = json_member_mutable(object, name);
    }
    return json_kind(member) == JSON_OBJECT ? member : NULL;
}

/* What an edit of a file of named objects is about; NULL when something else than an object stands
 * there. */
static Json *find_named(Json *root, const char *name)
{
    Json *entries;

    if (!name)
        return root;
    entries = object_member(root, AGENTS);
    return entries ? object_member(entries, name) : NULL;
}

static bool change_named(Json *root, const EffectEditFile *edit, const Json *members,
                         GError **error)
{
    Json *entry = find_named(root, edit->name);

    if (entry)
        return set_members(entry, members, edit->is_fill);

    g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s.%s is no object", AGENTS, edit->name);
    return false;
}

/* ---- elements ---- */

static Json *find_id(Json *tasks, const char *id)
{
    Json *node;

    for (node = json_first_mutable(tasks); node; node = json_next_mutable(node)) {
        if (g_strcmp0(json_string(json_member(node, "id")), id) == 0)
            return node;
    }
    return NULL;
}

/* What an entry says, by which it is known before it has an id. The caller owns it. */
static char *words_of(const Json *entry)
{
    static const char *const said[] = { "agent", "task", "cron", "timezone" };
    GString *words = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(said); i++) {
        const char *word = json_string(json_member(entry, said[i]));

        g_string_append_printf(words, "%s\n", word ? word : "");
    }
    return g_string_free(words, FALSE);
}

static void free_queue(void *queue)
{
    g_queue_free(queue);
}

/* Those without an id, by what they say, in the order of the file; into ids goes who has one. */
static GHashTable *find_nameless(Json *tasks, GHashTable *ids)
{
    GHashTable *nameless = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    Json *node;

    for (node = json_first_mutable(tasks); node; node = json_next_mutable(node)) {
        const char *id = json_string(json_member(node, "id"));
        char *words = NULL;
        GQueue *same;

        if (id)
            g_hash_table_add(ids, g_strdup(id));
        if (json_kind(node) != JSON_OBJECT || json_member(node, "id"))
            continue;
        words = words_of(node);
        same = g_hash_table_lookup(nameless, words);
        if (!same) {
            same = g_queue_new();
            g_hash_table_insert(nameless, g_strdup(words), same);
        }
        g_queue_push_tail(same, node);
        g_free(words);
    }
    return nameless;
}

/* Only the ids: what a person wrote is the entry. Whoever has got one since it was read, or says
 * something else now, is left as he is. */
static bool name_entries(Json *tasks, const Json *namings)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) nameless = find_nameless(tasks, ids);
    bool is_changed = false;
    const Json *naming;

    for (naming = json_first(namings); naming; naming = json_next(naming)) {
        const char *id = json_string(json_member(naming, "id"));
        g_autofree char *words = words_of(naming);
        GQueue *same = g_hash_table_lookup(nameless, words);
        Json *entry = same && id && !g_hash_table_contains(ids, id) ? g_queue_pop_head(same) : NULL;

        if (!entry)
            continue;
        json_set_string(entry, "id", id);
        is_changed = true;
    }
    return is_changed;
}

static bool change_element(Json *tasks, const EffectEditFile *edit, const Json *members)
{
    Json *entry;

    if (!edit->name)
        return name_entries(tasks, members);
    entry = find_id(tasks, edit->name);
    if (json_kind(members) == JSON_NULL) {
        if (entry)
            json_remove_element(tasks, entry);
        return entry != NULL;
    }
    if (entry)
        return set_members(entry, members, false);
    json_append(tasks, json_copy(members));
    return true;
}

static bool change_list(Json *root, const EffectEditFile *edit, const Json *members, GError **error)
{
    Json *tasks = json_member_mutable(root, TASKS);

    if (!tasks) {
        json_set(root, TASKS, json_new_array());
        tasks = json_member_mutable(root, TASKS);
    }
    if (json_kind(tasks) == JSON_ARRAY)
        return change_element(tasks, edit, members);

    g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s is no array", TASKS);
    return false;
}

bool file_entries_change(Json *root, const EffectEditFile *edit, GError **error)
{
    g_autoptr(Json) members =
        json_parse(edit->members, strlen(edit->members), TASKS_MAX_BYTES, error);

    if (!members)
        return false;
    if (json_kind(root) != JSON_OBJECT) {
        g_set_error_literal(error, PROBLEM, PROBLEM_TYPE, "it is no object");
        return false;
    }
    return is_list(edit->file) ? change_list(root, edit, members, error)
                               : change_named(root, edit, members, error);
}

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

/* The one without an id that says the same: it was named since it was read. */
static Json *find_nameless(Json *tasks, const Json *members)
{
    static const char *const said[] = { "agent", "task", "cron", "timezone" };
    Json *node;
    unsigned i;

    for (node = json_first_mutable(tasks); node; node = json_next_mutable(node)) {
        bool is_same = json_kind(node) == JSON_OBJECT && !json_member(node, "id");

        for (i = 0; is_same && i < G_N_ELEMENTS(said); i++)
            is_same = g_strcmp0(json_string(json_member(node, said[i])),
                                json_string(json_member(members, said[i]))) == 0;
        if (is_same)
            return node;
    }
    return NULL;
}

/* Only the id: what a person wrote is the entry. */
static bool name_entry(Json *tasks, const EffectEditFile *edit, const Json *members)
{
    Json *entry = find_id(tasks, edit->name) ? NULL : find_nameless(tasks, members);

    if (!entry)
        return false;
    json_set_string(entry, "id", edit->name);
    return true;
}

static bool change_element(Json *tasks, const EffectEditFile *edit, const Json *members)
{
    Json *entry = find_id(tasks, edit->name);

    if (edit->is_fill)
        return name_entry(tasks, edit, members);
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
        json_parse(edit->members, strlen(edit->members), REGISTRY_MAX_BYTES, error);

    if (!members)
        return false;
    if (json_kind(root) != JSON_OBJECT) {
        g_set_error_literal(error, PROBLEM, PROBLEM_TYPE, "it is no object");
        return false;
    }
    return is_list(edit->file) ? change_list(root, edit, members, error)
                               : change_named(root, edit, members, error);
}

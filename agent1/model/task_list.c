#include "agent1/model/task_list.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/base/banned.h"

#define TASKS_MAX       10000
#define MAX_LATENESS_MS (15 * 60 * INT64_C(1000))
#define DAY_MS          (24 * 3600 * INT64_C(1000))

static bool is_id(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= 64 &&
           strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_.-") == length;
}

static bool is_words(const char *text)
{
    return *text && text_is_harmless(text);
}

static const char *const catchups[] = {
    [CATCHUP_ONCE] = "once",
    [CATCHUP_SKIP] = "skip",
    [CATCHUP_ALL] = "all",
    NULL,
};
static const char *const overlaps[] = {
    [OVERLAP_FORBID] = "forbid",
    [OVERLAP_QUEUE] = "queue",
    [OVERLAP_ALLOW] = "allow",
    NULL,
};
static const char *const on_blockeds[] = {
    [ON_BLOCKED_DEFER] = "defer",
    [ON_BLOCKED_SKIP] = "skip",
    NULL,
};

#define AT(json_name, member)   .name = (json_name), .offset = offsetof(TaskEntry, member)
#define TEXT(json_name, member) AT(json_name, member), .kind = FIELD_STRING
#define CHOICE(json_name, member, names)                                                           \
    AT(json_name, member), .kind = FIELD_CHOICE, .choices = (names)

static const Field fields[] = {
    { TEXT("id", id), .is_valid = is_id,
      .expected = "1 to 64 letters, digits, and _ . -, as in apt-weekly" },
    { TEXT("agent", agent), .is_required = true, .is_valid = name_is_valid,
      .expected = "the name of an agent" },
    { TEXT("task", task), .is_required = true, .is_valid = is_words, .maximum = TASK_TEXT_MAX_BYTES,
      .expected = "a task without hidden characters" },
    { TEXT("cron", cron), .is_required = true, .is_valid = is_words, .maximum = LABEL_MAX_BYTES,
      .expected = "when, as in \"daily 03:00\" or \"every 6h\"" },
    { AT("enabled", is_enabled), .kind = FIELD_BOOL },
    { TEXT("timezone", timezone) },
    { CHOICE("catchup", catchup, catchups) },
    { AT("max_lateness", max_lateness_ms), .kind = FIELD_DURATION, .maximum = 30 * DAY_MS },
    { CHOICE("overlap", overlap, overlaps) },
    { CHOICE("on_blocked", on_blocked, on_blockeds) },
    { AT("jitter", jitter_ms), .kind = FIELD_DURATION, .maximum = DAY_MS },
    { AT("timeout", timeout_ms), .kind = FIELD_DURATION, .maximum = 30 * DAY_MS },
    { AT("idempotent", is_idempotent), .kind = FIELD_BOOL },
    { TEXT("user", user), .maximum = LABEL_MAX_BYTES },
    { .name = NULL },
};

static void free_entry(void *entry)
{
    record_clear(fields, entry);
    g_free(entry);
}

static bool check(const TaskEntry *entry, const char *path, const Zones *zones, GHashTable *ids,
                  GError **error)
{
    if (entry->timezone && !zones_find(zones, entry->timezone)) {
        problem_set_expected(error, PROBLEM_VALUE, entry->timezone,
                             "a time zone of this system, such as Europe/Paris");
        g_prefix_error(error, "%s.timezone: ", path);
        return false;
    }
    if (entry->id && !g_hash_table_add(ids, entry->id)) {
        problem_set_expected(error, PROBLEM_VALUE, entry->id, "an id that no other one has");
        g_prefix_error(error, "%s.id: ", path);
        return false;
    }
    return true;
}

static TaskEntry *read_entry(const Json *node, const char *path, GPtrArray *warnings,
                             GError **error)
{
    TaskEntry *entry = g_new0(TaskEntry, 1);

    record_init(fields, entry);
    entry->is_enabled = true;
    entry->max_lateness_ms = MAX_LATENESS_MS;
    if (record_read(fields, entry, node, path, warnings, error))
        return entry;

    free_entry(entry);
    return NULL;
}

static bool read_list(const Json *list, const Zones *zones, GPtrArray *entries, GPtrArray *warnings,
                      GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    const Json *node;

    for (node = json_first(list); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("tasks[%u]", entries->len);
        TaskEntry *entry =
            entries->len < TASKS_MAX ? read_entry(node, path, warnings, error) : NULL;

        if (entries->len >= TASKS_MAX)
            g_set_error(error, PROBLEM, PROBLEM_LIMIT, "tasks: more than %d", TASKS_MAX);
        if (!entry)
            return false;
        g_ptr_array_add(entries, entry);
        if (!check(entry, path, zones, ids, error))
            return false;
    }
    return true;
}

GPtrArray *task_list_parse(const Json *object, const Zones *zones, GPtrArray *warnings,
                           GError **error)
{
    static const char *const known[] = { "tasks", NULL };
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_entry);
    const Json *list = json_member(object, "tasks");
    const Json *node;

    if (object && json_kind(object) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected an object",
                    json_kind_name(json_kind(object)));
        return NULL;
    }
    if (list && json_kind(list) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "tasks: %s: expected an array",
                    json_kind_name(json_kind(list)));
        return NULL;
    }
    for (node = json_first(object); warnings && node; node = json_next(node))
        record_warn_unknown(json_name(node), known, "", warnings);
    return read_list(list, zones, entries, warnings, error) ? g_steal_pointer(&entries) : NULL;
}

#include "agent1/model/task_list.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/base/banned.h"

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

static bool is_line(const char *text)
{
    return is_words(text) && !strchr(text, '\n');
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
/* What many of them say alike. */
#define WORD(json_name, member) TEXT(json_name, member), .is_shared = true
#define CHOICE(json_name, member, names)                                                           \
    AT(json_name, member), .kind = FIELD_CHOICE, .choices = (names)

static const Field fields[] = {
    { TEXT("id", id), .is_valid = is_id,
      .expected = "1 to 64 letters, digits, and _ . -, as in apt-weekly" },
    { WORD("agent", agent), .is_required = true, .is_valid = name_is_valid,
      .expected = "the name of an agent" },
    { TEXT("task", task), .is_required = true, .is_valid = is_words, .maximum = TASK_TEXT_MAX_BYTES,
      .expected = "a task without hidden characters" },
    { WORD("cron", cron), .is_required = true, .is_valid = is_line, .maximum = LABEL_MAX_BYTES,
      .expected = "when, as in \"daily 03:00\" or \"every 6h\"" },
    { AT("enabled", is_enabled), .kind = FIELD_BOOL },
    { WORD("timezone", timezone) },
    { CHOICE("catchup", catchup, catchups) },
    { AT("max_lateness", max_lateness_ms), .kind = FIELD_DURATION, .minimum = 10 * INT64_C(1000),
      .maximum = 30 * DAY_MS },
    { CHOICE("overlap", overlap, overlaps) },
    { CHOICE("on_blocked", on_blocked, on_blockeds) },
    { AT("jitter", jitter_ms), .kind = FIELD_DURATION, .maximum = DAY_MS },
    { AT("timeout", timeout_ms), .kind = FIELD_DURATION, .maximum = 30 * DAY_MS },
    { AT("idempotent", is_idempotent), .kind = FIELD_BOOL },
    { WORD("user", user), .is_valid = is_line, .maximum = LABEL_MAX_BYTES,
      .expected = "the name of a user" },
    { .name = NULL },
};

#define ID_WORD_MAX 20

TaskEntry *task_entry_ref(TaskEntry *entry)
{
    entry->references++;
    return entry;
}

void task_entry_unref(TaskEntry *entry)
{
    if (!entry || --entry->references > 0)
        return;
    g_clear_pointer(&entry->zone, g_time_zone_unref);
    record_clear(fields, entry);
    g_free(entry);
}

static void unref_entry(void *entry)
{
    task_entry_unref(entry);
}

/* ---- ids ---- */

/* "apt" of "/usr/bin/apt upgrade". The caller owns it. */
static char *first_word(const char *task)
{
    g_autofree char *word = g_strndup(task, strcspn(task, " \t\n(;|&<>"));
    const char *base = strrchr(word, '/') ? strrchr(word, '/') + 1 : word;
    GString *text = g_string_new(NULL);

    for (; *base && text->len < ID_WORD_MAX; base++) {
        if (g_ascii_isalnum(*base) || strchr("_.-", *base))
            g_string_append_c(text, *base);
    }
    return g_string_free(text, FALSE);
}

char *task_entry_make_id(const TaskEntry *entry, bool (*is_taken)(const char *id, void *data),
                         void *data)
{
    g_autofree char *all = g_strjoin("\n", entry->agent, entry->task, entry->cron,
                                     entry->timezone ? entry->timezone : "", NULL);
    g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
    g_autofree char *word = first_word(entry->task);
    char *id = g_strdup_printf("%s-%s%s%.4s", entry->agent, word, *word ? "-" : "", digest);
    unsigned copy;

    for (copy = 2; is_taken(id, data); copy++) {
        g_free(id);
        id = g_strdup_printf("%s-%s%s%.4s-%u", entry->agent, word, *word ? "-" : "", digest, copy);
    }
    return id;
}

static bool is_among(const char *id, void *data)
{
    return g_hash_table_contains(data, id);
}

/* ---- reading ---- */

/* "tasks[2].cron: ", or "cron: " where there is no list. */
static bool complain(GError **error, const char *path, const char *member)
{
    g_prefix_error(error, "%s%s%s: ", path, *path ? "." : "", member);
    return false;
}

static bool read_cron(TaskEntry *entry, const char *path, GError **error)
{
    if (!time_spec_parse_kept(entry->cron, &entry->spec, error))
        return complain(error, path, "cron");
    if (entry->spec.kind == TIME_SPEC_EVERY && entry->spec.period_ms < TASKS_PERIOD_MIN_MS) {
        problem_set_expected(error, PROBLEM_VALUE, entry->cron, "at least 10 s between two times");
        return complain(error, path, "cron");
    }
    return true;
}

static bool find_zone(TaskEntry *entry, const char *path, const Zones *zones, GError **error)
{
    GTimeZone *zone = entry->timezone && zones ? zones_find(zones, entry->timezone) : NULL;

    entry->zone = zone ? g_time_zone_ref(zone) : NULL;
    if (zone || !entry->timezone || !zones)
        return true;

    problem_set_expected(error, PROBLEM_VALUE, entry->timezone,
                         "a time zone of this system, such as Europe/Paris");
    return complain(error, path, "timezone");
}

static TaskEntry *read_entry(const Json *node, const char *path, const Zones *zones,
                             GPtrArray *warnings, GError **error)
{
    g_autoptr(TaskEntry) entry = g_new0(TaskEntry, 1);

    entry->references = 1;
    record_init(fields, entry);
    entry->is_enabled = true;
    entry->max_lateness_ms = MAX_LATENESS_MS;
    if (!record_read(fields, entry, node, path, warnings, error) ||
        !read_cron(entry, path, error) || !find_zone(entry, path, zones, error))
        return NULL;
    return g_steal_pointer(&entry);
}

TaskEntry *task_entry_parse(const Json *object, const Zones *zones, GError **error)
{
    return read_entry(object, "", zones, NULL, error);
}

/* Those that have none are named when the names of all others are known. */
static void make_ids(GPtrArray *entries, GHashTable *ids)
{
    unsigned i;

    for (i = 0; i < entries->len; i++) {
        TaskEntry *entry = entries->pdata[i];

        if (entry->id)
            continue;
        entry->id = task_entry_make_id(entry, is_among, ids);
        entry->is_id_made = true;
        g_hash_table_add(ids, entry->id);
    }
}

static bool read_list(const Json *list, const Zones *zones, GPtrArray *entries, GPtrArray *warnings,
                      GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) words = record_words_new();
    const Json *node;

    for (node = json_first(list); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("tasks[%u]", entries->len);
        TaskEntry *entry =
            entries->len < TASKS_MAX ? read_entry(node, path, zones, warnings, error) : NULL;

        if (entries->len >= TASKS_MAX)
            g_set_error(error, PROBLEM, PROBLEM_LIMIT, "tasks: more than %d", TASKS_MAX);
        if (!entry)
            return false;
        record_share(fields, entry, words);
        g_ptr_array_add(entries, entry);
        if (entry->id && !g_hash_table_add(ids, entry->id)) {
            problem_set_expected(error, PROBLEM_VALUE, entry->id, "an id that no other one has");
            return complain(error, path, "id");
        }
    }
    make_ids(entries, ids);
    return true;
}

GPtrArray *task_list_parse(const Json *object, const Zones *zones, GPtrArray *warnings,
                           GError **error)
{
    static const char *const known[] = { "tasks", NULL };
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(unref_entry);
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

/* ---- telling ---- */

bool task_entry_is_plain(const TaskEntry *entry)
{
    return entry->is_enabled && !strchr(entry->task, '\n') &&
           (!entry->timezone || zones_is_name(entry->timezone)) && entry->catchup == CATCHUP_ONCE &&
           entry->max_lateness_ms == MAX_LATENESS_MS && entry->overlap == OVERLAP_FORBID &&
           entry->on_blocked == ON_BLOCKED_DEFER && entry->jitter_ms == 0 &&
           entry->timeout_ms == 0 && !entry->is_idempotent;
}

char *task_entry_trigger(const TaskEntry *entry)
{
    const char *zone = entry->timezone ? entry->timezone : "";

    return g_strdup_printf("SCHEDULE: %s%s%s | %s | %s", entry->cron, *zone ? " " : "", zone,
                           entry->agent, entry->task);
}

/* ---- changing ---- */

Json *task_entry_members(const TaskEntry *entry)
{
    Json *members = json_new_object();

    record_write(fields, entry, members);
    /* What is as it would be anyway says nothing. */
    if (entry->max_lateness_ms == MAX_LATENESS_MS)
        json_remove(members, "max_lateness");
    json_set_bool(members, "enabled", entry->is_enabled);
    return members;
}

char *task_list_namings(const GPtrArray *list)
{
    g_autoptr(Json) namings = json_new_array();
    bool is_any = false;
    unsigned i;

    for (i = 0; i < list->len; i++) {
        const TaskEntry *entry = list->pdata[i];
        Json *naming;

        if (!entry->is_id_made)
            continue;
        naming = json_new_object();
        json_set_string(naming, "id", entry->id);
        json_set_string(naming, "agent", entry->agent);
        json_set_string(naming, "task", entry->task);
        json_set_string(naming, "cron", entry->cron);
        if (entry->timezone)
            json_set_string(naming, "timezone", entry->timezone);
        json_append(namings, naming);
        is_any = true;
    }
    return is_any ? json_print(namings) : NULL;
}

GPtrArray *task_list_copy(const GPtrArray *list)
{
    GPtrArray *copy = g_ptr_array_new_full(list->len, unref_entry);
    unsigned i;

    for (i = 0; i < list->len; i++)
        g_ptr_array_add(copy, task_entry_ref(list->pdata[i]));
    return copy;
}

static bool find_place(const GPtrArray *list, const char *id, unsigned *out)
{
    unsigned i;

    for (i = 0; i < list->len; i++) {
        if (strcmp(((const TaskEntry *)list->pdata[i])->id, id) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

TaskEntry *task_list_find(const GPtrArray *list, const char *id)
{
    unsigned place;

    return find_place(list, id, &place) ? list->pdata[place] : NULL;
}

void task_list_set(GPtrArray *list, TaskEntry *entry)
{
    unsigned place;

    task_entry_ref(entry);
    if (!find_place(list, entry->id, &place)) {
        g_ptr_array_add(list, entry);
        return;
    }
    task_entry_unref(list->pdata[place]);
    list->pdata[place] = entry;
}

void task_list_remove(GPtrArray *list, const char *id)
{
    unsigned place;

    if (find_place(list, id, &place))
        g_ptr_array_remove_index(list, place);
}

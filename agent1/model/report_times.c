#include "agent1/model/report_times.h"

#include <string.h>

#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/data/window.h"
#include "common/base/banned.h"

struct ReportTimes {
    GHashTable *agents; /* name → ReportTime * */
    ReportTime daily;
};

typedef struct Entry {
    char *time;
    bool is_enabled;
} Entry;

static const Field agent_fields[] = {
    { .name = "report_time", .kind = FIELD_STRING, .offset = offsetof(Entry, time) },
    { .name = "enabled", .kind = FIELD_BOOL, .offset = offsetof(Entry, is_enabled) },
    { .name = NULL },
};

static const Field daily_fields[] = {
    { .name = "daily_report_time", .kind = FIELD_STRING, .offset = offsetof(Entry, time) },
    { .name = "daily_report_enabled", .kind = FIELD_BOOL, .offset = offsetof(Entry, is_enabled) },
    { .name = NULL },
};

static bool read_time(const Entry *entry, const Field *fields, const char *path, ReportTime *out,
                      GError **error)
{
    *out = (ReportTime){ .minute = -1, .is_enabled = entry->is_enabled };
    if (entry->time && !time_of_day_parse(entry->time, false, &out->minute, error)) {
        g_prefix_error(error, "%s%s%s: ", path, *path ? "." : "", fields[0].name);
        return false;
    }
    if (!entry->time)
        out->is_enabled = false;
    return true;
}

static bool read_entry(const Json *object, const Field *fields, bool is_default, const char *path,
                       GPtrArray *warnings, ReportTime *out, GError **error)
{
    Entry entry = { .is_enabled = is_default };
    bool is_read = record_read(fields, &entry, object, path, warnings, error) &&
                   read_time(&entry, fields, path, out, error);

    record_clear(fields, &entry);
    return is_read;
}

static bool read_agents(ReportTimes *times, const Json *agents, GPtrArray *warnings, GError **error)
{
    const Json *node;

    if (json_kind(agents) != JSON_ABSENT && json_kind(agents) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "agents: %s: expected an object",
                    json_kind_name(json_kind(agents)));
        return false;
    }
    for (node = json_first(agents); node; node = json_next(node)) {
        const char *name = json_name(node);
        g_autofree char *shown = text_make_line(name, 40);
        g_autofree char *path = g_strdup_printf("agents.%s", shown);
        ReportTime time;

        if (*name == '_')
            continue;
        if (!name_is_valid(name)) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: expected the name of an agent", path);
            return false;
        }
        if (!read_entry(node, agent_fields, true, path, warnings, &time, error))
            return false;
        g_hash_table_insert(times->agents, g_strdup(name), g_memdup2(&time, sizeof(time)));
    }
    return true;
}

static void warn_of_unknown(const Json *object, GPtrArray *warnings)
{
    static const char *const known[] = { "agents", "daily_report_time", "daily_report_enabled",
                                         NULL };
    const Json *node;

    for (node = json_first(object); node; node = json_next(node))
        record_warn_unknown(json_name(node), known, "", warnings);
}

ReportTimes *report_times_parse(const Json *object, GPtrArray *warnings, GError **error)
{
    g_autoptr(ReportTimes) times = g_new0(ReportTimes, 1);

    times->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    times->daily.minute = -1;
    if (!object)
        return g_steal_pointer(&times);
    if (json_kind(object) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected an object",
                    json_kind_name(json_kind(object)));
        return NULL;
    }
    if (warnings)
        warn_of_unknown(object, warnings);
    if (!read_entry(object, daily_fields, true, "", NULL, &times->daily, error) ||
        !read_agents(times, json_member(object, "agents"), warnings, error))
        return NULL;
    return g_steal_pointer(&times);
}

void report_times_free(ReportTimes *times)
{
    if (!times)
        return;

    g_hash_table_unref(times->agents);
    g_free(times);
}

const ReportTime *report_times_of(const ReportTimes *times, const char *agent)
{
    return g_hash_table_lookup(times->agents, agent);
}

const ReportTime *report_times_daily(const ReportTimes *times)
{
    return &times->daily;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *report_times_agents(const ReportTimes *times)
{
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    void *name;

    g_hash_table_iter_init(&iter, times->agents);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_sort(names, compare_names);
    return names;
}

/* The agent's time; it is made when there is none yet. */
static ReportTime *own_time(ReportTimes *times, const char *agent)
{
    ReportTime *time = g_hash_table_lookup(times->agents, agent);

    if (!time) {
        time = g_new0(ReportTime, 1);
        time->minute = -1;
        g_hash_table_insert(times->agents, g_strdup(agent), time);
    }
    return time;
}

void report_times_set(ReportTimes *times, const char *agent, int minute)
{
    ReportTime *time = agent ? own_time(times, agent) : &times->daily;

    time->is_enabled = minute >= 0;
    if (minute >= 0)
        time->minute = minute;
}

Json *report_times_members(bool is_daily, int minute)
{
    const Field *fields = is_daily ? daily_fields : agent_fields;
    g_autofree char *text = report_time_print(minute);
    Json *members = json_new_object();

    if (minute >= 0)
        json_set_string(members, fields[0].name, text);
    json_set_bool(members, fields[1].name, minute >= 0);
    return members;
}

bool report_times_read_members(const Json *members, int *out_minute)
{
    const Field *const kinds[] = { agent_fields, daily_fields };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const Json *enabled = json_member(members, kinds[i][1].name);
        const char *time = json_string(json_member(members, kinds[i][0].name));

        if (json_kind(enabled) != JSON_BOOL)
            continue;
        *out_minute = -1;
        return !json_bool(enabled) || (time && time_of_day_parse(time, false, out_minute, NULL));
    }
    return false;
}

char *report_time_print(int minute)
{
    return g_strdup_printf("%02d:%02d", MAX(minute, 0) / 60, MAX(minute, 0) % 60);
}

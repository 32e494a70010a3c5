#include "agent2/model/worker_windows.h"

#include "common/base/problem.h"
#include "common/base/timestamp.h"
#include "common/wire/reason.h"

#include "common/base/banned.h"

#define BLACKOUTS_MAX 200
#define CHANGES_MAX   1000 /* of windows looked at in search of the one that opens or closes */

/* A window in its zone, and whether it closes inside or outside. */
typedef struct Barrier {
    Window *window;
    GTimeZone *zone;
    Rule rule;
    ReasonKind reason;       /* when nobody knows when it opens */
    ReasonKind reason_opens; /* when that is known */
} Barrier;

struct WorkerWindows {
    GPtrArray *policy; /* Barrier * */
    Barrier *own;      /* NULL: none */
};

static void free_barrier(void *data)
{
    Barrier *barrier = data;

    if (!barrier)
        return;

    window_free(barrier->window);
    g_time_zone_unref(barrier->zone);
    g_free(barrier);
}

static Barrier *new_barrier(Window *window, GTimeZone *zone, Rule rule)
{
    Barrier *barrier = g_new0(Barrier, 1);

    barrier->window = window;
    barrier->zone = g_time_zone_ref(zone);
    barrier->rule = rule;
    barrier->reason = rule == RULE_BLACKOUT ? REASON_AGENT_BLACKOUT : REASON_AGENT_HOURS;
    barrier->reason_opens =
        rule == RULE_BLACKOUT ? REASON_AGENT_BLACKOUT_OPENS : REASON_AGENT_HOURS_OPENS;
    return barrier;
}

WorkerWindows *worker_windows_new(void)
{
    WorkerWindows *windows = g_new0(WorkerWindows, 1);

    windows->policy = g_ptr_array_new_with_free_func(free_barrier);
    return windows;
}

void worker_windows_free(WorkerWindows *windows)
{
    if (!windows)
        return;

    g_ptr_array_unref(windows->policy);
    free_barrier(windows->own);
    g_free(windows);
}

void worker_windows_set_own(WorkerWindows *windows, const Window *work_hours, GTimeZone *zone)
{
    g_clear_pointer(&windows->own, free_barrier);
    if (!work_hours)
        return;
    windows->own = new_barrier(window_copy(work_hours), zone, RULE_WORK_HOURS);
    windows->own->reason = REASON_OWN_HOURS;
    windows->own->reason_opens = REASON_OWN_HOURS_OPENS;
}

/* The zone that a member names; the fallback where it is absent. */
static GTimeZone *find_zone(const Json *policy, const char *name, const Zones *zones,
                            GTimeZone *fallback, GError **error)
{
    const Json *member = json_member(policy, name);
    GTimeZone *zone = NULL;

    if (json_kind(member) == JSON_ABSENT || json_kind(member) == JSON_NULL)
        zone = fallback;
    else if (json_string(member))
        zone = zones_find(zones, json_string(member));
    if (!zone)
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "policy.%s: %s: not a time zone of this system",
                    name, json_string(member) ? json_string(member) : "absent");
    return zone;
}

static bool read_blackouts(GPtrArray *barriers, const Json *list, GTimeZone *zone, GError **error)
{
    unsigned index = 0;

    if (json_kind(list) != JSON_ABSENT && json_kind(list) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "policy.blackouts: expected an array, found %s",
                    json_kind_name(json_kind(list)));
        return false;
    }
    if (json_count(list) > BLACKOUTS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "policy.blackouts: more than %d", BLACKOUTS_MAX);
        return false;
    }
    for (const Json *node = json_first(list); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("policy.blackouts[%u]", index++);
        Window *window = window_parse(node, path, NULL, NULL, error);

        if (!window)
            return false;
        g_ptr_array_add(barriers, new_barrier(window, zone, RULE_BLACKOUT));
    }
    return true;
}

static bool read_work_hours(GPtrArray *barriers, const Json *hours, GTimeZone *zone, GError **error)
{
    Window *window;

    if (json_kind(hours) == JSON_ABSENT || json_kind(hours) == JSON_NULL)
        return true;

    window = window_parse(hours, "policy.work_hours", NULL, NULL, error);
    if (!window)
        return false;
    g_ptr_array_add(barriers, new_barrier(window, zone, RULE_WORK_HOURS));
    return true;
}

bool worker_windows_set_policy(WorkerWindows *windows, const Json *policy, const Zones *zones,
                               GError **error)
{
    g_autoptr(GPtrArray) barriers = g_ptr_array_new_with_free_func(free_barrier);
    GTimeZone *zone;
    GTimeZone *hours_zone;

    if (json_kind(policy) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "policy: expected an object, found %s",
                    json_kind_name(json_kind(policy)));
        return false;
    }
    zone = find_zone(policy, "timezone", zones, NULL, error);
    if (!zone)
        return false;
    hours_zone = find_zone(policy, "work_hours_timezone", zones, zone, error);
    if (!hours_zone || !read_blackouts(barriers, json_member(policy, "blackouts"), zone, error) ||
        !read_work_hours(barriers, json_member(policy, "work_hours"), hours_zone, error))
        return false;

    g_ptr_array_unref(windows->policy);
    windows->policy = g_steal_pointer(&barriers);
    return true;
}

static bool is_closed_by(const Barrier *barrier, int64_t at_ms)
{
    bool is_inside = window_contains(barrier->window, barrier->zone, at_ms);

    return barrier->window->is_enabled && (barrier->rule == RULE_BLACKOUT) == is_inside;
}

/* The barriers one by one, the policy's first; NULL after the last. */
static const Barrier *barrier_at(const WorkerWindows *windows, guint index)
{
    if (index < windows->policy->len)
        return g_ptr_array_index(windows->policy, index);
    return index == windows->policy->len ? windows->own : NULL;
}

static const Barrier *find_closed(const WorkerWindows *windows, int64_t at_ms)
{
    const Barrier *barrier;

    for (guint i = 0; (barrier = barrier_at(windows, i)) != NULL; i++) {
        if (is_closed_by(barrier, at_ms))
            return barrier;
    }
    return NULL;
}

int64_t worker_windows_next_change(const WorkerWindows *windows, int64_t at_ms)
{
    int64_t next_ms = INT64_MAX;
    const Barrier *barrier;

    for (guint i = 0; (barrier = barrier_at(windows, i)) != NULL; i++)
        next_ms = MIN(next_ms, window_next_change(barrier->window, barrier->zone, at_ms));
    return next_ms;
}

/* The first change after at_ms from which on it is closed, or open. */
static int64_t find_change(const WorkerWindows *windows, int64_t at_ms, bool to_closed)
{
    for (unsigned i = 0; i < CHANGES_MAX && at_ms != INT64_MAX; i++) {
        at_ms = worker_windows_next_change(windows, at_ms);
        if (at_ms != INT64_MAX && (find_closed(windows, at_ms) != NULL) == to_closed)
            return at_ms;
    }
    return INT64_MAX;
}

int64_t worker_windows_next_closing(const WorkerWindows *windows, int64_t at_ms)
{
    return find_change(windows, at_ms, true);
}

Rule worker_windows_judge(const WorkerWindows *windows, int64_t at_ms, char **out_reason)
{
    const Barrier *barrier = find_closed(windows, at_ms);
    g_autofree char *described = NULL;
    g_autofree char *opens = NULL;
    int64_t opens_ms;

    if (!barrier)
        return RULE_NONE;
    if (!out_reason)
        return barrier->rule;

    described = window_describe(barrier->window);
    opens_ms = find_change(windows, at_ms, false);
    if (opens_ms != INT64_MAX)
        opens = timestamp_local_with_zone(opens_ms, at_ms, barrier->zone);
    *out_reason = opens ? reason_make(barrier->reason_opens, described, opens, NULL)
                        : reason_make(barrier->reason, described, NULL);
    return barrier->rule;
}

#include "agent1/model/hours.h"

#include "common/base/problem.h"
#include "common/base/banned.h"

/* Each step of the search passes one change of one window. */
#define STEPS_MAX  2000
#define HORIZON_MS (14 * 24 * 3600 * INT64_C(1000))

static void free_window(void *window)
{
    window_free(window);
}

GPtrArray *hours_parse_blackouts(const Json *array, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) blackouts = g_ptr_array_new_with_free_func(free_window);
    const Json *node;
    unsigned index = 0;

    if (array && json_kind(array) != JSON_ARRAY) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected an array of windows",
                    json_kind_name(json_kind(array)));
        return NULL;
    }
    for (node = json_first(array); node; node = json_next(node), index++) {
        g_autofree char *path = g_strdup_printf("[%u]", index);
        Window *window = window_parse(node, path, NULL, warnings, error);

        if (!window)
            return NULL;
        g_ptr_array_add(blackouts, window);
    }
    return g_steal_pointer(&blackouts);
}

/* Of those that hold the one that ends last; the first of equals, or of those without an end. */
static const Window *blackout_at(const Hours *hours, int64_t at_ms)
{
    const Window *last = NULL;
    int64_t last_ms = 0;
    unsigned i;

    for (i = 0; hours->blackouts && i < hours->blackouts->len; i++) {
        const Window *window = hours->blackouts->pdata[i];

        int64_t ends_ms;

        if (!window_contains(window, hours->zone, at_ms))
            continue;
        ends_ms = window_next_change(window, hours->zone, at_ms);
        if (!last || ends_ms > last_ms) {
            last = window;
            last_ms = ends_ms;
        }
    }
    return last;
}

static bool is_outside_work(const Hours *hours, int64_t at_ms)
{
    return hours->work_hours && hours->work_hours->is_enabled &&
           !window_contains(hours->work_hours, hours->work_zone, at_ms);
}

static int64_t find_opening(const Hours *hours, int64_t at_ms)
{
    int64_t now_ms = at_ms;
    unsigned step;

    for (step = 0; step < STEPS_MAX && now_ms < at_ms + HORIZON_MS; step++) {
        const Window *blackout = blackout_at(hours, now_ms);

        if (blackout)
            now_ms = window_next_change(blackout, hours->zone, now_ms);
        else if (is_outside_work(hours, now_ms))
            now_ms = window_next_change(hours->work_hours, hours->work_zone, now_ms);
        else
            return now_ms;
        if (now_ms == INT64_MAX)
            break;
    }
    return INT64_MAX;
}

static int64_t find_closing(const Hours *hours, int64_t at_ms)
{
    int64_t closes_ms = INT64_MAX;
    unsigned i;

    for (i = 0; hours->blackouts && i < hours->blackouts->len; i++)
        closes_ms =
            MIN(closes_ms, window_next_change(hours->blackouts->pdata[i], hours->zone, at_ms));
    if (hours->work_hours && hours->work_hours->is_enabled)
        closes_ms = MIN(closes_ms, window_next_change(hours->work_hours, hours->work_zone, at_ms));
    return closes_ms;
}

void hours_look(const Hours *hours, int64_t at_ms, HoursView *out)
{
    out->blackout = blackout_at(hours, at_ms);
    out->is_outside_work = is_outside_work(hours, at_ms);
    out->opens_ms = at_ms;
    out->closes_ms = INT64_MAX;
    if (out->blackout || out->is_outside_work)
        out->opens_ms = find_opening(hours, at_ms);
    else
        out->closes_ms = find_closing(hours, at_ms);
}

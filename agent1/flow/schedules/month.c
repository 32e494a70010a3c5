#include "agent1/flow/schedules/month.h"

#include <string.h>

#include "agent1/flow/schedules/schedule_book.h"
#include "common/data/local_day.h"
#include "common/base/banned.h"

#define DAY_MS INT64_C(86400000)
#define DAY_S  INT64_C(86400)
#define HOUR_S INT64_C(3600)

/* Times that are looked at for one answer, and agents whose hours are. */
#define TIMES_MAX  20000
#define AGENTS_MAX 50
/* Hours open and close at most so often in a month. */
#define OPENINGS_MAX 2000

typedef struct Opening {
    int64_t from_ms;
    int64_t until_ms;
} Opening;

typedef struct Look {
    Core *core;
    const WallClock *clock; /* of the installation */
    int64_t end_ms;
    GHashTable *openings; /* agent → GArray of Opening; those without work hours share "" */
    unsigned times_left;
    Month *month;
} Look;

/* ---- open hours ---- */

static GArray *find_openings(const Look *look, const RegistryAgent *entry)
{
    GArray *openings = g_array_new(FALSE, FALSE, sizeof(Opening));
    int64_t at_ms = look->core->now_ms;
    Hours hours;

    core_hours(look->core, entry, &hours);
    while (at_ms < look->end_ms + DAY_MS && openings->len < OPENINGS_MAX) {
        HoursView view;
        Opening opening;

        hours_look(&hours, at_ms, &view);
        if (view.opens_ms == INT64_MAX)
            break;
        if (view.opens_ms > at_ms) {
            at_ms = view.opens_ms;
            continue;
        }
        opening = (Opening){ .from_ms = at_ms, .until_ms = view.closes_ms };
        g_array_append_val(openings, opening);
        if (view.closes_ms == INT64_MAX)
            break;
        at_ms = view.closes_ms;
    }
    return openings;
}

/* NULL when the hours of too many agents were looked at. Borrowed. */
static const GArray *openings_of(Look *look, const char *agent)
{
    const RegistryAgent *entry = agent ? registry_find(look->core->registry, agent) : NULL;
    const char *key = entry && entry->work_hours ? agent : "";
    GArray *openings = g_hash_table_lookup(look->openings, key);

    if (openings || g_hash_table_size(look->openings) >= AGENTS_MAX)
        return openings;
    openings = find_openings(look, entry);
    g_hash_table_insert(look->openings, g_strdup(key), openings);
    return openings;
}

/* The first instant from at_ms on that is open; INT64_MAX: none that is known. */
static int64_t opens_at(const GArray *openings, int64_t at_ms)
{
    unsigned low = 0;
    unsigned high = openings->len;

    while (low < high) {
        unsigned middle = (low + high) / 2;

        if (g_array_index(openings, Opening, middle).until_ms > at_ms)
            high = middle;
        else
            low = middle + 1;
    }
    return low < openings->len ? MAX(g_array_index(openings, Opening, low).from_ms, at_ms)
                               : INT64_MAX;
}

/* ---- cells ---- */

/* NULL: it lies outside the month. */
static MonthCell *cell_at(const Look *look, int64_t at_ms)
{
    int64_t shown_s = wall_clock_shows(look->clock, at_ms / 1000);
    int64_t day = shown_s / DAY_S - look->month->first_day;

    return day >= 0 && day < MONTH_DAYS ? &look->month->cells[day][shown_s % DAY_S / HOUR_S] : NULL;
}

static void count(uint8_t *number)
{
    *number = (uint8_t)MIN(*number + 1, MONTH_CELL_MAX);
}

static void mark(Look *look, const Schedule *schedule, const GArray *openings, int64_t due_ms)
{
    int64_t starts_ms = opens_at(openings, due_ms);
    bool may_wait = schedule->entry->on_blocked == ON_BLOCKED_DEFER;
    bool is_begun = starts_ms == due_ms || (may_wait && starts_ms != INT64_MAX);
    MonthCell *cell = cell_at(look, is_begun ? starts_ms : due_ms);

    if (cell)
        count(is_begun ? &cell->begins : &cell->skipped);
}

/* What comes more often than a cell can tell is passed over to the next hour. */
static int64_t after(const Look *look, int64_t at_ms, unsigned *in_hour, const MonthCell **last)
{
    const MonthCell *cell = cell_at(look, at_ms);

    *in_hour = cell == *last ? *in_hour + 1 : 1;
    *last = cell;
    if (*in_hour < MONTH_CELL_MAX)
        return at_ms;
    return (at_ms / 1000 / HOUR_S + 1) * HOUR_S * 1000 - 1;
}

static void mark_all(Look *look, const Schedule *schedule, const GArray *openings)
{
    int64_t at_ms = MAX(schedule->mark_ms, look->core->now_ms - 1);
    const MonthCell *last = NULL;
    unsigned in_hour = 0;
    bool has_any = false;
    OccurrenceRule rule;
    Occurrence next;

    schedule_book_rule(look->core, schedule, &rule);
    while (look->times_left > 0 && occurrence_next(&rule, at_ms, &next) &&
           next.due_ms < look->end_ms) {
        mark(look, schedule, openings, next.due_ms);
        at_ms = after(look, next.time.at_ms, &in_hour, &last);
        look->times_left--;
        has_any = true;
    }
    look->month->schedules += has_any;
}

static void mark_closed(const Look *look, const GArray *openings)
{
    unsigned day;
    int hour;

    for (day = 0; day < MONTH_DAYS; day++) {
        for (hour = 0; hour < MONTH_HOURS; hour++) {
            int64_t at_ms = local_day_at(look->month->first_day + day, hour * 60, look->core->zone);

            look->month->cells[day][hour].is_closed =
                at_ms >= look->core->now_ms && opens_at(openings, at_ms) != at_ms;
        }
    }
}

static void free_openings(void *openings)
{
    g_array_unref(openings);
}

void month_look(Core *core, const char *agent, Month *out)
{
    g_autoptr(WallClock) clock = wall_clock_new(core->zone);
    g_autoptr(GHashTable) openings =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_openings);
    g_autoptr(GPtrArray) schedules = NULL;
    Look look = {
        .core = core,
        .clock = clock,
        .openings = openings,
        .times_left = TIMES_MAX,
        .month = out,
    };
    unsigned i;

    *out = (Month){ .first_day = local_day_of(core->now_ms, core->zone) };
    look.end_ms = local_day_at(out->first_day + MONTH_DAYS, 0, core->zone);
    mark_closed(&look, openings_of(&look, agent));
    /* Each has one time at least. */
    schedules = schedule_book_list_due(core, agent, look.end_ms, TIMES_MAX + 1);
    for (i = 0; i < schedules->len && !out->is_cut; i++) {
        const Schedule *schedule = schedules->pdata[i];
        const GArray *open = NULL;

        open = openings_of(&look, schedule->entry->agent);
        if (open)
            mark_all(&look, schedule, open);
        out->is_cut = !open || look.times_left == 0;
    }
}

#include "agent1/flow/daily/daily_chart.h"

#include "common/data/local_day.h"
#include "common/base/banned.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

static const char *const names[CHART_GROUP_COUNT] = {
    [CHART_SUCCEEDED] = WORDS_LATER("succeeded"),
    [CHART_FAILED] = WORDS_LATER("failed"),
    [CHART_NOT_STARTED] = WORDS_LATER("not started"),
    [CHART_STOPPED] = WORDS_LATER("stopped"),
};

static const ChartGroup groups[SLOTS_COLUMNS] = {
    [SLOTS_SUCCEEDED] = CHART_SUCCEEDED, [SLOTS_FAILED] = CHART_FAILED,
    [SLOTS_TIMED_OUT] = CHART_FAILED,    [SLOTS_UNKNOWN] = CHART_FAILED,
    [SLOTS_EXPIRED] = CHART_NOT_STARTED, [SLOTS_MISSED] = CHART_NOT_STARTED,
    [SLOTS_REFUSED] = CHART_NOT_STARTED, [SLOTS_CANCELLED] = CHART_STOPPED,
    [SLOTS_DENIED] = CHART_STOPPED,      [SLOTS_SKIPPED] = CHART_NOT_STARTED,
};

/* Milliseconds after midnight, as the clock shows them. */
static int64_t clock_ms(const Core *core, int64_t at_ms)
{
    int interval = g_time_zone_find_interval(core->zone, G_TIME_TYPE_UNIVERSAL, at_ms / 1000);
    int64_t local_ms = at_ms + g_time_zone_get_offset(core->zone, interval) * INT64_C(1000);

    return ((local_ms % DAY_MS) + DAY_MS) % DAY_MS;
}

/* A column for each hour of the clock, the first perhaps begun before the day. */
static void set_hours(DayChart *chart, const Core *core, int64_t first_ms, int64_t until_ms)
{
    int64_t at_ms;

    for (at_ms = first_ms; at_ms < until_ms && chart->hour_count < DAY_CHART_HOURS_MAX;
         at_ms += HOUR_MS)
        chart->hours[chart->hour_count++].clock = (unsigned)(clock_ms(core, at_ms) / HOUR_MS);
}

static void count(DayChart *chart, const Row *slot, int64_t first_ms)
{
    int64_t place = (row_int(slot, SLOTS_AT) - first_ms) / HOUR_MS;
    DayChartHour *hour = &chart->hours[MIN(place, (int64_t)chart->hour_count - 1)];
    unsigned column;

    for (column = SLOTS_SUCCEEDED; column < SLOTS_COLUMNS; column++)
        hour->counts[groups[column]] += (unsigned)row_int(slot, column);
}

static void set_words(DayChart *chart, const Core *core, int64_t until_ms)
{
    g_autofree char *date = local_day_print(local_day_of(until_ms - 1, core->zone));
    unsigned group;

    chart->title = g_strdup_printf(core_words(core, "Runs of %s"), date);
    chart->of_hours = g_strdup_printf(core_words(core, "hour, %s"), core->zone_name);
    chart->of_runs = g_strdup(core_words(core, "runs that ended"));
    for (group = 0; group < CHART_GROUP_COUNT; group++)
        chart->names[group] = g_strdup(core_words(core, names[group]));
}

DayChart *daily_chart(const Core *core, const GPtrArray *rows, int64_t from_ms, int64_t until_ms)
{
    g_autoptr(DayChart) chart = day_chart_new();
    int64_t shown_ms = MAX(from_ms, until_ms - (DAY_CHART_HOURS_MAX - 1) * HOUR_MS);
    int64_t first_ms = shown_ms - clock_ms(core, shown_ms) % HOUR_MS;
    bool is_empty = true;
    unsigned i;

    set_hours(chart, core, first_ms, until_ms);
    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        /* What zone the day was in may have changed, and made it longer than a chart is. */
        if (row->table != RESULT_SLOTS || row_int(row, SLOTS_AT) < first_ms)
            continue;
        count(chart, row, first_ms);
        is_empty = false;
    }
    if (is_empty)
        return NULL;
    set_words(chart, core, until_ms);
    return g_steal_pointer(&chart);
}

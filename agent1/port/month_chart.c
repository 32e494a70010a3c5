#include "agent1/port/month_chart.h"

#include <string.h>

#include "common/data/json.h"
#include "common/base/banned.h"

#define TEXT_MAX_BYTES 16384

/* A cell is one number: closed (1 or 0), skipped and begins, each this far from the next. */
#define RADIX (MONTH_CELL_MAX + 1)

MonthChart *month_chart_new(void)
{
    return g_new0(MonthChart, 1);
}

void month_chart_free(MonthChart *chart)
{
    unsigned i;

    if (!chart)
        return;

    g_free(chart->title);
    g_free(chart->of_hours);
    for (i = 0; i < MONTH_CHART_MARK_COUNT; i++)
        g_free(chart->names[i]);
    for (i = 0; i < MONTH_DAYS; i++)
        g_free(chart->days[i].name);
    g_free(chart);
}

/* Each day is an array: the name, the day of the week, then the cells. */
static Json *day_to_json(const MonthChartDay *day)
{
    Json *json = json_new_array();
    unsigned hour;

    json_append_string(json, day->name);
    json_append(json, json_new_int(day->weekday));
    for (hour = 0; hour < MONTH_HOURS; hour++) {
        const MonthCell *cell = &day->cells[hour];

        json_append(json,
                    json_new_int((cell->is_closed * RADIX + cell->skipped) * RADIX + cell->begins));
    }
    return json;
}

char *month_chart_print(const MonthChart *chart)
{
    g_autoptr(Json) object = json_new_object();
    Json *names = json_new_array();
    Json *days = json_new_array();
    unsigned i;

    for (i = 0; i < MONTH_CHART_MARK_COUNT; i++)
        json_append_string(names, chart->names[i]);
    for (i = 0; i < MONTH_DAYS; i++)
        json_append(days, day_to_json(&chart->days[i]));
    json_set_string(object, "title", chart->title);
    json_set_string(object, "of_hours", chart->of_hours);
    json_set(object, "names", names);
    json_set(object, "days", days);
    return json_print(object);
}

static bool read_text(const Json *json, char **out)
{
    *out = g_strdup(json_string(json));
    return *out != NULL;
}

static bool read_number(const Json *json, unsigned end, unsigned *out)
{
    int64_t value;

    if (!json_int(json, &value) || value < 0 || value >= end)
        return false;
    *out = (unsigned)value;
    return true;
}

static bool read_day(const Json *json, MonthChartDay *out)
{
    const Json *node = json_first(json);
    unsigned hour;
    unsigned number;

    if (json_count(json) != 2 + MONTH_HOURS || !read_text(node, &out->name))
        return false;
    node = json_next(node);
    if (!read_number(node, 7, &out->weekday))
        return false;
    for (hour = 0; hour < MONTH_HOURS; hour++) {
        node = json_next(node);
        if (!read_number(node, 2 * RADIX * RADIX, &number))
            return false;
        out->cells[hour] = (MonthCell){ .is_closed = number / (RADIX * RADIX) == 1,
                                        .skipped = (uint8_t)(number / RADIX % RADIX),
                                        .begins = (uint8_t)(number % RADIX) };
    }
    return true;
}

static bool read_chart(const Json *object, MonthChart *chart)
{
    const Json *names = json_member(object, "names");
    const Json *days = json_member(object, "days");
    const Json *node;
    unsigned i = 0;

    if (!read_text(json_member(object, "title"), &chart->title) ||
        !read_text(json_member(object, "of_hours"), &chart->of_hours) ||
        json_count(names) != MONTH_CHART_MARK_COUNT || json_count(days) != MONTH_DAYS)
        return false;
    for (node = json_first(names); node; node = json_next(node)) {
        if (!read_text(node, &chart->names[i++]))
            return false;
    }
    i = 0;
    for (node = json_first(days); node; node = json_next(node)) {
        if (!read_day(node, &chart->days[i++]))
            return false;
    }
    return true;
}

MonthChart *month_chart_parse(const char *text)
{
    g_autoptr(Json) object = json_parse(text, strlen(text), TEXT_MAX_BYTES, NULL);
    g_autoptr(MonthChart) chart = month_chart_new();

    return object && read_chart(object, chart) ? g_steal_pointer(&chart) : NULL;
}

#include "agent1/port/day_chart.h"

#include <string.h>

#include "common/data/json.h"
#include "common/base/banned.h"

#define TEXT_MAX_BYTES 16384
#define COUNT_MAX      100000000

DayChart *day_chart_new(void)
{
    return g_new0(DayChart, 1);
}

void day_chart_free(DayChart *chart)
{
    unsigned group;

    if (!chart)
        return;

    g_free(chart->title);
    g_free(chart->of_hours);
    g_free(chart->of_runs);
    for (group = 0; group < CHART_GROUP_COUNT; group++)
        g_free(chart->names[group]);
    g_free(chart);
}

unsigned day_chart_sum(const DayChart *chart, ChartGroup group)
{
    unsigned sum = 0;
    unsigned i;

    for (i = 0; i < chart->hour_count; i++)
        sum += chart->hours[i].counts[group];
    return sum;
}

unsigned day_chart_height(const DayChartHour *hour)
{
    unsigned sum = 0;
    unsigned group;

    for (group = 0; group < CHART_GROUP_COUNT; group++)
        sum += hour->counts[group];
    return sum;
}

/* ---- as text ---- */

/* Each hour is an array: the clock, then the counts. */
char *day_chart_print(const DayChart *chart)
{
    g_autoptr(Json) object = json_new_object();
    Json *names = json_new_array();
    Json *hours = json_new_array();
    unsigned group;
    unsigned i;

    for (group = 0; group < CHART_GROUP_COUNT; group++)
        json_append_string(names, chart->names[group]);
    for (i = 0; i < chart->hour_count; i++) {
        Json *hour = json_new_array();

        json_append(hour, json_new_int(chart->hours[i].clock));
        for (group = 0; group < CHART_GROUP_COUNT; group++)
            json_append(hour, json_new_int(chart->hours[i].counts[group]));
        json_append(hours, hour);
    }
    json_set_string(object, "title", chart->title);
    json_set_string(object, "of_hours", chart->of_hours);
    json_set_string(object, "of_runs", chart->of_runs);
    json_set(object, "names", names);
    json_set(object, "hours", hours);
    return json_print(object);
}

static bool read_number(const Json *json, unsigned max, unsigned *out)
{
    int64_t value;

    if (!json_int(json, &value) || value < 0 || value > max)
        return false;
    *out = (unsigned)value;
    return true;
}

static bool read_hour(const Json *json, DayChartHour *out)
{
    const Json *node = json_first(json);
    unsigned group;

    if (json_count(json) != CHART_GROUP_COUNT + 1 || !read_number(node, 23, &out->clock))
        return false;
    for (group = 0; group < CHART_GROUP_COUNT; group++) {
        node = json_next(node);
        if (!read_number(node, COUNT_MAX, &out->counts[group]))
            return false;
    }
    return true;
}

static bool read_text(const Json *json, char **out)
{
    *out = g_strdup(json_string(json));
    return *out != NULL;
}

static bool read_chart(const Json *object, DayChart *chart)
{
    const Json *names = json_member(object, "names");
    const Json *hours = json_member(object, "hours");
    const Json *node;
    unsigned group = 0;

    if (!read_text(json_member(object, "title"), &chart->title) ||
        !read_text(json_member(object, "of_hours"), &chart->of_hours) ||
        !read_text(json_member(object, "of_runs"), &chart->of_runs) ||
        json_count(names) != CHART_GROUP_COUNT || json_count(hours) == 0 ||
        json_count(hours) > DAY_CHART_HOURS_MAX)
        return false;
    for (node = json_first(names); node; node = json_next(node)) {
        if (!read_text(node, &chart->names[group++]))
            return false;
    }
    for (node = json_first(hours); node; node = json_next(node)) {
        if (!read_hour(node, &chart->hours[chart->hour_count++]))
            return false;
    }
    return true;
}

DayChart *day_chart_parse(const char *text)
{
    g_autoptr(Json) object = json_parse(text, strlen(text), TEXT_MAX_BYTES, NULL);
    g_autoptr(DayChart) chart = day_chart_new();

    return object && read_chart(object, chart) ? g_steal_pointer(&chart) : NULL;
}

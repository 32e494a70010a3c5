#include "agent1/flow/daily/chart_text.h"

#include <stdint.h>

#include "common/base/banned.h"

#define NAME_COLUMNS  11
#define COUNT_COLUMNS 6
#define TICK_HOURS    6
#define LEVELS        8

G_STATIC_ASSERT(NAME_COLUMNS + 1 + DAY_CHART_HOURS_MAX + 1 + COUNT_COLUMNS <= CHART_TEXT_COLUMNS);

static const char *const blocks[LEVELS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

/* The highest column of one group: all lines have the same scale. */
static unsigned find_peak(const DayChart *chart)
{
    unsigned peak = 1;
    unsigned group;
    unsigned i;

    for (i = 0; i < chart->hour_count; i++) {
        for (group = 0; group < CHART_GROUP_COUNT; group++)
            peak = MAX(peak, chart->hours[i].counts[group]);
    }
    return peak;
}

static void append_padded(GString *text, const char *word, glong columns)
{
    g_autofree char *cut = g_utf8_substring(word, 0, MIN(g_utf8_strlen(word, -1), columns));

    g_string_append_printf(text, "%s%*s", cut, (int)(columns - g_utf8_strlen(cut, -1)), "");
}

/* One run among thousands is still seen. */
static unsigned level(unsigned count, unsigned peak)
{
    return (unsigned)(((uint64_t)count * LEVELS + peak - 1) / peak);
}

static void append_group(GString *text, const DayChart *chart, ChartGroup group, unsigned peak)
{
    unsigned i;

    append_padded(text, chart->names[group], NAME_COLUMNS);
    g_string_append_c(text, ' ');
    for (i = 0; i < chart->hour_count; i++)
        g_string_append(text, blocks[level(chart->hours[i].counts[group], peak)]);
    g_string_append_printf(text, " %*u\n", COUNT_COLUMNS, day_chart_sum(chart, group));
}

/* Where the clock shows an hour twice, the first is written. */
static void append_axis(GString *text, const DayChart *chart, unsigned peak)
{
    g_autofree char *scale = g_strdup_printf("█=%u", peak);
    unsigned end = 0; /* of what is written, in columns */
    unsigned i;

    g_string_append_printf(text, "%*s", NAME_COLUMNS + 1, "");
    for (i = 0; i < chart->hour_count; i++) {
        const DayChartHour *hour = &chart->hours[i];
        g_autofree char *tick = g_strdup_printf("%u", hour->clock);

        if (hour->clock % TICK_HOURS != 0 || (end > 0 && i <= end))
            continue;
        g_string_append_printf(text, "%*s%s", (int)(i - end), "", tick);
        end = i + (hour->clock < 10 ? 1 : 2);
    }
    g_string_append_printf(
        text, "%*s %s",
        MAX((int)(chart->hour_count - end) + COUNT_COLUMNS - (int)g_utf8_strlen(scale, -1), 0), "",
        scale);
}

char *chart_text(const DayChart *chart)
{
    GString *text = g_string_new(NULL);
    unsigned peak = find_peak(chart);
    unsigned group;

    for (group = 0; group < CHART_GROUP_COUNT; group++) {
        if (day_chart_sum(chart, (ChartGroup)group) > 0)
            append_group(text, chart, (ChartGroup)group, peak);
    }
    append_axis(text, chart, peak);
    return g_string_free(text, FALSE);
}

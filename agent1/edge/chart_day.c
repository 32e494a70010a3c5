#include "agent1/edge/chart_day.h"

#include "agent1/edge/chart_letters.h"
#include "agent1/edge/chart_palette.h"

#include "common/base/banned.h"

#define LEFT       70 /* of the columns, and so on */
#define RIGHT      780
#define TOP        100
#define BOTTOM     335
#define TICK_HOURS 3
#define LINES_MAX  5

#define TITLE_HEIGHT 17.0
#define WORD_HEIGHT  12.0

/* Failures stand at the bottom, where their heights can be compared. */
static const ChartGroup order[] = { CHART_FAILED, CHART_NOT_STARTED, CHART_STOPPED,
                                    CHART_SUCCEEDED };
static const Color colors[CHART_GROUP_COUNT] = {
    [CHART_SUCCEEDED] = PALETTE_BLUE,
    [CHART_FAILED] = PALETTE_ORANGE,
    [CHART_NOT_STARTED] = PALETTE_YELLOW,
    [CHART_STOPPED] = PALETTE_GREY,
};
G_STATIC_ASSERT(G_N_ELEMENTS(order) == CHART_GROUP_COUNT);

static unsigned find_peak(const DayChart *chart)
{
    unsigned peak = 1;

    for (unsigned i = 0; i < chart->hour_count; i++)
        peak = MAX(peak, day_chart_height(&chart->hours[i]));
    return peak;
}

/* The least of 1, 2, 5, 10, 20, … with which LINES_MAX lines reach the peak. */
static unsigned find_step(unsigned peak)
{
    static const unsigned factors[] = { 1, 2, 5 };

    for (unsigned power = 1;; power *= 10) {
        for (unsigned i = 0; i < G_N_ELEMENTS(factors); i++) {
            if ((uint64_t)power * factors[i] * LINES_MAX >= peak)
                return power * factors[i];
        }
    }
}

static int y_of(unsigned count, unsigned full)
{
    return BOTTOM - (int)((uint64_t)count * (BOTTOM - TOP) / full);
}

static void draw_lines(Canvas *canvas, const DayChart *chart, unsigned step, unsigned full)
{
    for (unsigned count = 0; count <= full; count += step) {
        g_autofree char *number = g_strdup_printf("%u", count);
        int y = y_of(count, full);

        canvas_fill(canvas, LEFT, y, RIGHT - LEFT, 1, count > 0 ? PALETTE_FAINT : PALETTE_INK);
        letters_draw(canvas, number, LEFT - 10, y + WORD_HEIGHT / 2, WORD_HEIGHT, LETTERS_RIGHT,
                     PALETTE_INK);
    }
    letters_draw(canvas, chart->of_runs, LEFT, TOP - 12, WORD_HEIGHT, LETTERS_LEFT, PALETTE_INK);
}

/* One run among thousands is a thin line. */
static void draw_column(Canvas *canvas, const DayChartHour *hour, int left, int width,
                        unsigned full)
{
    unsigned below = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        unsigned count = hour->counts[order[i]];
        int bottom = y_of(below, full);
        int top = y_of(below + count, full);

        if (count == 0)
            continue;
        top = MIN(top, bottom - 2);
        canvas_fill(canvas, left, top, width, bottom - top, colors[order[i]]);
        below += count;
    }
}

static void draw_hours(Canvas *canvas, const DayChart *chart, unsigned full)
{
    int place = (RIGHT - LEFT) / (int)chart->hour_count;
    int last = -1;

    for (unsigned i = 0; i < chart->hour_count; i++) {
        const DayChartHour *hour = &chart->hours[i];
        g_autofree char *clock = g_strdup_printf("%u", hour->clock);
        int left = LEFT + (int)i * place;

        draw_column(canvas, hour, left + 2, place - 4, full);
        if (hour->clock % TICK_HOURS != 0 || (int)hour->clock == last)
            continue;
        last = (int)hour->clock;
        canvas_fill(canvas, left, BOTTOM, 1, 6, PALETTE_INK);
        letters_draw(canvas, clock, left, BOTTOM + 22, WORD_HEIGHT, LETTERS_MIDDLE, PALETTE_INK);
    }
    letters_draw(canvas, chart->of_hours, (LEFT + RIGHT) / 2.0, BOTTOM + 48, WORD_HEIGHT,
                 LETTERS_MIDDLE, PALETTE_INK);
}

/* The groups that there are, each with its sum, from the right. */
static void draw_legend(Canvas *canvas, const DayChart *chart)
{
    double right = RIGHT;

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        unsigned sum = day_chart_sum(chart, order[i]);
        g_autofree char *text = g_strdup_printf("%s %u", chart->names[order[i]], sum);
        double width = letters_width(text, WORD_HEIGHT);

        if (sum == 0)
            continue;
        letters_draw(canvas, text, right, 62, WORD_HEIGHT, LETTERS_RIGHT, PALETTE_INK);
        canvas_fill(canvas, (int)(right - width) - 22, 49, 14, 14, colors[order[i]]);
        right -= width + 48;
    }
}

Canvas *chart_day_draw(const DayChart *chart)
{
    Canvas *canvas = canvas_new(CHART_DAY_WIDTH, CHART_DAY_HEIGHT, PALETTE_PAPER);
    unsigned peak = find_peak(chart);
    unsigned step = find_step(peak);
    unsigned full = (peak + step - 1) / step * step;

    draw_lines(canvas, chart, step, full);
    draw_hours(canvas, chart, full);
    letters_draw(canvas, chart->title, LEFT, 32, TITLE_HEIGHT, LETTERS_LEFT, PALETTE_INK);
    draw_legend(canvas, chart);
    return canvas;
}

#include "agent1/edge/chart_month.h"

#include "agent1/edge/chart_letters.h"
#include "agent1/edge/chart_palette.h"

#include "common/base/banned.h"

#define MARGIN      24
#define LEFT        150 /* of the fields, and so on */
#define TOP         160
#define FIELD       26
#define ROW         38
#define RIGHT       (LEFT + FIELD * MONTH_HOURS)
#define BOTTOM      (TOP + ROW * MONTH_DAYS)
#define TICK_HOURS  3
#define WEEKEND     5
#define WEEK_LINE   3
#define SKIPPED_BAR 9

#define TITLE_HEIGHT  21.0
#define WORD_HEIGHT   15.0
#define NUMBER_HEIGHT 16.0

static const Color colors[MONTH_CHART_MARK_COUNT] = {
    [MONTH_CHART_BEGINS] = PALETTE_BLUE,
    [MONTH_CHART_SKIPPED] = PALETTE_ORANGE,
    [MONTH_CHART_CLOSED] = { 0xc4, 0xc4, 0xc4 },
};

/* A mark fills its field but for an edge, so that a closed hour shows around it. */
static void fill_field(Canvas *canvas, int x, int y, int height, MonthChartMark mark)
{
    canvas_fill(canvas, x + 3, y + ROW - 3 - height, FIELD - 5, height, colors[mark]);
}

static void draw_sign(Canvas *canvas, int x, int y, const char *sign)
{
    letters_draw(canvas, sign, x + FIELD / 2.0 + 0.5, y + (ROW + NUMBER_HEIGHT) / 2, NUMBER_HEIGHT,
                 LETTERS_MIDDLE, PALETTE_PAPER);
}

static void draw_cell(Canvas *canvas, const MonthCell *cell, int x, int y)
{
    g_autofree char *number = g_strdup_printf("%u", cell->begins);

    if (cell->is_closed)
        canvas_fill(canvas, x + 1, y + 1, FIELD - 1, ROW - 1, colors[MONTH_CHART_CLOSED]);
    if (cell->begins > 0) {
        fill_field(canvas, x, y, ROW - 5, MONTH_CHART_BEGINS);
        draw_sign(canvas, x, y, cell->begins < MONTH_CELL_MAX ? number : "+");
    }
    if (cell->skipped > 0)
        fill_field(canvas, x, y, cell->begins > 0 ? SKIPPED_BAR : ROW - 5, MONTH_CHART_SKIPPED);
    if (cell->skipped > 0 && cell->begins == 0)
        draw_sign(canvas, x, y, "x");
}

static void draw_day(Canvas *canvas, const MonthChartDay *day, unsigned row)
{
    int y = TOP + ROW * (int)row;

    if (day->weekday >= WEEKEND)
        canvas_fill(canvas, 0, y, LEFT, ROW, (Color){ 0xee, 0xee, 0xee });
    canvas_fill(canvas, 0, y, RIGHT, 1, PALETTE_FAINT);
    if (day->weekday == 0 && row > 0)
        canvas_fill(canvas, 0, y - WEEK_LINE / 2, RIGHT, WEEK_LINE, PALETTE_GREY);
    letters_draw(canvas, day->name, LEFT - 14, y + (ROW + WORD_HEIGHT) / 2, WORD_HEIGHT,
                 LETTERS_RIGHT, PALETTE_INK);
    for (unsigned hour = 0; hour < MONTH_HOURS; hour++)
        draw_cell(canvas, &day->cells[hour], LEFT + FIELD * (int)hour, y);
}

static void draw_hours(Canvas *canvas)
{
    for (int hour = 0; hour <= MONTH_HOURS; hour++) {
        bool is_named = hour % TICK_HOURS == 0;
        g_autofree char *clock = g_strdup_printf("%d", hour);
        int x = LEFT + FIELD * hour;

        canvas_fill(canvas, x, TOP, 1, BOTTOM - TOP, is_named ? PALETTE_GREY : PALETTE_FAINT);
        if (!is_named)
            continue;
        canvas_fill(canvas, x, TOP - 7, 1, 7, PALETTE_INK);
        canvas_fill(canvas, x, BOTTOM, 1, 7, PALETTE_INK);
        letters_draw(canvas, clock, x, TOP - 13, WORD_HEIGHT, LETTERS_MIDDLE, PALETTE_INK);
        letters_draw(canvas, clock, x, BOTTOM + 13 + WORD_HEIGHT, WORD_HEIGHT, LETTERS_MIDDLE,
                     PALETTE_INK);
    }
}

static void draw_legend(Canvas *canvas, const MonthChart *chart)
{
    double x = MARGIN;

    for (unsigned i = 0; i < MONTH_CHART_MARK_COUNT; i++) {
        canvas_fill(canvas, (int)x, 78, 20, 20, colors[i]);
        letters_draw(canvas, chart->names[i], x + 30, 96, WORD_HEIGHT, LETTERS_LEFT, PALETTE_INK);
        x += letters_width(chart->names[i], WORD_HEIGHT) + 64;
    }
}

/* The name of an agent may be long. */
static void draw_title(Canvas *canvas, const char *title)
{
    double width = letters_width(title, TITLE_HEIGHT);
    double room = CHART_MONTH_WIDTH - 2 * MARGIN;

    letters_draw(canvas, title, MARGIN, 46,
                 width > room ? TITLE_HEIGHT * room / width : TITLE_HEIGHT, LETTERS_LEFT,
                 PALETTE_INK);
}

Canvas *chart_month_draw(const MonthChart *chart)
{
    Canvas *canvas = canvas_new(CHART_MONTH_WIDTH, CHART_MONTH_HEIGHT, PALETTE_PAPER);

    G_STATIC_ASSERT(BOTTOM + 70 < CHART_MONTH_HEIGHT && RIGHT < CHART_MONTH_WIDTH);
    draw_title(canvas, chart->title);
    draw_legend(canvas, chart);
    letters_draw(canvas, chart->of_hours, (LEFT + RIGHT) / 2.0, BOTTOM + 62, WORD_HEIGHT,
                 LETTERS_MIDDLE, PALETTE_INK);
    for (unsigned i = 0; i < MONTH_DAYS; i++)
        draw_day(canvas, &chart->days[i], i);
    draw_hours(canvas);
    return canvas;
}

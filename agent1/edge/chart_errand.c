#include "agent1/edge/chart_errand.h"

#include "agent1/edge/chart_day.h"
#include "agent1/edge/chart_month.h"
#include "agent1/edge/chart_png.h"
#include "common/base/problem.h"
#include "common/sys/errand.h"

#include "common/base/banned.h"

struct ChartErrand {
    char *text;
    GBytes *png;
    GError *error;
    /* Of the main thread alone: */
    ChartDone done; /* NULL: nobody waits any more */
    void *data;
};

static Canvas *draw_day(const char *text)
{
    g_autoptr(DayChart) chart = day_chart_parse(text);

    return chart ? chart_day_draw(chart) : NULL;
}

static Canvas *draw_month(const char *text)
{
    g_autoptr(MonthChart) chart = month_chart_parse(text);

    return chart ? chart_month_draw(chart) : NULL;
}

static void draw(void *data)
{
    static Canvas *(*const kinds[])(const char *text) = { draw_day, draw_month };
    ChartErrand *errand = data;
    g_autoptr(Canvas) canvas = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(kinds) && !canvas; i++)
        canvas = kinds[i](errand->text);
    if (canvas)
        errand->png = chart_png(canvas, &errand->error);
    else
        g_set_error(&errand->error, PROBLEM, PROBLEM_SYNTAX, "it is no chart");
}

static void finish(void *data)
{
    ChartErrand *errand = data;
    g_autofree char *why =
        errand->png ? NULL : g_strdup_printf("it cannot be drawn: %s", errand->error->message);

    if (errand->done)
        errand->done(errand->png, why, errand->data);
    g_clear_pointer(&errand->png, g_bytes_unref);
    g_clear_error(&errand->error);
    g_free(errand->text);
    g_free(errand);
}

ChartErrand *chart_errand_start(const char *chart, ChartDone done, void *data)
{
    ChartErrand *errand = g_new0(ChartErrand, 1);

    errand->text = g_strdup(chart);
    errand->done = done;
    errand->data = data;
    errand_start("chart", draw, finish, errand);
    return errand;
}

void chart_errand_cancel(ChartErrand *errand)
{
    errand->done = NULL;
}

/* The picture of a month: what stands where, what stands together, and how large the file is. */
#include "agent1/edge/chart_month.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/edge/chart_palette.h"
#include "agent1/edge/chart_png.h"
#include "common/base/banned.h"

#define GREY ((Color){ 0xc4, 0xc4, 0xc4 })

static MonthChart *make(void)
{
    MonthChart *chart = month_chart_new();

    chart->title = g_strdup("Tous les agents, le mois qui vient");
    chart->of_hours = g_strdup("heure, Europe/Paris");
    chart->names[MONTH_CHART_BEGINS] = g_strdup("partent dans cette heure");
    chart->names[MONTH_CHART_SKIPPED] = g_strdup("sautées");
    chart->names[MONTH_CHART_CLOSED] = g_strdup("fermé");
    for (unsigned i = 0; i < MONTH_DAYS; i++) {
        chart->days[i].name = g_strdup_printf("mer %02u/12", i + 1);
        chart->days[i].weekday = (i + 2) % 7;
    }
    return chart;
}

/* How many pixels of this color there are in the fields, whose lines between are left out. */
static unsigned count(const Canvas *canvas, Color color)
{
    unsigned found = 0;

    for (int y = 161; y < canvas->height; y++) {
        for (int x = 151; x < canvas->width; x++)
            found += memcmp(canvas->pixels + (y * canvas->width + x) * 3, &color, 3) == 0;
    }
    return found;
}

static void each_mark_has_its_color(void **state)
{
    g_autoptr(MonthChart) chart = make();
    g_autoptr(Canvas) empty = chart_month_draw(chart);
    g_autoptr(Canvas) canvas = NULL;

    (void)state;
    chart->days[0].cells[0].begins = 3;
    chart->days[15].cells[12].skipped = 1;
    chart->days[30].cells[23].is_closed = true;
    canvas = chart_month_draw(chart);
    assert_int_equal(count(empty, PALETTE_BLUE) + count(empty, PALETTE_ORANGE) + count(empty, GREY),
                     0);
    assert_in_range(count(canvas, PALETTE_BLUE), 400, 700);
    assert_in_range(count(canvas, PALETTE_ORANGE), 400, 700);
    assert_in_range(count(canvas, GREY), 800, 1000);
}

/* What begins in an hour that closes or has another one skipped hides neither. */
static void marks_stand_together(void **state)
{
    g_autoptr(MonthChart) chart = make();
    g_autoptr(Canvas) canvas = NULL;

    (void)state;
    chart->days[3].cells[5] = (MonthCell){ .is_closed = true, .begins = 10, .skipped = 2 };
    canvas = chart_month_draw(chart);
    assert_in_range(count(canvas, PALETTE_BLUE), 200, 600);
    assert_in_range(count(canvas, PALETTE_ORANGE), 100, 300);
    assert_in_range(count(canvas, GREY), 150, 500);
}

/* The title of an agent with the longest name stays inside. */
static void a_long_name_fits(void **state)
{
    g_autoptr(MonthChart) chart = make();
    g_autoptr(Canvas) canvas = NULL;

    (void)state;
    g_free(chart->title);
    chart->title = g_strnfill(90, 'W');
    canvas = chart_month_draw(chart);
    for (int y = 0; y < 70; y++) {
        for (int x = canvas->width - 20; x < canvas->width; x++)
            assert_int_equal(canvas->pixels[(y * canvas->width + x) * 3], 0xff);
    }
}

static void the_fullest_month_is_a_small_file(void **state)
{
    g_autoptr(MonthChart) chart = make();
    g_autoptr(Canvas) canvas = NULL;
    g_autoptr(GError) error = NULL;
    GBytes *file;

    (void)state;
    for (unsigned i = 0; i < MONTH_DAYS; i++) {
        for (unsigned hour = 0; hour < MONTH_HOURS; hour++)
            chart->days[i].cells[hour] = (MonthCell){ .is_closed = (i * hour) % 5 > 2,
                                                      .begins = (uint8_t)((i * 7 + hour * 3) % 11),
                                                      .skipped = (uint8_t)((i + hour) % 3) };
    }
    canvas = chart_month_draw(chart);
    file = chart_png(canvas, &error);
    if (!file)
        fail_msg("%s", error->message);
    assert_in_range(g_bytes_get_size(file), 1000, 65536);
    g_bytes_unref(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_mark_has_its_color),
        cmocka_unit_test(marks_stand_together),
        cmocka_unit_test(a_long_name_fits),
        cmocka_unit_test(the_fullest_month_is_a_small_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

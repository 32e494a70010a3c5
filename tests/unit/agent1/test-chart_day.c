/* The picture of a day: heights, colors and the same bytes each time; as a PNG, read back. */
#include "agent1/edge/chart_day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/edge/chart_png.h"
#include "common/base/banned.h"

static DayChart *make(unsigned hours)
{
    DayChart *chart = day_chart_new();

    chart->title = g_strdup("Tâches du 2026-11-25");
    chart->of_hours = g_strdup("heure, Europe/Paris");
    chart->of_runs = g_strdup("tâches terminées");
    chart->hour_count = hours;
    for (unsigned i = 0; i < CHART_GROUP_COUNT; i++)
        chart->names[i] = g_strdup("réussies");
    for (unsigned i = 0; i < hours; i++)
        chart->hours[i].clock = i % 24;
    return chart;
}

/* How many pixels of this color there are in the columns' part of the picture. */
static unsigned count(const Canvas *canvas, uint8_t red, uint8_t green, uint8_t blue)
{
    const uint8_t color[] = { red, green, blue };
    unsigned found = 0;

    for (int i = canvas->width * 100; i < canvas->width * canvas->height; i++)
        found += memcmp(canvas->pixels + i * 3, color, 3) == 0;
    return found;
}

static void heights_tell_how_many(void **state)
{
    g_autoptr(DayChart) chart = make(24);
    g_autoptr(Canvas) canvas = NULL;
    unsigned succeeded;

    (void)state;
    chart->hours[3].counts[CHART_SUCCEEDED] = 6;
    chart->hours[4].counts[CHART_FAILED] = 3;
    chart->hours[5].counts[CHART_NOT_STARTED] = 3;
    chart->hours[5].counts[CHART_STOPPED] = 3;
    canvas = chart_day_draw(chart);
    succeeded = count(canvas, 0x00, 0x72, 0xb2);
    assert_true(succeeded > 3000);
    assert_in_range(count(canvas, 0xd5, 0x5e, 0x00), succeeded / 2 - 100, succeeded / 2 + 100);
    assert_in_range(count(canvas, 0xf0, 0xe4, 0x42), succeeded / 2 - 100, succeeded / 2 + 100);
    assert_in_range(count(canvas, 0x99, 0x99, 0x99), succeeded / 2 - 100, succeeded / 2 + 100);
}

static void extremes_are_drawn(void **state)
{
    static const unsigned hours[] = { 1, 23, 25, DAY_CHART_HOURS_MAX };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(hours); i++) {
        g_autoptr(DayChart) chart = make(hours[i]);
        g_autoptr(Canvas) empty = chart_day_draw(chart);
        g_autoptr(Canvas) full = NULL;

        chart->hours[0].counts[CHART_FAILED] = 1;
        for (unsigned group = 0; group < CHART_GROUP_COUNT; group++)
            chart->hours[hours[i] - 1].counts[group] = 100000000;
        full = chart_day_draw(chart);
        assert_int_equal(count(empty, 0xd5, 0x5e, 0x00), 0);
        assert_true(count(full, 0xd5, 0x5e, 0x00) > 1000);
    }
}

static void one_among_thousands_is_seen(void **state)
{
    g_autoptr(DayChart) chart = make(24);
    g_autoptr(Canvas) canvas = NULL;

    (void)state;
    chart->hours[1].counts[CHART_SUCCEEDED] = 100000;
    chart->hours[2].counts[CHART_FAILED] = 1;
    canvas = chart_day_draw(chart);
    assert_true(count(canvas, 0xd5, 0x5e, 0x00) >= 20);
}

static void the_same_chart_is_the_same_file(void **state)
{
    static const uint8_t head[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13,
                                    'I',  'H', 'D', 'R', 0,    0,    3,    32,   0, 0, 1, 144 };
    g_autoptr(DayChart) chart = make(24);
    GBytes *files[2] = { NULL, NULL };
    size_t bytes;

    (void)state;
    chart->hours[3].counts[CHART_SUCCEEDED] = 6;
    for (unsigned i = 0; i < 2; i++) {
        g_autoptr(Canvas) canvas = chart_day_draw(chart);
        g_autoptr(GError) error = NULL;

        files[i] = chart_png(canvas, &error);
        if (!files[i])
            fail_msg("%s", error->message);
    }
    assert_true(g_bytes_equal(files[0], files[1]));
    assert_memory_equal(g_bytes_get_data(files[0], &bytes), head, sizeof(head));
    assert_in_range(bytes, 1000, 65536);
    for (unsigned i = 0; i < 2; i++)
        g_bytes_unref(files[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heights_tell_how_many),
        cmocka_unit_test(extremes_are_drawn),
        cmocka_unit_test(one_among_thousands_is_seen),
        cmocka_unit_test(the_same_chart_is_the_same_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

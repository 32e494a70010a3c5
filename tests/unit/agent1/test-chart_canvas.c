/* Pixels: what is filled and stroked, where, and that nothing is drawn outside. */
#include "agent1/edge/chart_canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

static const Color white = { 255, 255, 255 };
static const Color blue = { 0, 0x72, 0xb2 };

static unsigned red_at(const Canvas *canvas, int x, int y)
{
    return canvas->pixels[(y * canvas->width + x) * 3];
}

static unsigned count_touched(const Canvas *canvas)
{
    unsigned count = 0;

    for (int i = 0; i < canvas->width * canvas->height; i++)
        count += canvas->pixels[i * 3] != 255;
    return count;
}

static void what_is_outside_is_cut_off(void **state)
{
    static const struct {
        const char *what;
        int left, top, width, height;
        unsigned count;
    } cases[] = {
        { "inside", 2, 1, 3, 2, 6 },
        { "all", 0, 0, 10, 8, 80 },
        { "over all edges", -5, -5, 99, 99, 80 },
        { "over the corner", 8, 6, 5, 5, 4 },
        { "beside it", 10, 0, 5, 5, 0 },
        { "above it", 0, -5, 5, 5, 0 },
        { "nothing", 3, 3, 0, 5, 0 },
        { "less than nothing", 3, 3, 4, -2, 0 },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Canvas) canvas = canvas_new(10, 8, white);

        print_message("%s\n", cases[i].what);
        canvas_fill(canvas, cases[i].left, cases[i].top, cases[i].width, cases[i].height, blue);
        assert_int_equal(count_touched(canvas), cases[i].count);
    }
}

static void strokes_are_smooth(void **state)
{
    g_autoptr(Canvas) canvas = canvas_new(40, 20, white);

    (void)state;
    canvas_stroke(canvas, 5.5, 10.5, 30.5, 10.5, 3, blue);
    assert_int_equal(red_at(canvas, 20, 10), 0);
    assert_int_equal(red_at(canvas, 20, 11), 0);
    assert_int_equal(red_at(canvas, 20, 13), 255);
    assert_int_equal(red_at(canvas, 3, 10), 255);
    canvas_stroke(canvas, 5, 3, 5, 3, 3, blue); /* a point */
    assert_in_range(red_at(canvas, 5, 3), 0, 100);
    assert_int_equal(red_at(canvas, 9, 3), 255);
    canvas_stroke(canvas, -100, -100, -50, 300, 9, blue);
    canvas_stroke(canvas, -10, 18, 60, 18, 2, blue);
    assert_int_equal(red_at(canvas, 0, 18), 0);
    assert_int_equal(red_at(canvas, 39, 18), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_outside_is_cut_off),
        cmocka_unit_test(strokes_are_smooth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Letters of strokes: every one that is needed is there, and stands where it should. */
#include "agent1/edge/chart_letters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define SIDE 60

static const Color white = { 255, 255, 255 };
static const Color black = { 0, 0, 0 };

static Canvas *draw(const char *text)
{
    Canvas *canvas = canvas_new(SIDE, SIDE, white);

    letters_draw(canvas, text, SIDE / 2.0, 40, 24, LETTERS_MIDDLE, black);
    return canvas;
}

static bool is_same(const Canvas *one, const Canvas *other)
{
    return memcmp(one->pixels, other->pixels, (size_t)SIDE * SIDE * 3) == 0;
}

/* Each is another picture than the box and than all before it (but O and 0). */
static void every_letter_is_one_of_its_own(void **state)
{
    static const char *const texts[] = {
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F", "G", "H", "I",
        "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z", "a",
        "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "m", "n", "o", "p", "q", "r", "s", "t",
        "u", "v", "w", "x", "y", "z", "-", "_", "+", "/", ".", ",", ":", "'", "(", ")", "%", "·",
        "é", "è", "ê", "ë", "à", "â", "ç", "î", "ï", "ô", "ù", "û", "É", "À", "Ç", " ",
    };
    g_autoptr(GPtrArray) drawn = g_ptr_array_new_with_free_func((GDestroyNotify)canvas_free);

    (void)state;
    g_ptr_array_add(drawn, draw("\u4e2d")); /* the box */
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        Canvas *canvas = draw(texts[i]);

        for (unsigned j = 0; j < drawn->len; j++) {
            if (is_same(canvas, drawn->pdata[j]))
                fail_msg("\"%s\" looks like number %u", texts[i], j);
        }
        g_ptr_array_add(drawn, canvas);
    }
}

static void odd_texts_are_drawn_too(void **state)
{
    static const char *const texts[] = { "", "\u0301", "\u0301\u0301a", "\xc3", "\x01\n", "🐘" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        canvas_free(draw(texts[i]));
    assert_true(letters_width("", 12) >= 0 && letters_width("\u0301", 12) >= 0);
}

static void texts_have_their_widths(void **state)
{
    (void)state;
    assert_true(letters_width("", 12) < 0.01);
    assert_true(letters_width("é", 12) > 5 && letters_width("é", 12) < 7);
    assert_true(letters_width("ee", 12) > 2 * letters_width("e", 12));
    assert_true(letters_width("eé", 24) > 1.99 * letters_width("ee", 12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_letter_is_one_of_its_own),
        cmocka_unit_test(odd_texts_are_drawn_too),
        cmocka_unit_test(texts_have_their_widths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

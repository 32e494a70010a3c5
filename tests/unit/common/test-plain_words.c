/* Texts as words alone: small letters, signs as one blank. */
#include "common/base/plain_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void what_is_left(void **state)
{
    static const struct {
        const char *text;
        const char *plain;
    } rows[] = {
        { "", " " },
        { "Hello, World!", " hello world " },
        { "I can't", " i can't " },
        { "I can\u2019t", " i can't " },
        { "D\u00c9SOL\u00c9 - non", " d\u00e9sol\u00e9 non " },
        { "  a\n\tb  ", " a b " },
        { "\u6211\u65e0\u6cd5", " \u6211\u65e0\u6cd5 " },
        { "...", " " },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *plain = plain_words(rows[i].text);

        assert_string_equal(plain, rows[i].plain);
    }
}

/* A text of ASCII takes a shorter way, to the same end. */
static void ascii_is_no_other(void **state)
{
    (void)state;
    for (char sign = 1; sign > 0; sign++) {
        const char text[] = { 'X', sign, 'X', '\0' };
        g_autofree char *longer = g_strconcat(text, " \u00e9", NULL);
        g_autofree char *plain = plain_words(text);
        g_autofree char *other = plain_words(longer);
        g_autofree char *expected = g_strconcat(plain, "\u00e9 ", NULL);

        assert_string_equal(other, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left),
        cmocka_unit_test(ascii_is_no_other),
    };

    return cmocka_run_group_tests_name("plain_words", tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/language.h"
#include "common/base/banned.h"

static void test_codes(void **state)
{
    static const char *const codes[LANGUAGE_COUNT] = { "en", "fr" };
    static const char *const wrong[] = { NULL, "", "EN", "fr ", "fr_FR", "french", "de" };
    Language language;
    unsigned i;

    (void)state;
    for (i = 0; i < LANGUAGE_COUNT; i++) {
        assert_true(language_parse(codes[i], &language));
        assert_int_equal(language, i);
        assert_string_equal(language_code((Language)i), codes[i]);
        assert_true(language_is_valid(codes[i]));
    }
    language = LANGUAGE_FR;
    for (i = 0; i < G_N_ELEMENTS(wrong); i++) {
        print_message("%s\n", wrong[i] ? wrong[i] : "NULL");
        assert_false(language_parse(wrong[i], &language));
        assert_int_equal(language, LANGUAGE_FR);
        assert_false(language_is_valid(wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
    };

    return cmocka_run_group_tests_name("language", tests, NULL, NULL);
}

/* JSON printed: compact, for people, and back to the same. */
#include "common/data/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/text.h"

#include "common/base/banned.h"

static void test_compact(void **state)
{
    static const struct {
        const char *text;
        const char *printed;
    } rows[] = {
        { " { \"b\" : [ 1 , 2 ] , \"a\" : { } } ", "{\"b\":[1,2],\"a\":{}}" },
        { "\"\\u0001\\u001f\\u007f\\/\\u00e9\\ud83d\\udc4d\"", "\"\\u0001\\u001f\x7f/é👍\"" },
        { "\"\\\"\\\\\\b\\f\\n\\r\\t\"", "\"\\\"\\\\\\b\\f\\n\\r\\t\"" },
        { "{\"a\\\"\\n\":1}", "{\"a\\\"\\n\":1}" },
        { "9007199254740991", "9007199254740991" },
        { "-9007199254740991", "-9007199254740991" },
        { "1795227245123", "1795227245123" },
        { "-0", "0" },
        { "0.1", "0.1" },
        { "2.50", "2.5" },
        { "1e2", "100" },
        { "1e300", "1e+300" },
        { "0.30000000000000004", "0.30000000000000004" },
        { "5e-324", "4.94065645841247e-324" },
        { "1.7976931348623157e308", "1.7976931348623157e+308" },
        { "9007199254740992", "9007199254740992" },
        { "9007199254740994", "9007199254740994" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = json_parse(rows[i].text, strlen(rows[i].text), 1000, NULL);
        g_autoptr(Json) again = NULL;
        g_autofree char *printed = NULL;
        g_autofree char *twice = NULL;

        print_message("%s\n", rows[i].text);
        printed = json_print(json);
        assert_string_equal(printed, rows[i].printed);
        again = json_parse(printed, strlen(printed), 1000, NULL);
        twice = json_print(again);
        assert_string_equal(twice, printed);
    }
}

static void test_length_is_as_text_says(void **state)
{
    GString *text = g_string_new(NULL);
    g_autoptr(Json) json = NULL;
    g_autofree char *printed = NULL;

    (void)state;
    for (gunichar c = 1; c < 0x300; c++)
        g_string_append_unichar(text, c);
    json = json_new_string(text->str);
    printed = json_print(json);
    assert_int_equal(strlen(printed), text_json_length(text->str, text->len) + 2);
    g_string_free(text, TRUE);
}

static void test_pretty(void **state)
{
    static const char expected[] = "{\n"
                                   "  \"name\": \"agent1\",\n"
                                   "  \"empty\": {},\n"
                                   "  \"none\": [],\n"
                                   "  \"days\": [\"mon\", \"tue\"],\n"
                                   "  \"users\": [\n"
                                   "    {\n"
                                   "      \"name\": \"a\",\n"
                                   "      \"age\": 1\n"
                                   "    },\n"
                                   "    []\n"
                                   "  ]\n"
                                   "}\n";
    g_autoptr(Json) json = json_parse(expected, strlen(expected), 1000, NULL);
    g_autoptr(Json) scalar = json_new_int(3);
    g_autofree char *printed = json_print_pretty(json);
    g_autofree char *number = json_print_pretty(scalar);

    (void)state;
    assert_string_equal(printed, expected);
    assert_string_equal(number, "3\n");
}

static void test_long_arrays_break(void **state)
{
    g_autoptr(Json) array = json_new_array();
    g_autofree char *printed = NULL;
    g_autofree char *word = g_strnfill(50, 'x');

    (void)state;
    json_append_string(array, word);
    json_append_string(array, word);
    printed = json_print_pretty(array);
    assert_true(g_str_has_prefix(printed, "[\n  \"xx"));
    assert_true(g_str_has_suffix(printed, "\"\n]\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compact),
        cmocka_unit_test(test_length_is_as_text_says),
        cmocka_unit_test(test_pretty),
        cmocka_unit_test(test_long_arrays_break),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

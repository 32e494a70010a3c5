/* JSON trees: reading, building, copying. */
#include "common/data/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

static Json *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    Json *json = json_parse(text, strlen(text), 100000, &error);

    if (!json)
        fail_msg("%s", error->message);
    return json;
}

static void test_limits(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Json) fits = json_parse("[1]", 3, 3, &error);

    (void)state;
    assert_non_null(fits);
    assert_null(json_parse("[1]", 3, 2, &error));
    assert_int_equal(error->code, PROBLEM_LIMIT);
    assert_string_equal(error->message, "3 bytes: expected at most 2");
    g_clear_error(&error);
    assert_null(json_parse("[1,]", 4, 10, &error));
    assert_int_equal(error->code, PROBLEM_SYNTAX);
}

static void test_kinds(void **state)
{
    static const struct {
        const char *text;
        JsonKind kind;
        const char *name;
    } rows[] = {
        { "null", JSON_NULL, "null" },           { "true", JSON_BOOL, "true or false" },
        { "false", JSON_BOOL, "true or false" }, { "0", JSON_NUMBER, "a number" },
        { "\"\"", JSON_STRING, "a string" },     { "[]", JSON_ARRAY, "an array" },
        { "{}", JSON_OBJECT, "an object" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = parse(rows[i].text);

        assert_int_equal(json_kind(json), rows[i].kind);
        assert_string_equal(json_kind_name(json_kind(json)), rows[i].name);
    }
    assert_int_equal(json_kind(NULL), JSON_ABSENT);
    assert_string_equal(json_kind_name(JSON_ABSENT), "nothing");
}

static void test_absent(void **state)
{
    int64_t whole = 7;
    double number = 7;

    (void)state;
    assert_null(json_string(NULL));
    assert_false(json_bool(NULL));
    assert_false(json_int(NULL, &whole));
    assert_false(json_number(NULL, &number));
    assert_null(json_member(NULL, "a"));
    assert_null(json_first(NULL));
    assert_null(json_next(NULL));
    assert_null(json_name(NULL));
    assert_int_equal(json_count(NULL), 0);
    assert_null(json_copy(NULL));
    json_free(NULL);
    assert_int_equal(whole, 7);
}

static void test_ints(void **state)
{
    static const struct {
        const char *text;
        bool is_int;
        int64_t value;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "-12", true, -12 },
        { "1e3", true, 1000 },
        { "1.0", true, 1 },
        { "9007199254740991", true, INT64_C(9007199254740991) },
        { "-9007199254740991", true, INT64_C(-9007199254740991) },
        { "9007199254740992", false, 0 },
        { "9007199254740993", false, 0 },
        { "1.5", false, 0 },
        { "1e300", false, 0 },
        { "\"1\"", false, 0 },
        { "true", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = parse(rows[i].text);
        int64_t value = 7;

        print_message("%s\n", rows[i].text);
        assert_int_equal(json_int(json, &value), rows[i].is_int);
        assert_int_equal(value, rows[i].is_int ? rows[i].value : 7);
    }
}

static void test_reading(void **state)
{
    g_autoptr(Json) json = parse("{\"Name\":\"x\\ty\",\"on\":true,\"list\":[1,2.5,null],\"\":0}");
    const Json *list = json_member(json, "list");
    const Json *node;
    double number = 0;

    (void)state;
    assert_string_equal(json_string(json_member(json, "Name")), "x\ty");
    assert_null(json_member(json, "name"));
    assert_non_null(json_member(json, ""));
    assert_null(json_member(list, "Name"));
    assert_true(json_bool(json_member(json, "on")));
    assert_false(json_bool(json_member(json, "list")));
    assert_null(json_string(list));
    assert_int_equal(json_count(json), 4);
    assert_int_equal(json_count(list), 3);
    assert_null(json_name(json));

    node = json_first(json);
    assert_string_equal(json_name(node), "Name");
    node = json_next(node);
    assert_string_equal(json_name(node), "on");
    node = json_next(json_first(list));
    assert_null(json_name(node));
    assert_true(json_number(node, &number));
    assert_true(number == 2.5);
    assert_null(json_next(json_next(node)));
}

static void test_building(void **state)
{
    g_autoptr(Json) object = json_new_object();
    g_autoptr(Json) copy = NULL;
    g_autofree char *printed = NULL;
    g_autofree char *copied = NULL;
    Json *list = json_new_array();

    (void)state;
    json_set_string(object, "text", "a\"b");
    json_set_string(object, "nothing", NULL);
    json_set_int(object, "number", INT64_C(9007199254740991));
    json_set_bool(object, "on", false);
    json_set(object, "list", list);
    json_append_string(list, "é");
    json_append(list, json_new_int(-1));
    json_append(list, json_new_null());
    json_append(list, json_new_bool(true));
    json_set(object, "gone", json_new_string("x"));

    json_set_int(object, "text", 1); /* in its place */
    json_set_bool(object, "Text", true);
    json_remove(object, "gone");
    json_remove(object, "never there");
    json_append_string(json_member_mutable(object, "list"), "last");
    assert_null(json_member_mutable(object, "gone"));

    printed = json_print(object);
    assert_string_equal(printed,
                        "{\"text\":1,\"nothing\":null,\"number\":9007199254740991,\"on\":false,"
                        "\"list\":[\"é\",-1,null,true,\"last\"],\"Text\":true}");

    copy = json_copy(object);
    json_set_int(object, "text", 2);
    copied = json_print(copy);
    assert_string_equal(copied, printed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_absent),  cmocka_unit_test(test_ints),
        cmocka_unit_test(test_reading), cmocka_unit_test(test_building),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

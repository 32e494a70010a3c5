/* What an answer holds for programs: lists, totals, room. */
#include "agent1/flow/voice/answer_data.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static Json *item_of(const char *text)
{
    Json *item = json_new_object();

    json_set_string(item, "id", text);
    return item;
}

static void assert_printed(const AnswerData *data, const char *expected)
{
    g_autofree char *text = json_print(data->lists);

    assert_string_equal(text, expected);
    assert_true(strlen(text) <= data->bytes);
}

static void lists_and_totals(void **state)
{
    g_auto(AnswerData) data = { 0 };

    (void)state;
    assert_null(data.lists);
    answer_data_count(&data, "runs", 0);
    assert_printed(&data, "{\"runs\":[],\"totals\":{\"runs\":0}}");
    assert_true(answer_data_add(&data, "runs", item_of("a")));
    answer_data_count(&data, "runs", 7);
    assert_true(answer_data_add(&data, "agents", item_of("b")));
    assert_printed(&data, "{\"runs\":[{\"id\":\"a\"}],\"totals\":{\"runs\":8,\"agents\":1},"
                          "\"agents\":[{\"id\":\"b\"}]}");
}

/* Behind the first that does not fit none is taken: what is there are the first ones. */
static void what_has_no_room_is_counted(void **state)
{
    g_auto(AnswerData) data = { 0 };
    g_autofree char *large = g_strnfill(ANSWER_DATA_MAX_BYTES / 2, 'x');

    (void)state;
    assert_true(answer_data_add(&data, "runs", item_of(large)));
    assert_false(answer_data_add(&data, "runs", item_of(large)));
    assert_false(answer_data_add(&data, "runs", item_of("small")));
    assert_int_equal(json_count(json_member(data.lists, "runs")), 1);
    assert_true(data.bytes <= ANSWER_DATA_MAX_BYTES);
    json_remove(data.lists, "runs");
    assert_printed(&data, "{\"totals\":{\"runs\":3}}");
}

static void what_is_absent_is_not_there(void **state)
{
    g_autoptr(Json) item = json_new_object();
    g_autofree char *text = NULL;

    (void)state;
    answer_data_set_text(item, "a", NULL);
    answer_data_set_text(item, "b", "");
    answer_data_set_time(item, "c", 0);
    answer_data_set_time(item, "d", -1);
    answer_data_set_time(item, "e", 1500);
    text = json_print(item);
    assert_string_equal(text, "{\"b\":\"\",\"e\":\"1970-01-01T00:00:01.500Z\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_and_totals),
        cmocka_unit_test(what_has_no_room_is_counted),
        cmocka_unit_test(what_is_absent_is_not_there),
    };

    return cmocka_run_group_tests_name("answer_data", tests, NULL, NULL);
}

/* Where the output's bytes are: the plan, and finding them with gaps and overlaps. */
#include "agent2/folder/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "agent2/folder/task.h"
#include "common/base/limits.h"

#include "common/base/banned.h"

static void test_plan(void **state)
{
    static const int64_t sizes[] = { RUN_OUTPUT_MIN, RUN_OUTPUT_MIN + 1,  200000,
                                     1024 * 1024,    RUN_OUTPUT_DEFAULT,  RUN_OUTPUT_MAX - 1,
                                     RUN_OUTPUT_MAX, RUN_OUTPUT_MIN + 500 };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        OutputPlan plan = output_plan(sizes[i]);

        assert_true(plan.head_bytes >= OUTPUT_HEAD_BYTES);
        assert_true(plan.tail_bytes >= OUTPUT_TAIL_BYTES);
        assert_true(plan.head_bytes + 2 * plan.tail_bytes <= sizes[i]);
        assert_true(plan.head_bytes + 2 * plan.tail_bytes >= sizes[i] - 1);
    }
}

static void test_add(void **state)
{
    static const struct {
        const char *what;
        int64_t start;
        int64_t bytes;
        bool is_added;
        unsigned place; /* where it stands when it was added */
    } rows[] = {
        { "before all", 0, 10, true, 0 },
        { "touching both", 10, 10, true, 0 },
        { "between", 40, 20, true, 1 },
        { "after all", 200, 1, true, 2 },
        { "into the first", 29, 5, false, 0 },
        { "over the second", 90, 11, false, 0 },
        { "around all", 0, 1000, false, 0 },
        { "the same start", 20, 1, false, 0 },
        { "beyond the numbers", INT64_MAX, 1, false, 0 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        OutputMap map = { .count = 0 };
        OutputMap before;

        print_message("  %s\n", rows[i].what);
        assert_true(output_map_add(&map, "tail.100", 100, 50));
        assert_true(output_map_add(&map, "head", 20, 10));
        before = map;
        assert_int_equal(output_map_add(&map, "new", rows[i].start, rows[i].bytes),
                         rows[i].is_added);
        if (rows[i].is_added) {
            assert_int_equal(map.count, 3);
            assert_string_equal(map.parts[rows[i].place].name, "new");
            for (unsigned p = 1; p < map.count; p++)
                assert_true(map.parts[p].start >= map.parts[p - 1].start + map.parts[p - 1].bytes);
        } else {
            assert_memory_equal(&map, &before, sizeof(map));
        }
    }
}

static void test_add_bounds(void **state)
{
    OutputMap map = { .count = 0 };
    g_autofree char *name = g_strnfill(RUN_TAIL_SIZE, 'x');

    (void)state;

    assert_true(output_map_add(&map, "empty", 0, 0));
    assert_int_equal(map.count, 0);
    assert_false(output_map_add(&map, name, 0, 1));
    for (unsigned i = 0; i < OUTPUT_PARTS_MAX; i++)
        assert_true(output_map_add(&map, "x", i, 1));
    assert_false(output_map_add(&map, "x", 100, 1));
    assert_int_equal(map.count, OUTPUT_PARTS_MAX);
}

static void test_find(void **state)
{
    static const struct {
        const char *what;
        int64_t offset;
        const char *name; /* NULL: beyond the end */
        int64_t found;
    } rows[] = {
        { "the beginning", 0, "head", 0 },
        { "inside the head", 9, "head", 9 },
        { "the gap", 10, "tail.50", 50 },
        { "inside a tail", 60, "tail.50", 60 },
        { "from one tail into the next", 70, "tail.70", 70 },
        { "the last byte", 79, "tail.70", 79 },
        { "the end", 80, NULL, 0 },
        { "far beyond", INT64_MAX, NULL, 0 },
    };
    OutputMap map = { .count = 0 };

    (void)state;

    assert_int_equal(output_map_end(&map), 0);
    assert_true(output_map_add(&map, "head", 0, 10));
    assert_true(output_map_add(&map, "tail.70", 70, 10));
    assert_true(output_map_add(&map, "tail.50", 50, 20));
    assert_int_equal(output_map_end(&map), 80);
    assert_int_equal(output_map_kept(&map), 40);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t found = -1;
        const OutputPart *part = output_map_find(&map, rows[i].offset, &found);

        print_message("  %s\n", rows[i].what);
        if (rows[i].name) {
            assert_non_null(part);
            assert_string_equal(part->name, rows[i].name);
            assert_int_equal(found, rows[i].found);
        } else {
            assert_null(part);
            assert_int_equal(found, -1);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_add),
        cmocka_unit_test(test_add_bounds),
        cmocka_unit_test(test_find),
    };

    return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}

/* Names of run folders and of parts of the output: there and back, and what is refused. */
#include "agent2/folder/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN "01JD6Q8W3MZX5T4R7V9B2C0DFG"

static void test_run_names(void **state)
{
    static const struct {
        const char *what;
        const char *name;
        int64_t attempt; /* 0: refused */
    } rows[] = {
        { "the first attempt", RUN ".1", 1 },
        { "the last one", RUN ".999999", 999999 },
        { "one too many", RUN ".1000000", 0 },
        { "no attempt", RUN, 0 },
        { "an empty attempt", RUN ".", 0 },
        { "attempt 0", RUN ".0", 0 },
        { "a leading zero", RUN ".01", 0 },
        { "a sign", RUN ".+1", 0 },
        { "a space", RUN ". 1", 0 },
        { "something after it", RUN ".1x", 0 },
        { "out of range", RUN ".99999999999999999999", 0 },
        { "a path", RUN ".1/..", 0 },
        { "a hidden name", "." RUN ".1", 0 },
        { "a short run", "01JD6Q8W3M.1", 0 },
        { "a long run", RUN "0.1", 0 },
        { "lower case", "01jd6q8w3mzx5t4r7v9b2c0dfg.1", 0 },
        { "a letter that base 32 has not", "01JD6Q8W3MZX5T4R7V9B2C0DFU.1", 0 },
        { "more than 128 bits", "81JD6Q8W3MZX5T4R7V9B2C0DFG.1", 0 },
        { "nothing", "", 0 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char run[RUN_ID_CHARS + 1] = "untouched";
        char again[RUN_NAME_SIZE];
        int64_t attempt = -5;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(run_name_parse(rows[i].name, run, &attempt), rows[i].attempt > 0);
        if (rows[i].attempt > 0) {
            assert_int_equal(attempt, rows[i].attempt);
            run_name_print(again, run, attempt);
            assert_string_equal(again, rows[i].name);
        } else {
            assert_string_equal(run, "untouched");
            assert_int_equal(attempt, -5);
        }
    }
}

static void test_tail_names(void **state)
{
    static const struct {
        const char *what;
        const char *name;
        int64_t offset; /* -1: refused */
    } rows[] = {
        { "from the beginning", "tail.0", 0 },
        { "somewhere", "tail.2097152", 2097152 },
        { "the largest", "tail.9223372036854775807", INT64_MAX },
        { "one too many", "tail.9223372036854775808", -1 },
        { "no offset", "tail.", -1 },
        { "a leading zero", "tail.00", -1 },
        { "negative", "tail.-1", -1 },
        { "another file", "tails.1", -1 },
        { "a suffix", "tail.1.gz", -1 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char again[RUN_TAIL_SIZE];
        int64_t offset = -5;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(tail_name_parse(rows[i].name, &offset), rows[i].offset >= 0);
        assert_int_equal(offset, rows[i].offset >= 0 ? rows[i].offset : -5);
        if (rows[i].offset >= 0) {
            tail_name_print(again, offset);
            assert_string_equal(again, rows[i].name);
        }
    }
}

static void test_boot_ids(void **state)
{
    (void)state;

    assert_true(boot_id_is_valid("3b2a1c4d-0000-4e5f-8a9b-0123456789ab"));
    assert_false(boot_id_is_valid("3B2A1C4D-0000-4E5F-8A9B-0123456789AB"));
    assert_false(boot_id_is_valid("3b2a1c4d-0000-4e5f-8a9b-0123456789a"));
    assert_false(boot_id_is_valid("3b2a1c4d-0000-4e5f-8a9b-0123456789ab0"));
    assert_false(boot_id_is_valid(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_names),
        cmocka_unit_test(test_tail_names),
        cmocka_unit_test(test_boot_ids),
    };

    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}

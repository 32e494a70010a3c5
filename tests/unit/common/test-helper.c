/* Where the programs that belong to one are found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "common/sys/helper.h"
#include "common/base/banned.h"

static void one_beside(void **state)
{
    g_autofree char *own = helper_find("agent1", "test-helper");

    (void)state;
    assert_non_null(own);
    assert_true(g_path_is_absolute(own));
    assert_true(g_str_has_suffix(own, "/test-helper"));
    assert_null(helper_find("agent1", "no-such-program"));
    /* A log that lies there is none. */
    assert_null(helper_find("agent1", "test-helper.log"));
}

/* tests/unit/common and its neighbour stand in for /usr/bin and /usr/libexec. */
static void one_of_the_helpers(void **state)
{
    g_autofree char *own = helper_find("agent1", "test-helper");
    g_autofree char *folder = g_path_get_dirname(own);
    g_autofree char *place = g_build_filename(folder, "../libexec/helper-test", NULL);
    g_autofree char *program = g_build_filename(place, "a-helper", NULL);
    g_autofree char *found = NULL;

    (void)state;
    assert_int_equal(g_mkdir_with_parents(place, 0700), 0);
    assert_true(
        g_file_set_contents_full(program, "#!/bin/sh\n", -1, G_FILE_SET_CONTENTS_NONE, 0700, NULL));
    found = helper_find("helper-test", "a-helper");
    assert_non_null(found);
    assert_true(g_str_has_suffix(found, "/libexec/helper-test/a-helper"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_beside),
        cmocka_unit_test(one_of_the_helpers),
    };

    return cmocka_run_group_tests_name("helper", tests, NULL, NULL);
}

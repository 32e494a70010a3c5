/* Names, reserved words, sessions, ULIDs. */
#include "common/base/name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "common/base/banned.h"

static void test_names(void **state)
{
    static const struct {
        const char *text;
        bool is_valid;
        bool is_reserved;
        bool is_session;
        bool is_ulid;
    } rows[] = {
        { "web1", true, false, false, false },
        { "a", true, false, false, false },
        { "_-", true, false, false, false },
        { "agent2_debian13", true, false, false, false },
        { "agent2_debian13x", true, false, true, false },
        { "0123456789abcdef0123456789abcdef", true, false, true, false },
        { "0123456789abcdef0123456789abcdef0", false, false, false, false },
        { "", false, false, false, false },
        { "Web1", false, false, false, false },
        { "web 1", false, false, false, false },
        { "web1\n", false, false, false, false },
        { "web/1", false, false, false, false },
        { "web+", false, false, false, false },
        { "#", false, false, false, false },
        { "wéb", false, false, false, false },
        { "agent1", true, true, false, false },
        { "cli", true, true, false, false },
        { "acl-probe", true, true, false, false },
        { "daily_report", true, true, false, false },
        { "all", true, true, false, false },
        { "alls", true, false, false, false },
        { "01ARZ3NDEKTSV4RRFFQ69G5FAV", false, false, false, true },
        { "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", false, false, false, true },
        { "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", false, false, false, false },
        { "01ARZ3NDEKTSV4RRFFQ69G5FA", false, false, false, false },
        { "01ARZ3NDEKTSV4RRFFQ69G5FAVX", false, false, false, false },
        { "01ARZ3NDEKTSV4RRFFQ69G5FAU", false, false, false, false },
        { "01ARZ3NDEKTSV4RRFFQ69G5FAI", false, false, false, false },
        { "01arz3ndektsv4rrffq69g5fav", true, false, true, false },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        print_message("\"%s\"\n", rows[i].text);
        assert_int_equal(name_is_valid(rows[i].text), rows[i].is_valid);
        assert_int_equal(name_is_reserved(rows[i].text), rows[i].is_reserved);
        assert_int_equal(name_is_session(rows[i].text), rows[i].is_session);
        assert_int_equal(name_is_ulid(rows[i].text), rows[i].is_ulid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

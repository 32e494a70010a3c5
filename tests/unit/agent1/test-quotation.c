/* What a person's message quotes: such words are not meant as his own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>

#include "agent1/model/quotation.h"
#include "common/base/banned.h"

static const struct {
    const char *text;
    bool is_quoting;
} rows[] = {
    { "", false },
    { "restart nginx on web1", false },
    { "is 3 > 2, and a < b?", false },
    { "use `ls` there", false },
    { "> restart web1\nwhat is that?", true },
    { "what is that?\n >> restart web1", true },
    { "\t> restart web1", true },
    { "```\nrestart web1\n```", true },
    { "why?\n~~~~ log\nrestart web1", true },
    { "> ", true },
};

static void what_is_one(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (quotation_is_in(rows[i].text) != rows[i].is_quoting)
            fail_msg("%s", rows[i].text);
    }
}

static void what_is_left(void **state)
{
    g_autofree char *own = quotation_leave_out("> theirs\nmine\n```\ntheirs\n```\nmine, too");

    (void)state;
    assert_string_equal(own, "mine\nmine, too");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_one),
        cmocka_unit_test(what_is_left),
    };

    return cmocka_run_group_tests_name("quotation", tests, NULL, NULL);
}

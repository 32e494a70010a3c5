/* Why a calendar has no time. */
#include "common/data/time_never.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/common/time_forms.h"

#include "common/base/banned.h"

static const struct {
    const char *text;
    const char *why; /* NULL: it comes */
} rows[] = {
    { "0 3 31 2 *", "February has no 31st" },
    { "0 3 30 2 *", "February has no 30th" },
    { "0 3 30,31 feb *", "February has no 30th, February has no 31st" },
    { "0 3 31 4,6,9,11 *",
      "April has no 31st, June has no 31st, September has no 31st, November has "
      "no 31st" },
    { "mon *-02-31 03:00", "February has no 31st" },
    { "0 3 31 2 mon", NULL }, /* any Monday of February will do */
    { "0 3 29 2 *", NULL },
    { "0 3 31 2,3 *", NULL },
    { "0 3 29-31 2 *", NULL },
    { "0 3 31 * *", NULL },
    { "at 2020-02-29T03:00", NULL },
};

static void test_reasons(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        TimeSpec spec = time_form_parse(rows[i].text);
        g_autofree char *why = time_never_print(&spec);

        if (g_strcmp0(why, rows[i].why) != 0)
            fail_msg("%s: %s", rows[i].text, why);
    }
}

/* What has a reason never comes. */
static void test_never(void **state)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(WallClock) clock = wall_clock_new(utc);

    (void)state;
    for (unsigned month = 1; month <= 12; month++) {
        for (unsigned day = 1; day <= 31; day++) {
            g_autofree char *text = g_strdup_printf("*-%02u-%02u 03:00", month, day);
            TimeSpec spec = time_form_parse(text);
            g_autofree char *why = time_never_print(&spec);
            TimeOccurrence found;

            if ((why != NULL) == time_spec_next(&spec, clock, 0, 0, &found))
                fail_msg("%s", text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

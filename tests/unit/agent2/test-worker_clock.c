#include "agent2/model/worker_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "common/base/banned.h"

static void test_median(void **state)
{
    static const struct {
        const char *what;
        int64_t offsets[12];
        unsigned count;
        int64_t expected;
    } rows[] = {
        { "nothing heard", { 0 }, 0, 0 },
        { "one frame", { 500 }, 1, 500 },
        { "one of three was late", { 0, -90000, 10 }, 3, 0 },
        { "a clock that is behind", { -300000, -300010, -299990 }, 3, -300000 },
        { "only the last nine count", { 900, 900, 900, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 12, 5 },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        WorkerClock clock;

        worker_clock_init(&clock);
        for (unsigned sample = 0; sample < rows[i].count; sample++)
            worker_clock_add(&clock, 1795012000000 + rows[i].offsets[sample], 1795012000000);
        if (worker_clock_offset(&clock) != rows[i].expected)
            fail_msg("%s: %" G_GINT64_FORMAT, rows[i].what, worker_clock_offset(&clock));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_median) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

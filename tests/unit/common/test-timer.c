/* The timer: not before its time, at once when that has passed, never at INT64_MAX, and when the
 * wall clock is set, which this test only pretends by a read(2) of its own. */
#include "common/sys/timer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/sys/clock.h"

#include "common/base/banned.h"

#define WAIT_MAX_S 20

static bool is_clock_set;

ssize_t read(int fd, void *buffer, size_t length)
{
    ssize_t got = syscall(SYS_read, fd, buffer, length);

    if (!is_clock_set)
        return got;
    is_clock_set = false;
    errno = ECANCELED;
    return -1;
}

static void count_call(void *data)
{
    (*(unsigned *)data)++;
}

static gboolean give_up(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_REMOVE;
}

/* Runs the loop until count reaches wanted, or for ms. */
static void run_loop(const unsigned *count, unsigned wanted, unsigned ms)
{
    bool is_over = false;
    guint deadline = g_timeout_add(ms, give_up, &is_over);

    while (*count < wanted && !is_over)
        g_main_context_iteration(NULL, TRUE);
    if (!is_over)
        g_source_remove(deadline);
}

static void test_past_times_fire_at_once(void **state)
{
    const int64_t times[] = { INT64_MIN, -1, 0, 1, clock_now_ms() };
    unsigned count = 0;
    g_autoptr(Timer) timer = timer_new(count_call, &count);

    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++) {
        timer_arm(timer, times[i]);
        run_loop(&count, i + 1, WAIT_MAX_S * 1000);
        assert_int_equal(count, i + 1);
    }
    assert_false(g_main_context_iteration(NULL, FALSE));
}

static void test_not_before_its_time(void **state)
{
    unsigned count = 0;
    g_autoptr(Timer) timer = timer_new(count_call, &count);

    (void)state;

    for (unsigned i = 0; i < 10; i++) {
        int64_t at_ms = clock_now_ms() + 7;

        timer_arm(timer, at_ms);
        run_loop(&count, i + 1, WAIT_MAX_S * 1000);
        assert_int_equal(count, i + 1);
        assert_true(clock_now_ms() >= at_ms);
    }
}

static void test_arming_replaces(void **state)
{
    unsigned count = 0;
    g_autoptr(Timer) timer = timer_new(count_call, &count);

    (void)state;

    timer_arm(timer, clock_now_ms() + 3600000);
    timer_arm(timer, clock_now_ms() + 5);
    run_loop(&count, 1, WAIT_MAX_S * 1000);
    assert_int_equal(count, 1);

    /* What was due, but not yet noticed, is taken back. */
    timer_arm(timer, 0);
    timer_arm(timer, INT64_MAX);
    run_loop(&count, 2, 50);
    assert_int_equal(count, 1);

    timer_arm(timer, INT64_MAX - 1);
    run_loop(&count, 2, 50);
    assert_int_equal(count, 1);
}

/* It was armed for earlier, and is not armed anew for that. */
static void test_moving_on(void **state)
{
    unsigned count = 0;
    g_autoptr(Timer) timer = timer_new(count_call, &count);
    int64_t at_ms = clock_now_ms() + 60;

    (void)state;

    timer_arm(timer, clock_now_ms() + 5);
    timer_arm(timer, at_ms);
    run_loop(&count, 1, WAIT_MAX_S * 1000);
    assert_int_equal(count, 1);
    assert_true(clock_now_ms() >= at_ms);

    /* Once is once. */
    run_loop(&count, 2, 20);
    assert_int_equal(count, 1);
}

static void test_clock_set(void **state)
{
    unsigned count = 0;
    g_autoptr(Timer) timer = timer_new(count_call, &count);

    (void)state;

    is_clock_set = true;
    timer_arm(timer, 0);
    run_loop(&count, 1, WAIT_MAX_S * 1000);
    assert_false(is_clock_set);
    assert_int_equal(count, 1);
}

static void free_timer(void *data)
{
    g_clear_pointer((Timer **)data, timer_free);
}

static void test_handler_may_free(void **state)
{
    Timer *timer = NULL;

    (void)state;

    timer = timer_new(free_timer, &timer);
    timer_arm(timer, 0);
    g_main_context_iteration(NULL, TRUE);
    assert_null(timer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_past_times_fire_at_once),
        cmocka_unit_test(test_not_before_its_time),
        cmocka_unit_test(test_arming_replaces),
        cmocka_unit_test(test_moving_on),
        cmocka_unit_test(test_clock_set),
        cmocka_unit_test(test_handler_may_free),
    };

    return cmocka_run_group_tests_name("timer", tests, NULL, NULL);
}

/* Errands: work elsewhere, done here, whether waited for or not. */
#include "common/sys/errand.h"

#include <glib.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "common/sys/mailbox.h"

#include "common/base/banned.h"

typedef struct Job {
    GThread *worked_on;
    GThread *done_on;
    Mailbox *go; /* the work waits for an item in it; NULL: it does not wait */
} Job;

static void work(void *data)
{
    Job *job = data;

    while (job->go && !mailbox_take(job->go))
        g_thread_yield();
    job->worked_on = g_thread_self();
}

static void done(void *data)
{
    Job *job = data;

    job->done_on = g_thread_self();
}

static void test_done_by_the_loop(void **state)
{
    Job job = { 0 };

    (void)state;

    errand_start("test", work, done, &job);
    while (!job.done_on)
        g_main_context_iteration(NULL, TRUE);
    assert_ptr_equal(job.done_on, g_thread_self());
    assert_ptr_not_equal(job.worked_on, g_thread_self());
}

static void test_waited_for(void **state)
{
    Job job = { 0 };

    (void)state;

    assert_true(errand_wait(errand_start("test", work, done, &job), 20000));
    assert_ptr_equal(job.done_on, g_thread_self());
    assert_false(g_main_context_iteration(NULL, FALSE));
}

static void test_waited_for_in_vain(void **state)
{
    g_autoptr(Mailbox) go = mailbox_new(1, NULL);
    Job job = { .go = go };
    Errand *errand = errand_start("test", work, done, &job);

    (void)state;

    assert_false(errand_wait(errand, 0));
    assert_null(job.done_on);
    assert_true(mailbox_post(go, &job));
    while (!job.done_on)
        g_main_context_iteration(NULL, TRUE);
    assert_ptr_equal(job.done_on, g_thread_self());
}

#define SIGNALS 1000

static pthread_t waiter;
static int signals_taken; /* g_atomic_int */

static void take_signal(int number)
{
    (void)number;
    g_atomic_int_inc(&signals_taken);
}

static void send_signals(void *data)
{
    int sent;

    for (sent = 1; sent <= SIGNALS; sent++) {
        pthread_kill(waiter, SIGUSR1);
        while (g_atomic_int_get(&signals_taken) < sent)
            g_thread_yield();
    }
    work(data);
}

/* Ctrl-C pressed twice is no reason to leave a thread behind. */
static void test_signals_while_waiting(void **state)
{
    struct sigaction action = { .sa_handler = take_signal };
    Job job = { 0 };

    (void)state;

    waiter = pthread_self();
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    assert_true(errand_wait(errand_start("test", send_signals, done, &job), -1));
    assert_ptr_equal(job.done_on, g_thread_self());
}

/* A process that has no descriptor left goes on, if more slowly. */
static void test_without_a_descriptor(void **state)
{
    struct rlimit before;
    struct rlimit none;
    Job by_loop = { 0 };
    Job waited_for = { 0 };
    Job never = { 0 };

    (void)state;

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    errand_start("test", work, done, &by_loop);
    assert_null(by_loop.done_on);
    assert_true(errand_wait(errand_start("test", work, done, &waited_for), 0));
    assert_null(errand_try_start("test", work, done, &never));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_ptr_equal(waited_for.done_on, g_thread_self());
    while (!by_loop.done_on)
        g_main_context_iteration(NULL, TRUE);
    assert_ptr_equal(by_loop.worked_on, g_thread_self());
    assert_ptr_equal(by_loop.done_on, g_thread_self());
    assert_null(never.worked_on);
    assert_null(never.done_on);
}

static void test_tried(void **state)
{
    Job job = { 0 };

    (void)state;
    assert_true(errand_wait(errand_try_start("test", work, done, &job), 20000));
    assert_ptr_equal(job.done_on, g_thread_self());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_done_by_the_loop),     cmocka_unit_test(test_waited_for),
        cmocka_unit_test(test_waited_for_in_vain),   cmocka_unit_test(test_signals_while_waiting),
        cmocka_unit_test(test_without_a_descriptor), cmocka_unit_test(test_tried),
    };

    return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}

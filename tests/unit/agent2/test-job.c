#include "agent2/model/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN "01M7Y2HRDZ0097XPAE7KH45SMW"

/* The table as README.md's rules give it; everything else has no arrow. */
static const struct {
    JobState from;
    JobEvent event;
    JobState to;
} arrows[] = {
    { JOB_ARRIVING, JOB_EVENT_FILED, JOB_QUEUED },
    { JOB_ARRIVING, JOB_EVENT_UNDURABLE, JOB_REFUSING },
    { JOB_ARRIVING, JOB_EVENT_REFUSED, JOB_OVER },
    { JOB_REFUSING, JOB_EVENT_REFUSED, JOB_OVER },
    { JOB_REFUSING, JOB_EVENT_ENDED, JOB_ENDED },
    { JOB_QUEUED, JOB_EVENT_CLAIM, JOB_CLAIMING },
    { JOB_QUEUED, JOB_EVENT_LAUNCHED, JOB_STARTING },
    { JOB_CLAIMING, JOB_EVENT_WITHDRAWN, JOB_QUEUED },
    { JOB_CLAIMING, JOB_EVENT_ENDED, JOB_ENDED },
    { JOB_CLAIMING, JOB_EVENT_SETTLED, JOB_SETTLING },
    { JOB_STARTING, JOB_EVENT_STARTED, JOB_RUNNING },
    { JOB_STARTING, JOB_EVENT_CANCEL, JOB_CANCELLING },
    { JOB_STARTING, JOB_EVENT_SETTLED, JOB_SETTLING },
    { JOB_RUNNING, JOB_EVENT_CANCEL, JOB_CANCELLING },
    { JOB_RUNNING, JOB_EVENT_SETTLED, JOB_SETTLING },
    { JOB_CANCELLING, JOB_EVENT_SETTLED, JOB_SETTLING },
    { JOB_SETTLING, JOB_EVENT_RETURNED, JOB_QUEUED },
    { JOB_SETTLING, JOB_EVENT_LAUNCHED, JOB_STARTING },
    { JOB_SETTLING, JOB_EVENT_STARTED, JOB_RUNNING },
    { JOB_SETTLING, JOB_EVENT_ENDED, JOB_ENDED },
    { JOB_ENDED, JOB_EVENT_DONE, JOB_OVER },
};

/* -1: no arrow. */
static int expected_state(JobState from, JobEvent event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(arrows); i++) {
        if (arrows[i].from == from && arrows[i].event == event)
            return (int)arrows[i].to;
    }
    return -1;
}

static void test_every_arrow(void **state)
{
    (void)state;
    for (int from = 0; from < JOB_STATE_COUNT; from++) {
        for (int event = 0; event < JOB_EVENT_COUNT; event++) {
            g_autoptr(Jobs) jobs = jobs_new();
            Job *job = job_new(RUN, 1, (JobState)from);
            int expected = expected_state((JobState)from, (JobEvent)event);
            bool is_moved;

            jobs_add(jobs, job);
            is_moved = jobs_apply(jobs, job, (JobEvent)event);
            if (is_moved != (expected >= 0) || (int)job->state != (is_moved ? expected : from))
                fail_msg("state %d by event %d: %d", from, event, (int)job->state);
            assert_int_equal(jobs_count_in(jobs, job->state), 1);
            assert_int_equal(jobs_live(jobs)->len, job->state != JOB_OVER);
        }
    }
}

static void test_jobs(void **state)
{
    g_autoptr(Jobs) jobs = jobs_new();
    Job *first = job_new(RUN, 1, JOB_OVER);
    Job *third = job_new(RUN, 3, JOB_QUEUED);
    Job *other = job_new("01M7Y2HRDZ0097XPAE7KH45SMX", 1, JOB_RUNNING);
    g_autoptr(GPtrArray) over = NULL;

    (void)state;
    jobs_add(jobs, first);
    jobs_add(jobs, third);
    jobs_add(jobs, other);
    assert_ptr_equal(jobs_find(jobs, RUN, 3), third);
    assert_null(jobs_find(jobs, RUN, 2));
    assert_int_equal(jobs_highest_attempt(jobs, RUN), 3);
    assert_int_equal(jobs_highest_attempt(jobs, "01M7Y2HRDZ0097XPAE7KH45SMY"), 0);
    assert_int_equal(jobs_count(jobs), 3);
    assert_int_equal(jobs_count_shims(jobs), 1);
    assert_int_equal(jobs_live(jobs)->len, 2);
    over = jobs_over(jobs);
    assert_int_equal(over->len, 1);
    assert_ptr_equal(g_ptr_array_index(over, 0), first);

    jobs_remove(jobs, third);
    assert_int_equal(jobs_highest_attempt(jobs, RUN), 1);
    assert_int_equal(jobs_live(jobs)->len, 1);
    jobs_remove(jobs, first);
    assert_int_equal(jobs_highest_attempt(jobs, RUN), 0);
}

static void test_an_older_attempt_is_removed(void **state)
{
    g_autoptr(Jobs) jobs = jobs_new();
    Job *attempts[3];

    (void)state;
    for (int i = 0; i < 3; i++) {
        attempts[i] = job_new(RUN, i + 1, JOB_OVER);
        jobs_add(jobs, attempts[i]);
    }
    jobs_remove(jobs, attempts[1]);
    assert_ptr_equal(jobs_find(jobs, RUN, 1), attempts[0]);
    assert_null(jobs_find(jobs, RUN, 2));
    assert_ptr_equal(jobs_find(jobs, RUN, 3), attempts[2]);
    assert_int_equal(jobs_count(jobs), 2);
}

static void test_free_of_nothing(void **state)
{
    (void)state;
    job_free(NULL);
    jobs_free(NULL);
}

static void test_sorting(void **state)
{
    static const struct {
        int64_t received_ms;
        int64_t number;
    } rows[] = { { 30, 1 }, { 10, 9 }, { 20, 8 }, { 20, 7 } };
    static const int64_t expected[] = { 9, 7, 8, 1 };
    g_autoptr(Jobs) jobs = jobs_new();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Job *job = job_new(RUN, (int64_t)i + 1, JOB_QUEUED);

        job->meta.received_ms = rows[i].received_ms;
        job->meta.number = rows[i].number;
        jobs_add(jobs, job);
    }
    jobs_sort_live(jobs);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        assert_int_equal(((Job *)g_ptr_array_index(jobs_live(jobs), i))->meta.number, expected[i]);
}

static void test_wire_states(void **state)
{
    static const char *const words[JOB_STATE_COUNT] = {
        [JOB_ARRIVING] = "accepted",     [JOB_REFUSING] = "timed_out", [JOB_QUEUED] = "accepted",
        [JOB_CLAIMING] = "accepted",     [JOB_STARTING] = "accepted",  [JOB_RUNNING] = "running",
        [JOB_CANCELLING] = "cancelling", [JOB_SETTLING] = "accepted",  [JOB_ENDED] = "timed_out",
        [JOB_OVER] = "timed_out",
    };

    (void)state;
    for (int i = 0; i < JOB_STATE_COUNT; i++) {
        g_autoptr(Job) job = job_new(RUN, 1, (JobState)i);

        job_decide(job, RUN_TIMED_OUT, RULE_NONE, "too long", 5);
        assert_string_equal(job_wire_state(job), words[i]);
        assert_string_equal(job->reason, "too long");
    }
}

static void test_meta(void **state)
{
    JobMeta meta;
    JobMeta again;
    g_autofree char *text = NULL;

    (void)state;
    job_meta_init(&meta);
    job_meta_init(&again);
    meta.request = g_strdup(RUN);
    meta.number = 42;
    meta.expires_ms = 1795012000123;
    meta.local_expires_ms = 1795012000000;
    meta.not_before_ms = 1795011000000;
    meta.received_ms = 1795010000001;
    meta.is_idempotent = true;
    meta.skill = g_strdup("shell");
    meta.requested_by = g_strdup("Ünal \"x\"");
    text = job_meta_print(&meta);
    assert_true(job_meta_parse(text, &again, NULL));
    assert_string_equal(again.request, RUN);
    assert_int_equal(again.number, 42);
    assert_int_equal(again.expires_ms, meta.expires_ms);
    assert_int_equal(again.local_expires_ms, meta.local_expires_ms);
    assert_true(again.window_end_ms == INT64_MAX);
    assert_int_equal(again.not_before_ms, meta.not_before_ms);
    assert_int_equal(again.received_ms, meta.received_ms);
    assert_true(again.is_idempotent);
    assert_string_equal(again.requested_by, meta.requested_by);
    assert_false(job_meta_parse("{", &again, NULL));
    assert_false(job_meta_parse("{\"expires\":5}", &again, NULL));
    job_meta_clear(&meta);
    job_meta_clear(&again);
}

static void test_growth(void **state)
{
    g_autoptr(Job) job = job_new(RUN, 1, JOB_RUNNING);

    (void)state;
    job_grow(job, 0);
    assert_false(job->has_grown);
    job_grow(job, 7);
    assert_true(job->has_grown);
    job->has_grown = false;
    job_grow(job, 5);
    assert_false(job->has_grown);
    assert_int_equal(job->bytes, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_arrow),
        cmocka_unit_test(test_jobs),
        cmocka_unit_test(test_sorting),
        cmocka_unit_test(test_wire_states),
        cmocka_unit_test(test_meta),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_an_older_attempt_is_removed),
        cmocka_unit_test(test_free_of_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

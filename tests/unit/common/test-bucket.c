/* The token bucket: burst, rate, and clocks that step. */
#include "common/data/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

static unsigned take_all(Bucket *bucket, int64_t now_ms)
{
    unsigned taken = 0;

    while (taken < 1000 && bucket_take(bucket, now_ms))
        taken++;
    return taken;
}

static void test_burst_and_rate(void **state)
{
    Bucket bucket;

    (void)state;
    bucket_init(&bucket, 20, 20);
    assert_int_equal(take_all(&bucket, 1000000), 20);
    assert_int_equal(take_all(&bucket, 1000000), 0);
    assert_int_equal(take_all(&bucket, 1000049), 0);
    assert_int_equal(take_all(&bucket, 1000100), 2);
    assert_int_equal(take_all(&bucket, 1000600), 10);
    assert_int_equal(take_all(&bucket, 9000000), 20);
}

static void test_a_refused_take_keeps_time(void **state)
{
    Bucket bucket;
    unsigned taken = 0;

    (void)state;
    bucket_init(&bucket, 1, 1);
    assert_true(bucket_take(&bucket, 0));
    for (int64_t now_ms = 10; now_ms <= 10000; now_ms += 10)
        taken += bucket_take(&bucket, now_ms);
    assert_in_range(taken, 9, 10);
}

static void test_steps_back(void **state)
{
    Bucket bucket;

    (void)state;
    bucket_init(&bucket, 2, 1);
    assert_int_equal(take_all(&bucket, 5000), 2);
    assert_int_equal(take_all(&bucket, 1000), 0);
    assert_int_equal(take_all(&bucket, 2000), 1);
}

static void test_starts_full_at_any_time(void **state)
{
    Bucket bucket;

    (void)state;
    bucket_init(&bucket, 3, 1);
    assert_int_equal(take_all(&bucket, -7), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst_and_rate),
        cmocka_unit_test(test_a_refused_take_keeps_time),
        cmocka_unit_test(test_steps_back),
        cmocka_unit_test(test_starts_full_at_any_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "agent2/app/worker_batches.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define RUN "01M7Y2HRDZ0097XPAE7KH45SMW"

/* A step with so many durable effects, around one line for the log. */
static void add_step(WorkerBatches *batches, unsigned durable, const char *text)
{
    g_autoptr(WorkerEffects) effects = worker_effects_new();

    if (text)
        worker_effects_log(effects, WORKER_LOG_INFO, NULL, "%s", text);
    for (unsigned i = 0; i < durable; i++)
        worker_effects_done(effects, RUN, (int64_t)i + 1);
    worker_batches_add(batches, effects);
    assert_int_equal(effects->list->len, 0);
}

static void expect_handed(WorkerBatches *batches, int64_t attempt)
{
    g_autoptr(WorkerEffect) effect = worker_batches_hand_over(batches);

    if (attempt == 0) {
        assert_null(effect);
        return;
    }
    assert_non_null(effect);
    assert_int_equal(effect->attempt, attempt);
}

/* What leaves; NULL: nothing may yet. */
static void expect_finished(WorkerBatches *batches, const char *text)
{
    g_autoptr(GPtrArray) outward = worker_batches_finish(batches);

    assert_int_equal(outward != NULL, text != NULL);
    if (text)
        assert_string_equal(((WorkerEffect *)g_ptr_array_index(outward, 0))->log.text, text);
}

static void test_nothing(void **state)
{
    g_autoptr(WorkerBatches) batches = worker_batches_new();

    (void)state;
    expect_handed(batches, 0);
    expect_finished(batches, NULL);
    add_step(batches, 0, NULL);
    assert_int_equal(worker_batches_count(batches), 0);
}

static void test_outward_after_durable_and_steps_in_order(void **state)
{
    g_autoptr(WorkerBatches) batches = worker_batches_new();

    (void)state;
    add_step(batches, 2, "first");
    add_step(batches, 0, "second");
    add_step(batches, 1, "third");
    assert_int_equal(worker_batches_count(batches), 3);
    expect_finished(batches, NULL);
    expect_handed(batches, 1);
    expect_handed(batches, 2);
    expect_handed(batches, 1); /* the third step's, at the same time */
    expect_handed(batches, 0);
    worker_batches_answered(batches, 3);
    expect_finished(batches, NULL);
    worker_batches_answered(batches, 1);
    expect_finished(batches, NULL);
    worker_batches_answered(batches, 1);
    expect_finished(batches, "first");
    expect_finished(batches, "second");
    expect_finished(batches, "third");
    expect_finished(batches, NULL);
    assert_int_equal(worker_batches_count(batches), 0);
}

static void test_so_many_at_once(void **state)
{
    g_autoptr(WorkerBatches) batches = worker_batches_new();

    (void)state;
    add_step(batches, WORKER_UNDER_WAY_MAX + 1, "all");
    for (int64_t i = 1; i <= WORKER_UNDER_WAY_MAX; i++)
        expect_handed(batches, i);
    expect_handed(batches, 0);
    worker_batches_answered(batches, 1);
    expect_finished(batches, NULL);
    expect_handed(batches, WORKER_UNDER_WAY_MAX + 1);
    for (int i = 0; i < WORKER_UNDER_WAY_MAX; i++)
        worker_batches_answered(batches, 1);
    expect_finished(batches, "all");
}

static void test_what_never_left_is_freed(void **state)
{
    g_autoptr(WorkerBatches) batches = worker_batches_new();

    (void)state;
    add_step(batches, 3, "lost");
    expect_handed(batches, 1);
    add_step(batches, 1, "lost, too");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_outward_after_durable_and_steps_in_order),
        cmocka_unit_test(test_so_many_at_once),
        cmocka_unit_test(test_what_never_left_is_freed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

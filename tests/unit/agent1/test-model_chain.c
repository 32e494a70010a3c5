/* Which model is asked next: the order, the breaker, its probe, and the quiet that models ask for.
 */
#include "agent1/model/model_chain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define START 1000000

static void in_their_order(void **state)
{
    g_autoptr(ModelChain) chain = model_chain_new(2);
    g_autoptr(ModelChain) empty = model_chain_new(0);

    (void)state;
    assert_int_equal(model_chain_next(chain, MODEL_NONE, START), 0);
    assert_int_equal(model_chain_next(chain, 0, START), 1);
    assert_int_equal(model_chain_next(chain, 1, START), MODEL_NONE);
    assert_int_equal(model_chain_next(empty, MODEL_NONE, START), MODEL_NONE);
    model_chain_free(NULL);
}

static void one_stumble_is_none(void **state)
{
    g_autoptr(ModelChain) chain = model_chain_new(1);

    (void)state;
    model_chain_tell(chain, 0, MODEL_STUMBLES, 0, START);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, START), 0);
    model_chain_tell(chain, 0, MODEL_WORKS, 0, START);
    model_chain_tell(chain, 0, MODEL_STUMBLES, 0, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), 0);
    model_chain_tell(chain, 0, MODEL_STUMBLES, 0, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), MODEL_REST_MIN_MS);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, START), MODEL_NONE);
}

static void stumble(ModelChain *chain, int64_t at)
{
    model_chain_tell(chain, 0, MODEL_STUMBLES, 0, at);
}

/* One question tries it; the others go on without it. */
static void a_probe(void **state)
{
    g_autoptr(ModelChain) chain = model_chain_new(2);
    int64_t at = START + MODEL_REST_MIN_MS;

    (void)state;
    stumble(chain, START);
    stumble(chain, START);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at - 1), 1);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 0);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 1);
    /* Given up, it is free again; lost, after its longest time. */
    model_chain_forget(chain, 0);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 0);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at + MODEL_PROBE_MAX_MS), 0);
    model_chain_tell(chain, 0, MODEL_WORKS, 0, at);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 0);
    assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 0);
}

static void rests_grow(void **state)
{
    g_autoptr(ModelChain) chain = model_chain_new(1);
    int64_t at = START;
    int64_t rest = MODEL_REST_MIN_MS;

    (void)state;
    stumble(chain, at);
    stumble(chain, at);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(model_chain_closed_ms(chain, 0, at), rest);
        at += rest;
        assert_int_equal(model_chain_next(chain, MODEL_NONE, at), 0);
        stumble(chain, at);
        rest = MIN(2 * rest, MODEL_REST_MAX_MS);
    }
    assert_int_equal(rest, MODEL_REST_MAX_MS);
}

static void quiet(void **state)
{
    g_autoptr(ModelChain) chain = model_chain_new(1);

    (void)state;
    model_chain_tell(chain, 0, MODEL_QUIET, 7000, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), 7000);
    model_chain_tell(chain, 0, MODEL_QUIET, INT64_MAX, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), MODEL_QUIET_MAX_MS);
    model_chain_tell(chain, 0, MODEL_WORKS, 0, START);
    model_chain_tell(chain, 0, MODEL_QUIET, 0, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), MODEL_REST_MIN_MS);
    model_chain_tell(chain, 0, MODEL_UNUSABLE, 0, START);
    assert_int_equal(model_chain_closed_ms(chain, 0, START), MODEL_UNUSABLE_MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_their_order), cmocka_unit_test(one_stumble_is_none),
        cmocka_unit_test(a_probe),        cmocka_unit_test(rests_grow),
        cmocka_unit_test(quiet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/net/mqtt_ear.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

#define WAIT_MS 20

static void count(void *data)
{
    ++*(unsigned *)data;
}

/* Turns the loop until it was called so often, or for so long. */
static int64_t turn(const unsigned *called, unsigned times, int64_t most_ms)
{
    int64_t began_ms = clock_boot_ms();

    while (*called < times && clock_boot_ms() - began_ms < most_ms) {
        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(1000);
    }
    return clock_boot_ms() - began_ms;
}

static void what_is_owed_must_come(void **state)
{
    unsigned called = 0;
    g_autoptr(MqttEar) ear = mqtt_ear_new(WAIT_MS, count, &called);

    (void)state;
    mqtt_ear_expect(ear);
    mqtt_ear_expect(ear);
    assert_true(turn(&called, 1, 5000) >= WAIT_MS);
    assert_int_equal(called, 1);
}

static void what_comes_or_cannot_come_is_not_missed(void **state)
{
    unsigned called = 0;
    g_autoptr(MqttEar) ear = mqtt_ear_new(WAIT_MS, count, &called);

    (void)state;
    mqtt_ear_heard(ear);
    mqtt_ear_expect(ear);
    mqtt_ear_heard(ear);
    turn(&called, 1, 3 * WAIT_MS);
    mqtt_ear_expect(ear);
    mqtt_ear_rest(ear);
    turn(&called, 1, 3 * WAIT_MS);
    assert_int_equal(called, 0);
}

/* Until something comes. */
static void each_time_in_a_row_it_waits_longer(void **state)
{
    unsigned called = 0;
    g_autoptr(MqttEar) ear = mqtt_ear_new(WAIT_MS, count, &called);
    unsigned i;

    (void)state;
    for (i = 0; i < 3; i++) {
        mqtt_ear_rest(ear);
        mqtt_ear_expect(ear);
        assert_true(turn(&called, i + 1, 5000) >= WAIT_MS << i);
        assert_int_equal(called, i + 1);
    }
    mqtt_ear_heard(ear);
    mqtt_ear_expect(ear);
    turn(&called, 4, WAIT_MS << 2);
    assert_int_equal(called, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_owed_must_come),
        cmocka_unit_test(what_comes_or_cannot_come_is_not_missed),
        cmocka_unit_test(each_time_in_a_row_it_waits_longer),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

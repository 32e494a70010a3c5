#include "common/net/mqtt_pulse.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NOW INT64_C(1000000)

static void test_judge(void **state)
{
    static const struct {
        const char *what;
        int64_t ping_ms;
        int64_t heard_ms; /* these before NOW */
        int64_t said_ms;
        bool is_asking;
        MqttPulseState expected;
        int64_t next_ms; /* after NOW */
    } rows[] = {
        { "fresh", 15000, 0, 0, false, MQTT_PULSE_BEATS, 15000 },
        { "nothing heard", 15000, 15000, 1, false, MQTT_PULSE_PING_DUE, 0 },
        { "nothing said", 15000, 1, 15000, false, MQTT_PULSE_PING_DUE, 0 },
        { "pinged", 15000, 20000, 1, true, MQTT_PULSE_BEATS, 25000 },
        { "pinged, heard since", 15000, 1, 5000, false, MQTT_PULSE_BEATS, 10000 },
        { "silence", 15000, 45000, 1, true, MQTT_PULSE_LOST, 0 },
        { "silence, however much was said", 15000, 45000, 0, false, MQTT_PULSE_LOST, -30000 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MqttPulse pulse = mqtt_pulse_of(rows[i].ping_ms, 45000, 0);

        print_message("  %s\n", rows[i].what);
        pulse.heard_ms = NOW - rows[i].heard_ms;
        pulse.said_ms = NOW - rows[i].said_ms;
        pulse.is_asking = rows[i].is_asking;
        assert_int_equal(mqtt_pulse_judge(&pulse, NOW), rows[i].expected);
        assert_int_equal(mqtt_pulse_next_ms(&pulse), NOW + rows[i].next_ms);
    }
}

/* An answer that comes within the millisecond is one. */
static void test_ping(void **state)
{
    MqttPulse pulse = mqtt_pulse_of(15000, 45000, NOW);

    (void)state;

    mqtt_pulse_pinged(&pulse, NOW + 15000);
    assert_int_equal(mqtt_pulse_next_ms(&pulse), NOW + 45000);
    mqtt_pulse_heard(&pulse, NOW + 15000);
    assert_int_equal(mqtt_pulse_next_ms(&pulse), NOW + 30000);
    mqtt_pulse_said(&pulse, NOW + 20000);
    assert_int_equal(mqtt_pulse_next_ms(&pulse), NOW + 30000);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 30000), MQTT_PULSE_PING_DUE);
}

/* However much is heard, and though each part that is taken begins the time anew. */
static void test_stuck(void **state)
{
    MqttPulse pulse = mqtt_pulse_of(15000, 45000, NOW);

    (void)state;

    mqtt_pulse_waits(&pulse, true, false, NOW + 1000);
    mqtt_pulse_waits(&pulse, true, false, NOW + 2000);
    mqtt_pulse_heard(&pulse, NOW + 45999);
    mqtt_pulse_said(&pulse, NOW + 45999);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 45999), MQTT_PULSE_BEATS);
    assert_int_equal(mqtt_pulse_next_ms(&pulse), NOW + 46000);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 46000), MQTT_PULSE_STUCK);

    mqtt_pulse_waits(&pulse, true, true, NOW + 46000);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 46000), MQTT_PULSE_BEATS);
    mqtt_pulse_waits(&pulse, false, true, NOW + 47000);
    mqtt_pulse_waits(&pulse, true, false, NOW + 80000);
    mqtt_pulse_heard(&pulse, NOW + 124999);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 124999), MQTT_PULSE_PING_DUE);
    assert_int_equal(mqtt_pulse_judge(&pulse, NOW + 125000), MQTT_PULSE_STUCK);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_judge), cmocka_unit_test(test_ping),
                                        cmocka_unit_test(test_stuck) };

    return cmocka_run_group_tests_name("mqtt_pulse", tests, NULL, NULL);
}

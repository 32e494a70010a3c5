#include "common/net/mqtt_pulse.h"

#include <glib.h>

#include "common/base/banned.h"

MqttPulse mqtt_pulse_of(int64_t ping_ms, int64_t silence_ms, int64_t now_ms)
{
    return (MqttPulse){ .ping_ms = ping_ms,
                        .silence_ms = silence_ms,
                        .heard_ms = now_ms,
                        .said_ms = now_ms,
                        .stuck_ms = INT64_MAX };
}

void mqtt_pulse_heard(MqttPulse *pulse, int64_t now_ms)
{
    pulse->heard_ms = now_ms;
    pulse->is_asking = false;
}

void mqtt_pulse_said(MqttPulse *pulse, int64_t now_ms)
{
    pulse->said_ms = now_ms;
}

void mqtt_pulse_pinged(MqttPulse *pulse, int64_t now_ms)
{
    pulse->said_ms = now_ms;
    pulse->is_asking = true;
}

void mqtt_pulse_waits(MqttPulse *pulse, bool is_waiting, bool is_taken, int64_t now_ms)
{
    if (!is_waiting)
        pulse->stuck_ms = INT64_MAX;
    else if (is_taken || pulse->stuck_ms == INT64_MAX)
        pulse->stuck_ms = now_ms;
}

/* INT64_MAX: never. */
static int64_t given_up_ms(const MqttPulse *pulse)
{
    return pulse->stuck_ms == INT64_MAX ? INT64_MAX : pulse->stuck_ms + pulse->silence_ms;
}

/* INT64_MAX while a ping is unanswered. */
static int64_t ping_due_ms(const MqttPulse *pulse)
{
    if (pulse->is_asking)
        return INT64_MAX;

    return MIN(pulse->heard_ms, pulse->said_ms) + pulse->ping_ms;
}

MqttPulseState mqtt_pulse_judge(const MqttPulse *pulse, int64_t now_ms)
{
    if (now_ms >= pulse->heard_ms + pulse->silence_ms)
        return MQTT_PULSE_LOST;
    if (now_ms >= given_up_ms(pulse))
        return MQTT_PULSE_STUCK;
    if (now_ms >= ping_due_ms(pulse))
        return MQTT_PULSE_PING_DUE;

    return MQTT_PULSE_BEATS;
}

int64_t mqtt_pulse_next_ms(const MqttPulse *pulse)
{
    return MIN(MIN(ping_due_ms(pulse), given_up_ms(pulse)), pulse->heard_ms + pulse->silence_ms);
}

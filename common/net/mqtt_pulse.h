/*
 * The pulse of a connection: when a ping is due, and when silence means that the link is broken.
 * Arithmetic only: times are milliseconds of one clock, which the caller reads.
 *
 * A ping is due when for ping_ms nothing was heard or nothing was said (MQTT 3.1.2.10 asks that of
 * the client); one unanswered ping is enough. The link is broken after silence_ms without a byte,
 * and when the other side has taken nothing for so long of what waits to be written.
 */
#ifndef COMMON_NET_MQTT_PULSE_H
#define COMMON_NET_MQTT_PULSE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct MqttPulse {
    int64_t ping_ms;
    int64_t silence_ms;
    int64_t heard_ms; /* when a byte last arrived */
    int64_t said_ms;  /* when a packet was last written */
    bool is_asking;   /* a ping was sent, and nothing was heard since */
    int64_t stuck_ms; /* since when nothing is taken of what waits; INT64_MAX: nothing waits */
} MqttPulse;

typedef enum {
    MQTT_PULSE_BEATS,
    MQTT_PULSE_PING_DUE,
    MQTT_PULSE_LOST,
    MQTT_PULSE_STUCK,
} MqttPulseState;

/* Of a connection that has just been made. */
MqttPulse mqtt_pulse_of(int64_t ping_ms, int64_t silence_ms, int64_t now_ms);

void mqtt_pulse_heard(MqttPulse *pulse, int64_t now_ms);
void mqtt_pulse_said(MqttPulse *pulse, int64_t now_ms);
void mqtt_pulse_pinged(MqttPulse *pulse, int64_t now_ms);

/* Whether anything waits to be written, and whether some of it was taken just now. */
void mqtt_pulse_waits(MqttPulse *pulse, bool is_waiting, bool is_taken, int64_t now_ms);

MqttPulseState mqtt_pulse_judge(const MqttPulse *pulse, int64_t now_ms);

/* When to judge again. */
int64_t mqtt_pulse_next_ms(const MqttPulse *pulse);

#endif

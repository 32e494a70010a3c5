/*
 * The doorbell of paho's sending thread. That thread misses the signal of a command that comes
 * between its look into the queue and its sleep (MQTTAsync_sendThread in 1.3.12), and then sleeps
 * for a second. Main thread only.
 */
#ifndef COMMON_NET_MQTT_DOORBELL_H
#define COMMON_NET_MQTT_DOORBELL_H

/* Before the first use of paho; may be called again. It hangs as long as the process lives. */
void mqtt_doorbell_hang(void);

/* Wakes the thread, and costs no more than that. */
void mqtt_doorbell_ring(void);

#endif

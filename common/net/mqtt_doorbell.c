#include "common/net/mqtt_doorbell.h"

#include <MQTTAsync.h>
#include <glib.h>

#include "common/base/banned.h"

/*
 * A handle that never connects: a publication for it stays in paho's queue, where the next one
 * takes its place, and wakes the thread. It has a second use: while a handle exists, freeing
 * another does not wait a second for the end of paho's threads (MQTTAsync_stop).
 */
static MQTTAsync doorbell;

void mqtt_doorbell_hang(void)
{
    MQTTAsync_createOptions options = MQTTAsync_createOptions_initializer;

    if (doorbell)
        return;

    options.sendWhileDisconnected = 1;
    options.allowDisconnectedSendAtAnyTime = 1;
    options.deleteOldestMessages = 1;
    options.maxBufferedMessages = 1;
    MQTTAsync_createWithOptions(&doorbell, "tcp://localhost:1", "doorbell",
                                MQTTCLIENT_PERSISTENCE_NONE, NULL, &options);
}

void mqtt_doorbell_ring(void)
{
    MQTTAsync_send(doorbell, "ring", 0, "", 0, 0, NULL);
}

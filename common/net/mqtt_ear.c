#include "common/net/mqtt_ear.h"

#include "common/base/banned.h"

struct MqttEar {
    unsigned wait_ms;
    void (*deaf)(void *data);
    void *data;
    unsigned times; /* in a row */
    guint timer;    /* 0: nothing is owed */
};

MqttEar *mqtt_ear_new(unsigned wait_ms, void (*deaf)(void *data), void *data)
{
    MqttEar *ear = g_new0(MqttEar, 1);

    ear->wait_ms = wait_ms;
    ear->deaf = deaf;
    ear->data = data;
    return ear;
}

void mqtt_ear_free(MqttEar *ear)
{
    if (!ear)
        return;

    mqtt_ear_rest(ear);
    g_free(ear);
}

static gboolean on_time(gpointer data)
{
    MqttEar *ear = data;

    ear->timer = 0;
    ear->times++;
    ear->deaf(ear->data);
    return G_SOURCE_REMOVE;
}

void mqtt_ear_expect(MqttEar *ear)
{
    if (ear->timer == 0)
        ear->timer =
            g_timeout_add(ear->wait_ms << MIN(ear->times, MQTT_EAR_DOUBLED_MAX), on_time, ear);
}

void mqtt_ear_heard(MqttEar *ear)
{
    mqtt_ear_rest(ear);
    ear->times = 0;
}

void mqtt_ear_rest(MqttEar *ear)
{
    g_clear_handle_id(&ear->timer, g_source_remove);
}

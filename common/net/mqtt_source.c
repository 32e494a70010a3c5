#include "common/net/mqtt_source.h"

#include "common/sys/loop.h"

#include "common/base/banned.h"

struct MqttSource {
    GSource base;
    void (*handler)(GIOCondition ready, void *data);
    void *data;
    gpointer watch; /* NULL: none */
    GIOCondition wanted;
    int64_t armed_ms;
};

int64_t mqtt_source_now_ms(void)
{
    return g_get_monotonic_time() / 1000;
}

static gboolean dispatch(GSource *base, GSourceFunc unused, gpointer unused_data)
{
    MqttSource *source = (MqttSource *)base;

    (void)unused;
    (void)unused_data;
    source->handler(source->watch ? g_source_query_unix_fd(base, source->watch) : 0, source->data);
    return G_SOURCE_CONTINUE;
}

MqttSource *mqtt_source_new(void (*handler)(GIOCondition ready, void *data), void *data)
{
    static GSourceFuncs functions = { .dispatch = dispatch };
    MqttSource *source = (MqttSource *)g_source_new(&functions, sizeof(MqttSource));

    source->handler = handler;
    source->data = data;
    source->armed_ms = INT64_MAX;
    loop_spare_turns(&source->base);
    g_source_attach(&source->base, NULL);
    return source;
}

void mqtt_source_free(MqttSource *source)
{
    if (!source)
        return;

    g_source_destroy(&source->base);
    g_source_unref(&source->base);
}

void mqtt_source_watch(MqttSource *source, int fd, GIOCondition wanted)
{
    if (!source->watch)
        source->watch = g_source_add_unix_fd(&source->base, fd, wanted);
    else if (source->wanted != wanted)
        g_source_modify_unix_fd(&source->base, source->watch, wanted);
    source->wanted = wanted;
}

void mqtt_source_unwatch(MqttSource *source)
{
    if (source->watch)
        g_source_remove_unix_fd(&source->base, source->watch);
    source->watch = NULL;
}

void mqtt_source_arm(MqttSource *source, int64_t due_ms)
{
    if (due_ms >= source->armed_ms && source->armed_ms > mqtt_source_now_ms())
        return;

    g_source_set_ready_time(&source->base, due_ms == INT64_MAX ? -1 : due_ms * 1000);
    source->armed_ms = due_ms;
}

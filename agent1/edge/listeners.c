#include "agent1/edge/listeners.h"

#include <string.h>

#include "agent1/port/event.h"
#include "common/data/bucket.h"
#include "common/net/mqtt_settings.h"
#include "common/sys/clock.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

/* What the broker sends together, such as all that it retains, is told together. */
#define SETTLE_MS 50
#define SEEN_MAX  1000
/* With the name before it, what every broker of MQTT 3.1.1 takes: 23 characters. */
#define CLIENT_ID_CHARS 16

struct Listeners {
    MqttSettings settings; /* its texts are ours */
    Mailbox *events;
    GHashTable *by_id; /* id → Listener *, owned */
};

typedef struct Listener {
    Mailbox *events;
    char *id;
    Mqtt *mqtt;
    bool is_told_down; /* since it was last up, or ever */
    bool is_told;      /* this, at last: */
    ListenState state;
    char *reason;
    GPtrArray *gathered; /* HeardMessage * */
    uint64_t dropped;
    Bucket bucket;
    guint timer; /* 0: nothing is gathered */
    int64_t told_ms;
    GHashTable *seen; /* topic → checksum of the last message on it that was told */
} Listener;

static void free_listener(void *data)
{
    Listener *listener = data;

    g_clear_handle_id(&listener->timer, g_source_remove);
    /* It has no will and nothing under way: there is nothing to wait for. */
    mqtt_drop(listener->mqtt);
    g_ptr_array_unref(listener->gathered);
    g_hash_table_unref(listener->seen);
    g_free(listener->reason);
    g_free(listener->id);
    g_free(listener);
}

static bool post(Listener *listener, Event *event)
{
    if (mailbox_post(listener->events, event))
        return true;

    event_free(event);
    return false;
}

static void post_state(Listener *listener, ListenState state, const char *reason)
{
    Event *event = event_new(EVENT_LISTENING);

    event->listening.id = g_strdup(listener->id);
    event->listening.state = state;
    event->listening.reason = g_strdup(reason);
    listener->state = state;
    if (reason != listener->reason) {
        g_free(listener->reason);
        listener->reason = g_strdup(reason);
    }
    listener->is_told = true;
    post(listener, event);
}

/* A core that was made anew knows nothing of it. */
static void post_again(Listener *listener)
{
    if (listener->is_told)
        post_state(listener, listener->state, listener->reason);
}

/* ---- messages ---- */

static gboolean tell(void *data)
{
    Listener *listener = data;
    Event *event = event_new(EVENT_HEARD);
    unsigned count = listener->gathered->len;

    event->heard.id = g_strdup(listener->id);
    event->heard.messages = listener->gathered;
    event->heard.dropped = listener->dropped;
    listener->gathered = heard_messages_new();
    listener->timer = 0;
    listener->told_ms = clock_boot_ms();
    listener->dropped = post(listener, event) ? 0 : listener->dropped + count;
    return G_SOURCE_REMOVE;
}

static void tell_soon(Listener *listener)
{
    int64_t since_ms = clock_boot_ms() - listener->told_ms;

    if (listener->timer == 0)
        listener->timer =
            g_timeout_add((guint)MAX(SETTLE_MS, LISTEN_GATHER_MS - since_ms), tell, listener);
}

static char *checksum_of(const MqttMessage *message)
{
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)message->payload,
                                       message->length);
}

/* The broker has said it at an earlier connection. */
static bool is_old_news(const Listener *listener, const MqttMessage *message)
{
    const char *seen = g_hash_table_lookup(listener->seen, message->topic);
    g_autofree char *checksum = NULL;

    if (!message->is_retained || !seen)
        return false;

    checksum = checksum_of(message);
    return strcmp(checksum, seen) == 0;
}

static void note_seen(Listener *listener, const MqttMessage *message)
{
    if (g_hash_table_size(listener->seen) >= SEEN_MAX)
        g_hash_table_remove_all(listener->seen);
    g_hash_table_replace(listener->seen, g_strdup(message->topic), checksum_of(message));
}

static void on_message(const MqttMessage *message, void *data)
{
    Listener *listener = data;

    if (is_old_news(listener, message))
        return;

    if (listener->gathered->len < HEARD_MAX_AT_ONCE &&
        bucket_take(&listener->bucket, clock_boot_ms())) {
        g_ptr_array_add(listener->gathered,
                        heard_message_new(message->topic, message->payload, message->length,
                                          message->is_retained));
        note_seen(listener, message);
    } else {
        listener->dropped++;
    }
    tell_soon(listener);
}

/* ---- the connection ---- */

static void on_connected(void *data)
{
    Listener *listener = data;

    listener->is_told_down = false;
    post_state(listener, LISTEN_UP, NULL);
}

static void on_disconnected(const char *reason, int64_t next_ms, void *data)
{
    Listener *listener = data;

    (void)next_ms;
    if (!listener->is_told_down)
        post_state(listener, LISTEN_DOWN, reason);
    listener->is_told_down = true;
}

static void on_refused(const char *reason, int64_t next_ms, void *data)
{
    (void)next_ms;
    post_state(data, LISTEN_REFUSED, reason);
}

/* ---- life ---- */

Listeners *listeners_new(const MqttSettings *settings, Mailbox *events)
{
    Listeners *listeners = g_new0(Listeners, 1);

    mqtt_settings_copy(&listeners->settings, settings);
    listeners->events = events;
    listeners->by_id = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_listener);
    return listeners;
}

void listeners_free(Listeners *listeners)
{
    if (!listeners)
        return;

    g_hash_table_unref(listeners->by_id);
    mqtt_settings_clear(&listeners->settings);
    g_free(listeners);
}

static void begin(Listeners *listeners, const EffectListen *listen)
{
    static const MqttHandlers handlers = {
        .connected = on_connected,
        .disconnected = on_disconnected,
        .message = on_message,
        .subscription_refused = on_refused,
    };
    const char *const filters[] = { listen->filter, NULL };
    size_t length = strlen(listen->id);
    g_autofree char *client_id =
        g_strdup_printf("%s-%s", AGENT1_NAME,
                        listen->id + (length > CLIENT_ID_CHARS ? length - CLIENT_ID_CHARS : 0));
    MqttSettings settings = listeners->settings;
    Listener *listener = g_new0(Listener, 1);
    g_autoptr(GError) error = NULL;

    settings.client_id = client_id;
    settings.filters = filters;
    listener->events = listeners->events;
    listener->id = g_strdup(listen->id);
    listener->gathered = heard_messages_new();
    listener->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    listener->told_ms = clock_boot_ms() - LISTEN_GATHER_MS;
    bucket_init(&listener->bucket, HEARD_MAX_AT_ONCE, LISTEN_PER_S);
    g_hash_table_insert(listeners->by_id, listener->id, listener);
    listener->mqtt = mqtt_new(&settings, &handlers, listener, &error);
    if (!listener->mqtt)
        post_state(listener, LISTEN_REFUSED, error->message);
}

void listeners_do(Listeners *listeners, const EffectListen *listen)
{
    Listener *listener = g_hash_table_lookup(listeners->by_id, listen->id);

    if (!listen->filter)
        g_hash_table_remove(listeners->by_id, listen->id);
    else if (listener)
        post_again(listener);
    else
        begin(listeners, listen);
}

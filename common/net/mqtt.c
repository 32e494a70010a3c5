#include "common/net/mqtt.h"

#include <limits.h>

#include "common/base/limits.h"
#include "common/data/backoff.h"
#include "common/net/mqtt_link.h"
#include "common/net/mqtt_reason.h"
#include "common/net/mqtt_settings.h"
#include "common/net/mqtt_source.h"
#include "common/net/mqtt_tls.h"
#include "common/net/mqtt_url.h"
#include "common/net/mqtt_way.h"
#include "common/sys/clock.h"
#include "common/sys/log.h"
#include "common/sys/random.h"

#include "common/base/banned.h"

#define BUFFERED_MAX          10000 /* a thousand agents that register: 3,000 answers in a second */
#define BUFFERED_MAX_BYTES    (16 * 1024 * 1024)
#define RECONNECT_BASE_MS     500
#define SEARCH_MAX_MS         (10 * 1000)
#define HANG_UPS_BEFORE_3_1_1 2
#define VERSION_3_1_1_KEPT_MS (24 * 3600 * INT64_C(1000))
#define FREE_WAIT_MS          1000

typedef enum {
    MQTT_STATE_WAITING,     /* for the time of the next attempt */
    MQTT_STATE_SEARCHING,   /* for the broker's address */
    MQTT_STATE_CONNECTING,  /* to CONNACK */
    MQTT_STATE_SUBSCRIBING, /* to SUBACK */
    MQTT_STATE_CONNECTED,
    MQTT_STATE_CLOSING, /* mqtt_free() is under way: handlers are not called any more */
} MqttState;

typedef void (*EndHandler)(const char *reason, int64_t next_ms, void *data);

/* A publication that the broker has not taken yet. */
typedef struct Pending {
    unsigned token;
    size_t length;
} Pending;

struct Mqtt {
    MqttUrl url;
    MqttSettings settings; /* its texts are ours */
    MqttHandlers handlers;
    void *data;

    MqttSearch *search; /* may outlast the attempt that began it; NULL: none is under way */
    MqttLink *link;
    MqttState state;

    unsigned attempt; /* failures since the last connection that stood long enough */
    unsigned hang_ups;
    int64_t version_3_1_1_until_ms; /* of clock_boot_ms() */
    int64_t connected_at_ms;
    guint timer; /* of WAITING and SEARCHING */

    GHashTable *pending; /* the packet's id to Pending */
    size_t pending_bytes;
    unsigned last_token;
    bool has_told_refusal;
    unsigned probe_token; /* of the last publication whose refusal is hoped for */
};

/* ---- attempts ---------------------------------------------------------------------------------
 */

static gboolean begin_attempt(gpointer data);

static void set_timer(Mqtt *mqtt, int64_t ms, GSourceFunc function)
{
    if (mqtt->timer != 0)
        g_source_remove(mqtt->timer);
    mqtt->timer = function ? g_timeout_add((guint)ms, function, mqtt) : 0;
}

/* The end of a link or of an attempt for one. Calls the handler last, which may free mqtt. */
static void end_with(Mqtt *mqtt, const char *reason, bool is_at_once, EndHandler handler)
{
    int64_t next_ms = 0;

    if (mqtt->state == MQTT_STATE_CONNECTED)
        mqtt->attempt = backoff_after(mqtt->attempt, RECONNECT_BASE_MS, RECONNECT_MAX_MS,
                                      clock_boot_ms() - mqtt->connected_at_ms);
    if (!is_at_once)
        next_ms =
            backoff_wait_ms(mqtt->attempt++, RECONNECT_BASE_MS, RECONNECT_MAX_MS, random_u64());

    g_clear_pointer(&mqtt->link, mqtt_link_free);
    g_hash_table_remove_all(mqtt->pending);
    mqtt->pending_bytes = 0;
    mqtt->state = MQTT_STATE_WAITING;
    set_timer(mqtt, next_ms, begin_attempt);
    handler(reason, next_ms, mqtt->data);
}

static void end_attempt(Mqtt *mqtt, const char *reason, bool is_at_once)
{
    end_with(mqtt, reason, is_at_once, mqtt->handlers.disconnected);
}

static bool is_version_5(const Mqtt *mqtt)
{
    return clock_boot_ms() >= mqtt->version_3_1_1_until_ms;
}

static void on_event(const MqttLinkEvent *event, void *data);

static void connect_to(Mqtt *mqtt, MqttWay *way)
{
    g_autofree char *will = NULL;
    g_autofree char *will_topic = NULL;
    MqttHandleOptions options = {
        .url = &mqtt->url,
        .settings = &mqtt->settings,
        .is_version_5 = is_version_5(mqtt),
    };

    if (way->problem) {
        end_attempt(mqtt, way->problem, false);
        return;
    }

    if (mqtt->handlers.make_will)
        will = mqtt->handlers.make_will(&will_topic, &options.will_length, mqtt->data);
    if (will) {
        options.will_topic = will_topic;
        options.will_payload = will;
    }

    mqtt->state = MQTT_STATE_CONNECTING;
    options.tls = g_steal_pointer(&way->tls);
    mqtt->link = mqtt_link_new(&options, way->addresses, on_event, mqtt);
    if (!mqtt->link)
        end_attempt(mqtt, "the MQTT library refuses the settings", false);
}

static void on_found(MqttWay *way, void *data)
{
    Mqtt *mqtt = data;

    mqtt->search = NULL;
    /* Too late for the attempt that began it: the next one asks anew. */
    if (mqtt->state != MQTT_STATE_SEARCHING)
        return;

    set_timer(mqtt, 0, NULL);
    connect_to(mqtt, way);
}

static gboolean on_search_too_long(gpointer data)
{
    Mqtt *mqtt = data;

    mqtt->timer = 0;
    end_attempt(mqtt, "the name server does not answer", false);
    return G_SOURCE_REMOVE;
}

static gboolean begin_attempt(gpointer data)
{
    Mqtt *mqtt = data;
    MqttWay way;

    mqtt->timer = 0;
    if (mqtt_way_is_short(&mqtt->url)) {
        mqtt_way_find(&mqtt->url, &mqtt->settings, &way);
        connect_to(mqtt, &way);
        mqtt_way_clear(&way);
        return G_SOURCE_REMOVE;
    }

    /* A search that a name server holds up serves the next attempt, too: one thread is enough. */
    mqtt->state = MQTT_STATE_SEARCHING;
    if (!mqtt->search)
        mqtt->search = mqtt_search_start(&mqtt->url, &mqtt->settings, on_found, mqtt);
    set_timer(mqtt, SEARCH_MAX_MS, on_search_too_long);
    return G_SOURCE_REMOVE;
}

/* ---- what the link tells ----------------------------------------------------------------------
 */

static void on_subscribed(Mqtt *mqtt)
{
    mqtt->state = MQTT_STATE_CONNECTED;
    mqtt->connected_at_ms = clock_boot_ms();
    mqtt->has_told_refusal = false;
    mqtt->handlers.connected(mqtt->data);
}

static void on_opened(Mqtt *mqtt)
{
    mqtt->hang_ups = 0;
    if (!mqtt->settings.filters[0]) {
        on_subscribed(mqtt);
        return;
    }

    mqtt->state = MQTT_STATE_SUBSCRIBING;
    mqtt_link_subscribe(mqtt->link, mqtt->settings.filters);
}

/* Changes the version for the next attempt: from 5 to 3.1.1 for a day, or back where that is
 * refused as well. */
static void change_version(Mqtt *mqtt)
{
    int64_t now_ms = clock_boot_ms();

    mqtt->hang_ups = 0;
    mqtt->version_3_1_1_until_ms = is_version_5(mqtt) ? now_ms + VERSION_3_1_1_KEPT_MS : now_ms;
}

static void on_version_refused(Mqtt *mqtt, const char *reason)
{
    bool was_version_5 = is_version_5(mqtt);

    change_version(mqtt);
    end_attempt(mqtt, was_version_5 ? "the broker refuses MQTT 5" : reason, was_version_5);
}

static void on_failed(Mqtt *mqtt, const MqttLinkEvent *event)
{
    if (mqtt_reason_is_version(event->code))
        on_version_refused(mqtt, "the broker refuses MQTT 3.1.1");
    else
        end_attempt(mqtt, event->reason, false);
}

static void on_unsubscribed(Mqtt *mqtt, const MqttLinkEvent *event)
{
    const MqttHandlers *handlers = &mqtt->handlers;

    end_with(mqtt, event->reason, false,
             handlers->subscription_refused ? handlers->subscription_refused
                                            : handlers->disconnected);
}

static void on_hung_up(Mqtt *mqtt, const MqttLinkEvent *event)
{
    if (is_version_5(mqtt) && ++mqtt->hang_ups >= HANG_UPS_BEFORE_3_1_1)
        change_version(mqtt);
    end_attempt(mqtt, event->reason, false);
}

/* Our token of a publication that is answered. */
static unsigned take_token(Mqtt *mqtt, int message_id)
{
    const Pending *pending = g_hash_table_lookup(mqtt->pending, GINT_TO_POINTER(message_id));
    unsigned token = pending ? pending->token : 0;

    if (pending)
        mqtt->pending_bytes -= pending->length;
    g_hash_table_remove(mqtt->pending, GINT_TO_POINTER(message_id));
    return token;
}

static void on_published(Mqtt *mqtt, const MqttLinkEvent *event)
{
    unsigned token = take_token(mqtt, event->message_id);

    if (token != 0 && mqtt->handlers.published)
        mqtt->handlers.published(token, mqtt->data);
}

/* The publication stays in the caller's outbox and comes again: so it is logged once a connection.
 */
static void on_refused(Mqtt *mqtt, const MqttLinkEvent *event)
{
    unsigned token = take_token(mqtt, event->message_id);

    if (token == 0)
        return;

    if (token != mqtt->probe_token && !mqtt->has_told_refusal) {
        mqtt->has_told_refusal = true;
        log_line(LOG_LEVEL_WARNING, "MQTT: the broker refuses a publication: %s", event->reason);
    }
    if (mqtt->handlers.publication_refused)
        mqtt->handlers.publication_refused(token, event->reason, mqtt->data);
}

static void on_message(Mqtt *mqtt, const MqttLinkEvent *event)
{
    const MqttMessage message = { event->topic, event->payload, event->length, event->is_retained };

    mqtt->handlers.message(&message, mqtt->data);
}

static void on_event(const MqttLinkEvent *event, void *data)
{
    Mqtt *mqtt = data;

    if (mqtt->state == MQTT_STATE_CLOSING) {
        if (event->kind == MQTT_LINK_PUBLISHED || event->kind == MQTT_LINK_REFUSED)
            take_token(mqtt, event->message_id);
        return;
    }

    switch (event->kind) {
    case MQTT_LINK_OPENED:
        on_opened(mqtt);
        break;
    case MQTT_LINK_SUBSCRIBED:
        on_subscribed(mqtt);
        break;
    case MQTT_LINK_MESSAGE:
        on_message(mqtt, event);
        break;
    case MQTT_LINK_PUBLISHED:
        on_published(mqtt, event);
        break;
    case MQTT_LINK_REFUSED:
        on_refused(mqtt, event);
        break;
    case MQTT_LINK_FAILED:
        on_failed(mqtt, event);
        break;
    case MQTT_LINK_UNSUBSCRIBED:
        on_unsubscribed(mqtt, event);
        break;
    case MQTT_LINK_HUNG_UP:
        on_hung_up(mqtt, event);
        break;
    case MQTT_LINK_UNREADABLE:
        on_version_refused(mqtt, event->reason);
        break;
    }
}

/* ---- publishing -------------------------------------------------------------------------------
 */

bool mqtt_is_connected(const Mqtt *mqtt)
{
    return mqtt->state == MQTT_STATE_CONNECTED;
}

void mqtt_renew(Mqtt *mqtt, const char *reason)
{
    if (mqtt->state == MQTT_STATE_CONNECTED)
        end_attempt(mqtt, reason, false);
}

static bool has_room(const Mqtt *mqtt, size_t length)
{
    return g_hash_table_size(mqtt->pending) < BUFFERED_MAX &&
           mqtt->pending_bytes + length <= BUFFERED_MAX_BYTES;
}

unsigned mqtt_publish(Mqtt *mqtt, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties)
{
    Pending *pending;
    int id;

    if (mqtt->state != MQTT_STATE_CONNECTED || !has_room(mqtt, length))
        return 0;

    id = mqtt_link_publish(mqtt->link, topic, payload, length, is_retained, properties);
    if (id == 0)
        return 0;

    /* Ids come again after 65,535: one that the broker never answered makes room. */
    take_token(mqtt, id);
    mqtt->last_token = mqtt->last_token == UINT_MAX ? 1 : mqtt->last_token + 1;
    pending = g_new(Pending, 1);
    *pending = (Pending){ mqtt->last_token, length };
    g_hash_table_insert(mqtt->pending, GINT_TO_POINTER(id), pending);
    mqtt->pending_bytes += length;
    if (properties && properties->is_probe)
        mqtt->probe_token = mqtt->last_token;
    return mqtt->last_token;
}

/* ---- life ---------------------------------------------------------------------------------------
 */

Mqtt *mqtt_new(const MqttSettings *settings, const MqttHandlers *handlers, void *data,
               GError **error)
{
    MqttUrl url = { 0 };
    Mqtt *mqtt;

    if (!mqtt_settings_check_files(settings, error) || !mqtt_url_parse(settings->url, &url, error))
        return NULL;

    if (url.is_tls)
        mqtt_tls_prepare();
    mqtt = g_new0(Mqtt, 1);
    mqtt->url = url;
    mqtt_settings_copy(&mqtt->settings, settings);
    mqtt->handlers = *handlers;
    mqtt->data = data;
    mqtt->pending = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    set_timer(mqtt, 0, begin_attempt);

    return mqtt;
}

/* Waits until the broker has taken what was published, and tells it that this is the end. */
static void close_link(Mqtt *mqtt)
{
    int64_t deadline_ms = mqtt_source_now_ms() + FREE_WAIT_MS;
    bool is_alive = true;

    mqtt->state = MQTT_STATE_CLOSING;
    while (is_alive && g_hash_table_size(mqtt->pending) > 0 && mqtt_source_now_ms() < deadline_ms)
        is_alive = mqtt_link_turn(mqtt->link, deadline_ms);
    mqtt_link_say_goodbye(mqtt->link, deadline_ms);
}

void mqtt_drop(Mqtt *mqtt)
{
    if (!mqtt)
        return;

    set_timer(mqtt, 0, NULL);
    mqtt_search_abandon(mqtt->search);
    mqtt_link_free(mqtt->link);
    g_hash_table_unref(mqtt->pending);
    mqtt_settings_clear(&mqtt->settings);
    mqtt_url_clear(&mqtt->url);
    g_free(mqtt);
}

void mqtt_free(Mqtt *mqtt)
{
    if (mqtt && mqtt->link)
        close_link(mqtt);
    mqtt_drop(mqtt);
}

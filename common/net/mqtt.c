#include "common/net/mqtt.h"

#include <limits.h>
#include <poll.h>

#include "common/base/limits.h"
#include "common/data/backoff.h"
#include "common/net/mqtt_doorbell.h"
#include "common/net/mqtt_link.h"
#include "common/net/mqtt_reason.h"
#include "common/net/mqtt_settings.h"
#include "common/net/mqtt_url.h"
#include "common/sys/clock.h"
#include "common/sys/errand.h"
#include "common/sys/log.h"
#include "common/sys/mailbox.h"
#include "common/sys/random.h"

#include "common/base/banned.h"

#define BULK_MAX_ITEMS        16384 /* more than the retained status of every agent */
#define CONTROL_MAX_ITEMS     64
#define RECONNECT_BASE_MS     500
#define HANG_UPS_BEFORE_3_1_1 2
#define VERSION_3_1_1_KEPT_MS (24 * 3600 * INT64_C(1000))
#define FREE_WAIT_MS          1000
#define FREE_LOOK_MS          20
#define RING_FIRST_MS         2
#define RING_LAST_MS          64

typedef enum {
    MQTT_STATE_WAITING,     /* for the time of the next attempt */
    MQTT_STATE_CONNECTING,  /* to CONNACK */
    MQTT_STATE_SUBSCRIBING, /* to SUBACK */
    MQTT_STATE_CONNECTED,
    MQTT_STATE_ASKING, /* why the attempt failed */
} MqttState;

/* An attempt to find out why paho could not connect, on a thread of its own. */
typedef struct Question {
    Mqtt *mqtt; /* NULL when nobody waits for the answer any more */
    MqttUrl url;
    char *answer;
} Question;

struct Mqtt {
    MqttUrl url;
    MqttSettings settings; /* its texts are ours */
    MqttHandlers handlers;
    void *data;

    Mailbox *control; /* states of the link: never crowded out by messages */
    Mailbox *bulk;
    MqttLink *link;
    unsigned generation; /* of the link; events of others are stale */
    MqttState state;
    Question *question;

    unsigned attempt; /* failures since the last connection that stood long enough */
    unsigned hang_ups;
    int64_t version_3_1_1_until_ms; /* of clock_boot_ms() */
    int64_t connected_at_ms;
    guint attempt_timer;

    GHashTable *tokens; /* of publications under way: paho's message id to ours */
    unsigned last_token;
    bool has_told_refusal;
    unsigned probe_token; /* of the last publication whose refusal is hoped for */

    guint ring_timer;
    unsigned ring_ms;
};

/* ---- ringing ----------------------------------------------------------------------------------
 */

static void remove_timer(guint *timer)
{
    if (*timer != 0)
        g_source_remove(*timer);
    *timer = 0;
}

static bool is_answer_due(const Mqtt *mqtt)
{
    return mqtt->state == MQTT_STATE_SUBSCRIBING || g_hash_table_size(mqtt->tokens) > 0;
}

/* Rings after 2, 4, 8 … 64 ms while an answer is due; later paho's thread wakes by itself. */
static gboolean on_ring_timer(gpointer data)
{
    Mqtt *mqtt = data;

    mqtt->ring_timer = 0;
    if (!is_answer_due(mqtt))
        return G_SOURCE_REMOVE;

    mqtt_doorbell_ring();
    mqtt->ring_ms *= 2;
    if (mqtt->ring_ms <= RING_LAST_MS)
        mqtt->ring_timer = g_timeout_add(mqtt->ring_ms, on_ring_timer, mqtt);
    return G_SOURCE_REMOVE;
}

static void begin_ringing(Mqtt *mqtt)
{
    if (mqtt->ring_timer != 0 && mqtt->ring_ms == RING_FIRST_MS)
        return;

    remove_timer(&mqtt->ring_timer);
    mqtt->ring_ms = RING_FIRST_MS;
    mqtt->ring_timer = g_timeout_add(mqtt->ring_ms, on_ring_timer, mqtt);
}

/* ---- attempts ---------------------------------------------------------------------------------
 */

static gboolean begin_attempt(gpointer data);

/* The end of a link or of an attempt for one. Calls the handler last, which may free mqtt. */
static void end_attempt(Mqtt *mqtt, const char *reason, bool is_at_once)
{
    int64_t next_ms = 0;

    if (mqtt->state == MQTT_STATE_CONNECTED)
        mqtt->attempt = backoff_after(mqtt->attempt, RECONNECT_BASE_MS, RECONNECT_MAX_MS,
                                      clock_boot_ms() - mqtt->connected_at_ms);
    if (!is_at_once)
        next_ms =
            backoff_wait_ms(mqtt->attempt++, RECONNECT_BASE_MS, RECONNECT_MAX_MS, random_u64());

    g_clear_pointer(&mqtt->link, mqtt_link_free);
    mqtt->generation++;
    g_hash_table_remove_all(mqtt->tokens);
    mqtt->state = MQTT_STATE_WAITING;
    mqtt->attempt_timer = g_timeout_add((guint)next_ms, begin_attempt, mqtt);
    mqtt->handlers.disconnected(reason, next_ms, mqtt->data);
}

static bool is_version_5(const Mqtt *mqtt)
{
    return clock_boot_ms() >= mqtt->version_3_1_1_until_ms;
}

static gboolean begin_attempt(gpointer data)
{
    Mqtt *mqtt = data;
    g_autofree char *will = NULL;
    g_autofree char *will_topic = NULL;
    MqttLinkOptions options = {
        .url = &mqtt->url,
        .settings = &mqtt->settings,
        .is_version_5 = is_version_5(mqtt),
        .generation = mqtt->generation,
        .control = mqtt->control,
        .bulk = mqtt->bulk,
    };

    mqtt->attempt_timer = 0;
    if (mqtt->handlers.make_will)
        will = mqtt->handlers.make_will(&will_topic, &options.will_length, mqtt->data);
    if (will) {
        options.will_topic = will_topic;
        options.will_payload = will;
    }

    mqtt->state = MQTT_STATE_CONNECTING;
    mqtt->link = mqtt_link_new(&options);
    if (!mqtt->link)
        end_attempt(mqtt, "the MQTT library refuses the settings", false);

    return G_SOURCE_REMOVE;
}

/* ---- asking why -------------------------------------------------------------------------------
 */

static void ask(void *data)
{
    Question *question = data;

    question->answer = mqtt_reason_by_trying(&question->url);
}

static void on_answer(void *data)
{
    Question *question = data;
    Mqtt *mqtt = question->mqtt;
    g_autofree char *reason = g_steal_pointer(&question->answer);

    if (!reason && question->url.is_tls)
        reason =
            g_strdup_printf("TLS fails: the certificate is not made for %s, or this is no TLS port",
                            question->url.host);
    mqtt_url_clear(&question->url);
    g_free(question);

    if (mqtt) {
        mqtt->question = NULL;
        end_attempt(mqtt, reason ? reason : "the connection failed", false);
    }
}

static void begin_asking(Mqtt *mqtt)
{
    Question *question = g_new0(Question, 1);

    question->mqtt = mqtt;
    question->url = mqtt->url;
    question->url.host = g_strdup(mqtt->url.host);
    mqtt->question = question;
    mqtt->state = MQTT_STATE_ASKING;
    errand_start("mqtt-ask", ask, on_answer, question);
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
    if (mqtt_link_subscribe(mqtt->link, mqtt->settings.filters))
        begin_ringing(mqtt);
    else
        end_attempt(mqtt, "the connection is lost", false);
}

/* Changes the version for the next attempt: from 5 to 3.1.1 for a day, or back where that is
 * refused as well. */
static void change_version(Mqtt *mqtt)
{
    int64_t now_ms = clock_boot_ms();

    mqtt->hang_ups = 0;
    mqtt->version_3_1_1_until_ms = is_version_5(mqtt) ? now_ms + VERSION_3_1_1_KEPT_MS : now_ms;
}

static void on_failed(Mqtt *mqtt, const MqttLinkEvent *event)
{
    bool was_version_5 = is_version_5(mqtt);

    if (!mqtt_reason_is_version(event->code)) {
        end_attempt(mqtt, event->reason, false);
        return;
    }

    change_version(mqtt);
    end_attempt(mqtt, was_version_5 ? "the broker refuses MQTT 5" : "the broker refuses MQTT 3.1.1",
                was_version_5);
}

static void on_hung_up(Mqtt *mqtt, const MqttLinkEvent *event)
{
    if (is_version_5(mqtt) && ++mqtt->hang_ups >= HANG_UPS_BEFORE_3_1_1)
        change_version(mqtt);
    end_attempt(mqtt, event->reason, false);
}

static void handle_control(void *item, void *data)
{
    g_autoptr(MqttLinkEvent) event = item;
    Mqtt *mqtt = data;

    if (event->generation != mqtt->generation || mqtt->state == MQTT_STATE_ASKING)
        return;

    switch (event->kind) {
    case MQTT_LINK_OPENED:
        on_opened(mqtt);
        break;
    case MQTT_LINK_SUBSCRIBED:
        on_subscribed(mqtt);
        break;
    case MQTT_LINK_FAILED:
        on_failed(mqtt, event);
        break;
    case MQTT_LINK_HUNG_UP:
        on_hung_up(mqtt, event);
        break;
    case MQTT_LINK_UNREACHED:
        begin_asking(mqtt);
        break;
    case MQTT_LINK_MESSAGE:
    case MQTT_LINK_PUBLISHED:
    case MQTT_LINK_REFUSED:
        g_assert_not_reached();
    }
}

/* Our token of a publication that is answered; 0 for one of an earlier link. */
static unsigned take_token(Mqtt *mqtt, const MqttLinkEvent *event)
{
    gpointer id = GINT_TO_POINTER(event->message_id);
    gpointer token = NULL;

    if (event->generation == mqtt->generation)
        g_hash_table_steal_extended(mqtt->tokens, id, NULL, &token);
    return GPOINTER_TO_UINT(token);
}

static void on_published(Mqtt *mqtt, const MqttLinkEvent *event)
{
    unsigned token = take_token(mqtt, event);

    /* The broker limits how many publications may be under way, mosquitto to 20 as shipped. paho's
     * thread sleeps at the limit, and PUBACK does not wake it. */
    if (g_hash_table_size(mqtt->tokens) > 0)
        mqtt_doorbell_ring();
    if (token != 0 && mqtt->handlers.published)
        mqtt->handlers.published(token, mqtt->data);
}

/* The publication stays in the caller's outbox and comes again: so it is told once a connection. */
static void on_refused(Mqtt *mqtt, const MqttLinkEvent *event)
{
    unsigned token = take_token(mqtt, event);

    if (token == 0 || token == mqtt->probe_token || mqtt->has_told_refusal)
        return;

    mqtt->has_told_refusal = true;
    log_line(LOG_LEVEL_WARNING, "MQTT: the broker refuses a publication: %s", event->reason);
}

static void handle_bulk(void *item, void *data)
{
    g_autoptr(MqttLinkEvent) event = item;
    Mqtt *mqtt = data;

    /* A message of an earlier link was acknowledged, and is handed over for that reason. */
    if (event->kind == MQTT_LINK_MESSAGE) {
        const MqttMessage message = { event->topic, event->payload, event->length,
                                      event->is_retained };

        mqtt->handlers.message(&message, mqtt->data);
    } else if (event->kind == MQTT_LINK_PUBLISHED) {
        on_published(mqtt, event);
    } else {
        on_refused(mqtt, event);
    }
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

    /* paho would connect by way of these, whatever the broker's address. This is the start of the
     * program: no other thread reads the environment. */
    g_unsetenv("http_proxy");
    g_unsetenv("https_proxy");

    mqtt = g_new0(Mqtt, 1);
    mqtt->url = url;
    mqtt_settings_copy(&mqtt->settings, settings);
    mqtt->handlers = *handlers;
    mqtt->data = data;
    mqtt->tokens = g_hash_table_new(NULL, NULL);
    mqtt->control = mailbox_new(CONTROL_MAX_ITEMS, (GDestroyNotify)mqtt_link_event_free);
    mqtt->bulk = mailbox_new(BULK_MAX_ITEMS, (GDestroyNotify)mqtt_link_event_free);
    /* Attached first, it is dispatched first: `connected` comes before the first message. */
    mailbox_attach(mqtt->control, handle_control, mqtt);
    mailbox_attach(mqtt->bulk, handle_bulk, mqtt);
    mqtt->attempt_timer = g_idle_add(begin_attempt, mqtt);

    return mqtt;
}

/* ---- publishing -------------------------------------------------------------------------------
 */

bool mqtt_is_connected(const Mqtt *mqtt)
{
    return mqtt->state == MQTT_STATE_CONNECTED;
}

unsigned mqtt_publish(Mqtt *mqtt, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties)
{
    int id;

    /* Only then is it sure that paho does not hold its lock over a slow name server. */
    if (mqtt->state != MQTT_STATE_CONNECTED)
        return 0;

    id = mqtt_link_publish(mqtt->link, topic, payload, length, is_retained, properties);
    if (id == 0)
        return 0;

    mqtt->last_token = mqtt->last_token == UINT_MAX ? 1 : mqtt->last_token + 1;
    g_hash_table_insert(mqtt->tokens, GINT_TO_POINTER(id), GUINT_TO_POINTER(mqtt->last_token));
    if (properties && properties->is_probe)
        mqtt->probe_token = mqtt->last_token;
    begin_ringing(mqtt);
    return mqtt->last_token;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

/* What freeing a link needs, for the thread that may have to wait for it. */
typedef struct Remains {
    MqttLink *link;
    Mailbox *control;
    Mailbox *bulk;
} Remains;

static void free_link(void *data)
{
    Remains *remains = data;

    g_clear_pointer(&remains->link, mqtt_link_free);
}

static void free_remains(void *data)
{
    Remains *remains = data;

    mailbox_free(remains->control);
    mailbox_free(remains->bulk);
    g_free(remains);
}

/* Waits until the broker has taken what was published, at most until the deadline. */
static void wait_for_answers(Mqtt *mqtt, int64_t deadline_ms)
{
    bool has_ended = false;

    while (!has_ended && g_hash_table_size(mqtt->tokens) > 0 && clock_boot_ms() < deadline_ms) {
        struct pollfd waiting[] = { { .fd = mailbox_fd(mqtt->control), .events = POLLIN },
                                    { .fd = mailbox_fd(mqtt->bulk), .events = POLLIN } };
        MqttLinkEvent *event;

        mqtt_doorbell_ring();
        poll(waiting, G_N_ELEMENTS(waiting), FREE_LOOK_MS);
        while ((event = mailbox_take(mqtt->bulk))) {
            take_token(mqtt, event);
            mqtt_link_event_free(event);
        }
        while ((event = mailbox_take(mqtt->control))) {
            has_ended = has_ended || event->generation == mqtt->generation;
            mqtt_link_event_free(event);
        }
    }
}

static void free_connection(Mqtt *mqtt)
{
    int64_t deadline_ms = clock_boot_ms() + FREE_WAIT_MS;
    bool is_open = mqtt->state == MQTT_STATE_CONNECTED || mqtt->state == MQTT_STATE_SUBSCRIBING;
    Remains *remains;

    if (is_open)
        wait_for_answers(mqtt, deadline_ms);

    remains = g_new0(Remains, 1);
    *remains = (Remains){ mqtt->link, mqtt->control, mqtt->bulk };
    mailbox_detach(remains->control);
    mailbox_detach(remains->bulk);
    if (is_open || !mqtt->link) {
        free_link(remains);
        free_remains(remains);
    } else {
        /* paho may be looking a name up, for which it would keep us waiting. */
        errand_wait(errand_start("mqtt-free", free_link, free_remains, remains), FREE_WAIT_MS);
    }
}

void mqtt_free(Mqtt *mqtt)
{
    if (!mqtt)
        return;

    remove_timer(&mqtt->attempt_timer);
    remove_timer(&mqtt->ring_timer);
    if (mqtt->question)
        mqtt->question->mqtt = NULL;
    free_connection(mqtt);
    g_hash_table_unref(mqtt->tokens);
    mqtt_settings_clear(&mqtt->settings);
    mqtt_url_clear(&mqtt->url);
    g_free(mqtt);
}

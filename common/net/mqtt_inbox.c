#include "common/net/mqtt_inbox.h"

#include <errno.h>
#include <mqtt_protocol.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/net/mqtt_reason.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define BACKLOG_MAX_BYTES   (16 * 1024 * 1024)
#define TLS_LINES_MAX_BYTES 2000

void mqtt_link_event_free(MqttLinkEvent *event)
{
    if (!event)
        return;

    g_free(event->reason);
    g_free(event->topic);
    g_free(event->payload);
    g_free(event);
}

void mqtt_inbox_init(MqttInbox *inbox)
{
    *inbox = (MqttInbox){ .keep_alive_s = -1, .tls_lines = g_string_new(NULL) };
    g_queue_init(&inbox->events);
}

void mqtt_inbox_clear(MqttInbox *inbox)
{
    g_queue_clear_full(&inbox->events, (GDestroyNotify)mqtt_link_event_free);
    g_string_free(inbox->tls_lines, TRUE);
}

static MqttLinkEvent *push(MqttInbox *inbox, MqttLinkEventKind kind)
{
    MqttLinkEvent *event = g_new0(MqttLinkEvent, 1);

    event->kind = kind;
    g_queue_push_tail(&inbox->events, event);
    return event;
}

void mqtt_inbox_end(MqttInbox *inbox, MqttLinkEventKind kind, int code, char *reason)
{
    g_autofree char *owned = reason;
    MqttLinkEvent *event;

    if (inbox->has_ended)
        return;

    inbox->has_ended = true;
    event = push(inbox, kind);
    event->code = code;
    event->reason = g_steal_pointer(&owned);
}

MqttLinkEvent *mqtt_inbox_take(MqttInbox *inbox)
{
    MqttLinkEvent *event = g_queue_pop_head(&inbox->events);

    if (event)
        inbox->bytes -= event->length;
    return event;
}

/* ---- callbacks --------------------------------------------------------------------------------
 */

/* "Client x received PUBLISH (d0, q2, …": what comes so is kept by the library, without a limit in
 * MQTT 3.1.1, until the broker completes it. We subscribe with QoS 1. */
static bool is_unasked_quality(const char *text)
{
    static const char head[] = "received PUBLISH (d";
    const char *found = strstr(text, head);

    return found && strncmp(found + sizeof(head), ", q2", 4) == 0;
}

static void on_log(struct mosquitto *handle, void *data, int level, const char *text)
{
    MqttInbox *inbox = data;

    (void)handle;
    if (inbox->is_open && is_unasked_quality(text))
        mqtt_inbox_end(
            inbox, MQTT_LINK_FAILED, 0,
            g_strdup("the broker sends with a quality of service that nobody asked for"));
    if (level == MOSQ_LOG_ERR && inbox->tls_lines->len + strlen(text) < TLS_LINES_MAX_BYTES)
        g_string_append_printf(inbox->tls_lines, "%s\n", text);
}

static void on_connect(struct mosquitto *handle, void *data, int code, int flags,
                       const mosquitto_property *properties)
{
    MqttInbox *inbox = data;
    uint16_t keep_alive_s;

    (void)handle;
    (void)flags;
    inbox->packets++;
    if (inbox->has_ended || inbox->is_open)
        return;

    if (code != 0) {
        mqtt_inbox_end(inbox, MQTT_LINK_FAILED, code, mqtt_reason_of_connack(code));
        return;
    }
    if (mosquitto_property_read_int16(properties, MQTT_PROP_SERVER_KEEP_ALIVE, &keep_alive_s,
                                      false))
        inbox->keep_alive_s = keep_alive_s;
    inbox->is_open = true;
    push(inbox, MQTT_LINK_OPENED);
}

/* Of a DISCONNECT of the broker, which only MQTT 5 has, with its code; of everything else with the
 * result that the library also returns, and that is below all codes of an error. */
static void on_disconnect(struct mosquitto *handle, void *data, int code,
                          const mosquitto_property *properties)
{
    (void)handle;
    (void)properties;
    if (code == 0)
        mqtt_inbox_end(data, MQTT_LINK_FAILED, 0, g_strdup("closed by the broker"));
    else if (code >= MQTT_RC_UNSPECIFIED)
        mqtt_inbox_end(data, MQTT_LINK_FAILED, 0, mqtt_reason_of_code(code));
}

/* 0x80 and above is a refusal in SUBACK of both versions. */
static void on_subscribe(struct mosquitto *handle, void *data, int id, int count, const int *codes,
                         const mosquitto_property *properties)
{
    MqttInbox *inbox = data;
    g_autofree char *reason = NULL;
    int highest = 0;

    (void)handle;
    (void)id;
    (void)properties;
    inbox->packets++;
    if (inbox->has_ended || inbox->is_subscribed)
        return;

    for (int i = 0; i < count; i++)
        highest = MAX(highest, codes[i]);
    if (highest < MQTT_RC_UNSPECIFIED) {
        inbox->is_subscribed = true;
        push(inbox, MQTT_LINK_SUBSCRIBED);
        return;
    }

    reason = mqtt_reason_of_code(highest);
    mqtt_inbox_end(inbox, MQTT_LINK_UNSUBSCRIBED, 0,
                   g_strdup_printf("the subscription is refused: %s", reason));
}

static void on_unsubscribe(struct mosquitto *handle, void *data, int id,
                           const mosquitto_property *properties)
{
    MqttInbox *inbox = data;

    (void)handle;
    (void)id;
    (void)properties;
    inbox->packets++;
}

static void on_publish(struct mosquitto *handle, void *data, int id, int code,
                       const mosquitto_property *properties)
{
    MqttInbox *inbox = data;
    bool is_refused = code >= MQTT_RC_UNSPECIFIED;
    MqttLinkEvent *event;

    (void)handle;
    (void)properties;
    inbox->packets++;
    if (inbox->has_ended)
        return;

    event = push(inbox, is_refused ? MQTT_LINK_REFUSED : MQTT_LINK_PUBLISHED);
    event->message_id = id;
    if (is_refused)
        event->reason = mqtt_reason_of_code(code);
}

/* A broker that speaks MQTT 5 was told the limit; of others we can only drop what is larger. */
static bool is_acceptable(MqttInbox *inbox, const struct mosquitto_message *message)
{
    if (message->payloadlen >= 0 && message->payloadlen <= FRAME_MAX_BYTES)
        return true;

    if (!inbox->has_warned)
        log_line(LOG_LEVEL_WARNING, "MQTT: dropped a message of %d bytes: larger than a frame",
                 message->payloadlen);
    inbox->has_warned = true;
    return false;
}

static void push_message(MqttInbox *inbox, const struct mosquitto_message *message)
{
    MqttLinkEvent *event = push(inbox, MQTT_LINK_MESSAGE);

    event->topic = g_strdup(message->topic);
    event->length = (size_t)message->payloadlen;
    event->payload = g_malloc(event->length + 1);
    if (event->length > 0)
        memcpy(event->payload, message->payload, event->length);
    event->payload[event->length] = '\0';
    event->is_retained = message->retain;
    inbox->bytes += event->length;
}

static void on_message(struct mosquitto *handle, void *data,
                       const struct mosquitto_message *message,
                       const mosquitto_property *properties)
{
    MqttInbox *inbox = data;

    (void)handle;
    (void)properties;
    inbox->packets++;
    if (!inbox->has_ended && is_acceptable(inbox, message))
        push_message(inbox, message);
    if (inbox->bytes > BACKLOG_MAX_BYTES)
        mqtt_inbox_end(inbox, MQTT_LINK_FAILED, 0,
                       g_strdup("messages arrive faster than they can be handled"));

    /* A hint to mosquitto_loop_read(), which looks at errno after each packet and takes this for
     * the end of what there is: else it reads as many packets as publications are under way before
     * one can be handed over. The limit above is for a version that does not take the hint. */
    errno = EAGAIN;
}

void mqtt_inbox_listen(struct mosquitto *handle)
{
    mosquitto_log_callback_set(handle, on_log);
    mosquitto_connect_v5_callback_set(handle, on_connect);
    mosquitto_disconnect_v5_callback_set(handle, on_disconnect);
    mosquitto_subscribe_v5_callback_set(handle, on_subscribe);
    mosquitto_unsubscribe_v5_callback_set(handle, on_unsubscribe);
    mosquitto_publish_v5_callback_set(handle, on_publish);
    mosquitto_message_v5_callback_set(handle, on_message);
}

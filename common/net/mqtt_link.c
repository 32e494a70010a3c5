#include "common/net/mqtt_link.h"

#include <MQTTAsync.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/net/mqtt_doorbell.h"
#include "common/net/mqtt_reason.h"
#include "common/net/mqtt_socket.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define CONNECT_TIMEOUT_S    10
#define IN_FLIGHT_MAX        1000
#define BUFFERED_MAX         1000
#define PACKET_MAX_BYTES     (FRAME_MAX_BYTES + 64 * 1024) /* a frame, its topic and properties */
#define TLS_ERRORS_MAX_BYTES 2000

struct MqttLink {
    MQTTAsync handle;
    bool is_version_5;
    unsigned filter_count;

    /* What follows is used by the callbacks, which paho's lock keeps apart. */
    unsigned generation;
    uint16_t port;
    Mailbox *control;
    Mailbox *bulk;
    MqttSocket socket;
    bool has_ended;
    bool has_warned;
    GString *tls_errors;
};

void mqtt_link_event_free(MqttLinkEvent *event)
{
    if (!event)
        return;

    g_free(event->reason);
    g_free(event->topic);
    g_free(event->payload);
    g_free(event);
}

/* ---- what callbacks post ----------------------------------------------------------------------
 */

static MqttLinkEvent *event_new(const MqttLink *link, MqttLinkEventKind kind)
{
    MqttLinkEvent *event = g_new0(MqttLinkEvent, 1);

    event->kind = kind;
    event->generation = link->generation;
    return event;
}

static void post_control(MqttLink *link, MqttLinkEvent *event)
{
    /* The mailbox holds more than a link can post; a link that has ended says nothing more. */
    if (!mailbox_post(link->control, event))
        mqtt_link_event_free(event);
}

/* The end of the link, told once. */
static void post_end(MqttLink *link, MqttLinkEventKind kind, int code, char *reason)
{
    g_autofree char *owned = reason;
    MqttLinkEvent *event;

    if (link->has_ended)
        return;

    link->has_ended = true;
    event = event_new(link, kind);
    event->code = code;
    event->reason = g_steal_pointer(&owned);
    post_control(link, event);
}

/*
 * A full mailbox ends the link. To return false from messageArrived would help nobody: paho has
 * PUBACK sent all the same, keeps the message without a bound, and offers it again only when
 * another packet arrives, one message a packet, so that it would be late for ever. Whoever sent
 * what is dropped here gets no answer, and repeats it.
 */
static void post_bulk(MqttLink *link, MqttLinkEvent *event)
{
    if (!link->has_ended && mailbox_post(link->bulk, event))
        return;

    mqtt_link_event_free(event);
    post_end(link, MQTT_LINK_FAILED, 0,
             g_strdup("messages arrive faster than they can be handled"));
}

/* ---- connecting -------------------------------------------------------------------------------
 */

static void opened(MqttLink *link)
{
    mqtt_socket_claim(&link->socket, link->port);
    post_control(link, event_new(link, MQTT_LINK_OPENED));
}

static void on_opened(void *context, MQTTAsync_successData *response)
{
    (void)response;
    opened(context);
}

static void on_opened5(void *context, MQTTAsync_successData5 *response)
{
    (void)response;
    opened(context);
}

static void not_opened(MqttLink *link, int code, const char *message)
{
    /* paho tells the phases of a connect apart by these texts only. */
    if (code > 0)
        post_end(link, MQTT_LINK_FAILED, code, mqtt_reason_of_connack(code));
    else if (link->tls_errors->len > 0)
        post_end(link, MQTT_LINK_FAILED, 0, mqtt_reason_of_tls(link->tls_errors->str));
    else if (g_strcmp0(message, "TCP connect timeout") == 0)
        post_end(link, MQTT_LINK_FAILED, 0, g_strdup("the broker does not answer"));
    else if (g_strcmp0(message, "TCP connect completion failure") == 0)
        post_end(link, MQTT_LINK_HUNG_UP, 0, g_strdup("the broker hung up before it answered"));
    else
        post_end(link, MQTT_LINK_UNREACHED, 0, NULL);
}

static void on_not_opened(void *context, MQTTAsync_failureData *response)
{
    not_opened(context, response->code, response->message);
}

static void on_not_opened5(void *context, MQTTAsync_failureData5 *response)
{
    not_opened(context, response->code, response->message);
}

static int on_tls_error(const char *text, size_t length, void *context)
{
    MqttLink *link = context;

    if (link->tls_errors->len + length <= TLS_ERRORS_MAX_BYTES)
        g_string_append_len(link->tls_errors, text, (gssize)length);
    return 1;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static void on_lost(void *context, char *cause)
{
    (void)cause; /* always NULL in 1.3.12 */
    post_end(context, MQTT_LINK_FAILED, 0, g_strdup("the connection is lost"));
}

/* The broker's DISCONNECT, which only MQTT 5 has; on_lost() does not follow it. */
static void on_disconnected(void *context, MQTTProperties *properties, enum MQTTReasonCodes code)
{
    (void)properties;
    post_end(context, MQTT_LINK_FAILED, 0,
             code == MQTTREASONCODE_SUCCESS ? g_strdup("closed by the broker")
                                            : mqtt_reason_of_code((int)code));
}

/* ---- subscribing ------------------------------------------------------------------------------
 */

/* 0x80 and above is a refusal in SUBACK of both versions. */
static void subscribed(MqttLink *link, int highest_code)
{
    g_autofree char *reason = NULL;

    mqtt_socket_quick_ack(&link->socket);
    if (highest_code < 0x80) {
        post_control(link, event_new(link, MQTT_LINK_SUBSCRIBED));
        return;
    }

    reason = mqtt_reason_of_code(highest_code);
    post_end(link, MQTT_LINK_FAILED, 0, g_strdup_printf("the subscription is refused: %s", reason));
}

static void on_subscribed(void *context, MQTTAsync_successData *response)
{
    MqttLink *link = context;
    int highest = link->filter_count == 1 ? response->alt.qos : 0;

    for (unsigned i = 0; link->filter_count > 1 && i < link->filter_count; i++)
        highest = MAX(highest, response->alt.qosList[i]);
    subscribed(link, highest);
}

static void on_subscribed5(void *context, MQTTAsync_successData5 *response)
{
    MqttLink *link = context;
    int highest = 0;

    /* With one filter the list is not filled in, and a refusal goes to the other callback. */
    for (int i = 0; link->filter_count > 1 && i < response->alt.sub.reasonCodeCount; i++)
        highest = MAX(highest, (int)response->alt.sub.reasonCodes[i]);
    subscribed(link, highest);
}

static void on_not_subscribed(void *context, MQTTAsync_failureData *response)
{
    if (response->code >= 0x80)
        subscribed(context, response->code);
}

static void on_not_subscribed5(void *context, MQTTAsync_failureData5 *response)
{
    if (response->reasonCode >= MQTTREASONCODE_UNSPECIFIED_ERROR)
        subscribed(context, (int)response->reasonCode);
}

/* ---- messages ---------------------------------------------------------------------------------
 */

/* A broker that speaks MQTT 5 was told the limit; of others we can only drop what is larger. A
 * topic may not have a NUL inside (MQTT 1.5.4). */
static bool is_acceptable(MqttLink *link, const char *topic, int topic_length,
                          const MQTTAsync_message *message)
{
    bool is_whole_topic = topic_length <= 0 || strlen(topic) == (size_t)topic_length;
    bool is_small = message->payloadlen >= 0 && message->payloadlen <= FRAME_MAX_BYTES;

    if (is_whole_topic && is_small)
        return true;

    if (!link->has_warned)
        log_line(LOG_LEVEL_WARNING, "MQTT: dropped a message of %d bytes: %s", message->payloadlen,
                 is_small ? "NUL in its topic" : "larger than a frame");
    link->has_warned = true;
    return false;
}

static int on_message(void *context, char *topic, int topic_length, MQTTAsync_message *message)
{
    MqttLink *link = context;

    mqtt_socket_quick_ack(&link->socket);
    if (is_acceptable(link, topic, topic_length, message)) {
        MqttLinkEvent *event = event_new(link, MQTT_LINK_MESSAGE);

        event->topic = g_strdup(topic);
        event->length = (size_t)message->payloadlen;
        event->payload = g_malloc0(event->length + 1);
        if (event->length > 0)
            memcpy(event->payload, message->payload, event->length);
        event->is_retained = message->retained;
        post_bulk(link, event);
    }

    MQTTAsync_freeMessage(&message);
    MQTTAsync_free(topic);
    return 1;
}

static void published(MqttLink *link, int message_id)
{
    MqttLinkEvent *event = event_new(link, MQTT_LINK_PUBLISHED);

    mqtt_socket_quick_ack(&link->socket);
    event->message_id = message_id;
    post_bulk(link, event);
}

static void on_published(void *context, MQTTAsync_successData *response)
{
    published(context, response->token);
}

static void on_published5(void *context, MQTTAsync_successData5 *response)
{
    published(context, response->token);
}

/* Also called for whatever was under way when the link ended; only the broker's refusal counts. */
static void on_not_published5(void *context, MQTTAsync_failureData5 *response)
{
    MqttLink *link = context;
    MqttLinkEvent *event;

    if (response->reasonCode < MQTTREASONCODE_UNSPECIFIED_ERROR)
        return;

    mqtt_socket_quick_ack(&link->socket);
    event = event_new(link, MQTT_LINK_REFUSED);
    event->message_id = response->token;
    event->reason = mqtt_reason_of_code((int)response->reasonCode);
    post_bulk(link, event);
}

/* ---- what the main thread does ----------------------------------------------------------------
 */

static bool create_handle(MqttLink *link, const MqttLinkOptions *options)
{
    const char *host = options->url->host;
    bool is_ipv6 = strchr(host, ':') != NULL;
    g_autofree char *uri =
        g_strdup_printf("%s://%s%s%s:%u", options->url->is_tls ? "ssl" : "tcp", is_ipv6 ? "[" : "",
                        host, is_ipv6 ? "]" : "", options->url->port);
    MQTTAsync_createOptions create = MQTTAsync_createOptions_initializer5;

    create.MQTTVersion = options->is_version_5 ? MQTTVERSION_5 : MQTTVERSION_3_1_1;
    create.maxBufferedMessages = BUFFERED_MAX;

    return MQTTAsync_createWithOptions(&link->handle, uri, options->settings->client_id,
                                       MQTTCLIENT_PERSISTENCE_NONE, NULL,
                                       &create) == MQTTASYNC_SUCCESS &&
           MQTTAsync_setCallbacks(link->handle, link, on_lost, on_message, NULL) ==
               MQTTASYNC_SUCCESS &&
           MQTTAsync_setDisconnected(link->handle, link, on_disconnected) == MQTTASYNC_SUCCESS;
}

/* What differs between the versions; paho refuses the other version's callbacks. */
static void set_version(MQTTAsync_connectOptions *connect, MQTTProperties *properties,
                        bool is_version_5)
{
    MQTTProperty packet_max = { .identifier = MQTTPROPERTY_CODE_MAXIMUM_PACKET_SIZE };

    if (!is_version_5) {
        connect->MQTTVersion = MQTTVERSION_3_1_1;
        connect->cleansession = 1;
        connect->onSuccess = on_opened;
        connect->onFailure = on_not_opened;
        return;
    }

    /* Session expiry: 0 is what its absence means. */
    packet_max.value.integer4 = PACKET_MAX_BYTES;
    MQTTProperties_add(properties, &packet_max);
    connect->MQTTVersion = MQTTVERSION_5;
    connect->cleansession = 0;
    connect->cleanstart = 1;
    connect->connectProperties = properties;
    connect->onSuccess5 = on_opened5;
    connect->onFailure5 = on_not_opened5;
}

static bool begin_connect(MqttLink *link, const MqttLinkOptions *options)
{
    const MqttSettings *settings = options->settings;
    MQTTAsync_connectOptions connect = MQTTAsync_connectOptions_initializer;
    MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;
    MQTTAsync_willOptions will = MQTTAsync_willOptions_initializer;
    MQTTProperties properties = MQTTProperties_initializer;
    int result;

    set_version(&connect, &properties, options->is_version_5);
    connect.context = link;
    connect.username = settings->username;
    connect.password = settings->password;
    connect.connectTimeout = CONNECT_TIMEOUT_S;
    connect.maxInflight = IN_FLIGHT_MAX;
    /* paho gives up 1.5 intervals after an unanswered ping, that is after 2.5 of silence. */
    connect.keepAliveInterval = (int)MAX(settings->keep_alive_s / 2, 1);

    if (options->will_topic) {
        will.topicName = options->will_topic;
        will.payload.data = options->will_payload;
        will.payload.len = (int)options->will_length;
        will.qos = 1;
        will.retained = 1;
        connect.will = &will;
    }
    if (options->url->is_tls) {
        tls.trustStore = settings->ca_file;
        tls.keyStore = settings->cert_file;
        tls.privateKey = settings->key_file;
        tls.enableServerCertAuth = 1;
        tls.verify = 1;
        tls.ssl_error_cb = on_tls_error;
        tls.ssl_error_context = link;
        connect.ssl = &tls;
    }

    result = MQTTAsync_connect(link->handle, &connect);
    MQTTProperties_free(&properties);
    return result == MQTTASYNC_SUCCESS;
}

MqttLink *mqtt_link_new(const MqttLinkOptions *options)
{
    MqttLink *link = g_new0(MqttLink, 1);

    mqtt_doorbell_hang();
    link->is_version_5 = options->is_version_5;
    link->generation = options->generation;
    link->port = options->url->port;
    link->control = options->control;
    link->bulk = options->bulk;
    link->socket.fd = -1;
    link->tls_errors = g_string_new(NULL);

    if (!create_handle(link, options) || !begin_connect(link, options))
        g_clear_pointer(&link, mqtt_link_free);
    return link;
}

void mqtt_link_free(MqttLink *link)
{
    if (!link)
        return;

    /* Takes paho's lock, under which all callbacks run: none is under way afterwards. */
    MQTTAsync_destroy(&link->handle);
    g_string_free(link->tls_errors, TRUE);
    g_free(link);
}

bool mqtt_link_subscribe(MqttLink *link, const char *const *filters)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    unsigned count = g_strv_length((char **)(uintptr_t)filters);
    g_autofree int *levels = g_new(int, count);

    for (unsigned i = 0; i < count; i++)
        levels[i] = 1;
    link->filter_count = count;
    response.context = link;
    if (link->is_version_5) {
        response.onSuccess5 = on_subscribed5;
        response.onFailure5 = on_not_subscribed5;
    } else {
        response.onSuccess = on_subscribed;
        response.onFailure = on_not_subscribed;
    }

    return MQTTAsync_subscribeMany(link->handle, (int)count, (char *const *)(uintptr_t)filters,
                                   levels, &response) == MQTTASYNC_SUCCESS;
}

static void add_text(MQTTProperties *properties, enum MQTTPropertyCodes code, const char *text)
{
    MQTTProperty property = { .identifier = code };

    if (!text)
        return;

    /* Copied by MQTTProperties_add(); response topic, content type and correlation data share the
     * member. */
    property.value.data.data = (char *)(uintptr_t)text;
    property.value.data.len = (int)strlen(text);
    MQTTProperties_add(properties, &property);
}

static void add_properties(MQTTProperties *out, const MqttProperties *properties)
{
    MQTTProperty expiry = { .identifier = MQTTPROPERTY_CODE_MESSAGE_EXPIRY_INTERVAL };

    add_text(out, MQTTPROPERTY_CODE_CONTENT_TYPE, properties->content_type);
    add_text(out, MQTTPROPERTY_CODE_RESPONSE_TOPIC, properties->response_topic);
    add_text(out, MQTTPROPERTY_CODE_CORRELATION_DATA, properties->correlation);
    expiry.value.integer4 = properties->expiry_s;
    if (properties->expiry_s > 0)
        MQTTProperties_add(out, &expiry);
}

int mqtt_link_publish(MqttLink *link, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties)
{
    MQTTAsync_responseOptions response = MQTTAsync_responseOptions_initializer;
    int result;

    if (length > PACKET_MAX_BYTES)
        return 0;

    response.context = link;
    if (link->is_version_5) {
        response.onSuccess5 = on_published5;
        response.onFailure5 = on_not_published5;
        if (properties)
            add_properties(&response.properties, properties);
    } else {
        response.onSuccess = on_published;
    }

    result = MQTTAsync_send(link->handle, topic, (int)length, payload, 1, is_retained, &response);
    MQTTProperties_free(&response.properties);
    return result == MQTTASYNC_SUCCESS ? response.token : 0;
}

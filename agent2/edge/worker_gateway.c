#include "agent2/edge/worker_gateway.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/bucket.h"
#include "common/net/mqtt_ear.h"
#include "common/sys/clock.h"
#include "common/sys/crash_point.h"
#include "common/sys/log.h"
#include "common/sys/random.h"
#include "common/wire/frame.h"
#include "common/wire/topic.h"

#include <string.h>

#include "common/base/banned.h"

#define CONTENT_TYPE_FRAME   "application/vnd.agent1.frame"
#define CONTENT_TYPE_TEXT    "text/plain; charset=utf-8"
#define REFUSAL_LINE_EVERY_S 60

/* A key of the orchestrator and what is shared with it. */
typedef struct Peer {
    char *text;
    Key key;
    FramePair pair;
} Peer;

struct WorkerGateway {
    WorkerGatewayHandlers handlers;
    void *data;
    Mqtt *mqtt;
    char *name;
    Key secret;
    Key own;
    bool is_sealed;
    bool is_up;
    GPtrArray *peers; /* Peer * */
    InHand *in_hand;
    GHashTable *outstanding; /* tokens the broker has not taken */
    Bucket refusal_lines;
    uint64_t refused;
    uint64_t refused_told;
    MqttEar *ear; /* agent1 answers what registers and what tells a result, on control */
};

static void free_peer(void *data)
{
    Peer *peer = data;

    frame_pair_clear(&peer->pair);
    g_free(peer->text);
    g_free(peer);
}

void worker_gateway_set_keys(WorkerGateway *gateway, const GPtrArray *keys)
{
    g_ptr_array_set_size(gateway->peers, 0);
    for (guint i = 0; i < keys->len; i++) {
        Peer *peer = g_new0(Peer, 1);

        peer->text = g_strdup(g_ptr_array_index(keys, i));
        if (key_parse(peer->text, &peer->key, NULL) &&
            frame_pair_init(&peer->pair, &peer->key, &gateway->secret))
            g_ptr_array_add(gateway->peers, peer);
        else
            free_peer(peer);
    }
}

static const Peer *find_peer(const WorkerGateway *gateway, const Key *key)
{
    for (guint i = 0; i < gateway->peers->len; i++) {
        const Peer *peer = g_ptr_array_index(gateway->peers, i);

        if (key_equal(&peer->key, key))
            return peer;
    }
    return NULL;
}

static const Peer *find_peer_by_text(const WorkerGateway *gateway, const char *text)
{
    Key key;

    return key_parse(text, &key, NULL) ? find_peer(gateway, &key) : NULL;
}

/* ---- in ----------------------------------------------------------------------------------------
 */

static void refuse(WorkerGateway *gateway, const char *topic, const char *why)
{
    gateway->refused++;
    if (!bucket_take(&gateway->refusal_lines, clock_boot_ms()))
        return;
    log_line(LOG_LEVEL_WARNING,
             "a message on %s is refused: %s (%" G_GUINT64_FORMAT " refused since the last line, "
             "%" G_GUINT64_FORMAT " in all)",
             topic, why, gateway->refused - gateway->refused_told, gateway->refused);
    gateway->refused_told = gateway->refused;
}

/* body: what was in it; NULL: it was not opened. */
static void set_aside(WorkerGateway *gateway, const MqttMessage *message, const char *body,
                      size_t length)
{
    WorkerEvent *event = worker_event_new(WORKER_EVENT_SET_ASIDE);

    event->set_aside.what =
        g_strdup_printf("one of %zu bytes on %s", message->length, message->topic);
    if (body && topic_parse(message->topic, NULL) == TOPIC_KIND_INBOX)
        task_mark_find(body, length, &event->set_aside.task);
    gateway->refused++;
    gateway->handlers.event(event, gateway->data);
}

static char *open_frame(WorkerGateway *gateway, const MqttMessage *message, FrameKind *out_kind,
                        const Peer **out_peer, size_t *out_length, GError **error)
{
    Key sender;

    if (!frame_is_one(message->payload, message->length)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "it is not signed");
        return NULL;
    }
    if (!frame_read_header(message->payload, message->length, out_kind, &sender, error))
        return NULL;
    *out_peer = find_peer(gateway, &sender);
    if (!*out_peer) {
        g_set_error(error, PROBLEM, PROBLEM_REFUSED, "its key is not the orchestrator's");
        return NULL;
    }
    return frame_open(&(*out_peer)->pair, message->topic, message->payload, message->length,
                      out_length, error);
}

static bool take_in_hand(WorkerGateway *gateway, const char *body, size_t length)
{
    size_t stable_length;
    g_autofree char *stable = message_without_time(body, length, &stable_length);

    return in_hand_take(gateway->in_hand, stable, stable_length);
}

/* Takes the frame in hand as it came, then as what is in it. */
static void take_frame(WorkerGateway *gateway, const MqttMessage *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *topic_name = NULL;
    g_autofree char *body = NULL;
    const Peer *peer = NULL;
    WorkerEvent *event;
    Message *decoded;
    FrameKind kind;
    size_t length;

    body = open_frame(gateway, message, &kind, &peer, &length, &error);
    if (!body) {
        refuse(gateway, message->topic, error->message);
        return;
    }
    if (!take_in_hand(gateway, body, length)) {
        set_aside(gateway, message, body, length);
        return;
    }
    decoded = message_decode(body, length, &error);
    if (!decoded) {
        refuse(gateway, message->topic, error->message);
        return;
    }
    if (decoded->kind == MESSAGE_TASK)
        crash_point("gateway.task");
    event = worker_event_new(WORKER_EVENT_MESSAGE);
    event->message.topic = topic_parse(message->topic, &topic_name);
    if (event->message.topic == TOPIC_KIND_CONTROL)
        mqtt_ear_heard(gateway->ear);
    event->message.topic_name = g_steal_pointer(&topic_name);
    event->message.sender = g_strdup(peer->text);
    event->message.is_sealed = kind == FRAME_SEALED;
    event->message.message = decoded;
    gateway->handlers.event(event, gateway->data);
}

static void on_message(const MqttMessage *message, void *data)
{
    WorkerGateway *gateway = data;

    if (message->is_retained) {
        refuse(gateway, message->topic, "it is retained");
    } else if (message->length > FRAME_MAX_BYTES) {
        refuse(gateway, message->topic, "it is too long");
    } else if (gateway->handlers.is_busy(gateway->data)) {
        refuse(gateway, message->topic, "too much is waiting for the disk");
    } else if (!in_hand_take(gateway->in_hand, message->payload, message->length)) {
        set_aside(gateway, message, NULL, 0);
    } else {
        take_frame(gateway, message);
        in_hand_release(gateway->in_hand);
    }
}

/* ---- the connection ----------------------------------------------------------------------------
 */

static void on_connected(void *data)
{
    WorkerGateway *gateway = data;

    log_line(LOG_LEVEL_INFO, "connected to the MQTT broker");
    gateway->is_up = true;
    gateway->handlers.event(worker_event_new(WORKER_EVENT_LINK_UP), gateway->data);
}

static void forget_outstanding(WorkerGateway *gateway)
{
    bool were_some = g_hash_table_size(gateway->outstanding) > 0;

    g_hash_table_remove_all(gateway->outstanding);
    if (were_some && gateway->handlers.drained)
        gateway->handlers.drained(gateway->data);
}

static void on_disconnected(const char *reason, int64_t next_ms, void *data)
{
    WorkerGateway *gateway = data;

    log_line(LOG_LEVEL_WARNING, "no MQTT broker: %s; next try in %.1f s", reason,
             (double)next_ms / 1000);
    mqtt_ear_rest(gateway->ear);
    forget_outstanding(gateway);
    if (gateway->is_up)
        gateway->handlers.event(worker_event_new(WORKER_EVENT_LINK_DOWN), gateway->data);
    gateway->is_up = false;
}

static void on_deaf(void *data)
{
    WorkerGateway *gateway = data;

    mqtt_renew(gateway->mqtt, "agent1 does not answer");
}

static void on_published(unsigned token, void *data)
{
    WorkerGateway *gateway = data;

    if (g_hash_table_remove(gateway->outstanding, GUINT_TO_POINTER(token)) &&
        g_hash_table_size(gateway->outstanding) == 0 && gateway->handlers.drained)
        gateway->handlers.drained(gateway->data);
}

/* ---- out ---------------------------------------------------------------------------------------
 */

static char *make_frame(WorkerGateway *gateway, FrameKind kind, const char *peer_text,
                        const char *topic, const Message *message, size_t *out_length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *body = message_encode(message, &error);
    const Peer *peer = find_peer_by_text(gateway, peer_text);
    uint8_t nonce[FRAME_NONCE_BYTES];

    if (!body || !peer) {
        log_line(LOG_LEVEL_ERROR, "a %s for %s cannot be sent: %s",
                 message_kind_name(message->kind), topic,
                 body ? "its key is not the orchestrator's" : error->message);
        return NULL;
    }
    random_fill(nonce, sizeof nonce);
    return frame_make(kind, &peer->pair, &gateway->own, nonce, topic, body, strlen(body),
                      out_length);
}

static char *make_will(char **out_topic, size_t *out_length, void *data)
{
    WorkerGateway *gateway = data;
    const char *peer = NULL;
    g_autoptr(Message) message = gateway->handlers.make_will(&peer, gateway->data);
    g_autofree char *topic = topic_status(gateway->name);
    char *frame;

    if (!message)
        return NULL;

    frame = make_frame(gateway, FRAME_CLEAR, peer, topic, message, out_length);
    if (frame)
        *out_topic = g_steal_pointer(&topic);
    return frame;
}

static void remember(WorkerGateway *gateway, unsigned token)
{
    if (token > 0)
        g_hash_table_add(gateway->outstanding, GUINT_TO_POINTER(token));
}

void worker_gateway_publish(WorkerGateway *gateway, const WorkerPublish *publish)
{
    static const MqttProperties properties = { .content_type = CONTENT_TYPE_FRAME };
    FrameKind kind = publish->is_sealed && gateway->is_sealed ? FRAME_SEALED : FRAME_CLEAR;
    g_autofree char *frame = NULL;
    size_t length = 0;

    if (!gateway->is_up)
        return;

    if (publish->message->kind == MESSAGE_REGISTER || publish->message->kind == MESSAGE_RESULT)
        mqtt_ear_expect(gateway->ear);
    frame = make_frame(gateway, kind, publish->peer, publish->topic, publish->message, &length);
    if (frame)
        remember(gateway, mqtt_publish(gateway->mqtt, publish->topic, frame, length,
                                       publish->is_retained, &properties));
}

void worker_gateway_probe(WorkerGateway *gateway)
{
    static const MqttProperties properties = { .content_type = CONTENT_TYPE_TEXT,
                                               .is_probe = true };

    /* Not remembered: a broker whose access list holds refuses it, and so never takes it. */
    if (gateway && gateway->is_up)
        mqtt_publish(gateway->mqtt, TOPIC_ACL_PROBE, gateway->name, strlen(gateway->name), false,
                     &properties);
}

void worker_gateway_renew(WorkerGateway *gateway, const char *why)
{
    if (gateway)
        mqtt_renew(gateway->mqtt, why);
}

unsigned worker_gateway_outstanding(const WorkerGateway *gateway)
{
    return g_hash_table_size(gateway->outstanding);
}

uint64_t worker_gateway_refused(const WorkerGateway *gateway)
{
    return gateway->refused;
}

/* ---- life --------------------------------------------------------------------------------------
 */

WorkerGateway *worker_gateway_new(const WorkerGatewaySettings *settings,
                                  const WorkerGatewayHandlers *handlers, void *data, GError **error)
{
    static const MqttHandlers own_handlers = {
        .connected = on_connected,
        .disconnected = on_disconnected,
        .message = on_message,
        .published = on_published,
        .make_will = make_will,
    };
    g_autoptr(WorkerGateway) gateway = g_new0(WorkerGateway, 1);
    g_autofree char *client_id = g_strdup_printf("agent2-%s", settings->name);
    g_autofree char *inbox = topic_inbox(settings->name);
    g_autofree char *control = topic_control(settings->name);
    const char *filters[] = { inbox, control, NULL };
    MqttSettings mqtt = settings->mqtt;

    mqtt.client_id = client_id;
    mqtt.filters = filters;
    gateway->handlers = *handlers;
    gateway->data = data;
    gateway->name = g_strdup(settings->name);
    gateway->secret = *settings->secret;
    frame_public_key(settings->secret, &gateway->own);
    gateway->is_sealed = settings->is_sealed;
    gateway->peers = g_ptr_array_new_with_free_func(free_peer);
    gateway->in_hand = settings->in_hand;
    gateway->outstanding = g_hash_table_new(NULL, NULL);
    bucket_init(&gateway->refusal_lines, 1, 1.0 / REFUSAL_LINE_EVERY_S);
    worker_gateway_set_keys(gateway, settings->keys);
    gateway->ear = mqtt_ear_new(MAX(DEAF_MIN_MS, 2000 * mqtt.keep_alive_s), on_deaf, gateway);
    gateway->mqtt = mqtt_new(&mqtt, &own_handlers, gateway, error);
    return gateway->mqtt ? g_steal_pointer(&gateway) : NULL;
}

void worker_gateway_free(WorkerGateway *gateway)
{
    if (!gateway)
        return;

    mqtt_free(gateway->mqtt);
    mqtt_ear_free(gateway->ear);
    g_ptr_array_unref(gateway->peers);
    g_hash_table_unref(gateway->outstanding);
    explicit_bzero(&gateway->secret, sizeof gateway->secret);
    g_free(gateway->name);
    g_free(gateway);
}

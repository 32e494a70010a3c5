#include "agent1/edge/gateway.h"

#include <string.h>

#include "agent1/edge/listeners.h"
#include "agent1/port/event.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/bucket.h"
#include "common/net/mqtt_ear.h"
#include "common/sys/clock.h"
#include "common/sys/log.h"
#include "common/sys/random.h"
#include "common/wire/frame.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define CONTENT_TYPE_FRAME "application/vnd.agent1.frame"
#define CONTENT_TYPE_TEXT  "text/plain; charset=utf-8"
#define PEERS_MAX          20000
/* "ON", "OFF", "online": with room for a mistake that the log shows. */
#define HOME_ASSISTANT_TEXT_MAX_BYTES 64
#define HOME_ASSISTANT_OFFLINE        "offline"
/* One line a minute about refused frames; the rest is counted in it. */
#define REFUSALS_PER_S (1.0 / 60)

struct Gateway {
    Mqtt *mqtt;
    Mailbox *events;
    InHand *in_hand;
    Key secret;
    Key own;
    bool is_sealed;
    bool is_up;
    GHashTable *trusted; /* keys as key_print() writes them */
    GHashTable *pairs;   /* key text → FramePair *, of trusted keys */
    char *birth_topic;   /* Home Assistant's; NULL: it is not served */
    Bucket unknown_keys;
    Bucket refusal_lines;
    uint64_t refused;
    GHashTable *asked; /* token of a publication → id of the effect that wants to know */
    Listeners *listeners;
    MqttEar *ear; /* an agent that registers is told its policy, and its ack comes to the inbox */
};

static void free_pair(void *pair)
{
    frame_pair_clear(pair);
    g_free(pair);
}

static void post(Gateway *gateway, Event *event)
{
    if (mailbox_post(gateway->events, event))
        return;

    /* Senders repeat what was not acknowledged. */
    event_free(event);
    gateway->refused++;
}

static void refuse(Gateway *gateway, const char *topic, const char *why)
{
    gateway->refused++;
    if (bucket_take(&gateway->refusal_lines, clock_boot_ms()))
        log_line(LOG_LEVEL_WARNING,
                 "a message on %s is refused: %s (%" G_GUINT64_FORMAT " refused so far)", topic,
                 why, gateway->refused);
}

uint64_t gateway_refused(const Gateway *gateway)
{
    return gateway ? gateway->refused : 0;
}

/* ---- keys ---- */

/* The pair key shared with a peer; trusted ones are kept, others made each time. False for a key
 * that is none. */
static bool pair_with(Gateway *gateway, const char *key_text, const Key *key, FramePair *out)
{
    FramePair *known = g_hash_table_lookup(gateway->pairs, key_text);

    if (known) {
        *out = *known;
        return true;
    }
    if (!frame_pair_init(out, key, &gateway->secret))
        return false;
    if (g_hash_table_contains(gateway->trusted, key_text) &&
        g_hash_table_size(gateway->pairs) < PEERS_MAX) {
        known = g_new(FramePair, 1);
        *known = *out;
        g_hash_table_insert(gateway->pairs, g_strdup(key_text), known);
    }
    return true;
}

void gateway_trust(Gateway *gateway, const GPtrArray *keys)
{
    unsigned i;

    g_hash_table_remove_all(gateway->trusted);
    g_hash_table_remove_all(gateway->pairs);
    for (i = 0; i < keys->len; i++)
        g_hash_table_add(gateway->trusted, g_strdup(keys->pdata[i]));
}

/* ---- in ---- */

static void take_plain(Gateway *gateway, TopicKind kind, const MqttMessage *message)
{
    Event *event;

    if (kind != TOPIC_KIND_AGENT1_INBOX) {
        if (message->length > 0)
            refuse(gateway, message->topic, "it is not signed");
        return;
    }
    if (message->length > CHAT_TEXT_MAX_BYTES ||
        !g_utf8_validate_len(message->payload, message->length, NULL)) {
        refuse(gateway, message->topic, "unsigned, and too long or not UTF-8");
        return;
    }
    event = event_new(EVENT_CHAT);
    event->chat.door = DOOR_UNSIGNED;
    event->chat.address = g_strdup("");
    event->chat.principal = g_strdup("");
    event->chat.text = g_strndup(message->payload, message->length);
    post(gateway, event);
}

/* Frames of unknown keys are opened on two topics only, and not many of them. */
static bool may_open(Gateway *gateway, TopicKind kind, const char *key_text)
{
    if (g_hash_table_contains(gateway->trusted, key_text))
        return true;
    if (kind != TOPIC_KIND_REGISTER && kind != TOPIC_KIND_AGENT1_INBOX)
        return false;
    return bucket_take(&gateway->unknown_keys, clock_boot_ms());
}

static char *open_frame(Gateway *gateway, TopicKind kind, const MqttMessage *message,
                        FrameKind *out_frame, char **out_key, size_t *out_length, GError **error)
{
    g_autofree char *key_text = NULL;
    FramePair pair;
    char *body;
    Key key;

    if (!frame_read_header(message->payload, message->length, out_frame, &key, error))
        return NULL;
    key_text = key_print(&key);
    if (!may_open(gateway, kind, key_text)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "the key %s is not known", key_text);
        return NULL;
    }
    if (!pair_with(gateway, key_text, &key, &pair)) {
        g_set_error(error, PROBLEM, PROBLEM_REFUSED, "the key %s is no usable key", key_text);
        return NULL;
    }
    body = frame_open(&pair, message->topic, message->payload, message->length, out_length, error);
    frame_pair_clear(&pair);
    if (body)
        *out_key = g_steal_pointer(&key_text);
    return body;
}

static bool take_in_hand(Gateway *gateway, const char *body, size_t length)
{
    size_t stable_length;
    g_autofree char *stable = message_without_time(body, length, &stable_length);

    return in_hand_take(gateway->in_hand, stable, stable_length);
}

static void take_frame(Gateway *gateway, TopicKind kind, const char *topic_name,
                       const MqttMessage *message)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key_text = NULL;
    g_autofree char *body = NULL;
    Message *decoded;
    FrameKind frame;
    size_t length;
    Event *event;

    body = open_frame(gateway, kind, message, &frame, &key_text, &length, &error);
    if (body && !take_in_hand(gateway, body, length)) {
        refuse(gateway, message->topic, "agent1 crashed on it three times: it is set aside");
        return;
    }
    decoded = body ? message_decode(body, length, &error) : NULL;
    in_hand_release(gateway->in_hand);
    if (!decoded) {
        /* An agent that asks to join has a status, too: nothing to warn of. */
        if (kind != TOPIC_KIND_STATUS || !g_error_matches(error, PROBLEM, PROBLEM_MISSING))
            refuse(gateway, message->topic, error->message);
        return;
    }
    if (decoded->kind == MESSAGE_REGISTER && g_hash_table_contains(gateway->trusted, key_text))
        mqtt_ear_expect(gateway->ear);
    event = event_new(EVENT_MESSAGE);
    event->message.topic = kind;
    event->message.topic_name = g_strdup(topic_name);
    event->message.sender = g_steal_pointer(&key_text);
    event->message.is_sealed = frame == FRAME_SEALED;
    event->message.message = decoded;
    post(gateway, event);
}

static void take_probe(Gateway *gateway, const MqttMessage *message)
{
    Event *event = event_new(EVENT_PROBE);

    event->probe_text = g_strdup_printf("%zu bytes", message->length);
    post(gateway, event);
}

/* agent: NULL for the birth message. */
static void take_home_assistant(Gateway *gateway, const char *agent, const MqttMessage *message)
{
    Event *event;

    if (message->length > HOME_ASSISTANT_TEXT_MAX_BYTES ||
        !g_utf8_validate_len(message->payload, message->length, NULL)) {
        refuse(gateway, message->topic, "it is no word of Home Assistant's");
        return;
    }
    event = event_new(EVENT_HOME_ASSISTANT);
    event->home_assistant.agent = g_strdup(agent);
    event->home_assistant.text = g_strndup(message->payload, message->length);
    post(gateway, event);
}

static void on_message(const MqttMessage *message, void *data)
{
    Gateway *gateway = data;
    g_autofree char *topic_name = NULL;
    TopicKind kind = topic_parse(message->topic, &topic_name);

    if (kind == TOPIC_KIND_AGENT1_INBOX)
        mqtt_ear_heard(gateway->ear);
    if (kind == TOPIC_KIND_ACL_PROBE)
        take_probe(gateway, message);
    else if (g_strcmp0(message->topic, gateway->birth_topic) == 0)
        take_home_assistant(gateway, NULL, message);
    else if (message->is_retained && kind != TOPIC_KIND_STATUS)
        refuse(gateway, message->topic, "it is retained");
    else if (kind == TOPIC_KIND_HOME_ASSISTANT_SET)
        take_home_assistant(gateway, topic_name, message);
    else if (message->length > FRAME_MAX_BYTES)
        refuse(gateway, message->topic, "it is too long");
    else if (frame_is_one(message->payload, message->length))
        take_frame(gateway, kind, topic_name, message);
    else
        take_plain(gateway, kind, message);
}

static void post_link(Gateway *gateway, bool is_up)
{
    Event *event = event_new(is_up ? EVENT_LINK_UP : EVENT_LINK_DOWN);

    event->link = LINK_MQTT;
    gateway->is_up = is_up;
    post(gateway, event);
}

static void on_connected(void *data)
{
    log_line(LOG_LEVEL_INFO, "connected to the MQTT broker");
    post_link(data, true);
}

static void post_published(Gateway *gateway, const char *id, PublishEnd end, const char *reason)
{
    Event *event = event_new(EVENT_PUBLISHED);

    event->published.id = g_strdup(id);
    event->published.end = end;
    event->published.reason = g_strdup(reason);
    post(gateway, event);
}

/* The broker's answer to a publication; most of them nobody asked about. */
static void answer(Gateway *gateway, unsigned token, PublishEnd end, const char *reason)
{
    const char *id = g_hash_table_lookup(gateway->asked, GUINT_TO_POINTER(token));

    if (!id)
        return;

    post_published(gateway, id, end, reason);
    g_hash_table_remove(gateway->asked, GUINT_TO_POINTER(token));
}

static void on_published(unsigned token, void *data)
{
    answer(data, token, PUBLISH_TAKEN, NULL);
}

static void on_publication_refused(unsigned token, const char *reason, void *data)
{
    answer(data, token, PUBLISH_REFUSED, reason);
}

/* The answers that a connection owed do not come any more. */
static void lose_answers(Gateway *gateway, const char *reason)
{
    GHashTableIter iter;
    void *id;

    g_hash_table_iter_init(&iter, gateway->asked);
    while (g_hash_table_iter_next(&iter, NULL, &id))
        post_published(gateway, id, PUBLISH_LOST, reason);
    g_hash_table_remove_all(gateway->asked);
}

static void on_disconnected(const char *reason, int64_t next_ms, void *data)
{
    Gateway *gateway = data;

    log_line(LOG_LEVEL_WARNING, "no MQTT broker: %s; next try in %.1f s", reason,
             (double)next_ms / 1000);
    mqtt_ear_rest(gateway->ear);
    if (gateway->is_up)
        post_link(gateway, false);
    lose_answers(gateway, reason);
}

static void on_deaf(void *data)
{
    Gateway *gateway = data;

    mqtt_renew(gateway->mqtt, "agents register, and nothing comes to " TOPIC_AGENT1_INBOX);
}

/* ---- out ---- */

static const MqttProperties *frame_properties(const Message *message, MqttProperties *out)
{
    *out = (MqttProperties){ .content_type = CONTENT_TYPE_FRAME };
    if (message->kind == MESSAGE_REPLY)
        out->correlation = message->reply.in_reply_to;
    return out;
}

void gateway_publish(Gateway *gateway, const EffectPublish *publish)
{
    FrameKind kind = publish->is_sealed && gateway->is_sealed ? FRAME_SEALED : FRAME_CLEAR;
    g_autoptr(GError) error = NULL;
    g_autofree char *body = message_encode(publish->message, &error);
    g_autofree char *frame = NULL;
    uint8_t nonce[FRAME_NONCE_BYTES];
    MqttProperties properties;
    FramePair pair;
    size_t length;
    Key peer;

    if (!body || !key_parse(publish->peer, &peer, &error)) {
        log_line(LOG_LEVEL_ERROR, "a %s message on %s cannot be sent: %s",
                 message_kind_name(publish->message->kind), publish->topic, error->message);
        return;
    }
    if (!gateway->is_up || !pair_with(gateway, publish->peer, &peer, &pair))
        return;

    random_fill(nonce, sizeof(nonce));
    frame =
        frame_make(kind, &pair, &gateway->own, nonce, publish->topic, body, strlen(body), &length);
    frame_pair_clear(&pair);
    mqtt_publish(gateway->mqtt, publish->topic, frame, length, false,
                 frame_properties(publish->message, &properties));
}

void gateway_publish_plain(Gateway *gateway, const EffectPlain *plain)
{
    MqttProperties properties = { .content_type = CONTENT_TYPE_TEXT };
    unsigned token = mqtt_publish(gateway->mqtt, plain->topic, plain->text, strlen(plain->text),
                                  plain->is_retained, &properties);

    if (!plain->id)
        return;
    if (token != 0)
        g_hash_table_insert(gateway->asked, GUINT_TO_POINTER(token), g_strdup(plain->id));
    else
        post_published(gateway, plain->id, PUBLISH_NOT_SENT,
                       mqtt_is_connected(gateway->mqtt)
                           ? "it is too large for the broker, or too much waits for it"
                           : "there is no MQTT broker");
}

void gateway_listen(Gateway *gateway, const EffectListen *listen)
{
    listeners_do(gateway->listeners, listen);
}

/* ---- life ---- */

/* What Home Assistant shows while agent1 is not there. */
static char *make_will(char **out_topic, size_t *out_length, void *data)
{
    const Gateway *gateway = data;

    if (!gateway->birth_topic)
        return NULL;

    *out_topic = topic_home_assistant_state(AGENT1_NAME);
    *out_length = strlen(HOME_ASSISTANT_OFFLINE);
    return g_strdup(HOME_ASSISTANT_OFFLINE);
}

Gateway *gateway_new(const MqttSettings *settings, const GatewayHouse *house, const Key *secret,
                     bool is_sealed, InHand *in_hand, Mailbox *events, GError **error)
{
    const char *const filters[] = { TOPIC_AGENT1_INBOX,
                                    TOPIC_REGISTER,
                                    TOPIC_STATUS_FILTER,
                                    TOPIC_ERRORS,
                                    TOPIC_ACL_PROBE,
                                    TOPIC_DAILY_REPORT,
                                    house->birth_topic ? house->birth_topic : NULL,
                                    TOPIC_HOME_ASSISTANT_SET_FILTER,
                                    NULL };
    static const MqttHandlers handlers = {
        .connected = on_connected,
        .disconnected = on_disconnected,
        .message = on_message,
        .published = on_published,
        .publication_refused = on_publication_refused,
        .make_will = make_will,
    };
    g_autoptr(Gateway) gateway = g_new0(Gateway, 1);
    MqttSettings own_settings = *settings;

    own_settings.client_id = AGENT1_NAME;
    own_settings.filters = filters;
    gateway->birth_topic = g_strdup(house->birth_topic);
    gateway->events = events;
    gateway->in_hand = in_hand;
    gateway->secret = *secret;
    frame_public_key(secret, &gateway->own);
    gateway->is_sealed = is_sealed;
    gateway->trusted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gateway->pairs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_pair);
    bucket_init(&gateway->unknown_keys, UNKNOWN_KEY_FRAMES_PER_S, UNKNOWN_KEY_FRAMES_PER_S);
    bucket_init(&gateway->refusal_lines, 5, REFUSALS_PER_S);
    gateway->asked = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    gateway->listeners = listeners_new(settings, events);
    gateway->ear = mqtt_ear_new(MAX(DEAF_MIN_MS, 2000 * settings->keep_alive_s), on_deaf, gateway);
    gateway->mqtt = mqtt_new(&own_settings, &handlers, gateway, error);
    if (!gateway->mqtt)
        return NULL;
    return g_steal_pointer(&gateway);
}

/* In good order the broker sends no will. */
static void say_goodbye(Gateway *gateway)
{
    g_autofree char *topic = topic_home_assistant_state(AGENT1_NAME);

    mqtt_publish(gateway->mqtt, topic, HOME_ASSISTANT_OFFLINE, strlen(HOME_ASSISTANT_OFFLINE), true,
                 NULL);
}

void gateway_free(Gateway *gateway)
{
    if (!gateway)
        return;

    if (gateway->birth_topic)
        say_goodbye(gateway);
    listeners_free(gateway->listeners);
    mqtt_free(gateway->mqtt);
    mqtt_ear_free(gateway->ear);
    g_hash_table_unref(gateway->asked);
    g_free(gateway->birth_topic);
    g_hash_table_unref(gateway->trusted);
    g_hash_table_unref(gateway->pairs);
    explicit_bzero(&gateway->secret, sizeof(gateway->secret));
    g_free(gateway);
}

#include "agent1/cli/channel.h"

#include <string.h>

#include "common/base/ids.h"
#include "common/base/problem.h"
#include "common/net/mqtt.h"
#include "common/sys/clock.h"
#include "common/sys/random.h"
#include "common/wire/frame.h"
#include "common/wire/topic.h"

#include "common/base/banned.h"

#define SESSION_CHARS 20
#define KEEP_ALIVE_S  30

struct Channel {
    char *url;
    char *session;
    char *outbox;
    Key public_key;
    Key orchestrator;
    FramePair pair;
    Mqtt *mqtt;
    Exchange *exchange;
    guint timer; /* 0: none */
    bool was_connected;
    bool has_complained;
    const ChannelHandlers *handlers;
    void *data;
};

static void publish(Channel *channel, const Message *chat)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *body = message_encode(chat, &error);
    g_autofree char *frame = NULL;
    uint8_t nonce[FRAME_NONCE_BYTES];
    size_t length;
    const MqttProperties properties = {
        .response_topic = channel->outbox,
        .correlation = chat->id,
        .expiry_s = CHAT_LIFE_MS / 1000,
    };

    /* typed_text_check() came first: what is asked fits. */
    g_assert(body);

    random_fill(nonce, sizeof(nonce));
    frame = frame_make(FRAME_SEALED, &channel->pair, &channel->public_key, nonce,
                       TOPIC_AGENT1_INBOX, body, strlen(body), &length);
    /* What the client does not take now is due again soon. */
    mqtt_publish(channel->mqtt, TOPIC_AGENT1_INBOX, frame, length, false, &properties);
}

static void step(Channel *channel);

static gboolean on_timer(gpointer data)
{
    Channel *channel = data;

    channel->timer = 0;
    step(channel);

    return G_SOURCE_REMOVE;
}

static void arm(Channel *channel)
{
    int64_t wake_ms = exchange_wake_ms(channel->exchange, mqtt_is_connected(channel->mqtt));
    int64_t wait_ms = MAX(wake_ms - clock_boot_ms(), 0);

    if (channel->timer) {
        g_source_remove(channel->timer);
        channel->timer = 0;
    }
    if (wake_ms != INT64_MAX)
        channel->timer = g_timeout_add((guint)MIN(wait_ms, G_MAXINT), on_timer, channel);
}

/* Does all that is due, and arms the timer for what comes next. */
static void step(Channel *channel)
{
    const ExchangeTime now = { .wall_ms = clock_now_ms(), .boot_ms = clock_boot_ms() };
    Ask *late;

    while (mqtt_is_connected(channel->mqtt)) {
        g_autoptr(Message) chat = exchange_next_due(channel->exchange, &now, random_u64());

        if (!chat)
            break;
        publish(channel, chat);
    }
    while ((late = exchange_next_late(channel->exchange, &now)))
        channel->handlers->late(late, channel->data);

    arm(channel);
}

static void on_connected(void *data)
{
    Channel *channel = data;

    if (channel->has_complained)
        channel->handlers->note("connected to the broker", channel->data);
    channel->has_complained = false;
    channel->was_connected = true;
    exchange_reconnected(channel->exchange, clock_boot_ms());
    step(channel);
}

static void on_disconnected(const char *reason, int64_t next_ms, void *data)
{
    Channel *channel = data;
    g_autofree char *text =
        g_strdup_printf("%s the broker at %s: %s; trying again",
                        channel->was_connected ? "lost" : "cannot reach", channel->url, reason);

    (void)next_ms;
    if (!channel->has_complained)
        channel->handlers->note(text, channel->data);
    channel->has_complained = true;
    arm(channel);
}

/* The object of a frame that agent1 sealed for us; NULL for anything else. */
static Message *open_frame(const Channel *channel, const MqttMessage *received)
{
    g_autofree char *body = NULL;
    g_autoptr(Message) message = NULL;
    FrameKind kind;
    Key sender;
    size_t length;

    if (received->is_retained || strcmp(received->topic, channel->outbox) != 0)
        return NULL;
    if (!frame_read_header(received->payload, received->length, &kind, &sender, NULL) ||
        kind != FRAME_SEALED || !key_equal(&sender, &channel->orchestrator))
        return NULL;

    body = frame_open(&channel->pair, received->topic, received->payload, received->length, &length,
                      NULL);
    message = body ? message_decode(body, length, NULL) : NULL;
    if (!message || g_strcmp0(message->from, "agent1") != 0)
        return NULL;

    return g_steal_pointer(&message);
}

static void on_message(const MqttMessage *received, void *data)
{
    Channel *channel = data;
    g_autoptr(Message) message = open_frame(channel, received);
    Ask *ask = NULL;
    Heard heard;

    if (!message)
        return;

    heard = exchange_hear(channel->exchange, message, &ask);
    if (heard == HEARD_NEWS)
        channel->handlers->news(message->reply.text, channel->data);
    else if (heard != HEARD_NOTHING)
        channel->handlers->heard(heard, ask, message, channel->data);
    arm(channel);
}

static bool connect_channel(Channel *channel, const CliConfig *config, GError **error)
{
    static const MqttHandlers handlers = {
        .connected = on_connected,
        .disconnected = on_disconnected,
        .message = on_message,
    };
    g_autofree char *client_id = g_strdup_printf("agentctl-%s", channel->session);
    const char *const filters[] = { channel->outbox, NULL };
    const MqttSettings settings = {
        .url = config->url,
        .username = config->username,
        .password = config->password,
        .ca_file = config->ca_file,
        .cert_file = config->cert_file,
        .key_file = config->client_key_file,
        .client_id = client_id,
        .filters = filters,
        .keep_alive_s = KEEP_ALIVE_S,
    };

    channel->mqtt = mqtt_new(&settings, &handlers, channel, error);

    return channel->mqtt;
}

Channel *channel_new(const CliConfig *config, const Key *secret, const ChannelHandlers *handlers,
                     void *data, GError **error)
{
    g_autoptr(Channel) channel = g_new0(Channel, 1);

    channel->handlers = handlers;
    channel->data = data;
    channel->url = g_strdup(config->url);
    channel->session = random_name(SESSION_CHARS);
    channel->outbox = topic_cli_outbox(channel->session);
    channel->exchange = exchange_new(channel->session);
    channel->orchestrator = config->orchestrator;
    frame_public_key(secret, &channel->public_key);
    if (!frame_pair_init(&channel->pair, &config->orchestrator, secret)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "orchestrator_key: no key to seal for");
        return NULL;
    }
    if (!connect_channel(channel, config, error))
        return NULL;

    return g_steal_pointer(&channel);
}

void channel_free(Channel *channel)
{
    if (!channel)
        return;

    if (channel->timer)
        g_source_remove(channel->timer);
    mqtt_free(channel->mqtt);
    exchange_free(channel->exchange);
    frame_pair_clear(&channel->pair);
    g_free(channel->url);
    g_free(channel->session);
    g_free(channel->outbox);
    g_free(channel);
}

Ask *channel_ask(Channel *channel, const AskWish *wish, GError **error)
{
    g_autofree char *id = NULL;
    uint8_t seed[IDS_SEED_BYTES];
    Ids ids;
    Ask *ask;

    random_fill(seed, sizeof(seed));
    ids_init(&ids, clock_now_ms(), seed);
    id = ids_next(&ids);

    ask = exchange_ask(channel->exchange, id, wish, clock_boot_ms());
    if (!ask) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%d questions wait for their answers already",
                    EXCHANGE_ASKS_MAX);
        return NULL;
    }
    step(channel);

    return ask;
}

void channel_forget(Channel *channel, Ask *ask)
{
    exchange_forget(channel->exchange, ask);
}

void channel_keep(Channel *channel, Ask *ask)
{
    exchange_keep(channel->exchange, ask);
}

const GPtrArray *channel_asks(const Channel *channel)
{
    return exchange_asks(channel->exchange);
}

bool channel_was_connected(const Channel *channel)
{
    return channel->was_connected;
}

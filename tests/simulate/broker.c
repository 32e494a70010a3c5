#include "tests/simulate/broker.h"

#include "common/base/limits.h"
#include "common/wire/topic.h"
#include "tests/simulate/truth.h"

#include <string.h>

#include "common/base/banned.h"

#define NOTICED_MIN_MS (2 * SECOND_MS)
#define NOTICED_MAX_MS (90 * SECOND_MS) /* one and a half keep-alives */

typedef enum {
    LINK_OFF,
    LINK_UP_NOW,
    LINK_CUT, /* each side still believes in it */
} LinkState;

struct BrokerClient {
    Broker *broker;
    char *name;
    BrokerHandlers handlers;
    void *owner;
    bool is_wanted;
    LinkState state;
    unsigned life; /* of the attempts to connect and of the connection */
    unsigned tries;
    int64_t cut_until_ms;
    Parcel *will;
};

struct Broker {
    Sim *sim;
    GPtrArray *clients;
    GHashTable *retained; /* topic → Parcel * */
    bool is_down;
    unsigned life;
};

/* ---- parcels ---- */

Parcel *parcel_new(const char *topic, const char *sender, const char *peer, bool is_sealed,
                   const Message *message)
{
    Parcel *parcel = g_new0(Parcel, 1);

    parcel->topic = g_strdup(topic);
    parcel->sender = g_strdup(sender);
    parcel->peer = g_strdup(peer);
    parcel->is_sealed = is_sealed;
    parcel->body = message_encode(message, NULL);
    parcel->kind = message->kind;
    g_assert(parcel->body);
    return parcel;
}

Parcel *parcel_copy(const Parcel *parcel)
{
    Parcel *copy = g_memdup2(parcel, sizeof *parcel);

    copy->topic = g_strdup(parcel->topic);
    copy->body = g_strdup(parcel->body);
    copy->sender = g_strdup(parcel->sender);
    copy->peer = g_strdup(parcel->peer);
    return copy;
}

void parcel_free(void *data)
{
    Parcel *parcel = data;

    if (!parcel)
        return;
    g_free(parcel->topic);
    g_free(parcel->body);
    g_free(parcel->sender);
    g_free(parcel->peer);
    g_free(parcel);
}

Message *parcel_open(const Parcel *parcel)
{
    return message_decode(parcel->body, strlen(parcel->body), NULL);
}

/* ---- life ---- */

static void free_client(void *data)
{
    BrokerClient *client = data;

    parcel_free(client->will);
    g_free(client->name);
    g_free(client);
}

Broker *broker_new(Sim *sim)
{
    Broker *broker = g_new0(Broker, 1);

    broker->sim = sim;
    broker->clients = g_ptr_array_new_with_free_func(free_client);
    broker->retained = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, parcel_free);
    return broker;
}

void broker_free(Broker *broker)
{
    if (!broker)
        return;
    g_ptr_array_unref(broker->clients);
    g_hash_table_unref(broker->retained);
    g_free(broker);
}

BrokerClient *broker_add_client(Broker *broker, const char *name, const BrokerHandlers *handlers,
                                void *owner)
{
    BrokerClient *client = g_new0(BrokerClient, 1);

    client->broker = broker;
    client->name = g_strdup(name);
    client->handlers = *handlers;
    client->owner = owner;
    g_ptr_array_add(broker->clients, client);
    return client;
}

BrokerClient *broker_random_client(Broker *broker)
{
    return broker->clients->pdata[dice_below(&broker->sim->dice, broker->clients->len)];
}

bool broker_is_linked(const BrokerClient *client)
{
    return client->state == LINK_UP_NOW;
}

bool broker_is_whole(const Broker *broker)
{
    for (guint i = 0; i < broker->clients->len; i++) {
        const BrokerClient *client = broker->clients->pdata[i];

        if (client->is_wanted && client->state != LINK_UP_NOW)
            return false;
    }
    return !broker->is_down;
}

/* ---- passing on ---- */

static void deliver(BrokerClient *client, const Parcel *parcel)
{
    sim_trace(client->broker->sim, "%s hears %s on %s%s", client->name,
              message_kind_name(parcel->kind), parcel->topic,
              parcel->is_retained ? " (retained)" : "");
    client->handlers.message(client->owner, parcel);
}

static void arrive(void *owner, void *item)
{
    Broker *broker = owner;
    const Parcel *parcel = item;

    for (guint i = 0; i < broker->clients->len; i++) {
        BrokerClient *client = broker->clients->pdata[i];

        if (!client->is_wanted || !client->handlers.wants(client->owner, parcel->topic))
            continue;
        if (client->state == LINK_UP_NOW)
            deliver(client, parcel);
        else
            truth_disturb(broker->sim->truth, NULL);
    }
}

/* Now and then one is held back for long, past whatever happens meanwhile. */
static int64_t draw_delay(Sim *sim, MessageKind kind)
{
    if (!sim->is_healed && sim->plan.has_stragglers && kind == MESSAGE_TASK &&
        dice_chance(&sim->dice, 250))
        return dice_between(&sim->dice, 5 * SECOND_MS, 180 * SECOND_MS);
    if (!sim->is_healed && sim->plan.twice_permille > 0 && dice_chance(&sim->dice, 15))
        return dice_between(&sim->dice, 5 * SECOND_MS, 90 * SECOND_MS);
    if (dice_chance(&sim->dice, 30))
        return dice_between(&sim->dice, 0, 10 * sim->plan.delay_max_ms);
    return dice_between(&sim->dice, 1, MAX(sim->plan.delay_max_ms, 2));
}

static void pass_on(Broker *broker, const Parcel *parcel)
{
    Sim *sim = broker->sim;
    unsigned copies = 1;

    sim->counts->messages++;
    if (!sim->is_healed && dice_chance(&sim->dice, sim->plan.loss_permille)) {
        sim_trace(sim, "the broker loses %s on %s", message_kind_name(parcel->kind), parcel->topic);
        sim_count(sim, INJECT_MESSAGE_LOST);
        truth_disturb(sim->truth, NULL);
        return;
    }
    if (!sim->is_healed && dice_chance(&sim->dice, sim->plan.twice_permille)) {
        sim_count(sim, INJECT_MESSAGE_TWICE);
        copies = 2 + (unsigned)dice_below(&sim->dice, 2);
    }
    while (copies-- > 0)
        sim_later(sim, draw_delay(sim, parcel->kind), arrive, broker, parcel_copy(parcel),
                  parcel_free, &broker->life);
}

static void retain(Broker *broker, const Parcel *parcel)
{
    Parcel *kept = parcel_copy(parcel);

    kept->is_retained = true;
    g_hash_table_replace(broker->retained, kept->topic, kept);
}

void broker_publish(BrokerClient *client, Parcel *parcel, bool is_retained)
{
    if (client->state == LINK_UP_NOW) {
        if (is_retained)
            retain(client->broker, parcel);
        pass_on(client->broker, parcel);
    } else {
        truth_disturb(client->broker->sim->truth, NULL);
    }
    parcel_free(parcel);
}

/* ---- connecting ---- */

static void try_to_connect(void *owner, void *item);

static void try_again(BrokerClient *client)
{
    Sim *sim = client->broker->sim;
    int64_t most_ms = MIN((int64_t)RECONNECT_MAX_MS, 1000 << MIN(client->tries, 5));

    client->tries++;
    sim_later(sim, dice_between(&sim->dice, 10, most_ms), try_to_connect, client, NULL, NULL,
              &client->life);
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static void send_retained(void *owner, void *item)
{
    BrokerClient *client = owner;
    g_autoptr(GList) topics =
        g_list_sort(g_hash_table_get_keys(client->broker->retained), compare_texts);

    (void)item;
    for (GList *topic = topics; topic && client->state == LINK_UP_NOW; topic = topic->next) {
        const Parcel *parcel = g_hash_table_lookup(client->broker->retained, topic->data);

        if (parcel && client->handlers.wants(client->owner, parcel->topic))
            deliver(client, parcel);
    }
}

static void come_up(void *owner, void *item)
{
    BrokerClient *client = owner;
    Sim *sim = client->broker->sim;

    (void)item;
    if (client->broker->is_down || client->cut_until_ms > sim->now_ms) {
        try_again(client);
        return;
    }
    client->tries = 0;
    client->state = LINK_UP_NOW;
    truth_disturb(sim->truth, NULL);
    sim_trace(sim, "%s is connected", client->name);
    sim_later(sim, 1, send_retained, client, NULL, NULL, &client->life);
    client->handlers.up(client->owner);
}

static void try_to_connect(void *owner, void *item)
{
    BrokerClient *client = owner;
    Sim *sim = client->broker->sim;

    (void)item;
    if (client->broker->is_down || client->cut_until_ms > sim->now_ms) {
        try_again(client);
        return;
    }
    parcel_free(client->will);
    client->will = client->handlers.make_will ? client->handlers.make_will(client->owner) : NULL;
    sim_later(sim, dice_between(&sim->dice, 1, 60), come_up, client, NULL, NULL, &client->life);
}

void broker_join(BrokerClient *client)
{
    client->is_wanted = true;
    client->tries = 0;
    client->life++;
    sim_later(client->broker->sim, dice_between(&client->broker->sim->dice, 1, 300), try_to_connect,
              client, NULL, NULL, &client->life);
}

static void publish_will(Broker *broker, Parcel *will)
{
    if (will && !broker->is_down) {
        retain(broker, will);
        pass_on(broker, will);
    }
    parcel_free(will);
}

static void publish_late_will(void *owner, void *item)
{
    publish_will(owner, parcel_copy(item));
}

void broker_leave(BrokerClient *client, bool is_orderly)
{
    Sim *sim = client->broker->sim;
    Parcel *will = g_steal_pointer(&client->will);

    client->is_wanted = false;
    client->life++;
    truth_disturb(sim->truth, NULL);
    if (client->state == LINK_CUT && will)
        sim_later(sim, dice_between(&sim->dice, NOTICED_MIN_MS, NOTICED_MAX_MS), publish_late_will,
                  client->broker, g_steal_pointer(&will), parcel_free, &client->broker->life);
    if (client->state == LINK_UP_NOW && !is_orderly)
        publish_will(client->broker, g_steal_pointer(&will));
    parcel_free(will);
    client->state = LINK_OFF;
}

/* ---- faults ---- */

/* The connection is gone, and the client knows. */
static void go_down(BrokerClient *client)
{
    client->life++;
    client->state = LINK_OFF;
    truth_disturb(client->broker->sim->truth, NULL);
    if (!client->is_wanted)
        return;
    client->handlers.down(client->owner);
    /* Its process may have crashed over it. */
    if (client->is_wanted)
        try_again(client);
}

static void notice(void *owner, void *item)
{
    BrokerClient *client = owner;
    Parcel *will = g_steal_pointer(&client->will);

    (void)item;
    sim_trace(client->broker->sim, "%s notices that its link is cut", client->name);
    go_down(client);
    publish_will(client->broker, will);
}

void broker_cut(BrokerClient *client, int64_t for_ms)
{
    Sim *sim = client->broker->sim;

    client->cut_until_ms = MAX(client->cut_until_ms, sim->now_ms + for_ms);
    truth_disturb(sim->truth, NULL);
    if (client->state != LINK_UP_NOW)
        return;
    sim_trace(sim, "%s is cut off for %.1f s", client->name, (double)for_ms / 1000);
    client->state = LINK_CUT;
    sim_later(sim, dice_between(&sim->dice, NOTICED_MIN_MS, NOTICED_MAX_MS), notice, client, NULL,
              NULL, &client->life);
}

static void come_back(void *owner, void *item)
{
    Broker *broker = owner;

    (void)item;
    broker->is_down = false;
    sim_trace(broker->sim, "the broker is back");
}

void broker_kill(Broker *broker)
{
    Sim *sim = broker->sim;

    if (broker->is_down)
        return;
    broker->life++;
    broker->is_down = true;
    sim_trace(sim, "the broker is killed");
    if (dice_chance(&sim->dice, 500))
        g_hash_table_remove_all(broker->retained);
    for (guint i = 0; i < broker->clients->len; i++) {
        BrokerClient *client = broker->clients->pdata[i];

        if (client->state != LINK_OFF)
            go_down(client);
    }
    sim_later(sim, dice_between(&sim->dice, 100, 20 * SECOND_MS), come_back, broker, NULL, NULL,
              NULL);
}

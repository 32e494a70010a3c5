#include "tests/simulate/publisher.h"

#include "agent1/port/event.h"
#include "tests/simulate/errand_truth.h"
#include "tests/simulate/orchestrator.h"

#include <string.h>

#include "common/base/banned.h"

struct Publisher {
    Sim *sim;
    const BrokerClient *client;
    unsigned life; /* of the connection */
    bool is_up;    /* as far as agent1 knows */
    GQueue *owed;  /* ids (char *) whose answer is awaited */
};

Publisher *publisher_new(Sim *sim, const BrokerClient *client)
{
    Publisher *publisher = g_new0(Publisher, 1);

    publisher->sim = sim;
    publisher->client = client;
    publisher->owed = g_queue_new();
    return publisher;
}

void publisher_free(Publisher *publisher)
{
    if (!publisher)
        return;
    g_queue_free_full(publisher->owed, g_free);
    g_free(publisher);
}

static void tell(Publisher *publisher, const char *id, PublishEnd end, const char *reason)
{
    Event *event = event_new(EVENT_PUBLISHED);

    event->published.id = g_strdup(id);
    event->published.end = end;
    event->published.reason = g_strdup(reason);
    orchestrator_post(publisher->sim->agent1, event);
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* False when it is not awaited any more. */
static bool settle(Publisher *publisher, const char *id)
{
    GList *found = g_queue_find_custom(publisher->owed, id, compare_ids);

    if (!found)
        return false;
    g_free(found->data);
    g_queue_delete_link(publisher->owed, found);
    return true;
}

/* ---- the broker ---- */

static void acknowledge(void *owner, void *item)
{
    if (settle(owner, item))
        tell(owner, item, PUBLISH_TAKEN, NULL);
}

static void refuse(void *owner, void *item)
{
    if (settle(owner, item))
        tell(owner, item, PUBLISH_REFUSED, "not authorised");
}

static void answer(Publisher *publisher, AgendaAct act, const char *id)
{
    sim_later(publisher->sim, dice_between(&publisher->sim->dice, 1, 200), act, publisher,
              g_strdup(id), g_free, &publisher->life);
}

static void arrive(void *owner, void *item)
{
    Publisher *publisher = owner;
    Dice *dice = &publisher->sim->dice;

    if (!broker_is_linked(publisher->client))
        return;
    if (dice_chance(dice, 100)) {
        answer(publisher, refuse, item);
        return;
    }
    errand_truth_taken(publisher->sim->errand_truth, item);
    /* A broker that stands still answers nobody. */
    if (!dice_chance(dice, 50))
        answer(publisher, acknowledge, item);
}

static void send(Publisher *publisher, const char *id)
{
    sim_later(publisher->sim, dice_between(&publisher->sim->dice, 1, 200), arrive, publisher,
              g_strdup(id), g_free, &publisher->life);
}

/* ---- agent1 ---- */

static void tell_not_sent(void *owner, void *item)
{
    tell(owner, item, PUBLISH_NOT_SENT, "there is no MQTT broker");
}

void publisher_publish(Publisher *publisher, const EffectPlain *plain)
{
    if (!publisher->is_up) {
        sim_later(publisher->sim, 0, tell_not_sent, publisher, g_strdup(plain->id), g_free,
                  &publisher->life);
        return;
    }
    g_queue_push_tail(publisher->owed, g_strdup(plain->id));
    send(publisher, plain->id);
}

/* MUTANT_AGAIN: what was not answered is handed over once more, as a client with an outbox does. */
void publisher_link_up(Publisher *publisher)
{
    publisher->is_up = true;
    publisher->life++;
    for (GList *id = publisher->owed->head; id; id = id->next)
        send(publisher, id->data);
}

void publisher_link_down(Publisher *publisher)
{
    GQueue *lost;
    char *id;

    publisher->is_up = false;
    publisher->life++;
    if (publisher->sim->mutant == MUTANT_AGAIN)
        return;
    /* A crash over one of them empties what is owed then. */
    lost = g_queue_copy(publisher->owed);
    g_queue_clear(publisher->owed);
    while ((id = g_queue_pop_head(lost)) != NULL) {
        tell(publisher, id, PUBLISH_LOST, "the connection is lost");
        g_free(id);
    }
    g_queue_free(lost);
}

void publisher_leave(Publisher *publisher)
{
    publisher->is_up = false;
    publisher->life++;
    g_queue_clear_full(publisher->owed, g_free);
}

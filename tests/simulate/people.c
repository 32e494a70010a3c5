#include "tests/simulate/people.h"

#include "agent1/cli/exchange.h"
#include "common/base/ids.h"
#include "common/wire/key.h"
#include "common/wire/topic.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/host.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/xmpp_server.h"

#include <string.h>

#include "common/base/banned.h"

#define TERMINALS      2
#define WRITES_MAX     40
#define REFUSED_NOTICE "not accepted:"

/* A terminal with agentctl in it. */
typedef struct Terminal {
    People *people;
    char *session;
    char *outbox;
    Exchange *exchange;
    BrokerClient *client;
    bool is_up;
    unsigned timer;
    unsigned life; /* never ends */
} Terminal;

/* One chat on XMPP, from a resource of its own, so that its answers are known. */
typedef struct Chat {
    People *people;
    char *jid;
    char *id;
    char *text;
    unsigned writes;
    bool is_heard;
    bool is_dropped; /* agent1 heard it asleep: it may stay silent */
} Chat;

struct People {
    Sim *sim;
    char *key;
    Terminal terminals[TERMINALS];
    GPtrArray *asks;  /* const Ask *, of the exchanges */
    GPtrArray *chats; /* Chat * */
    unsigned asked;
};

/* ---- agentctl ---- */

static ExchangeTime time_of(const Terminal *terminal)
{
    return (ExchangeTime){ .wall_ms = SIM_START_MS + terminal->people->sim->now_ms,
                           .boot_ms = terminal->people->sim->now_ms };
}

static void wake(Terminal *terminal);

static void on_time(void *owner, void *item)
{
    Terminal *terminal = owner;

    if (GPOINTER_TO_UINT(item) == terminal->timer)
        wake(terminal);
}

static void wake(Terminal *terminal)
{
    Sim *sim = terminal->people->sim;
    ExchangeTime now = time_of(terminal);
    int64_t next_ms;
    Message *chat;

    while (terminal->is_up &&
           (chat = exchange_next_due(terminal->exchange, &now, dice_throw(&sim->dice)))) {
        g_autofree char *peer = sim_key(SIM_KEY_AGENT1);

        broker_publish(terminal->client,
                       parcel_new(TOPIC_AGENT1_INBOX, terminal->people->key, peer, true, chat),
                       false);
        message_free(chat);
    }
    while (exchange_next_late(terminal->exchange, &now))
        ;
    terminal->timer++;
    next_ms = exchange_wake_ms(terminal->exchange, terminal->is_up);
    if (next_ms != INT64_MAX)
        sim_later(sim, next_ms - sim->now_ms, on_time, terminal, GUINT_TO_POINTER(terminal->timer),
                  NULL, &terminal->life);
}

static bool wants(void *owner, const char *topic)
{
    const Terminal *terminal = owner;

    return strcmp(topic, terminal->outbox) == 0;
}

static void on_message(void *owner, const Parcel *parcel)
{
    Terminal *terminal = owner;
    g_autoptr(Message) message = parcel_open(parcel);
    Ask *ask = NULL;

    if (!message)
        return;
    if (message->kind == MESSAGE_REPLY)
        sim_trace(terminal->people->sim, "a person hears%s: %s",
                  message->reply.is_final ? " at last" : "", message->reply.text);
    exchange_hear(terminal->exchange, message, &ask);
    wake(terminal);
}

static void on_up(void *owner)
{
    Terminal *terminal = owner;

    terminal->is_up = true;
    exchange_reconnected(terminal->exchange, terminal->people->sim->now_ms);
    wake(terminal);
}

static void on_down(void *owner)
{
    Terminal *terminal = owner;

    terminal->is_up = false;
    wake(terminal);
}

static void open_terminal(People *people, unsigned index)
{
    static const BrokerHandlers handlers = {
        .wants = wants, .message = on_message, .up = on_up, .down = on_down
    };
    Terminal *terminal = &people->terminals[index];

    terminal->people = people;
    terminal->session = g_strdup_printf("terminal%010u", index + 1);
    terminal->outbox = topic_cli_outbox(terminal->session);
    terminal->exchange = exchange_new(terminal->session);
    terminal->client =
        broker_add_client(people->sim->broker, terminal->session, &handlers, terminal);
    broker_join(terminal->client);
}

static char *new_id(People *people)
{
    Sim *sim = people->sim;
    uint8_t seed[IDS_SEED_BYTES];
    Ids ids;

    dice_fill(&sim->dice, seed, sizeof seed);
    ids_init(&ids, SIM_START_MS + sim->now_ms, seed);
    return ids_next(&ids);
}

static void type(People *people, const char *text)
{
    Terminal *terminal = &people->terminals[dice_below(&people->sim->dice, TERMINALS)];
    const AskWish wish = { .text = text, .timeout_ms = -1 };
    g_autofree char *id = new_id(people);
    const Ask *ask = exchange_ask(terminal->exchange, id, &wish, people->sim->now_ms);

    if (ask)
        g_ptr_array_add(people->asks, (Ask *)(uintptr_t)ask);
    wake(terminal);
}

/* ---- XMPP ---- */

static void write_again(void *owner, void *item)
{
    Chat *chat = item;
    Sim *sim = chat->people->sim;

    (void)owner;
    if (chat->is_heard || chat->writes >= WRITES_MAX)
        return;
    chat->writes++;
    xmpp_server_write(sim->xmpp, chat->jid, chat->id, chat->text);
    sim_later(sim, dice_between(&sim->dice, 15 * SECOND_MS, 40 * SECOND_MS), write_again, NULL,
              chat, NULL, NULL);
}

static void write_chat(People *people, const char *text)
{
    Chat *chat = g_new0(Chat, 1);

    chat->people = people;
    chat->jid = g_strdup_printf("ana@example.org/c%u", people->asked);
    chat->id = new_id(people);
    chat->text = g_strdup(text);
    g_ptr_array_add(people->chats, chat);
    write_again(NULL, chat);
}

void people_hear_said(People *people, const char *jid, const char *id, const char *text)
{
    (void)id;
    sim_trace(people->sim, "%s hears: %s", jid, text);
    for (guint i = 0; i < people->chats->len; i++) {
        Chat *chat = people->chats->pdata[i];

        if (strcmp(chat->jid, jid) == 0)
            chat->is_heard = true;
    }
}

void people_were_dropped(People *people, const char *jid)
{
    for (guint i = 0; i < people->chats->len; i++) {
        Chat *chat = people->chats->pdata[i];

        chat->is_dropped |= strcmp(chat->jid, jid) == 0;
    }
}

/* ---- what they ask ---- */

static const Host *some_host(People *people)
{
    Sim *sim = people->sim;

    return sim->hosts[dice_below(&sim->dice, sim->host_count)];
}

static char *think_of_cancel(People *people)
{
    unsigned runs = g_hash_table_size(orchestrator_store(people->sim->agent1)->tables[TABLE_RUNS]);

    sim_count(people->sim, INJECT_CANCEL);
    return g_strdup_printf("!cancel %u", 1 + (unsigned)dice_below(&people->sim->dice, runs + 1));
}

static char *think_of_pause(People *people)
{
    Sim *sim = people->sim;
    bool is_off = dice_chance(&sim->dice, 500);

    sim_count(sim, INJECT_PAUSE);
    return g_strdup_printf("!agent%s %s", is_off ? "OFF" : "ON", host_name(some_host(people)));
}

static char *think_of_trust(People *people)
{
    Sim *sim = people->sim;
    const Host *host = some_host(people);
    g_autofree char *fingerprint = NULL;
    Key key;

    sim_count(sim, INJECT_REVOKE);
    if (dice_chance(&sim->dice, 300))
        return g_strdup_printf("!revoke %s", host_name(host));
    memset(key.bytes, (int)(SIM_KEY_HOST + host_index(host)), sizeof key.bytes);
    fingerprint = key_fingerprint(&key);
    return g_strdup_printf("!accept %s %.9s", host_name(host), fingerprint);
}

static char *think_of_sleep(People *people)
{
    sim_count(people->sim, INJECT_STANDBY);
    return g_strdup(dice_chance(&people->sim->dice, 400) ? "!agentsOFF" : "!agentsON");
}

static char *think_of_question(People *people)
{
    static const char *const questions[] = { "!runs",     "!run 1",    "!agents", "!status",
                                             "!why web1", "!blackout", "hello",   "!run 999" };

    return g_strdup(questions[dice_below(&people->sim->dice, G_N_ELEMENTS(questions))]);
}

/* Several runs as one. */
static char *think_of_plan(People *people)
{
    const char *name = host_name(some_host(people));
    const char *other = host_name(some_host(people));

    switch (dice_below(&people->sim->dice, 5)) {
    case 0:
        return g_strdup_printf("PLAN: %s|true ;; %s|true ;; %s|true", name, other, name);
    case 1:
        return g_strdup_printf("PLAN: %s|sim.safe ;; all|true ;; %s|false ;; %s|true", name, other,
                               name);
    case 2:
        return g_strdup("@all true");
    case 3:
        return g_strdup("@web* --batch 1 true");
    default:
        return g_strdup_printf("!%s p%u", dice_chance(&people->sim->dice, 700) ? "cancel" : "run",
                               1 + (unsigned)dice_below(&people->sim->dice, 4));
    }
}

static char *think_of_task(People *people)
{
    Sim *sim = people->sim;
    const char *name = host_name(some_host(people));
    uint64_t form = dice_below(&sim->dice, 10);

    if (form < 2)
        return g_strdup_printf("DELEGATE: %s | true", name);
    if (form < 4)
        return g_strdup_printf("@%s sim.safe", name);
    if (form == 4)
        return g_strdup_printf("@%s true\n@%s false", name, host_name(some_host(people)));
    if (form == 5)
        return g_strdup_printf("@%s --now true", name);
    return g_strdup_printf("@%s true", name);
}

/* An answer to what waits for a person, or work that may wait for its window. */
static char *think_of_answer(People *people)
{
    Sim *sim = people->sim;
    unsigned runs = g_hash_table_size(orchestrator_store(sim->agent1)->tables[TABLE_RUNS]);
    unsigned number = 1 + (unsigned)dice_below(&sim->dice, runs + 1);
    uint64_t form = dice_below(&sim->dice, 8);

    if (form == 4)
        return g_strdup("!yes");
    if (form >= 5)
        return g_strdup_printf("@%s --defer true", host_name(some_host(people)));
    sim_count(sim, INJECT_ANSWER);
    return form < 2   ? g_strdup_printf("!approve %u", number)
           : form < 3 ? g_strdup_printf("!reject %u no", number)
                      : g_strdup_printf("!defer %u 2m", number);
}

static char *think_of_message(People *people)
{
    return g_strdup_printf("MQTT_PUBLISH: sim/%u | %u", people->asked, people->asked);
}

char *people_think(People *people)
{
    uint64_t wish = dice_below(&people->sim->dice, 100);

    if (wish < 14)
        return think_of_cancel(people);
    if (wish < 18)
        return think_of_pause(people);
    if (wish < 21)
        return think_of_trust(people);
    if (wish < 23)
        return think_of_sleep(people);
    if (wish < 28)
        return think_of_question(people);
    if (wish < 38 && people->sim->plan.has_policy)
        return think_of_answer(people);
    if (wish < 48)
        return think_of_plan(people);
    if (wish < 75 && people->sim->plan.has_topics)
        return think_of_message(people);
    return think_of_task(people);
}

static void count_ask(People *people, const char *text)
{
    people->asked++;
    people->sim->counts->chats++;
    sim_trace(people->sim, "somebody asks: %s", text);
}

void people_ask(People *people, const char *text)
{
    count_ask(people, text);
    if (dice_chance(&people->sim->dice, 600))
        type(people, text);
    else
        write_chat(people, text);
}

void people_administer(People *people, const char *text)
{
    if (!people->sim->plan.has_clock_faults) {
        people_ask(people, text);
        return;
    }
    count_ask(people, text);
    write_chat(people, text);
}

/* ---- life, and the end ---- */

static void free_chat(void *data)
{
    Chat *chat = data;

    g_free(chat->jid);
    g_free(chat->id);
    g_free(chat->text);
    g_free(chat);
}

People *people_new(Sim *sim)
{
    People *people = g_new0(People, 1);

    people->sim = sim;
    people->key = sim_key(SIM_KEY_PERSON);
    people->asks = g_ptr_array_new();
    people->chats = g_ptr_array_new_with_free_func(free_chat);
    for (unsigned i = 0; i < TERMINALS; i++)
        open_terminal(people, i);
    return people;
}

void people_free(People *people)
{
    if (!people)
        return;
    for (unsigned i = 0; i < TERMINALS; i++) {
        g_free(people->terminals[i].session);
        g_free(people->terminals[i].outbox);
        exchange_free(people->terminals[i].exchange);
    }
    g_ptr_array_unref(people->asks);
    g_ptr_array_unref(people->chats);
    g_free(people->key);
    g_free(people);
}

char *people_unanswered(const People *people)
{
    for (guint i = 0; i < people->asks->len; i++) {
        const Ask *ask = people->asks->pdata[i];

        if (ask_is_pending(ask))
            return g_strdup_printf("agentctl's chat %s (\"%s\") has no final answer", ask->id,
                                   ask->text);
    }
    for (guint i = 0; i < people->chats->len; i++) {
        const Chat *chat = people->chats->pdata[i];

        if (!chat->is_heard && !chat->is_dropped)
            return g_strdup_printf("%s heard nothing about \"%s\"", chat->jid, chat->text);
    }
    return NULL;
}

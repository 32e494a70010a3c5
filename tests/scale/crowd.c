/*
 * A thousand agents in one process, each with a connection of its own: they do no work, and say
 * "accepted" and "succeeded" to every task at once. Unlike those of the bench they come back when
 * the broker does, register again until agent1 acknowledged it, repeat a result until agent1 has
 * it, and start a run's attempt only once, as agent2 does.
 *
 *     crowd PORT USER PASSWORD AGENT1_KEY FOLDER COUNT [jitter]
 *
 * FOLDER holds a key file a1.key … for each; the agents are called a1 … They come back as fast as
 * the broker takes them, or with agent2's back-off. Lines on standard output, times in microseconds
 * of the monotonic clock:
 *
 *     registered FIRST_CONNECTION LAST_CONNECTION FIRST_ACK LAST_ACK REPEATS   each time all are
 *     started RUNS REPEATS RESULTS_OPEN                        the answer to a line on standard
 * input
 */
#include "tests/bench/load.h"
#include "tests/bench/stand_in.h"

#include "common/data/backoff.h"
#include "common/sys/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX   256
#define TICK_MS      20
#define TRY_AGAIN_MS 10
/* Without jitter. More at a time and Linux loses some, since Mosquitto lets 100 wait: these would
 * try again after 1, 3 and 7 seconds. */
#define CONNECTING_MAX    50
#define RECONNECT_BASE_MS 500 /* as agent2's MQTT client */
#define RECONNECT_MAX_MS  30000
#define REGISTER_BASE_MS  500 /* as agent2 */
#define REGISTER_MAX_MS   60000
#define RESULT_REPEAT_US  3000000
#define HEARTBEAT_US      (5 * 60 * INT64_C(1000000))

typedef struct Agent {
    StandIn stand_in;
    Packets packets;
    bool is_open;
    bool is_connected; /* told by the broker */
    bool is_registered;
    unsigned attempts; /* to connect */
    unsigned registers;
    int64_t next_us; /* when it connects, registers again, or says that it is there */
} Agent;

/* A result that agent1 has not acknowledged. */
typedef struct Open {
    Agent *agent;
    char *run;
    int64_t attempt;
    int64_t next_us;
} Open;

typedef struct Crowd {
    const char *user;
    const char *password;
    unsigned port;
    bool has_jitter;
    int poll_fd;
    Agent *agents;
    unsigned count;
    unsigned registered;
    unsigned connecting;
    int64_t first_connection_us;
    int64_t last_connection_us;
    int64_t first_ack_us;
    unsigned register_repeats;
    GHashTable *started; /* "run attempt" */
    GHashTable *open;    /* run → Open */
    unsigned task_repeats;
} Crowd;

static Crowd crowd;

static void free_open(void *data)
{
    Open *open = data;

    g_free(open->run);
    g_free(open);
}

/* ---- what they hear ---- */

static void take_task(Agent *agent, const Message *message)
{
    const MessageTask *task = &message->task;
    g_autofree char *attempt = g_strdup_printf("%s %" G_GINT64_FORMAT, task->run, task->attempt);
    Open *open;

    stand_in_accept(&agent->stand_in, message);
    if (!g_hash_table_add(crowd.started, g_steal_pointer(&attempt))) {
        crowd.task_repeats++;
        return;
    }
    open = g_new0(Open, 1);
    open->agent = agent;
    open->run = g_strdup(task->run);
    open->attempt = task->attempt;
    open->next_us = load_now_us() + RESULT_REPEAT_US;
    g_hash_table_replace(crowd.open, open->run, open);
    stand_in_succeed(&agent->stand_in, open->run, open->attempt);
}

static void take_register_ack(Agent *agent)
{
    int64_t now_us = load_now_us();

    if (agent->is_registered)
        return;
    agent->is_registered = true;
    agent->next_us = now_us + HEARTBEAT_US / crowd.count * (agent - crowd.agents);
    if (crowd.first_ack_us == 0)
        crowd.first_ack_us = now_us;
    if (++crowd.registered < crowd.count)
        return;
    printf("registered %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
           " %" G_GINT64_FORMAT " %u\n",
           crowd.first_connection_us, crowd.last_connection_us, crowd.first_ack_us, now_us,
           crowd.register_repeats);
    fflush(stdout);
    crowd.first_connection_us = crowd.first_ack_us = 0;
    crowd.register_repeats = 0;
}

static void begin_to_register(Agent *agent)
{
    stand_in_begin_session(&agent->stand_in);
    agent->registers = 0;
    agent->is_registered = false;
    agent->next_us = 0;
}

static void take_ack(Agent *agent, const MessageAck *ack)
{
    if (ack->run)
        g_hash_table_remove(crowd.open, ack->run);
    else if (g_strcmp0(ack->in_reply_to, agent->stand_in.register_id) == 0 &&
             ack->state == ACK_DONE)
        take_register_ack(agent);
    else if (g_strcmp0(ack->rule, "not_registered") == 0 && agent->is_registered) {
        crowd.registered--;
        begin_to_register(agent);
    }
}

static void on_message(const char *topic, const char *payload, gsize length, void *data)
{
    Agent *agent = data;
    g_autoptr(Message) message = frames_open(&agent->stand_in.frames, topic, payload, length);

    if (message->kind == MESSAGE_TASK)
        take_task(agent, message);
    else if (message->kind == MESSAGE_ACK)
        take_ack(agent, &message->ack);
    else if (message->kind == MESSAGE_CONTROL)
        stand_in_obey(&agent->stand_in, message);
}

/* ---- connections ---- */

static void watch(Agent *agent)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = agent };

    if (epoll_ctl(crowd.poll_fd, EPOLL_CTL_ADD, agent->packets.link.fd, &event) != 0)
        bench_fail("epoll_ctl failed");
}

static void lose(Agent *agent)
{
    int64_t wait_ms = TRY_AGAIN_MS;

    if (crowd.has_jitter)
        wait_ms =
            backoff_wait_ms(agent->attempts, RECONNECT_BASE_MS, RECONNECT_MAX_MS, random_u64());
    agent->attempts++;
    link_close(&agent->packets.link);
    if (!agent->is_connected)
        crowd.connecting--;
    agent->is_open = agent->is_connected = false;
    if (agent->is_registered)
        crowd.registered--;
    agent->is_registered = false;
    agent->next_us = load_now_us() + wait_ms * 1000;
}

/* Everything is asked at once: the broker answers in order. */
static void open_agent(Agent *agent)
{
    g_autofree char *id = g_strdup_printf("agent2-%s", agent->stand_in.name);
    g_autofree char *inbox = g_strdup_printf("agents/%s/inbox", agent->stand_in.name);
    g_autofree char *control = g_strdup_printf("agents/%s/control", agent->stand_in.name);

    link_begin(&agent->packets.link, crowd.port);
    agent->is_open = true;
    crowd.connecting++;
    watch(agent);
    packets_ask_connect(&agent->packets, id, crowd.user, crowd.password);
    packets_ask_subscribe(&agent->packets, inbox);
    packets_ask_subscribe(&agent->packets, control);
    begin_to_register(agent);
    agent->next_us = INT64_MAX;
    if (agent->packets.link.is_ended)
        lose(agent);
}

static void note_connection(Agent *agent)
{
    if (agent->is_connected || !agent->packets.is_up)
        return;
    agent->is_connected = true;
    crowd.connecting--;
    agent->attempts = 0;
    agent->next_us = 0;
    crowd.last_connection_us = load_now_us();
    if (crowd.first_connection_us == 0)
        crowd.first_connection_us = crowd.last_connection_us;
}

static void serve(Agent *agent)
{
    while (packets_wait(&agent->packets, 0))
        continue;
    if (agent->packets.link.is_ended)
        lose(agent);
    else
        note_connection(agent);
}

/* ---- what time brings ---- */

static void do_register(Agent *agent, int64_t now_us)
{
    int64_t wait_ms = REGISTER_BASE_MS / 2 + backoff_wait_ms(agent->registers, REGISTER_BASE_MS,
                                                             REGISTER_MAX_MS, random_u64());

    stand_in_register(&agent->stand_in, agent->registers > 0);
    if (agent->registers++ == 0)
        stand_in_say_online(&agent->stand_in);
    else
        crowd.register_repeats++;
    agent->next_us = now_us + wait_ms * 1000;
}

static void tend(Agent *agent, int64_t now_us)
{
    if (now_us < agent->next_us)
        return;
    if (!agent->is_open) {
        if (crowd.has_jitter || crowd.connecting < CONNECTING_MAX)
            open_agent(agent);
    } else if (!agent->is_registered) {
        do_register(agent, now_us);
    } else {
        stand_in_say_online(&agent->stand_in);
        agent->next_us = now_us + HEARTBEAT_US;
    }
}

static void repeat_results(int64_t now_us)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, crowd.open);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Open *open = value;

        if (now_us < open->next_us || !open->agent->is_registered)
            continue;
        stand_in_succeed(&open->agent->stand_in, open->run, open->attempt);
        open->next_us = now_us + RESULT_REPEAT_US;
    }
}

static void tend_all(void)
{
    int64_t now_us = load_now_us();

    for (unsigned i = 0; i < crowd.count; i++)
        tend(&crowd.agents[i], now_us);
    repeat_results(now_us);
}

static void answer_input(void)
{
    char line[64];

    if (read(STDIN_FILENO, line, sizeof line) <= 0)
        exit(EXIT_SUCCESS);
    printf("started %u %u %u\n", g_hash_table_size(crowd.started), crowd.task_repeats,
           g_hash_table_size(crowd.open));
    fflush(stdout);
}

static void make_agents(const char *agent1, const char *folder)
{
    crowd.agents = g_new0(Agent, crowd.count);
    for (unsigned i = 0; i < crowd.count; i++) {
        Agent *agent = &crowd.agents[i];
        char *name = g_strdup_printf("a%u", i + 1);
        g_autofree char *key_file = g_strdup_printf("%s/%s.key", folder, name);

        stand_in_init(&agent->stand_in, &agent->packets, name, key_file, agent1);
        agent->packets.on_message = on_message;
        agent->packets.data = agent;
        agent->packets.link.may_end = true;
    }
}

int main(int argc, char **argv)
{
    struct epoll_event input = { .events = EPOLLIN };
    struct epoll_event events[EVENTS_MAX];

    if (argc < 7)
        bench_fail("usage: crowd PORT USER PASSWORD AGENT1_KEY FOLDER COUNT [jitter]");
    crowd = (Crowd){ .port = (unsigned)atoi(argv[1]), .user = argv[2], .password = argv[3] };
    crowd.count = (unsigned)atoi(argv[6]);
    crowd.has_jitter = argc > 7;
    crowd.started = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    crowd.open = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_open);
    crowd.poll_fd = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(crowd.poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    make_agents(argv[4], argv[5]);
    puts("ready");
    fflush(stdout);

    for (;;) {
        int count;

        tend_all();
        count = epoll_wait(crowd.poll_fd, events, EVENTS_MAX, TICK_MS);
        for (int i = 0; i < count; i++) {
            if (!events[i].data.ptr)
                answer_input();
            else if (((Agent *)events[i].data.ptr)->is_open)
                serve(events[i].data.ptr);
        }
    }
}

/*
 * Agents that do nothing: each registers, and says "accepted" and "succeeded" to every task at
 * once. One connection and one loop serve them all.
 *
 *     bench-agents PORT USER PASSWORD AGENT1_KEY NAME KEY_FILE [NAME KEY_FILE …]
 */
#include "tests/bench/stand_in.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct Agents {
    Packets packets;
    GHashTable *by_name;
} Agents;

static void on_message(const char *topic, const char *payload, gsize length, void *data)
{
    Agents *agents = data;
    g_auto(GStrv) parts = g_strsplit(topic, "/", 3);
    StandIn *agent = g_hash_table_lookup(agents->by_name, parts[1]);
    g_autoptr(Message) message = NULL;

    if (!agent)
        return;
    message = frames_open(&agent->frames, topic, payload, length);
    if (message->kind == MESSAGE_TASK) {
        stand_in_accept(agent, message);
        stand_in_succeed(agent, message->task.run, message->task.attempt);
    } else if (message->kind == MESSAGE_CONTROL) {
        stand_in_obey(agent, message);
    }
}

int main(int argc, char **argv)
{
    Agents agents = { 0 };

    if (argc < 7)
        bench_fail("usage: bench-agents PORT USER PASSWORD AGENT1_KEY NAME KEY_FILE...");
    agents.by_name = g_hash_table_new(g_str_hash, g_str_equal);
    agents.packets.data = &agents;
    agents.packets.on_message = on_message;
    packets_connect(&agents.packets, (unsigned)atoi(argv[1]), "bench-agents", argv[2], argv[3]);
    packets_subscribe(&agents.packets, "agents/+/inbox");
    packets_subscribe(&agents.packets, "agents/+/control");
    for (int i = 5; i + 1 < argc; i += 2) {
        StandIn *agent = g_new0(StandIn, 1);

        stand_in_init(agent, &agents.packets, argv[i], argv[i + 1], argv[4]);
        g_hash_table_insert(agents.by_name, argv[i], agent);
        stand_in_register(agent, false);
        stand_in_say_online(agent);
    }
    puts("ready");
    fflush(stdout);

    for (;;)
        packets_wait(&agents.packets, -1);
}

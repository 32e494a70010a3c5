/*
 * A bare QoS 1 round trip between two clients:
 *
 *     bench-mqtt PORT USER PASSWORD echo       publishes what comes on bench/there on bench/back
 *     bench-mqtt PORT USER PASSWORD ask BYTES  publishes payloads of this size, and waits for them
 */
#include "tests/bench/load.h"
#include "tests/bench/packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THERE      "bench/there"
#define BACK       "bench/back"
#define SILENCE_MS 30000

typedef struct Client {
    Packets packets;
    Load load;
} Client;

static void echo(const char *topic, const char *payload, gsize length, void *data)
{
    Client *client = data;

    (void)topic;
    packets_publish(&client->packets, BACK, payload, length);
}

static void on_back(const char *topic, const char *payload, gsize length, void *data)
{
    Client *client = data;

    (void)topic;
    (void)length;
    load_answer(&client->load, (unsigned)strtoul(payload, NULL, 10));
}

static void do_round(Client *client, gsize bytes)
{
    g_autofree char *payload = g_malloc(bytes + 16);
    int question;

    while (!load_is_over(&client->load)) {
        while ((question = load_next(&client->load)) >= 0) {
            memset(payload, 'x', bytes);
            payload[g_snprintf(payload, 16, "%d ", question)] = 'x';
            packets_publish(&client->packets, THERE, payload, bytes);
        }
        if (!packets_wait(&client->packets, SILENCE_MS))
            bench_fail("MQTT: no echo");
    }
    load_print(&client->load);
}

int main(int argc, char **argv)
{
    Client client = { 0 };
    bool is_echo = argc == 5;

    if (argc < 5)
        bench_fail("usage: bench-mqtt PORT USER PASSWORD echo|ask [BYTES]");
    client.packets.data = &client;
    client.packets.on_message = is_echo ? echo : on_back;
    packets_connect(&client.packets, (unsigned)atoi(argv[1]), is_echo ? "bench-echo" : "bench-ask",
                    argv[2], argv[3]);
    packets_subscribe(&client.packets, is_echo ? THERE : BACK);
    puts("ready");
    fflush(stdout);

    while (is_echo)
        packets_wait(&client.packets, -1);
    while (load_next_round(&client.load))
        do_round(&client, (gsize)MAX(atoi(argv[5]), 16));
    return EXIT_SUCCESS;
}

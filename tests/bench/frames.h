/*
 * One side of sealed conversations for the measuring clients: an own key, the key of agent1, and
 * the product's frames and messages (common/wire) over the bare MQTT client.
 */
#ifndef TESTS_BENCH_FRAMES_H
#define TESTS_BENCH_FRAMES_H

#include "common/wire/frame.h"
#include "common/wire/message.h"

#include "tests/bench/packets.h"

typedef struct Frames {
    Packets *packets;
    Key own;
    FramePair pair; /* with agent1 */
} Frames;

/* key_file: the secret key; agent1: "x25519:…". */
void frames_init(Frames *frames, Packets *packets, const char *key_file, const char *agent1);

/* A message of now with a fresh id. */
Message *frames_new(MessageKind kind, const char *from);

/* Publishes it, and frees it. */
void frames_send(Frames *frames, FrameKind kind, const char *topic, Message *message);

/* What a payload of agent1 says; ends the program when it does not open. */
Message *frames_open(Frames *frames, const char *topic, const char *payload, gsize length);

#endif

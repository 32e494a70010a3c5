#include "tests/bench/frames.h"

#include "common/base/ids.h"
#include "common/sys/clock.h"
#include "common/sys/random.h"
#include "common/sys/secret.h"

void frames_init(Frames *frames, Packets *packets, const char *key_file, const char *agent1)
{
    g_autoptr(GError) error = NULL;
    Key secret;
    Key peer;

    if (!secret_key_load(key_file, &secret, &error) || !key_parse(agent1, &peer, &error))
        bench_fail("%s", error->message);
    frames->packets = packets;
    frame_public_key(&secret, &frames->own);
    if (!frame_pair_init(&frames->pair, &peer, &secret))
        bench_fail("not a key: %s", agent1);
}

Message *frames_new(MessageKind kind, const char *from)
{
    static Ids ids;
    int64_t now_ms = clock_now_ms();
    g_autofree char *id = NULL;

    if (ids.now_ms == 0) {
        uint8_t seed[IDS_SEED_BYTES];

        random_fill(seed, sizeof seed);
        ids_init(&ids, now_ms, seed);
    }
    id = ids_next(&ids);
    return message_new(kind, id, from, now_ms);
}

void frames_send(Frames *frames, FrameKind kind, const char *topic, Message *message)
{
    g_autofree char *body = message_encode(message, NULL);
    g_autofree char *frame = NULL;
    uint8_t nonce[FRAME_NONCE_BYTES];
    size_t length;

    random_fill(nonce, sizeof nonce);
    frame =
        frame_make(kind, &frames->pair, &frames->own, nonce, topic, body, strlen(body), &length);
    packets_publish(frames->packets, topic, frame, length);
    message_free(message);
}

Message *frames_open(Frames *frames, const char *topic, const char *payload, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *body = NULL;
    Message *message;
    size_t body_length;

    body = frame_open(&frames->pair, topic, payload, length, &body_length, &error);
    message = body ? message_decode(body, body_length, &error) : NULL;
    if (!message)
        bench_fail("%s: %s", topic, error->message);
    return message;
}

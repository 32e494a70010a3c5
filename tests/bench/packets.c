#include "tests/bench/packets.h"

#include <string.h>

#define SILENCE_MS 10000

enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, PUBACK = 0x40, SUBSCRIBE = 0x82 };
enum { SUBACK = 0x90, KIND = 0xf0, QOS = 0x06, QOS_1 = 0x02 };

static void put_text(GByteArray *body, const char *text)
{
    gsize length = strlen(text);
    const guint8 size[2] = { (guint8)(length >> 8), (guint8)length };

    g_byte_array_append(body, size, sizeof size);
    g_byte_array_append(body, (const guint8 *)text, (guint)length);
}

static void put_number(GByteArray *body, guint16 number)
{
    const guint8 bytes[2] = { (guint8)(number >> 8), (guint8)number };

    g_byte_array_append(body, bytes, sizeof bytes);
}

/* Sends the packet, and frees its body. */
static void send_packet(Packets *packets, guint8 head, GByteArray *body)
{
    guint8 header[5] = { head };
    guint left = body->len;
    guint length = 1;

    do {
        header[length++] = (guint8)((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
        left >>= 7;
    } while (left > 0);
    g_byte_array_prepend(body, header, length);
    link_send(&packets->link, body->data, body->len);
    g_byte_array_unref(body);
}

static guint16 new_id(Packets *packets)
{
    if (++packets->next_id == 0)
        packets->next_id = 1;
    return packets->next_id;
}

void packets_publish(Packets *packets, const char *topic, const void *payload, gsize length)
{
    GByteArray *body = g_byte_array_new();

    put_text(body, topic);
    put_number(body, new_id(packets));
    g_byte_array_append(body, payload, (guint)length);
    send_packet(packets, PUBLISH | QOS_1, body);
}

static void on_publish(Packets *packets, guint8 head, const guint8 *body, gsize length)
{
    gsize topic_length = (gsize)body[0] << 8 | body[1];
    g_autofree char *topic = g_strndup((const char *)body + 2, topic_length);
    gsize at = 2 + topic_length;
    g_autofree char *payload = NULL;

    if (head & QOS) {
        GByteArray *ack = g_byte_array_new();

        g_byte_array_append(ack, body + at, 2);
        send_packet(packets, PUBACK, ack);
        at += 2;
    }
    payload = g_strndup((const char *)body + at, length - at);
    if (packets->on_message)
        packets->on_message(topic, payload, length - at, packets->data);
}

/* Takes one whole packet; returns its first byte, or 0 when there is none. */
static guint8 take_packet(Packets *packets)
{
    const GByteArray *in = packets->link.in;
    gsize length = 0;
    guint at = 1;
    guint8 head;

    for (;; at++) {
        if (at >= in->len || at > 4)
            return 0;
        length |= (gsize)(in->data[at] & 0x7f) << (7 * (at - 1));
        if (!(in->data[at] & 0x80))
            break;
    }
    at++;
    if (in->len < at + length)
        return 0;

    head = in->data[0];
    if (head == SUBACK && in->data[at + 2] > 2)
        bench_fail("MQTT: the subscription was refused");
    if (head == CONNACK && in->data[at + 1] != 0)
        bench_fail("MQTT: the connection was refused (%d)", in->data[at + 1]);
    if (head == CONNACK)
        packets->is_up = true;
    if ((head & KIND) == PUBLISH) {
        g_autofree guint8 *body = g_memdup2(in->data + at, length);

        link_taken(&packets->link, at + length);
        on_publish(packets, head, body, length);
    } else {
        link_taken(&packets->link, at + length);
    }
    return head;
}

static void expect(Packets *packets, guint8 head)
{
    guint8 got;

    for (;;) {
        while ((got = take_packet(packets)) != 0) {
            if (got == head)
                return;
        }
        if (!link_wait(&packets->link, SILENCE_MS))
            bench_fail("MQTT: the broker does not answer");
    }
}

void packets_ask_connect(Packets *packets, const char *client_id, const char *user,
                         const char *password)
{
    static const guint8 head[] = { 0, 4, 'M', 'Q', 'T', 'T', 4, 0xc2, 0, 0 };
    GByteArray *body = g_byte_array_new();

    packets->is_up = false;
    g_byte_array_append(body, head, sizeof head);
    put_text(body, client_id);
    put_text(body, user);
    put_text(body, password);
    send_packet(packets, CONNECT, body);
}

void packets_connect(Packets *packets, unsigned port, const char *client_id, const char *user,
                     const char *password)
{
    link_open(&packets->link, port);
    packets_ask_connect(packets, client_id, user, password);
    expect(packets, CONNACK);
}

void packets_ask_subscribe(Packets *packets, const char *filter)
{
    static const guint8 qos = 1;
    GByteArray *body = g_byte_array_new();

    put_number(body, new_id(packets));
    put_text(body, filter);
    g_byte_array_append(body, &qos, 1);
    send_packet(packets, SUBSCRIBE, body);
}

void packets_subscribe(Packets *packets, const char *filter)
{
    packets_ask_subscribe(packets, filter);
    expect(packets, SUBACK);
}

bool packets_wait(Packets *packets, int timeout_ms)
{
    if (!link_wait(&packets->link, timeout_ms))
        return false;

    /* What is said to several messages goes in one write, as any client with a loop would. */
    link_hold(&packets->link);
    while (take_packet(packets) != 0)
        continue;
    link_release(&packets->link);
    return true;
}

/*
 * What libmosquitto calls back, as a queue of events. The library calls under a lock of its own:
 * the callbacks copy, queue and return, and mqtt_link.c hands the events over when the library has
 * returned.
 */
#ifndef COMMON_NET_MQTT_INBOX_H
#define COMMON_NET_MQTT_INBOX_H

#include <glib.h>
#include <mosquitto.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    MQTT_LINK_OPENED,     /* CONNACK says yes */
    MQTT_LINK_SUBSCRIBED, /* SUBACK says yes to all filters */
    MQTT_LINK_MESSAGE,
    MQTT_LINK_PUBLISHED, /* PUBACK */
    MQTT_LINK_REFUSED,   /* PUBACK with an error; reason */
    /* One of these is the last event. */
    MQTT_LINK_FAILED,       /* reason; with the code of a CONNACK that says no */
    MQTT_LINK_UNSUBSCRIBED, /* SUBACK says no to a filter; reason */
    MQTT_LINK_HUNG_UP,      /* closed by the broker between CONNECT and CONNACK; reason */
    MQTT_LINK_UNREADABLE,   /* what came in place of CONNACK is none of this version; reason */
} MqttLinkEventKind;

typedef struct MqttLinkEvent {
    MqttLinkEventKind kind;
    int message_id; /* PUBLISHED, REFUSED */
    int code;       /* FAILED: of CONNACK, or 0 */
    char *reason;   /* for people */
    char *topic;    /* MESSAGE */
    char *payload;  /* NUL-terminated, too */
    size_t length;
    bool is_retained;
} MqttLinkEvent;

void mqtt_link_event_free(MqttLinkEvent *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MqttLinkEvent, mqtt_link_event_free)

typedef struct MqttInbox {
    GQueue events;
    size_t bytes;     /* of the messages in events */
    unsigned packets; /* that came in whole; counts round */
    bool is_open;     /* OPENED was queued */
    bool is_subscribed;
    bool has_ended;   /* the last event was queued: nothing comes after it */
    int keep_alive_s; /* that the broker wants (MQTT 5, 3.2.2.3.14); -1: as we said */
    bool has_warned;
    GString *tls_lines; /* OpenSSL's error lines */
} MqttInbox;

void mqtt_inbox_init(MqttInbox *inbox);
void mqtt_inbox_clear(MqttInbox *inbox);

/* Sets the callbacks of a handle whose data is the inbox. */
void mqtt_inbox_listen(struct mosquitto *handle);

/* Queues the last event, once. Takes the reason over. */
void mqtt_inbox_end(MqttInbox *inbox, MqttLinkEventKind kind, int code, char *reason);

/* The oldest event, which the caller then owns, or NULL. */
MqttLinkEvent *mqtt_inbox_take(MqttInbox *inbox);

#endif

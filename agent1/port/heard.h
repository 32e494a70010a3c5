/*
 * What the broker lets agent1 know of what people publish and hear by chat: whether it took a
 * message, whether a subscription stands, and what came on it. All of it comes from outside: a
 * topic and a payload are shown, and never read as words to agent1.
 */
#ifndef AGENT1_PORT_HEARD_H
#define AGENT1_PORT_HEARD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a payload so much is kept. */
#define HEARD_MAX_BYTES 2048
/* So many messages come together at most. */
#define HEARD_MAX_AT_ONCE 20

typedef enum {
    PUBLISH_TAKEN,    /* the broker acknowledged it */
    PUBLISH_REFUSED,  /* the broker said no; reason */
    PUBLISH_NOT_SENT, /* it never left; reason */
    PUBLISH_LOST,     /* the connection ended before the broker answered */
} PublishEnd;

typedef struct EventPublished {
    char *id; /* as in the effect */
    PublishEnd end;
    char *reason; /* for people; NULL where there is none to tell */
} EventPublished;

typedef enum {
    LISTEN_UP,      /* the broker has taken the subscription */
    LISTEN_DOWN,    /* no connection; it is tried again; reason */
    LISTEN_REFUSED, /* the broker does not allow it; reason */
} ListenState;

typedef struct EventListening {
    char *id; /* as in the effect */
    ListenState state;
    char *reason; /* for people; UP: NULL */
} EventListening;

typedef struct HeardMessage {
    char *topic;
    char *payload; /* any bytes: at most HEARD_MAX_BYTES of them */
    size_t length;
    size_t whole_length; /* of what came */
    bool is_retained;
} HeardMessage;

typedef struct EventHeard {
    char *id;            /* as in the effect */
    GPtrArray *messages; /* HeardMessage *, at most HEARD_MAX_AT_ONCE, oldest first */
    uint64_t dropped;    /* so many more came too fast */
} EventHeard;

/* Copies the topic, and of the payload what is kept. */
HeardMessage *heard_message_new(const char *topic, const char *payload, size_t length,
                                bool is_retained);
void heard_message_free(void *data);

/* An empty list that frees its messages. */
GPtrArray *heard_messages_new(void);

void event_published_clear(EventPublished *published);
void event_listening_clear(EventListening *listening);
void event_heard_clear(EventHeard *heard);

#endif

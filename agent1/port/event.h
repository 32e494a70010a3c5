/*
 * What happens to agent1's core: everything that an edge can tell it. An event carries the time and
 * 32 random bytes, from which the core draws its ids and jitter, so that the same events give the
 * same effects. An event owns what it points to; event_free() releases it.
 */
#ifndef AGENT1_PORT_EVENT_H
#define AGENT1_PORT_EVENT_H

#include "agent1/port/embed_call.h"
#include "agent1/port/heard.h"
#include "agent1/port/model_call.h"
#include "agent1/port/page_call.h"
#include "agent1/port/table.h"
#include "agent1/port/xmpp_fact.h"
#include "common/base/file_stamp.h"
#include "common/base/ids.h"
#include "common/data/zones.h"
#include "common/wire/message.h"
#include "common/wire/topic.h"
#include "common/wire/update_news.h"

#include <glib.h>

typedef enum {
    EVENT_CHAT,    /* somebody wrote, on XMPP or as unsigned MQTT text */
    EVENT_XMPP,    /* something else was heard on XMPP */
    EVENT_MESSAGE, /* an authentic frame arrived on MQTT */
    EVENT_LINK_UP, /* a connection stands: XMPP (a new session, not a resumed one) or MQTT */
    EVENT_LINK_DOWN,
    EVENT_SAID,        /* the XMPP server has taken a message (or the recipient cannot have it) */
    EVENT_ROWS,        /* the answer to EFFECT_QUERY */
    EVENT_FILE_EDITED, /* the answer to EFFECT_EDIT_FILE */
    EVENT_CONFIGURED,  /* people's files were read anew and core_configure() took them */
    EVENT_PROBE,       /* a message arrived on agents/acl-probe/inbox: the broker's ACL is open */
    EVENT_HOME_ASSISTANT, /* Home Assistant started, or asks for something */
    EVENT_PUBLISHED,      /* what became of an EFFECT_PUBLISH_PLAIN that has an id */
    EVENT_LISTENING,      /* whether the subscription of an EFFECT_LISTEN stands */
    EVENT_HEARD,          /* messages came on it */
    EVENT_UPDATE,         /* the answer to EFFECT_UPDATE */
    EVENT_MODEL,          /* of an EFFECT_MODEL_CALL: a piece of its answer, or its end */
    EVENT_PAGE,           /* the answer to EFFECT_PAGE_CALL */
    EVENT_EMBEDDED,       /* the answer to EFFECT_EMBED */
    EVENT_TICK,           /* core_next_deadline() came, or the wall clock was set */
} EventKind;

/* The door through which a person speaks. */
typedef enum {
    DOOR_XMPP,
    DOOR_CLI,
    DOOR_UNSIGNED,
    DOOR_FORM,           /* a command chosen in the menu of an XMPP client */
    DOOR_HOME_ASSISTANT, /* nobody listens there: answers go to the log */
    DOOR_SCHEDULE,       /* a time that came: what people should know of it is a notice */
    DOOR_MODEL,          /* a language model looks something up for a person: answers are for it */
} Door;

typedef enum {
    LINK_XMPP,
    LINK_MQTT,
    LINK_COUNT,
} Link;

typedef struct EventChat {
    Door door;         /* DOOR_XMPP or DOOR_UNSIGNED; agentctl's chat is an EVENT_MESSAGE */
    char *address;     /* XMPP: the full JID to answer; unsigned: "" */
    char *principal;   /* XMPP: the server-stamped bare JID; unsigned: "" */
    char *stanza_id;   /* XMPP: the sender's id, for repeats; NULL when there was none */
    char *room;        /* XMPP: the bare JID of the room it was written in, which is answered
                          there; principal is "" where the room hides it. NULL: one to one */
    char *nick;        /* room: the writer's name there, which proves nothing */
    bool is_addressed; /* room: it was said to agent1 by name, which is taken off the text */
    char *text;        /* valid UTF-8, at most CHAT_TEXT_MAX_BYTES */
    char *receipt_id;  /* XMPP: the id that a receipt is wanted for (XEP-0184); NULL: none is */
    char *replaces;    /* XMPP: the id of the message that this one corrects (XEP-0308), or NULL */
    char *quotes; /* XMPP: the id of the message that this one replies to (XEP-0461), or NULL */
    int64_t written_ms; /* a delayed message: when it was written; MESSAGE_ABSENT otherwise */
} EventChat;

typedef struct EventMessage {
    TopicKind topic;
    char *topic_name; /* the name in the topic, where its kind has one */
    char *sender;     /* the key that made the frame, as key_print() writes it */
    bool is_sealed;
    Message *message;
} EventMessage;

typedef struct EventHomeAssistant {
    char *agent; /* NULL: it started */
    char *text;  /* "ON", "OFF", or whatever somebody sent */
} EventHomeAssistant;

typedef struct EventRows {
    uint64_t cookie; /* as in the query */
    GPtrArray *rows; /* Row * */
} EventRows;

typedef struct EventFileEdited {
    char *id;      /* as in the edit */
    char *file;    /* as in the edit */
    char *error;   /* NULL: written */
    FileStamp was; /* what was read, and written anew with the edit; both 0 where it failed */
    FileStamp is;
} EventFileEdited;

typedef struct Event {
    EventKind kind;
    int64_t now_ms;  /* CLOCK_REALTIME, Unix milliseconds */
    int64_t boot_ms; /* CLOCK_BOOTTIME, milliseconds */
    uint8_t seed[IDS_SEED_BYTES];
    uint64_t
        turned_away; /* what came by MQTT and was refused before it was an event, since the start */
    Zones *zones;    /* that its text names, as far as this system has them; NULL: none */
    union {
        EventChat chat;
        XmppFact fact;
        EventMessage message;
        Link link;
        char *said_id;
        EventRows rows;
        EventFileEdited edited;
        char *probe_text;
        EventHomeAssistant home_assistant;
        EventPublished published;
        EventListening listening;
        EventHeard heard;
        UpdateNews *update;
        ModelNews *model;
        PageNews *page;
        EmbedNews *embedded;
        char *reload_error; /* CONFIGURED: why the running configuration stays; NULL: taken */
    };
} Event;

/* An event without time and seed: the app stamps it when it hands it to the core. */
Event *event_new(EventKind kind);
void event_free(Event *event);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Event, event_free)

#endif

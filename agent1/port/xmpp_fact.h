/*
 * What is heard on XMPP beside chat, as the core needs it.
 */
#ifndef AGENT1_PORT_XMPP_FACT_H
#define AGENT1_PORT_XMPP_FACT_H

#include "agent1/port/xmpp_form.h"

#include <glib.h>
#include <stdint.h>

typedef enum {
    XMPP_FACT_SUBSCRIBE,    /* somebody wants to see agent1's presence */
    XMPP_FACT_GONE,         /* a client has left */
    XMPP_FACT_REACTION,     /* somebody's reactions to a message are now these (XEP-0444) */
    XMPP_FACT_FORM_LIST,    /* somebody asks which commands there are for him (XEP-0050) */
    XMPP_FACT_FORM,         /* … and for one of them */
    XMPP_FACT_ABILITIES,    /* the answer to XMPP_ACT_DISCOVER, or that there is none */
    XMPP_FACT_SHARE,        /* the server takes files (XEP-0363), or none any more */
    XMPP_FACT_UPLOADED,     /* the answer to XMPP_ACT_UPLOAD: `text` is the link */
    XMPP_FACT_NOT_UPLOADED, /* … or why there is none */
} XmppFactKind;

/* What a client says that it knows. */
typedef enum {
    XMPP_CAN_CORRECT = 1 << 0, /* XEP-0308 */
    XMPP_CAN_REACT = 1 << 1,   /* XEP-0444 */
    XMPP_CAN_REPLY = 1 << 2,   /* XEP-0461 */
    XMPP_CAN_RECEIPT = 1 << 3, /* XEP-0184 */
    XMPP_CAN_STATES = 1 << 4,  /* XEP-0085 */
} XmppAbility;

typedef struct XmppFact {
    XmppFactKind kind;
    char *address;      /* the full JID; SUBSCRIBE: bare */
    char *principal;    /* the server-stamped bare JID */
    unsigned abilities; /* ABILITIES: XmppAbility */
    char *about;     /* REACTION: the id of the message; FORM…: of the <iq/>; …UPLOADED: of the
                        act */
    char *stanza_id; /* REACTION: the sender's own, for repeats; NULL: it has none */
    int64_t written_ms; /* REACTION that was delayed: when it was made; 0: just now */
    GStrv words;        /* REACTION: the emojis; none: they were taken back */
    XmppForm *form;     /* FORM */
    char *text;         /* UPLOADED: the link; NOT_UPLOADED: why, in words for people */
    uint64_t max_bytes; /* SHARE: of a file; 0: none is taken */
} XmppFact;

void xmpp_fact_clear(XmppFact *fact);

#endif

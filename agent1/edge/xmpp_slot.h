/*
 * A place for one file on the server of uploads (XEP-0363, section 5), or why there is none.
 */
#ifndef AGENT1_EDGE_XMPP_SLOT_H
#define AGENT1_EDGE_XMPP_SLOT_H

#include <glib.h>
#include <stdbool.h>
#include <strophe.h>

#define XMPP_SLOT_NS "urn:xmpp:http:upload:0"

/* What a file of this name holds: "image/png" where it ends so, text otherwise. Static. */
const char *xmpp_slot_content_type(const char *name);

/* Longer is no URL for people, and no header field for a server. */
#define XMPP_SLOT_URL_MAX_BYTES   2048
#define XMPP_SLOT_FIELD_MAX_BYTES 8192

/* The fields of the PUT: only Authorization, Cookie and Expires may be asked for. */
typedef enum {
    XMPP_SLOT_AUTHORIZATION,
    XMPP_SLOT_COOKIE,
    XMPP_SLOT_EXPIRES,
    XMPP_SLOT_FIELD_COUNT,
} XmppSlotField;

const char *xmpp_slot_field_name(XmppSlotField field);

typedef struct XmppSlot {
    char *id;  /* of the upload */
    char *why; /* there is no place: in words for people; NULL otherwise */
    char *put_url;
    char *get_url;
    bool is_server_here;                 /* the XMPP server that says so is on this very machine */
    char *fields[XMPP_SLOT_FIELD_COUNT]; /* secret; NULL: not asked for */
} XmppSlot;

XmppSlot *xmpp_slot_new(const char *id);
void xmpp_slot_free(XmppSlot *slot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppSlot, xmpp_slot_free)

/* What the answer to a request says; a server that makes no sense has no place. The caller owns it.
 */
XmppSlot *xmpp_slot_read(const char *id, xmpp_stanza_t *iq);

#endif

/*
 * What agent1 does on XMPP beside speaking: small things that no row remembers. They leave after
 * the commit of their turn, like all that goes outward, and are lost while the link is down.
 */
#ifndef AGENT1_PORT_XMPP_ACT_H
#define AGENT1_PORT_XMPP_ACT_H

#include <glib.h>

typedef enum {
    XMPP_ACT_RECEIPT,  /* XEP-0184: `jid` hears that its message `about` has come */
    XMPP_ACT_BEFRIEND, /* the bare JID may see agent1's presence, and is asked for its own */
    XMPP_ACT_PRESENCE, /* `about` is what RFC 6121 shows ("", "away", "dnd"), `text` says why */
    XMPP_ACT_CORRECT,  /* XEP-0308: what was said as `about` is now `text`, said as `id` */
    XMPP_ACT_DISCOVER, /* ask what the client with the full JID can (XEP-0030) */
} XmppActKind;

typedef struct XmppAct {
    XmppActKind kind;
    char *jid;
    char *id;
    char *about;
    char *text;
} XmppAct;

void xmpp_act_clear(XmppAct *act);

/* A copy on the heap, and its end. */
XmppAct *xmpp_act_copy(const XmppAct *act);
void xmpp_act_free(XmppAct *act);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppAct, xmpp_act_free)

#endif

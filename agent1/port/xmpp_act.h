/*
 * What agent1 does on XMPP beside speaking: small things that no row remembers. They leave after
 * the commit of their turn, like all that goes outward, and are lost while the link is down.
 */
#ifndef AGENT1_PORT_XMPP_ACT_H
#define AGENT1_PORT_XMPP_ACT_H

#include "agent1/port/xmpp_form.h"

#include <glib.h>

typedef enum {
    XMPP_ACT_RECEIPT,  /* XEP-0184: `jid` hears that its message `about` has come */
    XMPP_ACT_BEFRIEND, /* the bare JID may see agent1's presence, and is asked for its own */
    XMPP_ACT_PRESENCE, /* `about` is what RFC 6121 shows ("", "away", "dnd"), `text` says why */
    XMPP_ACT_CORRECT,  /* XEP-0308: what was said as `about` is now `text`, said as `id` */
    XMPP_ACT_STATE,    /* XEP-0085: the chat with `jid` is now `about`: "composing", "active" */
    XMPP_ACT_DISCOVER, /* ask what the client with the full JID can (XEP-0030) */
    /* XEP-0050, each the answer to the <iq/> `about`: */
    XMPP_ACT_FORM_LIST,      /* the commands of `form`, which the JID `text` offers */
    XMPP_ACT_FORM_ASK,       /* `form` is to be filled in; `text` says what for */
    XMPP_ACT_FORM_DONE,      /* with this `text`; form->is_cancelled: it was refused */
    XMPP_ACT_FORM_CANCELLED, /* nothing was done, as wished */
    XMPP_ACT_FORM_REFUSED,   /* by the condition `text` of RFC 6120, 8.3.3 */
    /* XEP-0363: the file `about` with the contents `text`; one fact about `id` follows. */
    XMPP_ACT_UPLOAD,
    XMPP_ACT_UPLOAD_CHART, /* the same of the picture of a chart, `text` as day_chart_print() or
                              month_chart_print() writes it */
} XmppActKind;

typedef struct XmppAct {
    XmppActKind kind;
    char *jid;
    char *id;
    char *about;
    char *text;
    XmppForm *form;
} XmppAct;

void xmpp_act_clear(XmppAct *act);

/* A copy on the heap, and its end. */
XmppAct *xmpp_act_copy(const XmppAct *act);
void xmpp_act_free(XmppAct *act);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppAct, xmpp_act_free)

#endif

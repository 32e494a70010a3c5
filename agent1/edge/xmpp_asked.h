/*
 * What was asked of whom by <iq/> and was not answered yet. An answer counts only from the one who
 * was asked, since anybody may send an <iq/> with any id.
 */
#ifndef AGENT1_EDGE_XMPP_ASKED_H
#define AGENT1_EDGE_XMPP_ASKED_H

#include <glib.h>
#include <stdbool.h>
#include <strophe.h>

typedef struct XmppQuestion {
    char *id;
    char *jid;
    int kind; /* the asker's own */
    char *about;
} XmppQuestion;

void xmpp_question_free(XmppQuestion *question);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppQuestion, xmpp_question_free)

typedef struct XmppAsked {
    GQueue open; /* XmppQuestion *, the newest first */
    unsigned max;
} XmppAsked;

/* So many are open at most: the oldest is forgotten for a new one. */
void xmpp_asked_init(XmppAsked *asked, unsigned max);
void xmpp_asked_clear(XmppAsked *asked);

/* Notes a question; its id is borrowed until the next call. about may be NULL. */
const char *xmpp_asked_add(XmppAsked *asked, const char *jid, int kind, const char *about);

/* The question that a result or an error answers, which is then closed; the caller owns it. NULL:
 * it answers none of these. */
XmppQuestion *xmpp_asked_take(XmppAsked *asked, xmpp_stanza_t *iq);

/* Whether the <iq/> is a result, and no error. */
bool xmpp_asked_is_result(xmpp_stanza_t *iq);

#endif

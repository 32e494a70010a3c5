/*
 * What agent1 does on XMPP beside speaking (agent1/port/xmpp_act.h), as stanzas in the outbox.
 */
#ifndef AGENT1_EDGE_XMPP_ACTS_H
#define AGENT1_EDGE_XMPP_ACTS_H

#include "agent1/edge/xmpp_card.h"
#include "agent1/edge/xmpp_outbox.h"
#include "agent1/edge/xmpp_questions.h"
#include "agent1/port/xmpp_act.h"

#include <stdbool.h>

typedef struct XmppActs {
    XmppQuestions questions;
    XmppCard card;
    char *show; /* of the presence that is wanted */
    char *status;
} XmppActs;

void xmpp_acts_init(XmppActs *acts);
void xmpp_acts_clear(XmppActs *acts);

/* A session has begun: shows the presence that was wanted last, and looks at the account's card. */
void xmpp_acts_begin(XmppActs *acts, XmppOutbox *outbox);

/* Shows the presence once more: something else in it has changed. */
void xmpp_acts_show(const XmppActs *acts, XmppOutbox *outbox);

/* Does what is asked for. Without a session only what the next one begins with is noted. */
void xmpp_acts_do(XmppActs *acts, const XmppAct *act, XmppOutbox *outbox, bool has_session);

#endif

/*
 * What people's clients can (XEP-0030): the questions' XML, and what the answers say. Knows no
 * connection.
 */
#ifndef AGENT1_EDGE_XMPP_QUESTIONS_H
#define AGENT1_EDGE_XMPP_QUESTIONS_H

#include "agent1/edge/xmpp_asked.h"
#include "agent1/port/xmpp_fact.h"

#include <glib.h>
#include <stdbool.h>
#include <strophe.h>

/* So many are open at most: the oldest is forgotten for a new one. */
#define XMPP_QUESTIONS_MAX 200

typedef struct XmppQuestions {
    XmppAsked asked;
} XmppQuestions;

void xmpp_questions_init(XmppQuestions *questions);
void xmpp_questions_clear(XmppQuestions *questions);

/* The question what a client can (XEP-0030), noted as open. The caller owns it. */
char *xmpp_questions_discover(XmppQuestions *questions, const char *jid);

/* True when the <iq/> answers an open question, which is then closed. abilities: XmppAbility; none
 * when the answer is an error. */
bool xmpp_questions_answered(XmppQuestions *questions, xmpp_stanza_t *iq, unsigned *out_abilities);

#endif

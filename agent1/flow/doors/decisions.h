/*
 * What a reaction to a message that showed an approval or asked a question, or a reply to it,
 * stands for: 👍 is !approve or !yes of exactly that, 👎 is !reject or !no (XEP-0444, XEP-0461). It
 * is read here, and typed by whoever calls.
 */
#ifndef AGENT1_FLOW_DOORS_DECISIONS_H
#define AGENT1_FLOW_DOORS_DECISIONS_H

#include "agent1/flow/state/core_state.h"

typedef struct Decision {
    char *line; /* "!approve 12"; NULL: it decides nothing, be it that the message asked nothing,
                 * that the emojis are others, or one and its opposite */
    char *why;  /* for people: what keeps the line from being done, since it is not about what is
                 * asked now. NULL: nothing */
} Decision;

void decision_clear(Decision *decision);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Decision, decision_clear)

/* XMPP_FACT_REACTION. */
Decision decisions_of_reaction(const Core *core, const XmppFact *fact);

/* For a reply by "yes", "no, not today" or "!defer 18:00"; without a line the text stands for
 * itself. */
Decision decisions_of_reply(const Core *core, const EventChat *chat);

/* Whether a text is nothing but a yes or a no, as a reply may have it. */
bool decisions_is_answer(const char *text);

#endif

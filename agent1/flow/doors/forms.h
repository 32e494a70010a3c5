/*
 * Commands in the menus of clients (XEP-0050). The list is the table of commands as far as this
 * person may use it; a command that takes arguments asks for them by a form made from its row; what
 * is filled in is then typed for the person, and goes the way of every chat: same rights, same
 * gate.
 */
#ifndef AGENT1_FLOW_DOORS_FORMS_H
#define AGENT1_FLOW_DOORS_FORMS_H

#include "agent1/flow/state/core_state.h"

/* XMPP_FACT_FORM_LIST and XMPP_FACT_FORM. */
void forms_take_list(Core *core, const XmppFact *fact);
void forms_take(Core *core, const XmppFact *fact);

#endif

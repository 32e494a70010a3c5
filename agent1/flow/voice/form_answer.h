/*
 * What is sent to a client that asked by a form (XEP-0050; agent1/flow/doors/forms.h takes what it
 * sent).
 */
#ifndef AGENT1_FLOW_VOICE_FORM_ANSWER_H
#define AGENT1_FLOW_VOICE_FORM_ANSWER_H

#include "agent1/flow/state/core_state.h"
#include "agent1/flow/voice/answer.h"

/* Acts on the form of a client. about: the id of its request; form and text may be NULL. All is
 * copied. */
void form_answer_act(Core *core, XmppActKind kind, const char *jid, const char *about,
                     XmppForm *form, const char *text);

/* The answer to what was typed by a form. */
void form_answer_say(Core *core, const Speaker *speaker, const Answer *answer);

#endif

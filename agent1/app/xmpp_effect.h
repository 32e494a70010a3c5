/*
 * What the core wants said and done on XMPP.
 */
#ifndef AGENT1_APP_XMPP_EFFECT_H
#define AGENT1_APP_XMPP_EFFECT_H

#include "agent1/edge/xmpp.h"
#include "agent1/port/effect.h"

/* xmpp may be NULL, where it is not enabled: nothing is said. */
void xmpp_effect_say(Xmpp *xmpp, const EffectSay *say);
void xmpp_effect_act(Xmpp *xmpp, const XmppAct *act);

#endif

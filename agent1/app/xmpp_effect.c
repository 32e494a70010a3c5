#include "agent1/app/xmpp_effect.h"

#include "common/base/banned.h"

void xmpp_effect_say(Xmpp *xmpp, const EffectSay *say)
{
    if (!xmpp)
        return;
    if (say->is_link)
        xmpp_edge_say_link(xmpp, say->id, say->jid, say->text);
    else if (say->replaces)
        xmpp_edge_say_correction(xmpp, say->id, say->jid, say->replaces, say->text);
    else
        xmpp_edge_say(xmpp, say->id, say->jid, say->text);
}

void xmpp_effect_act(Xmpp *xmpp, const XmppAct *act)
{
    if (xmpp)
        xmpp_edge_act(xmpp, act);
}

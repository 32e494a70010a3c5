#include "agent1/port/xmpp_act.h"

#include "common/base/banned.h"

void xmpp_act_clear(XmppAct *act)
{
    g_free(act->jid);
    g_free(act->id);
    g_free(act->about);
    g_free(act->text);
    xmpp_form_free(act->form);
}

XmppAct *xmpp_act_copy(const XmppAct *act)
{
    XmppAct *copy = g_new0(XmppAct, 1);

    copy->kind = act->kind;
    copy->jid = g_strdup(act->jid);
    copy->id = g_strdup(act->id);
    copy->about = g_strdup(act->about);
    copy->text = g_strdup(act->text);
    copy->form = xmpp_form_copy(act->form);
    return copy;
}

void xmpp_act_free(XmppAct *act)
{
    if (!act)
        return;

    xmpp_act_clear(act);
    g_free(act);
}

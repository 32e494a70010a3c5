#include "agent1/edge/xmpp_acts.h"

#include "agent1/edge/xmpp_outgoing.h"

#include "common/base/banned.h"

void xmpp_acts_do(const XmppAct *act, XmppOutbox *outbox)
{
    g_autofree char *xml = NULL;

    switch (act->kind) {
    case XMPP_ACT_RECEIPT:
        xml = xmpp_outgoing_receipt(act->jid, act->about);
        break;
    }
    xmpp_outbox_add(outbox, NULL, xml);
}

#include "agent1/flow/contacts.h"

#include "common/base/banned.h"

void contacts_heard(Core *core, const EventChat *chat)
{
    const XmppAct receipt = {
        .kind = XMPP_ACT_RECEIPT,
        .jid = chat->address,
        .about = chat->receipt_id,
    };

    if (chat->receipt_id)
        effects_xmpp(core->fx, &receipt);
}

#include "agent1/flow/doors/contacts.h"

#include "agent1/flow/doors/forms.h"
#include "agent1/flow/doors/reactions.h"
#include "agent1/flow/voice/clients.h"
#include "agent1/flow/voice/say.h"
#include "agent1/flow/voice/uploads.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define STRANGER_MS     (3600 * INT64_C(1000))
#define JID_SHOWN_CHARS 100

static void befriend(Core *core, const char *jid)
{
    g_autofree char *jid_copy = g_strdup(jid);
    const XmppAct wanted = { .kind = XMPP_ACT_BEFRIEND, .jid = jid_copy };

    effects_xmpp(core->fx, &wanted);
}

static void take_subscription(Core *core, const XmppFact *fact)
{
    const User *user = users_by_jid(core->users, fact->principal);

    if (user && user->role > ROLE_NONE) {
        befriend(core, fact->principal);
        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL, "%s may see my presence on XMPP",
                    user->name);
        return;
    }
    core->refused_count++;
    if (say_is_due(core, "a stranger's subscription", STRANGER_MS)) {
        g_autofree char *shown = text_make_line(fact->principal, JID_SHOWN_CHARS);

        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL,
                    "%s is no user and may not see my presence on XMPP", shown);
    }
}

void contacts_take(Core *core, const XmppFact *fact)
{
    switch (fact->kind) {
    case XMPP_FACT_SUBSCRIBE:
        take_subscription(core, fact);
        break;
    case XMPP_FACT_GONE:
        clients_take_gone(core, fact);
        break;
    case XMPP_FACT_REACTION:
        reactions_take(core, fact);
        break;
    case XMPP_FACT_FORM_LIST:
        forms_take_list(core, fact);
        break;
    case XMPP_FACT_FORM:
        forms_take(core, fact);
        break;
    case XMPP_FACT_SHARE:
    case XMPP_FACT_UPLOADED:
    case XMPP_FACT_NOT_UPLOADED:
        uploads_take(core, fact);
        break;
    case XMPP_FACT_ABILITIES:
        clients_take_abilities(core, fact);
        break;
    }
}

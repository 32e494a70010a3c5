#include "agent1/flow/contacts.h"

#include "agent1/flow/forms.h"
#include "agent1/flow/say.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define CLIENTS_MAX     1000
#define STRANGER_MS     (3600 * INT64_C(1000))
#define JID_SHOWN_CHARS 100

typedef struct Client {
    bool is_answered;
    unsigned abilities; /* XmppAbility */
} Client;

/* ---- receipts ---- */

static void act(Core *core, XmppActKind kind, const char *jid, const char *about)
{
    g_autofree char *jid_copy = g_strdup(jid);
    g_autofree char *about_copy = g_strdup(about);
    const XmppAct wanted = { .kind = kind, .jid = jid_copy, .about = about_copy };

    effects_xmpp(core->fx, &wanted);
}

/* ---- what clients can ---- */

static void ask_once(Core *core, const char *jid)
{
    if (g_hash_table_contains(core->clients, jid))
        return;

    /* Each client is asked again when it writes next. */
    if (g_hash_table_size(core->clients) >= CLIENTS_MAX)
        g_hash_table_remove_all(core->clients);
    g_hash_table_insert(core->clients, g_strdup(jid), g_new0(Client, 1));
    act(core, XMPP_ACT_DISCOVER, jid, NULL);
}

static void take_abilities(Core *core, const XmppFact *fact)
{
    Client *client = g_hash_table_lookup(core->clients, fact->address);

    if (!client)
        return;

    client->is_answered = true;
    client->abilities = fact->abilities;
}

bool contacts_can(const Core *core, const char *jid, XmppAbility ability)
{
    const Client *client = g_hash_table_lookup(core->clients, jid);

    return client && (client->abilities & ability);
}

static gboolean is_unanswered(void *jid, void *client, void *data)
{
    (void)jid;
    (void)data;
    return !((const Client *)client)->is_answered;
}

void contacts_forget_unanswered(Core *core)
{
    g_hash_table_foreach_remove(core->clients, is_unanswered, NULL);
}

/* ---- who sees whom ---- */

static void take_subscription(Core *core, const XmppFact *fact)
{
    const User *user = users_by_jid(core->users, fact->principal);

    if (user && user->role > ROLE_NONE) {
        act(core, XMPP_ACT_BEFRIEND, fact->principal, NULL);
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

/* ---- what comes ---- */

void contacts_heard(Core *core, const EventChat *chat)
{
    if (chat->receipt_id)
        act(core, XMPP_ACT_RECEIPT, chat->address, chat->receipt_id);
    ask_once(core, chat->address);
}

void contacts_take(Core *core, const XmppFact *fact)
{
    switch (fact->kind) {
    case XMPP_FACT_SUBSCRIBE:
        take_subscription(core, fact);
        break;
    case XMPP_FACT_GONE:
        g_hash_table_remove(core->clients, fact->address);
        break;
    case XMPP_FACT_REACTION:
        /* Decides nothing yet. */
        break;
    case XMPP_FACT_FORM_LIST:
        forms_take_list(core, fact);
        break;
    case XMPP_FACT_FORM:
        forms_take(core, fact);
        break;
    case XMPP_FACT_ABILITIES:
        take_abilities(core, fact);
        break;
    }
}

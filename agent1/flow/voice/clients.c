#include "agent1/flow/voice/clients.h"

#include "common/base/banned.h"

#define CLIENTS_MAX 1000

typedef struct Client {
    bool is_answered;
    unsigned abilities; /* XmppAbility */
} Client;

static void act(Core *core, XmppActKind kind, const char *jid, const char *about)
{
    g_autofree char *jid_copy = g_strdup(jid);
    g_autofree char *about_copy = g_strdup(about);
    const XmppAct wanted = { .kind = kind, .jid = jid_copy, .about = about_copy };

    effects_xmpp(core->fx, &wanted);
}

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

void clients_take_abilities(Core *core, const XmppFact *fact)
{
    Client *client = g_hash_table_lookup(core->clients, fact->address);

    if (!client)
        return;

    client->is_answered = true;
    client->abilities = fact->abilities;
}

bool clients_can(const Core *core, const char *jid, XmppAbility ability)
{
    const Client *client = g_hash_table_lookup(core->clients, jid);

    return client && (client->abilities & ability);
}

void clients_show_state(Core *core, const Speaker *speaker, const char *state)
{
    if (speaker->door == DOOR_XMPP && core->is_up[LINK_XMPP] &&
        !room_settings_has(core->settings->rooms, speaker->address) &&
        clients_can(core, speaker->address, XMPP_CAN_STATES))
        act(core, XMPP_ACT_STATE, speaker->address, state);
}

static gboolean is_unanswered(void *jid, void *client, void *data)
{
    (void)jid;
    (void)data;
    return !((const Client *)client)->is_answered;
}

void clients_forget_unanswered(Core *core)
{
    g_hash_table_foreach_remove(core->clients, is_unanswered, NULL);
}

void clients_heard(Core *core, const EventChat *chat)
{
    if (chat->receipt_id)
        act(core, XMPP_ACT_RECEIPT, chat->address, chat->receipt_id);
    ask_once(core, chat->address);
}

void clients_take_gone(Core *core, const XmppFact *fact)
{
    g_hash_table_remove(core->clients, fact->address);
}

#include "tests/simulate/xmpp_server.h"

#include "agent1/port/event.h"
#include "tests/simulate/file_share.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/people.h"

#include <string.h>

#include "common/base/banned.h"

typedef struct Stanza {
    char *jid;
    char *id;
    char *text;
    int64_t written_ms; /* true time */
    bool is_late;
} Stanza;

struct XmppServer {
    Sim *sim;
    unsigned life; /* of agent1's session */
    bool is_joined;
    bool is_up;
    GQueue *kept; /* Stanza *, for agent1 */
};

static void free_stanza(void *data)
{
    Stanza *stanza = data;

    g_free(stanza->jid);
    g_free(stanza->id);
    g_free(stanza->text);
    g_free(stanza);
}

static Stanza *new_stanza(const XmppServer *server, const char *jid, const char *id,
                          const char *text)
{
    Stanza *stanza = g_new0(Stanza, 1);

    stanza->jid = g_strdup(jid);
    stanza->id = g_strdup(id);
    stanza->text = g_strdup(text);
    stanza->written_ms = server->sim->now_ms;
    return stanza;
}

XmppServer *xmpp_server_new(Sim *sim)
{
    XmppServer *server = g_new0(XmppServer, 1);

    server->sim = sim;
    server->kept = g_queue_new();
    return server;
}

void xmpp_server_free(XmppServer *server)
{
    if (!server)
        return;
    g_queue_free_full(server->kept, free_stanza);
    g_free(server);
}

static void post_link(XmppServer *server, bool is_up)
{
    Event *event = event_new(is_up ? EVENT_LINK_UP : EVENT_LINK_DOWN);

    event->link = LINK_XMPP;
    orchestrator_post(server->sim->agent1, event);
}

/* ---- to agent1 ---- */

static void hear(void *owner, void *item)
{
    XmppServer *server = owner;
    const Stanza *stanza = item;
    g_auto(GStrv) parts = g_strsplit(stanza->jid, "/", 2);
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup(stanza->jid);
    event->chat.principal = g_strdup(parts[0]);
    event->chat.stanza_id = g_strdup(stanza->id);
    event->chat.text = g_strdup(stanza->text);
    event->chat.written_ms = stanza->is_late ? SIM_START_MS + stanza->written_ms : MESSAGE_ABSENT;
    sim_trace(server->sim, "agent1 hears %s: %s", stanza->jid, stanza->text);
    if (orchestrator_is_up(server->sim->agent1) && orchestrator_is_asleep(server->sim->agent1))
        people_were_dropped(server->sim->people, stanza->jid);
    orchestrator_post(server->sim->agent1, event);
}

static void pass_on(XmppServer *server, Stanza *stanza)
{
    sim_later(server->sim, dice_between(&server->sim->dice, 1, 100), hear, server, stanza,
              free_stanza, &server->life);
}

static Stanza *copy_stanza(const XmppServer *server, const Stanza *stanza)
{
    Stanza *copy = new_stanza(server, stanza->jid, stanza->id, stanza->text);

    copy->written_ms = stanza->written_ms;
    copy->is_late = stanza->is_late;
    return copy;
}

void xmpp_server_write(XmppServer *server, const char *jid, const char *stanza_id, const char *text)
{
    Stanza *stanza = new_stanza(server, jid, stanza_id, text);

    if (!server->is_up) {
        stanza->is_late = true;
        g_queue_push_tail(server->kept, stanza);
        return;
    }
    /* A resumed session hears again what it did not acknowledge. */
    if (!server->sim->is_healed && dice_chance(&server->sim->dice, 100))
        pass_on(server, copy_stanza(server, stanza));
    pass_on(server, stanza);
}

/* ---- from agent1 ---- */

static void acknowledge(void *owner, void *item)
{
    XmppServer *server = owner;
    Event *event = event_new(EVENT_SAID);

    event->said_id = g_strdup(item);
    orchestrator_post(server->sim->agent1, event);
}

static void take(void *owner, void *item)
{
    XmppServer *server = owner;
    const Stanza *stanza = item;

    people_hear_said(server->sim->people, stanza->jid, stanza->id, stanza->text);
    sim_later(server->sim, dice_between(&server->sim->dice, 1, 200), acknowledge, server,
              g_strdup(stanza->id), g_free, &server->life);
}

void xmpp_server_say(XmppServer *server, const char *id, const char *jid, const char *text)
{
    if (server->is_up)
        sim_later(server->sim, dice_between(&server->sim->dice, 1, 100), take, server,
                  new_stanza(server, jid, id, text), free_stanza, &server->life);
}

/* ---- the session ---- */

static void come_up(void *owner, void *item)
{
    XmppServer *server = owner;
    Stanza *stanza;

    (void)item;
    server->is_up = true;
    post_link(server, true);
    file_share_look(server->sim->share);
    while (server->is_up && (stanza = g_queue_pop_head(server->kept)) != NULL)
        pass_on(server, stanza);
}

static void connect_later(XmppServer *server, int64_t most_ms)
{
    sim_later(server->sim, dice_between(&server->sim->dice, 50, most_ms), come_up, server, NULL,
              NULL, &server->life);
}

void xmpp_server_join(XmppServer *server)
{
    server->is_joined = true;
    server->life++;
    connect_later(server, 1000);
}

void xmpp_server_leave(XmppServer *server)
{
    server->is_joined = false;
    server->is_up = false;
    server->life++;
}

void xmpp_server_cut(XmppServer *server)
{
    if (!server->is_up)
        return;
    sim_trace(server->sim, "the XMPP link is cut");
    server->is_up = false;
    server->life++;
    post_link(server, false);
    if (server->is_joined)
        connect_later(server, 20 * SECOND_MS);
}

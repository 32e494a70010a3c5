/*
 * What the world of core-world.h needs besides for XMPP: chat with all its marks, what else is
 * heard there, and what agent1 does there beside speaking.
 */
#ifndef TESTS_UNIT_AGENT1_CORE_XMPP_H
#define TESTS_UNIT_AGENT1_CORE_XMPP_H

#include "core-world.h"

/* The last thing said to that address, or "". */
static inline const char *world_said_to(const World *world, const char *jid)
{
    unsigned i;

    for (i = world->said->len; i > 0; i--) {
        const Effect *effect = world->said->pdata[i - 1];

        if (strcmp(effect->say.jid, jid) == 0)
            return effect->say.text;
    }
    return "";
}

/* The newest act of a kind on XMPP, or NULL. */
static inline const XmppAct *world_last_act(const World *world, XmppActKind kind)
{
    unsigned i;

    for (i = world->other->len; i > 0; i--) {
        const Effect *effect = world->other->pdata[i - 1];

        if (effect->kind == EFFECT_XMPP && effect->act.kind == kind)
            return &effect->act;
    }
    return NULL;
}

/* A chat message, to be marked and stepped. */
static inline Event *xmpp_chat(const char *user, const char *stanza_id, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup_printf("%s@example.org/phone", user);
    event->chat.principal = g_strdup_printf("%s@example.org", user);
    event->chat.stanza_id = g_strdup(stanza_id);
    event->chat.text = g_strdup(text);
    return event;
}

/* What a client tells. */
static inline void xmpp_tell(World *world, XmppFactKind kind, const char *address,
                             unsigned abilities)
{
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.address = g_strdup(address);
    event->fact.principal = g_strndup(address, strcspn(address, "/"));
    event->fact.abilities = abilities;
    world_step(world, event);
}

#endif

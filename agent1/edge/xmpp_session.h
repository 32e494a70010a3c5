/*
 * The life of the account on its thread: connect, stay, come back; what is said goes out and is
 * acknowledged, what people write becomes events. The rules of the connection are here, libstrophe
 * is below (xmpp_connection.h) and the other threads are above (xmpp.c).
 */
#ifndef AGENT1_EDGE_XMPP_SESSION_H
#define AGENT1_EDGE_XMPP_SESSION_H

#include "agent1/edge/xmpp_connection.h"
#include "common/sys/mailbox.h"

#include <glib.h>

typedef struct XmppSessionSettings {
    XmppAccount account;
    unsigned ping_s;
    GPtrArray *rooms;  /* RoomSettings * */
    Mailbox *commands; /* XmppCommand *, taken here */
    Mailbox *events;   /* Event *, posted here */
    Mailbox *slots;    /* XmppSlot *, posted here */
    /* Told each socket on which the thread may block, and -1 when that is over; on this thread. */
    void (*on_socket)(int fd, void *data);
    void *data;
} XmppSessionSettings;

/* Runs until XMPP_COMMAND_STOP. Settings are borrowed. */
void xmpp_session_run(const XmppSessionSettings *settings);

#endif

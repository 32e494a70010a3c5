/*
 * What the main thread asks of the XMPP thread.
 */
#ifndef AGENT1_EDGE_XMPP_COMMAND_H
#define AGENT1_EDGE_XMPP_COMMAND_H

#include "agent1/port/xmpp_act.h"

#include <glib.h>
#include <stddef.h>

typedef enum {
    XMPP_COMMAND_SAY,
    XMPP_COMMAND_SAY_LINK, /* the text is a URL */
    XMPP_COMMAND_ACT,
    XMPP_COMMAND_SLOT,      /* ask for a place for the file `text`, of so many bytes */
    XMPP_COMMAND_SAY_AGAIN, /* something to be said was lost: have the core say it again */
    XMPP_COMMAND_STOP,
} XmppCommandKind;

typedef struct XmppCommand {
    XmppCommandKind kind;
    char *id;
    char *jid;
    char *text;
    char *replaced; /* SAY: the message that it corrects; NULL: none */
    XmppAct *act;   /* ACT */
    size_t bytes;   /* SLOT */
} XmppCommand;

void xmpp_command_free(XmppCommand *command);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppCommand, xmpp_command_free)

#endif

/*
 * Why a connection failed or ended, in words for the log. libstrophe tells most causes in the lines
 * of its own log and nowhere else. Nothing of those lines is printed as it is, except warnings from
 * before the sign-in: at the level of debugging they hold passwords.
 */
#ifndef AGENT1_EDGE_XMPP_CAUSE_H
#define AGENT1_EDGE_XMPP_CAUSE_H

#include <glib.h>
#include <stdbool.h>
#include <strophe.h>

typedef struct XmppCause {
    char *reason;    /* one line; NULL: none known. The first one noticed is nearest to the root. */
    bool is_refused; /* the server did not take the name or the password */
    bool is_closed;  /* the server closed the stream properly, and the session with it */
} XmppCause;

void xmpp_cause_clear(XmppCause *cause);

/* Keeps a reason, unless there is one. */
void xmpp_cause_note(XmppCause *cause, const char *reason);

/* Learns from a line of the log. */
void xmpp_cause_read_line(XmppCause *cause, xmpp_log_level_t level, const char *line);

/* The server said why: that counts most. */
void xmpp_cause_read_stream_error(XmppCause *cause, const xmpp_stream_error_t *error);

/* The reason, which becomes the caller's; never NULL. */
char *xmpp_cause_take(XmppCause *cause);

#endif

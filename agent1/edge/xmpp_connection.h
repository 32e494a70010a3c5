/*
 * One connection after the other to the account's server, by libstrophe: the only file that drives
 * it. Belongs to one thread, on which it may block (names, TLS).
 *
 * It decides nothing: what happens becomes news, which the session takes when
 * xmpp_connection_run() has returned. It hides what is peculiar about libstrophe 0.12: the
 * callbacks without user data, the resumption that looks like a new session, the socket that must
 * be read until it is quiet.
 */
#ifndef AGENT1_EDGE_XMPP_CONNECTION_H
#define AGENT1_EDGE_XMPP_CONNECTION_H

#include "agent1/edge/xmpp_tls.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <strophe.h>

typedef struct XmppAccount {
    char *jid;    /* with a resource */
    char *domain; /* of the JID */
    char *password;
    char *host; /* NULL: by DNS SRV of the domain */
    unsigned short port;
    XmppTls tls;
    char *ca_file; /* NULL: the system's */
} XmppAccount;

void xmpp_account_clear(XmppAccount *account);

typedef enum {
    XMPP_NEWS_SIGNED_IN,      /* bound; what follows is one of the next four, or silence */
    XMPP_NEWS_ENABLED,        /* a new session with stream management */
    XMPP_NEWS_NOT_ENABLED,    /* the server refused it */
    XMPP_NEWS_RESUMED,        /* the old session goes on; the server has `count` stanzas */
    XMPP_NEWS_RESUME_REFUSED, /* it does not: connect anew */
    XMPP_NEWS_ACKNOWLEDGED,   /* the server has `count` stanzas */
    XMPP_NEWS_STANZA,
    XMPP_NEWS_BROKEN, /* the connection is gone; always the last news of one */
} XmppNewsKind;

typedef struct XmppNews {
    XmppNewsKind kind;
    uint32_t count;
    unsigned resume_max_s; /* ENABLED: how long the server keeps the session; 0: it did not say */
    xmpp_stanza_t *stanza;
    char *reason;    /* BROKEN: for the log */
    bool is_refused; /* BROKEN: the server did not take the password */
} XmppNews;

void xmpp_news_free(XmppNews *news);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppNews, xmpp_news_free)

typedef struct XmppConnection XmppConnection;

/* account is borrowed for its life. on_socket is told each new socket, while the thread may be
 * about to block on it, and -1 when there is no more danger of that. */
XmppConnection *xmpp_connection_new(const XmppAccount *account,
                                    void (*on_socket)(int fd, void *data), void *data);
void xmpp_connection_free(XmppConnection *connection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppConnection, xmpp_connection_free)

/* Begins to connect; the last connection must have broken. Resumes the old session where that may
 * be possible, unless xmpp_connection_forget() was called. */
void xmpp_connection_start(XmppConnection *connection);

/* True when the next start would try to resume. */
bool xmpp_connection_can_resume(const XmppConnection *connection);

/* The old session is not to be resumed. Only while nothing is connected. */
void xmpp_connection_forget(XmppConnection *connection);

/* Writes and reads until the socket has been quiet. True when something came. */
bool xmpp_connection_run(XmppConnection *connection);

/* The next news, or NULL. The caller owns it. */
XmppNews *xmpp_connection_take(XmppConnection *connection);

/* Queues XML; xmpp_connection_run() writes it. */
void xmpp_connection_send(XmppConnection *connection, const char *xml);

/* Ends the connection at once. BROKEN follows with this reason. */
void xmpp_connection_cut(XmppConnection *connection, const char *reason);

/* Closes the stream properly. BROKEN follows when the server has done so too, or after 2 s. */
void xmpp_connection_leave(XmppConnection *connection);

/* For poll(2): the socket or -1, and the events to wait for. */
int xmpp_connection_fd(const XmppConnection *connection);
short xmpp_connection_events(const XmppConnection *connection);

/* True when the server that is connected to is on this very machine, whatever its name. */
bool xmpp_connection_stays_here(const XmppConnection *connection);

/* The bare JID that the server bound last; NULL before. What was heard before an end is judged by
 * it after that. Borrowed until the next is bound. */
const char *xmpp_connection_own_jid(const XmppConnection *connection);

#endif

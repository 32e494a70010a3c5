/*
 * How the stream to the XMPP server is encrypted.
 */
#ifndef AGENT1_EDGE_XMPP_TLS_H
#define AGENT1_EDGE_XMPP_TLS_H

typedef enum {
    XMPP_TLS_REQUIRED,
    XMPP_TLS_ALLOWED, /* used when the server offers it, which anybody on the way can strip */
    XMPP_TLS_DIRECT,  /* XEP-0368: TLS from the first byte */
    XMPP_TLS_NONE,    /* only for a loopback address: refused elsewhere */
} XmppTls;

#endif

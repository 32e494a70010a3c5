/*
 * Addresses on XMPP (RFC 7622), as far as the edge looks into them. libstrophe has the prefix
 * xmpp_jid_ for its own.
 */
#ifndef AGENT1_EDGE_JID_H
#define AGENT1_EDGE_JID_H

/* The JID without its resource; the caller owns it. */
char *jid_bare(const char *jid);

#endif

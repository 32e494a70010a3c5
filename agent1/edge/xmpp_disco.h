/*
 * What agent1 tells about itself when asked by an <iq/>: service discovery (XEP-0030) with
 * capabilities (XEP-0115), version (XEP-0092), ping (XEP-0199). Everything else is answered by the
 * error that RFC 6120, 8.2.3 asks for. It knows no roster and takes none: nothing in an <iq/> has
 * an effect.
 */
#ifndef AGENT1_EDGE_XMPP_DISCO_H
#define AGENT1_EDGE_XMPP_DISCO_H

#include <glib.h>
#include <strophe.h>

#define XMPP_DISCO_NODE "urn:agent1"

/* The answer as XML, or NULL when none is due: results, errors, and what has no id. The caller owns
 * it. */
char *xmpp_disco_answer(xmpp_stanza_t *iq);

/* The verification string of XEP-0115, section 5. The caller owns it. */
char *xmpp_disco_version_hash(void);

#endif

/*
 * A long text as several messages: cut between lines where it can be, else between characters. A
 * fenced block that is cut is closed, and opened again in the next piece, so that each reads as it
 * would alone. Nothing is left out.
 */
#ifndef AGENT1_FLOW_VOICE_PIECES_H
#define AGENT1_FLOW_VOICE_PIECES_H

#include <glib.h>
#include <stddef.h>

/* No message is longer; servers take it even when XML makes six bytes of each (see
 * agent1/edge/xmpp_outgoing.h). */
#define PIECE_MAX_BYTES 10000

/* char *, one at least, each of at most max_bytes, which is 200 or more; of valid UTF-8. The array
 * frees them. */
GPtrArray *pieces_of(const char *text, size_t max_bytes);

#endif

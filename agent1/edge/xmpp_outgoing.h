/*
 * The stanzas that agent1 sends, as XML text (RFC 6120, 6121; XEP-0085, 0184,
 * 0199, 0359). What stands in them
 * is made fit for XML here: a single character that XML 1.0 does not know ends the whole stream.
 */
#ifndef AGENT1_EDGE_XMPP_OUTGOING_H
#define AGENT1_EDGE_XMPP_OUTGOING_H

#include <glib.h>

/* A body takes at most so many bytes in XML. Servers refuse stanzas over 64 KiB (ejabberd) or
 * 256 KiB (Prosody), and some end the stream for it. */
#define XMPP_BODY_MAX_BYTES (60 * 1024)

/* A message of type chat, made harmless as text_make_harmless() says. A text that is too long is
 * cut between characters, and its last line says how much is missing. The caller owns it. */
char *xmpp_outgoing_chat(const char *id, const char *jid, const char *text);

/* The same to all in a room (XEP-0045). */
char *xmpp_outgoing_groupchat(const char *id, const char *room, const char *text);

/* A message that is a URL and says so (XEP-0066, 4): clients show what it leads to when the body is
 * nothing else. type: "chat" or "groupchat". The caller owns it. */
char *xmpp_outgoing_link(const char *id, const char *jid, const char *type, const char *url);

/* Enters a room by this name, without its history; opens a room that was made by entering it. The
 * caller owns them. */
char *xmpp_outgoing_enter(const char *room, const char *nick);
char *xmpp_outgoing_open_room(const char *room);

/* The same as the first, in the place of the message `replaced` (XEP-0308). It is for this one
 * client: neither copied to others nor kept for later (XEP-0280, 0334), where it would look like a
 * new message. The caller owns it. */
char *xmpp_outgoing_correction(const char *id, const char *jid, const char *replaced,
                               const char *text);

/* The same as xmpp_outgoing_chat(), in the place of the message `replaced`, for good: copied and
 * kept like any other. The caller owns it. */
char *xmpp_outgoing_last_correction(const char *id, const char *jid, const char *replaced,
                                    const char *text);

/* The state of a chat alone, "composing" or "active" (XEP-0085). The caller owns it. */
char *xmpp_outgoing_state(const char *jid, const char *state);

/* The receipt for a message (XEP-0184), which the server keeps for who is away. The caller owns it.
 */
char *xmpp_outgoing_receipt(const char *jid, const char *id);

/* A ping to the server. The caller owns it. */
char *xmpp_outgoing_ping(const char *id, const char *domain);

/* About who sees whom (RFC 6121, 3): "subscribe", "subscribed". The caller owns it. */
char *xmpp_outgoing_subscription(const char *jid, const char *type);

/* Available, with the capabilities of xmpp_disco.h; and gone. show: "" or as RFC 6121, 4.7.2.1, has
 * it; picture_hash: of the vCard's picture (XEP-0153), or NULL. The caller owns the first. */
char *xmpp_outgoing_presence(const char *show, const char *status, const char *picture_hash);
#define XMPP_OUTGOING_GONE "<presence type='unavailable'/>"

#endif

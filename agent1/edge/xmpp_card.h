/*
 * The account's vCard (XEP-0054): a name, a sentence and a small picture, so that people see in
 * their list of contacts whom they talk to. A card that somebody made for the account is left as it
 * is.
 *
 * Knows no connection: it makes the <iq/>s and reads the answers, which count only from the account
 * itself.
 */
#ifndef AGENT1_EDGE_XMPP_CARD_H
#define AGENT1_EDGE_XMPP_CARD_H

#include <stdbool.h>
#include <strophe.h>

typedef enum {
    XMPP_CARD_UNKNOWN, /* nothing asked yet, or the server keeps none */
    XMPP_CARD_ASKED,
    XMPP_CARD_GIVEN, /* the answer is awaited */
    XMPP_CARD_OURS,
    XMPP_CARD_OTHER, /* somebody else made it */
} XmppCard;

/* A session has begun: the question what the account's card is. The caller owns it. */
char *xmpp_card_begin(XmppCard *card);

/* Takes the <iq/> if it answers. *out_xml gets what is to be sent next (the caller's), or NULL.
 * True when the card has become ours, so that the presence is to be shown anew. */
bool xmpp_card_take(XmppCard *card, xmpp_stanza_t *iq, const char *own_jid, char **out_xml);

/* The SHA-1 of the picture as XEP-0153 has it in the presence. The caller owns it. */
char *xmpp_card_picture_hash(void);

#endif

#include "agent1/edge/xmpp_acts.h"

#include "agent1/edge/xmpp_forms.h"
#include "agent1/edge/xmpp_outgoing.h"

#include "common/base/banned.h"

/* Until the core says more. */
#define STATUS "agent1 " VERSION ", !help"

/* Others cause most of them, so they leave only while fewer stanzas than this wait. */
#define ACTS_MAX 1000

void xmpp_acts_init(XmppActs *acts)
{
    *acts = (XmppActs){ .show = g_strdup(""), .status = g_strdup(STATUS) };
    xmpp_questions_init(&acts->questions);
}

void xmpp_acts_clear(XmppActs *acts)
{
    xmpp_questions_clear(&acts->questions);
    g_free(acts->show);
    g_free(acts->status);
}

static char *print_presence(const XmppActs *acts)
{
    g_autofree char *hash = acts->card == XMPP_CARD_OURS ? xmpp_card_picture_hash() : NULL;

    return xmpp_outgoing_presence(acts->show, acts->status, hash);
}

void xmpp_acts_show(const XmppActs *acts, XmppOutbox *outbox)
{
    g_autofree char *presence = print_presence(acts);

    xmpp_outbox_add(outbox, NULL, presence);
}

void xmpp_acts_begin(XmppActs *acts, XmppOutbox *outbox)
{
    g_autofree char *question = NULL;

    xmpp_questions_clear(&acts->questions);
    xmpp_acts_show(acts, outbox);
    question = xmpp_card_begin(&acts->card);
    xmpp_outbox_add(outbox, NULL, question);
}

static void note_presence(XmppActs *acts, const XmppAct *act)
{
    g_free(acts->show);
    g_free(acts->status);
    acts->show = g_strdup(act->about);
    acts->status = g_strdup(act->text);
}

static char *print(XmppActs *acts, const XmppAct *act)
{
    switch (act->kind) {
    case XMPP_ACT_RECEIPT:
        return xmpp_outgoing_receipt(act->jid, act->about);
    case XMPP_ACT_BEFRIEND:
        return xmpp_outgoing_subscription(act->jid, "subscribed");
    case XMPP_ACT_PRESENCE:
        return print_presence(acts);
    case XMPP_ACT_CORRECT:
        return xmpp_outgoing_correction(act->id, act->jid, act->about, act->text);
    case XMPP_ACT_STATE:
        return xmpp_outgoing_state(act->jid, act->about);
    case XMPP_ACT_DISCOVER:
        return xmpp_questions_discover(&acts->questions, act->jid);
    case XMPP_ACT_FORM_LIST:
    case XMPP_ACT_FORM_ASK:
    case XMPP_ACT_FORM_DONE:
    case XMPP_ACT_FORM_CANCELLED:
    case XMPP_ACT_FORM_REFUSED:
        return xmpp_forms_print(act);
    case XMPP_ACT_UPLOAD: /* done on the main thread */
    case XMPP_ACT_UPLOAD_CHART:
        break;
    }
    g_assert_not_reached();
}

void xmpp_acts_do(XmppActs *acts, const XmppAct *act, XmppOutbox *outbox, bool has_session)
{
    g_autofree char *xml = NULL;

    if (act->kind == XMPP_ACT_PRESENCE)
        note_presence(acts, act);
    if (!has_session || xmpp_outbox_length(outbox) >= ACTS_MAX)
        return;

    xml = print(acts, act);
    xmpp_outbox_add(outbox, NULL, xml);
    if (act->kind == XMPP_ACT_BEFRIEND) {
        g_autofree char *back = xmpp_outgoing_subscription(act->jid, "subscribe");

        xmpp_outbox_add(outbox, NULL, back);
    }
}

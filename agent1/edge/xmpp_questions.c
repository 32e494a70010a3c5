#include "agent1/edge/xmpp_questions.h"

#include "common/base/banned.h"

static const struct {
    const char *feature;
    XmppAbility ability;
} known[] = {
    { "urn:xmpp:message-correct:0", XMPP_CAN_CORRECT },
    { "urn:xmpp:reactions:0", XMPP_CAN_REACT },
    { "urn:xmpp:reply:0", XMPP_CAN_REPLY },
    { "urn:xmpp:receipts", XMPP_CAN_RECEIPT },
    { "http://jabber.org/protocol/chatstates", XMPP_CAN_STATES },
};

void xmpp_questions_init(XmppQuestions *questions)
{
    xmpp_asked_init(&questions->asked, XMPP_QUESTIONS_MAX);
}

void xmpp_questions_clear(XmppQuestions *questions)
{
    xmpp_asked_clear(&questions->asked);
}

char *xmpp_questions_discover(XmppQuestions *questions, const char *jid)
{
    return g_markup_printf_escaped("<iq type='get' id='%s' to='%s'>"
                                   "<query xmlns='" XMPP_NS_DISCO_INFO "'/></iq>",
                                   xmpp_asked_add(&questions->asked, jid, 0, NULL), jid);
}

static unsigned read_abilities(xmpp_stanza_t *iq)
{
    xmpp_stanza_t *query = xmpp_stanza_get_child_by_name_and_ns(iq, "query", XMPP_NS_DISCO_INFO);
    unsigned abilities = 0;

    if (!query)
        return 0;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(query); child;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        const char *feature = xmpp_stanza_get_attribute(child, "var");

        if (!name || !g_str_equal(name, "feature") || !feature)
            continue;
        for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
            if (g_str_equal(feature, known[i].feature))
                abilities |= known[i].ability;
        }
    }

    return abilities;
}

bool xmpp_questions_answered(XmppQuestions *questions, xmpp_stanza_t *iq, unsigned *out_abilities)
{
    g_autoptr(XmppQuestion) question = xmpp_asked_take(&questions->asked, iq);

    if (!question)
        return false;
    *out_abilities = xmpp_asked_is_result(iq) ? read_abilities(iq) : 0;

    return true;
}

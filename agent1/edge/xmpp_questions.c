#include "agent1/edge/xmpp_questions.h"

#include "common/sys/random.h"

#include <string.h>

#include "common/base/banned.h"

#define ID_CHARS 20

typedef struct Question {
    char *id;
    char *jid;
} Question;

static const struct {
    const char *feature;
    XmppAbility ability;
} known[] = {
    { "urn:xmpp:message-correct:0", XMPP_CAN_CORRECT },
    { "urn:xmpp:reactions:0", XMPP_CAN_REACT },
    { "urn:xmpp:reply:0", XMPP_CAN_REPLY },
    { "urn:xmpp:receipts", XMPP_CAN_RECEIPT },
};

static void question_free(void *data)
{
    Question *question = data;

    g_free(question->id);
    g_free(question->jid);
    g_free(question);
}

void xmpp_questions_init(XmppQuestions *questions)
{
    g_queue_init(&questions->open);
}

void xmpp_questions_clear(XmppQuestions *questions)
{
    g_queue_clear_full(&questions->open, question_free);
}

char *xmpp_questions_discover(XmppQuestions *questions, const char *jid)
{
    Question *question = g_new0(Question, 1);

    question->id = random_name(ID_CHARS);
    question->jid = g_strdup(jid);
    g_queue_push_head(&questions->open, question);
    if (questions->open.length > XMPP_QUESTIONS_MAX)
        question_free(g_queue_pop_tail(&questions->open));

    return g_markup_printf_escaped("<iq type='get' id='%s' to='%s'>"
                                   "<query xmlns='" XMPP_NS_DISCO_INFO "'/></iq>",
                                   question->id, jid);
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
    const char *id = xmpp_stanza_get_id(iq);
    const char *from = xmpp_stanza_get_from(iq);
    const char *type = xmpp_stanza_get_type(iq);

    if (!id || !from || !type || (!g_str_equal(type, "result") && !g_str_equal(type, "error")))
        return false;

    for (GList *at = questions->open.head; at; at = at->next) {
        Question *question = at->data;

        if (!g_str_equal(question->id, id) || !g_str_equal(question->jid, from))
            continue;
        *out_abilities = g_str_equal(type, "result") ? read_abilities(iq) : 0;
        g_queue_delete_link(&questions->open, at);
        question_free(question);
        return true;
    }

    return false;
}

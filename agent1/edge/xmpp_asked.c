#include "agent1/edge/xmpp_asked.h"

#include "common/sys/random.h"

#include "common/base/banned.h"

#define ID_CHARS 20

void xmpp_question_free(XmppQuestion *question)
{
    if (!question)
        return;

    g_free(question->id);
    g_free(question->jid);
    g_free(question->about);
    g_free(question);
}

void xmpp_asked_init(XmppAsked *asked, unsigned max)
{
    g_queue_init(&asked->open);
    asked->max = max;
}

void xmpp_asked_clear(XmppAsked *asked)
{
    g_queue_clear_full(&asked->open, (GDestroyNotify)xmpp_question_free);
}

const char *xmpp_asked_add(XmppAsked *asked, const char *jid, int kind, const char *about)
{
    XmppQuestion *question = g_new0(XmppQuestion, 1);

    question->id = random_name(ID_CHARS);
    question->jid = g_strdup(jid);
    question->kind = kind;
    question->about = g_strdup(about);
    g_queue_push_head(&asked->open, question);
    if (asked->open.length > asked->max)
        xmpp_question_free(g_queue_pop_tail(&asked->open));

    return question->id;
}

bool xmpp_asked_is_result(xmpp_stanza_t *iq)
{
    const char *type = xmpp_stanza_get_type(iq);

    return type && g_str_equal(type, "result");
}

XmppQuestion *xmpp_asked_take(XmppAsked *asked, xmpp_stanza_t *iq)
{
    const char *id = xmpp_stanza_get_id(iq);
    const char *from = xmpp_stanza_get_from(iq);
    const char *type = xmpp_stanza_get_type(iq);

    if (!id || !from || !type || (!g_str_equal(type, "result") && !g_str_equal(type, "error")))
        return NULL;

    for (GList *at = asked->open.head; at; at = at->next) {
        XmppQuestion *question = at->data;

        if (!g_str_equal(question->id, id) || !g_str_equal(question->jid, from))
            continue;
        g_queue_delete_link(&asked->open, at);
        return question;
    }

    return NULL;
}

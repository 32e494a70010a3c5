#include "agent1/port/xmpp_fact.h"

#include "common/base/banned.h"

void xmpp_fact_clear(XmppFact *fact)
{
    g_free(fact->address);
    g_free(fact->principal);
    g_free(fact->about);
    g_free(fact->stanza_id);
    g_strfreev(fact->words);
    xmpp_form_free(fact->form);
    g_free(fact->text);
}

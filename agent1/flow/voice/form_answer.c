#include "agent1/flow/voice/form_answer.h"

#include <string.h>

#include "common/base/banned.h"

void form_answer_act(Core *core, XmppActKind kind, const char *jid, const char *about,
                     XmppForm *form, const char *text)
{
    g_autofree char *jid_copy = g_strdup(jid);
    g_autofree char *about_copy = g_strdup(about);
    g_autofree char *text_copy = g_strdup(text);
    const XmppAct act = {
        .kind = kind, .jid = jid_copy, .about = about_copy, .form = form, .text = text_copy
    };

    effects_xmpp(core->fx, &act);
}

void form_answer_say(Core *core, const Speaker *speaker, const Answer *answer)
{
    g_autoptr(XmppForm) form = xmpp_form_copy(speaker->form);

    /* Marks the note as one of trouble. */
    form->is_cancelled = answer->outcome && strcmp(answer->outcome, OUTCOME_REFUSED) == 0;
    form_answer_act(core, XMPP_ACT_FORM_DONE, speaker->address, speaker->in_reply_to, form,
                    *answer->text ? answer->text : core_words(core, "done"));
}

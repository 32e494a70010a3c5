#include "agent1/flow/doors/forms.h"

#include "agent1/flow/doors/chat.h"
#include "agent1/flow/doors/form_fields.h"
#include "agent1/flow/voice/form_answer.h"
#include "common/base/banned.h"

/* ---- the table ---- */

static const CommandInfo *row(unsigned index)
{
    return index < COMMAND_COUNT ? command_info((Command)index)
                                 : trigger_info((Trigger)(index - COMMAND_COUNT));
}

/* The name without its mark. The caller owns it. */
static char *node_of(const CommandInfo *info)
{
    const char *start = info->name + (*info->name == '!' ? 1 : 0);

    return g_strndup(start, strcspn(start, ":"));
}

/* The row that this role may use, or NULL. */
static const CommandInfo *find_row(const char *node, Role role)
{
    unsigned i;

    for (i = 0; node && i < COMMAND_COUNT + TRIGGER_COUNT; i++) {
        g_autofree char *own = node_of(row(i));

        if (role >= row(i)->role && g_ascii_strcasecmp(own, node) == 0)
            return row(i);
    }
    return NULL;
}

static Role role_of(const Core *core, const char *principal)
{
    const User *user = users_by_jid(core->users, principal);

    return user ? user->role : ROLE_NONE;
}

static void refuse(Core *core, const XmppFact *fact, const char *condition)
{
    form_answer_act(core, XMPP_ACT_FORM_REFUSED, fact->address, fact->about, NULL, condition);
}

void forms_take_list(Core *core, const XmppFact *fact)
{
    g_autoptr(XmppForm) list = xmpp_form_new(NULL, NULL);
    Role role = role_of(core, fact->principal);
    unsigned i;

    core_speak_to_jid(core, fact->principal);
    for (i = 0; role > ROLE_NONE && i < COMMAND_COUNT + TRIGGER_COUNT; i++) {
        g_autofree char *node = NULL;
        g_autofree char *label = NULL;

        if (role < row(i)->role)
            continue;
        node = node_of(row(i));
        label = g_strdup_printf("%s %s", row(i)->name, core_words(core, row(i)->help));
        xmpp_form_add(list, node, label, NULL, false);
    }
    form_answer_act(core, XMPP_ACT_FORM_LIST, fact->address, fact->about, list,
                    core->settings->xmpp_jid);
}

/* A list that may be of one agent alone is shown at once: a menu is for whoever does not type. */
static bool has_questions(const CommandInfo *info)
{
    return *info->arguments && strcmp(info->arguments, "[agent]") != 0;
}

static void ask(Core *core, const XmppFact *fact, const CommandInfo *info, const char *complaint)
{
    g_autofree char *session = core_new_id(core);
    g_autoptr(XmppForm) form = xmpp_form_new(fact->form->node, session);
    g_autofree char *text = g_strdup_printf("%s%s%s", complaint ? complaint : "",
                                            complaint ? "; " : "", core_words(core, info->help));

    form_fields_add(form, info->arguments);
    form_answer_act(core, XMPP_ACT_FORM_ASK, fact->address, fact->about, form, text);
}

/* ---- doing ---- */

static Speaker *speaker_of(Core *core, const XmppFact *fact)
{
    const User *user = users_by_jid(core->users, fact->principal);
    Speaker *speaker = speaker_new(DOOR_FORM, fact->address, NULL);

    speaker->principal = g_strdup(fact->principal);
    speaker->user = g_strdup(user->name);
    speaker->role = user->role;
    speaker->in_reply_to = g_strdup(fact->about);
    speaker->form = xmpp_form_new(fact->form->node, fact->form->session);
    if (fact->form->session)
        speaker->chat_id = g_strdup_printf("xmpp:%s:form-%s", fact->principal, fact->form->session);
    else
        speaker->form->session = core_new_id(core);
    return speaker;
}

static void type(Core *core, const XmppFact *fact, const char *line)
{
    g_autoptr(Speaker) speaker = speaker_of(core, fact);
    const Answer again = { .text = core_words(
                               core, "done before: a form is done once; take the command anew"),
                           .outcome = OUTCOME_REFUSED };

    if (speaker->chat_id && ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id))
        form_answer_say(core, speaker, &again);
    else
        chat_take_typed(core, speaker, line);
}

void forms_take(Core *core, const XmppFact *fact)
{
    Role role = role_of(core, fact->principal);
    const CommandInfo *info = find_row(fact->form->node, role);
    g_autofree char *missing = NULL;
    g_autofree char *line = NULL;

    core_speak_to_jid(core, fact->principal);
    if (role == ROLE_NONE) {
        core->refused_count++;
        refuse(core, fact, "forbidden");
    } else if (!info) {
        refuse(core, fact, "item-not-found");
    } else if (fact->form->is_cancelled) {
        g_autofree char *session = core_new_id(core);
        g_autoptr(XmppForm) form =
            xmpp_form_new(fact->form->node, fact->form->session ? fact->form->session : session);

        form_answer_act(core, XMPP_ACT_FORM_CANCELLED, fact->address, fact->about, form, NULL);
    } else if (has_questions(info) && !fact->form->is_submitted) {
        ask(core, fact, info, NULL);
    } else {
        line = form_fields_type(info->name, info->arguments, fact->form, &missing);
        if (line) {
            type(core, fact, line);
        } else {
            g_autofree char *complaint =
                g_strdup_printf(core_words(core, "%s is missing"), missing);

            ask(core, fact, info, complaint);
        }
    }
}

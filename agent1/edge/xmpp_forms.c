#include "agent1/edge/xmpp_forms.h"

#include "agent1/edge/jid.h"
#include "agent1/edge/xmpp_incoming.h"
#include "common/base/limits.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define NS_DATA "jabber:x:data"

/* ---- what is asked ---- */

static Event *fact_of(XmppFactKind kind, xmpp_stanza_t *iq, XmppForm *form)
{
    const char *from = xmpp_stanza_get_from(iq);
    Event *event = event_new(EVENT_XMPP);

    event->fact.kind = kind;
    event->fact.address = g_strdup(from);
    event->fact.principal = jid_bare(from);
    event->fact.about = g_strdup(xmpp_stanza_get_id(iq));
    event->fact.form = form;

    return event;
}

/* The text of all its values, with a line for each; NULL: it has none. The caller owns it. */
static char *read_value(xmpp_stanza_t *field)
{
    GString *all = NULL;

    for (xmpp_stanza_t *child = xmpp_stanza_get_children(field); child;
         child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        char *text = name && g_str_equal(name, "value") ? xmpp_stanza_get_text(child) : NULL;

        if (!text)
            continue;
        if (!all)
            all = g_string_new(text);
        else
            g_string_append_printf(all, "\n%s", text);
        xmpp_free(xmpp_stanza_get_context(child), text);
    }

    return all ? g_string_free(all, FALSE) : NULL;
}

static void read_fields(xmpp_stanza_t *x, XmppForm *form)
{
    for (xmpp_stanza_t *child = xmpp_stanza_get_children(x);
         child && form->items->len < XMPP_FORMS_MAX_FIELDS; child = xmpp_stanza_get_next(child)) {
        const char *name = xmpp_stanza_get_name(child);
        const char *var = xmpp_stanza_get_attribute(child, "var");
        g_autofree char *value = NULL;

        if (!name || !g_str_equal(name, "field") || !var || strlen(var) > LABEL_MAX_BYTES)
            continue;
        value = read_value(child);
        if (value && strlen(value) <= CHAT_TEXT_MAX_BYTES && g_utf8_validate(value, -1, NULL))
            xmpp_form_add(form, var, NULL, value, false);
    }
}

/* An attribute that is not too long to be said back; NULL: none. */
static const char *read_label(xmpp_stanza_t *stanza, const char *name)
{
    const char *text = xmpp_stanza_get_attribute(stanza, name);

    return text && *text && strlen(text) <= LABEL_MAX_BYTES ? text : NULL;
}

static XmppForm *read_command(xmpp_stanza_t *command)
{
    xmpp_stanza_t *x = xmpp_stanza_get_child_by_name_and_ns(command, "x", NS_DATA);
    const char *type = x ? xmpp_stanza_get_type(x) : NULL;
    const char *action = xmpp_stanza_get_attribute(command, "action");
    XmppForm *form = xmpp_form_new(read_label(command, "node"), read_label(command, "sessionid"));

    form->is_cancelled = action && g_str_equal(action, "cancel");
    form->is_submitted = type && g_str_equal(type, "submit");
    if (form->is_submitted)
        read_fields(x, form);

    return form;
}

Event *xmpp_forms_read(xmpp_stanza_t *iq, const char *own_jid)
{
    const char *type = xmpp_stanza_get_type(iq);
    const char *id = xmpp_stanza_get_id(iq);
    xmpp_stanza_t *child;

    if (!type || !id || !*id || strlen(id) > LABEL_MAX_BYTES ||
        !xmpp_incoming_is_from_person(xmpp_stanza_get_from(iq), own_jid))
        return NULL;

    child = xmpp_stanza_get_child_by_name_and_ns(iq, "query", XMPP_NS_DISCO_ITEMS);
    if (child && g_str_equal(type, "get") &&
        g_strcmp0(xmpp_stanza_get_attribute(child, "node"), XMPP_FORMS_NS) == 0)
        return fact_of(XMPP_FACT_FORM_LIST, iq, NULL);
    child = xmpp_stanza_get_child_by_name_and_ns(iq, "command", XMPP_FORMS_NS);
    if (child && g_str_equal(type, "set"))
        return fact_of(XMPP_FACT_FORM, iq, read_command(child));

    return NULL;
}

/* ---- what is told ---- */

static char *print_list(const XmppAct *act)
{
    GString *items =
        g_string_new("<query xmlns='" XMPP_NS_DISCO_ITEMS "' node='" XMPP_FORMS_NS "'>");

    for (unsigned i = 0; i < act->form->items->len; i++) {
        const XmppFormItem *item = act->form->items->pdata[i];
        g_autofree char *xml = g_markup_printf_escaped("<item jid='%s' node='%s' name='%s'/>",
                                                       act->text, item->name, item->label);

        g_string_append(items, xml);
    }
    g_string_append(items, "</query>");

    return g_string_free(items, FALSE);
}

static char *print_command(const XmppAct *act, const char *status, const char *content)
{
    const XmppForm *form = act->form;
    g_autofree char *head = g_markup_printf_escaped("<command xmlns='" XMPP_FORMS_NS
                                                    "' node='%s' sessionid='%s' status='%s'>",
                                                    form->node, form->session, status);

    return g_strconcat(head, content, "</command>", NULL);
}

static char *print_ask(const XmppAct *act)
{
    g_autofree char *head = g_markup_printf_escaped(
        "<actions execute='complete'><complete/></actions>"
        "<x xmlns='" NS_DATA "' type='form'><title>%s</title><instructions>%s</instructions>",
        act->form->node, act->text);
    GString *content = g_string_new(head);

    for (unsigned i = 0; i < act->form->items->len; i++) {
        const XmppFormItem *item = act->form->items->pdata[i];
        g_autofree char *field = g_markup_printf_escaped(
            "<field type='text-single' var='%s' label='%s'>", item->name, item->label);
        g_autofree char *value =
            item->value ? g_markup_printf_escaped("<value>%s</value>", item->value) : g_strdup("");

        g_string_append_printf(content, "%s%s%s</field>", field, value,
                               item->is_required ? "<required/>" : "");
    }
    g_string_append(content, "</x>");
    {
        g_autofree char *whole = g_string_free(content, FALSE);

        return print_command(act, "executing", whole);
    }
}

static char *print_done(const XmppAct *act)
{
    g_autofree char *clean = text_make_harmless(act->text, strlen(act->text));
    g_autofree char *note = g_markup_printf_escaped(
        "<note type='%s'>%s</note>", act->form->is_cancelled ? "error" : "info", clean);

    return print_command(act, "completed", note);
}

static char *print_iq(const XmppAct *act, const char *type, const char *content)
{
    g_autofree char *head =
        g_markup_printf_escaped("<iq type='%s' id='%s' to='%s'>", type, act->about, act->jid);

    return g_strconcat(head, content, "</iq>", NULL);
}

char *xmpp_forms_print(const XmppAct *act)
{
    g_autofree char *content = NULL;

    switch (act->kind) {
    case XMPP_ACT_FORM_LIST:
        content = print_list(act);
        break;
    case XMPP_ACT_FORM_ASK:
        content = print_ask(act);
        break;
    case XMPP_ACT_FORM_DONE:
        content = print_done(act);
        break;
    case XMPP_ACT_FORM_CANCELLED:
        content = print_command(act, "canceled", "");
        break;
    case XMPP_ACT_FORM_REFUSED:
        content = g_strdup_printf(
            "<error type='cancel'><%s xmlns='" XMPP_NS_STANZAS_IETF "'/></error>", act->text);
        return print_iq(act, "error", content);
    case XMPP_ACT_RECEIPT:
    case XMPP_ACT_BEFRIEND:
    case XMPP_ACT_PRESENCE:
    case XMPP_ACT_CORRECT:
    case XMPP_ACT_STATE:
    case XMPP_ACT_DISCOVER:
    case XMPP_ACT_UPLOAD:
    case XMPP_ACT_UPLOAD_CHART:
        g_assert_not_reached();
    }

    return print_iq(act, "result", content);
}

#include "agent1/port/xmpp_form.h"

#include "common/base/banned.h"

static void item_free(void *data)
{
    XmppFormItem *item = data;

    g_free(item->name);
    g_free(item->label);
    g_free(item->value);
    g_free(item);
}

XmppForm *xmpp_form_new(const char *node, const char *session)
{
    XmppForm *form = g_new0(XmppForm, 1);

    form->node = g_strdup(node);
    form->session = g_strdup(session);
    form->items = g_ptr_array_new_with_free_func(item_free);
    return form;
}

XmppForm *xmpp_form_copy(const XmppForm *form)
{
    XmppForm *copy;
    unsigned i;

    if (!form)
        return NULL;

    copy = xmpp_form_new(form->node, form->session);
    copy->is_submitted = form->is_submitted;
    copy->is_cancelled = form->is_cancelled;
    for (i = 0; i < form->items->len; i++) {
        const XmppFormItem *item = form->items->pdata[i];

        xmpp_form_add(copy, item->name, item->label, item->value, item->is_required);
    }
    return copy;
}

void xmpp_form_free(XmppForm *form)
{
    if (!form)
        return;

    g_free(form->node);
    g_free(form->session);
    g_ptr_array_unref(form->items);
    g_free(form);
}

void xmpp_form_add(XmppForm *form, const char *name, const char *label, const char *value,
                   bool is_required)
{
    XmppFormItem *item = g_new0(XmppFormItem, 1);

    item->name = g_strdup(name);
    item->label = g_strdup(label);
    item->value = g_strdup(value);
    item->is_required = is_required;
    g_ptr_array_add(form->items, item);
}

const char *xmpp_form_value(const XmppForm *form, const char *name)
{
    unsigned i;

    for (i = 0; i < form->items->len; i++) {
        const XmppFormItem *item = form->items->pdata[i];

        if (g_strcmp0(item->name, name) == 0)
            return item->value;
    }
    return NULL;
}

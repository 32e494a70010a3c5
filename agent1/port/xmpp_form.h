/*
 * A command as XMPP clients offer it in a menu (XEP-0050), with the form (XEP-0004) for its
 * arguments: what a client asked, and what agent1 tells it.
 */
#ifndef AGENT1_PORT_XMPP_FORM_H
#define AGENT1_PORT_XMPP_FORM_H

#include <glib.h>
#include <stdbool.h>

typedef struct XmppFormItem {
    char *name;  /* a command's node, or a field's name */
    char *label; /* for people; NULL in what a client submits */
    char *value; /* of a field; NULL: none */
    bool is_required;
} XmppFormItem;

typedef struct XmppForm {
    char *node;
    char *session; /* NULL: none yet */
    bool is_submitted;
    bool is_cancelled;
    GPtrArray *items; /* XmppFormItem *, freed with the array */
} XmppForm;

/* node, session: copied, may be NULL. */
XmppForm *xmpp_form_new(const char *node, const char *session);
XmppForm *xmpp_form_copy(const XmppForm *form);
void xmpp_form_free(XmppForm *form);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XmppForm, xmpp_form_free)

/* Adds an item, of copies. */
void xmpp_form_add(XmppForm *form, const char *name, const char *label, const char *value,
                   bool is_required);

/* The value of that name, or NULL. */
const char *xmpp_form_value(const XmppForm *form, const char *name);

#endif

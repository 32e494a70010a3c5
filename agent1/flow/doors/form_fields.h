/*
 * The fields of a command's form, made from the arguments in its row: "<agent> [| <task>]" gives
 * two, the second optional and behind a bar; and back, the line that a person would have typed.
 */
#ifndef AGENT1_FLOW_DOORS_FORM_FIELDS_H
#define AGENT1_FLOW_DOORS_FORM_FIELDS_H

#include "agent1/port/xmpp_form.h"

/* Adds the fields for these arguments to the form. Arguments of another shape become one field. */
void form_fields_add(XmppForm *form, const char *arguments);

/* "!cancel 12", "DELEGATE: web1 | uptime": the word and the values, on one line. *out_missing gets
 * the label of the first required field without a value (the caller's), and then the result is
 * NULL. The caller owns it. */
char *form_fields_type(const char *word, const char *arguments, const XmppForm *submitted,
                       char **out_missing);

#endif

/*
 * The tables of fields behind message.h: the exact names of the wire. For message.c alone. Pure.
 */
#ifndef COMMON_WIRE_MESSAGE_FIELDS_H
#define COMMON_WIRE_MESSAGE_FIELDS_H

#include "common/data/record.h"
#include "common/wire/message.h"

/* Behind "type", which selects the table of the rest. Rows over Message. */
extern const Field message_common_fields[];
extern const Field *const message_kind_fields[MESSAGE_KIND_COUNT];

extern const char *const message_kind_names[MESSAGE_KIND_COUNT + 1];
extern const char *const message_control_actions[];
extern const char *const message_agent_states[];

#endif

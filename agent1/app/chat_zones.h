/*
 * Time zones that people name in what they write ("daily 08:00 America/New_York"): read here, since
 * the core opens no file, and handed to it with the event.
 */
#ifndef AGENT1_APP_CHAT_ZONES_H
#define AGENT1_APP_CHAT_ZONES_H

#include "agent1/port/event.h"

/* Sets the zones of an event that is a chat. */
void chat_zones_read(Event *event);

/* Adds those that rows name of which something is still to be done: questions and edits, and the
 * installation's as it was known last. Rows of other tables name none. */
void chat_zones_read_rows(Table table, const GPtrArray *rows, Zones *zones);

/* The installation's zone as the rows of TABLE_META have it; NULL when they have none. Borrowed. */
const char *chat_zones_last(const GPtrArray *meta);

#endif

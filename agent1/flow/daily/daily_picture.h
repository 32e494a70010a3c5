/*
 * The chart of a day as a picture, for people whose XMPP server takes files.
 */
#ifndef AGENT1_FLOW_DAILY_DAILY_PICTURE_H
#define AGENT1_FLOW_DAILY_DAILY_PICTURE_H

#include "agent1/flow/daily/daily_text.h"

/* Has it drawn, in the language of whoever is spoken to, and those told (a line for each JID) where
 * it lies: where there is something to draw, and where it can be sent. */
void daily_picture_send(Core *core, const DailyText *what, const char *jids);

#endif

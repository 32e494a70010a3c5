/*
 * What a repeat of somebody's message has in common with it, so that one on which agent1 crashes is
 * known again after the start.
 */
#ifndef AGENT1_APP_MESSAGE_MARK_H
#define AGENT1_APP_MESSAGE_MARK_H

#include "agent1/port/event.h"

/* NULL for events of our own. The caller owns it. */
char *message_mark(const Event *event);

#endif

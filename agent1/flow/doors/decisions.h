/*
 * What a reaction to a message that showed an approval, or a reply to it, stands for: 👍 is
 * !approve, 👎 is !reject (XEP-0444, XEP-0461). It is read here, and typed by whoever calls.
 */
#ifndef AGENT1_FLOW_DOORS_DECISIONS_H
#define AGENT1_FLOW_DOORS_DECISIONS_H

#include "agent1/flow/state/core_state.h"

/* "!approve 12", for emojis under the message of this id. NULL: they decide nothing, be it that the
 * message showed no approval, that they are others, or one and its opposite. The caller owns it. */
char *decisions_of_reaction(const Core *core, const char *message_id, char *const *words);

/* The command that a reply means by "yes", "no, not today" or "!defer 18:00"; NULL: the text stands
 * for itself. The caller owns it. */
char *decisions_of_reply(const Core *core, const EventChat *chat);

/* The run asks anew since that message: what was seen then is not what would be decided now. Its
 * number; 0: it does not. */
int64_t decisions_asked_anew(const Core *core, const char *message_id);

#endif

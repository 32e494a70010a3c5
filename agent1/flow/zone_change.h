/*
 * The installation's zone: which one counted last is a row, so that a change is known also after a
 * restart. Tells admins what it changes.
 */
#ifndef AGENT1_FLOW_ZONE_CHANGE_H
#define AGENT1_FLOW_ZONE_CHANGE_H

#include "agent1/flow/state/core_state.h"

/* The name of the zone that counted before, if it is another one; else NULL. The caller owns it. */
char *zone_change_take(Core *core);

/* Once everything follows the new one. */
void zone_change_tell(Core *core, const char *before);

/* The host does not tell its zone (any more): said once. */
void zone_change_tell_problem(Core *core);

#endif

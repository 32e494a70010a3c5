/*
 * Agents that come and go: register, status, and the keys that wait for an admin's word.
 */
#ifndef AGENT1_FLOW_FLEET_REGISTRATION_H
#define AGENT1_FLOW_FLEET_REGISTRATION_H

#include "agent1/flow/state/core_state.h"

/* A register frame of any key: an accepted agent's, or one that wants to be. */
void registration_take(Core *core, const EventMessage *event);

/* Asks an accepted agent, whose status shows that it is there, to register again. */
void registration_ask(Core *core, const char *name, const char *key, const Message *status);

/* A status frame of an accepted agent, or the last will that it left with the broker. */
void registration_take_status(Core *core, FleetAgent *agent, const Message *message);

/* An admin trusts this key: what it registered with last counts from now on. The key's row in
 * TABLE_WAITING is removed. False when no registration of it is remembered (it was revoked, or
 * agent1 started since): the agent is asked for one, and works when it comes. */
bool registration_accept(Core *core, const char *name, const char *key);

/* An admin trusts the agent's key no longer. */
void registration_revoke(Core *core, const char *name, const char *user);

/* Tells the gateway whose frames are opened. */
void registration_send_trust(Core *core);

void registration_forget_old(Core *core);

#endif

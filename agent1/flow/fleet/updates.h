/*
 * Is a newer version available: asks agents, and this program's own repository, waits for what they
 * say, and tells whoever asked in one summary. A question to an agent serves all who ask it
 * meanwhile; only so many agents are asked at a time, for they may all fetch from one server.
 * What was learned stays in the agent's row.
 */
#ifndef AGENT1_FLOW_FLEET_UPDATES_H
#define AGENT1_FLOW_FLEET_UPDATES_H

#include "agent1/flow/voice/turn.h"
#include "common/wire/update_news.h"

/* Asks accepted agents, and agent1 where that name is among them (char *). Says at once what is
 * known at once; the turn's chat stays open while somebody is waited for. */
void updates_ask(Core *core, Turn *turn, const GPtrArray *names);

/* False when the answer is to none of our questions. */
bool updates_take_answer(Core *core, FleetAgent *agent, const Message *message);

/* EVENT_UPDATE: of our own repository. */
void updates_take_own(Core *core, const UpdateNews *news);

/* The wall clock was put back. */
void updates_set_back(Core *core);

void updates_tick(Core *core);
int64_t updates_next_deadline(const Core *core);

#endif

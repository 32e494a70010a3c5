/*
 * People: two with agentctl (its real exchange, which repeats a chat with the same id until the
 * final answer), one on XMPP, who writes again with the same stanza id when no answer comes.
 */
#ifndef TESTS_SIMULATE_PEOPLE_H
#define TESTS_SIMULATE_PEOPLE_H

#include "tests/simulate/sim.h"

People *people_new(Sim *sim);
void people_free(People *people);

/* Somebody asks, through either door. */
void people_ask(People *people, const char *text);

/* An admin asks; by XMPP where agentctl may be told that the clocks differ. */
void people_administer(People *people, const char *text);

/* Something that people ask: mostly tasks. The caller owns it. */
char *people_think(People *people);

/* The server gave a person a message of agent1. */
void people_hear_said(People *people, const char *jid, const char *id, const char *text);

/* agent1 heard what this person wrote, and was asleep: it drops it, now and whenever it hears it
 * again. */
void people_were_dropped(People *people, const char *jid);

/* Whose chat was never answered; NULL: nobody's. The caller owns it. */
char *people_unanswered(const People *people);

#endif

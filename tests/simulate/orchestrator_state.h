/*
 * agent1's state, shared by the files that are agent1 in a simulation: orchestrator.c (its
 * process), orchestrator_edges.c, orchestrator_world.c (its files and what may befall it). Nobody
 * else includes it.
 */
#ifndef TESTS_SIMULATE_ORCHESTRATOR_STATE_H
#define TESTS_SIMULATE_ORCHESTRATOR_STATE_H

#include "agent1/app/outside.h"
#include "agent1/app/refusals.h"
#include "agent1/flow/core.h"
#include "common/data/json.h"
#include "tests/simulate/broker.h"
#include "tests/simulate/orchestrator.h"
#include "tests/simulate/publisher.h"

struct Orchestrator {
    Sim *sim;
    unsigned life;
    unsigned cores; /* so many were made */
    Core *core;     /* NULL: down */
    Effects *next;
    bool waits_for_company;
    Effects *in_flight;    /* outward effects that wait for their commit */
    GPtrArray *committing; /* the stored ones */
    Outside *outside;
    bool is_up[LINK_COUNT];
    int64_t full_until_ms; /* wall clock */
    Refusals *refusals;
    GHashTable *trusted;

    /* What lasts. */
    RowStore store;
    RowStore unsynced; /* MUTANT_COMMIT: what really is on disk */
    RowStore backup;
    bool has_backup;
    Json *config;
    Json *registry;
    Json *blackouts;
    Json *policy;
    Json *tasks;

    char *key;
    BrokerClient *client;
    Publisher *publisher;
    int64_t clock_ms; /* its wall clock is so far ahead */
    bool is_full;
    bool is_broken;
    int64_t slow_until_ms;
    unsigned timer;
    int64_t last_tick_ms;
    unsigned ticks;
};

/* orchestrator.c */
void orchestrator_configure(Orchestrator *agent1);
void orchestrator_start_later(Orchestrator *agent1, int64_t delay_ms);

/* orchestrator_edges.c */
void orchestrator_perform(Orchestrator *agent1, Effect *effect); /* takes it */
void orchestrator_publish(Orchestrator *agent1, const EffectPublish *effect);
void orchestrator_add_client(Orchestrator *agent1);

#endif

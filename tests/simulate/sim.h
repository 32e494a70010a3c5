/*
 * One seed's world: its time, its dice, everybody in it, and whether a promise was broken. The
 * parts of the world find one another here; each is described in its own header.
 */
#ifndef TESTS_SIMULATE_SIM_H
#define TESTS_SIMULATE_SIM_H

#include "common/data/zones.h"
#include "tests/simulate/agenda.h"
#include "tests/simulate/counts.h"
#include "tests/simulate/dice.h"
#include "tests/simulate/mutant.h"
#include "tests/simulate/promise.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SIM_START_MS  INT64_C(1790000000000) /* 2026-09-21 14:13:20 UTC */
#define SIM_HOSTS_MAX 3
#define SECOND_MS     INT64_C(1000)
#define MINUTE_MS     (60 * SECOND_MS)

typedef struct Broker Broker;
typedef struct Orchestrator Orchestrator;
typedef struct Host Host;
typedef struct XmppServer XmppServer;
typedef struct People People;
typedef struct Truth Truth;
typedef struct PlanTruth PlanTruth;
typedef struct ScheduleTruth ScheduleTruth;
typedef struct ErrandTruth ErrandTruth;
typedef struct FileShare FileShare;
typedef struct Publisher Publisher;

/* What this seed does to its world; drawn at its beginning. */
typedef struct Plan {
    unsigned crash_permille[3]; /* after each step of agent1, of an agent, of a shim */
    unsigned crashes_left[3];
    unsigned loss_permille;
    unsigned twice_permille;
    int64_t delay_max_ms;
    int64_t store_max_ms;   /* a commit takes up to this */
    int64_t journal_max_ms; /* so does a change of a run folder */
    int64_t task_max_ms;    /* so does a command */
    int64_t active_ms;      /* until then people ask and things break */
    bool has_clock_faults;
    bool has_window;
    bool has_schedule;
    bool has_files;      /* the XMPP server takes files, and what commands print is long */
    bool has_topics;     /* people publish on MQTT */
    bool has_policy;     /* what web1's shell gets needs a person */
    bool has_stragglers; /* tasks are held back past restores of agent1's database */
} Plan;

typedef enum {
    PROCESS_AGENT1,
    PROCESS_AGENT,
    PROCESS_SHIM,
} Process;

typedef struct Sim {
    uint64_t seed;
    Mutant mutant;
    FILE *trace; /* NULL: none */
    Dice dice;
    Agenda agenda;
    int64_t now_ms; /* true time, since this world began */
    Plan plan;
    Zones *zones;
    Broker *broker;
    Orchestrator *agent1;
    Host *hosts[SIM_HOSTS_MAX];
    unsigned host_count;
    XmppServer *xmpp;
    FileShare *share;
    People *people;
    Truth *truth;
    PlanTruth *plan_truth;
    ScheduleTruth *schedule_truth;
    ErrandTruth *errand_truth;
    Counts *counts;
    bool is_healed; /* nothing breaks any more */
    bool is_broken; /* a promise is: the first one counts */
    Promise promise;
    char *problem;
} Sim;

/* Prints a line of the trace, when it is asked for. */
void sim_trace(Sim *sim, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* A promise is broken. Only the first is kept. */
void sim_break(Sim *sim, Promise promise, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* True when the process shall crash at this point. */
bool sim_strikes(Sim *sim, Process process);

void sim_count(Sim *sim, Inject inject);

/* Plans an act for later: see agenda.h. */
void sim_later(Sim *sim, int64_t delay_ms, AgendaAct act, void *owner, void *item,
               GDestroyNotify free_item, const unsigned *life);

/* A key made of one repeated byte: valid in form. The caller owns it. */
char *sim_key(uint8_t byte);

#define SIM_KEY_AGENT1 200
#define SIM_KEY_PERSON 10
#define SIM_KEY_HOST   1 /* of the first host; the next have the next ones */

#endif

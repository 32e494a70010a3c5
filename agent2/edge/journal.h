/*
 * The journal: run folders and the counters file, on a few threads of their own, so that no fsync
 * blocks the main loop and those of several runs wait together. Takes the core's durable effects,
 * does those of one run one after the other in their order (the counters are like a run), and posts
 * one WorkerEvent (JOURNALED or FOLDER) for each. Decides nothing.
 */
#ifndef AGENT2_EDGE_JOURNAL_H
#define AGENT2_EDGE_JOURNAL_H

#include "agent2/port/worker_effect.h"
#include "agent2/port/worker_event.h"
#include "common/sys/mailbox.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Journal Journal;

/* What every order gets besides what the core says. */
typedef struct JournalOrders {
    int64_t kill_grace_ms;
    int64_t max_output;
    int64_t uid; /* RUN_AS_NOBODY_ELSE: as this program */
    int64_t gid;
    unsigned group_count;
    int64_t groups[RUN_GROUPS_MAX];
    char *folder;       /* where tasks begin; absolute */
    char **environment; /* NAME=value; a skill's own come over them */
} JournalOrders;

JournalOrders *journal_orders_new(void);
void journal_orders_free(JournalOrders *orders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JournalOrders, journal_orders_free)

/* The path of a run folder under a state folder. The caller owns it. */
char *journal_run_path(const char *state_dir, const char *run, int64_t attempt);

/* Makes state_dir/runs; the orders are taken over. answers is the mailbox for WorkerEvent *, which
 * outlives the journal. */
Journal *journal_new(const char *state_dir, const char *boot_id, JournalOrders *orders,
                     Mailbox *answers, GError **error);

/* Finishes what it was given, and joins the threads. */
void journal_free(Journal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Journal, journal_free)

/* Hands over a durable effect. False when too many wait already: it stays the caller's. */
bool journal_do(Journal *journal, WorkerEffect *effect);

/* Other orders for tasks from now on, taken over. */
void journal_set_orders(Journal *journal, JournalOrders *orders);

/* The text of the counters file, NULL without an error when there is none. The caller owns it. */
char *journal_read_counters(const char *state_dir, GError **error);

/* Before journal_new(): everything in state_dir/runs, WorkerFolder *. Of one that cannot be read it
 * tells the name and the problem. And the refusals that are noted without a folder. */
GPtrArray *journal_read_folders(const char *state_dir, const char *boot_id, GError **error);

#endif

/*
 * What really happened, whatever agent1 and the agents believe: which commands were started, how
 * they ended, what was lost. Compared with what agent1 records at every commit.
 */
#ifndef TESTS_SIMULATE_TRUTH_H
#define TESTS_SIMULATE_TRUTH_H

#include "agent1/port/effect.h"
#include "agent2/folder/claim.h"
#include "agent2/folder/exit.h"
#include "common/wire/message.h"
#include "tests/simulate/sim.h"
#include "tests/support/row_store.h"

Truth *truth_new(Sim *sim);
void truth_free(Truth *truth);

/* ---- what happens on a host ---- */

/* The agent took the attempt into its journal. */
void truth_filed(Truth *truth, const Host *host, const char *run, int64_t attempt);
/* What the agent is about to hear, as agent1 wrote it. */
void truth_heard(Truth *truth, const Host *host, const Message *message);
void truth_claimed(Truth *truth, const char *run, int64_t attempt, ClaimKind kind);
/* The command began: its first effect. */
void truth_started(Truth *truth, const char *run, int64_t attempt);
void truth_exited(Truth *truth, const char *run, int64_t attempt, const RunExit *end);
/* Its shim or its host went after the claim and before the exit. */
void truth_lost(Truth *truth, const char *run, int64_t attempt);
/* What the host's journal held is gone, old or another's: every run of the agent may be unknown. */
void truth_lost_journal(Truth *truth, const Host *host, bool is_older_copy);
/* The older copy of a journal holds this run, which is another agent's if journals were swapped. */
void truth_restored_folder(Truth *truth, const char *run);

void truth_put_back_clock(Truth *truth, const Host *host);
void truth_filled_disk(Truth *truth, const Host *host);

/* ---- what happens to agent1 ---- */

/* Before a batch is stored: Effect *, PUT, DELETE, AUDIT, QUERY. Then, before each of its rows. */
void truth_begin_commit(Truth *truth, const RowStore *store, const GPtrArray *batch);
void truth_record(Truth *truth, const RowStore *store, const Row *row, const GPtrArray *batch);
/* The store is an older copy of itself from now on. */
void truth_forgot(Truth *truth);

/* A reply, by its id, was made while a run of its chat was not over. */
void truth_made_early(Truth *truth, const char *reply);
bool truth_was_made_early(const Truth *truth, const char *reply);

/* agent1 says its last word on a chat. */
void truth_answered(Truth *truth, const char *chat, const char *outcome);

/* The outcome of a chat that was refused for a full disk: of that a process can note nothing, and a
 * crash forgets it. */
#define TRUTH_NOT_ACCEPTED "not accepted"
void truth_crashed(Truth *truth);

/* ---- the way between them ---- */

/* Something was in the way of this host's messages until now (NULL: of everybody's). */
void truth_disturb(Truth *truth, const Host *host);

/* True when agent1 lost what it knew of this run, or of everything. */
bool truth_is_forgiven(const Truth *truth, const char *run);
bool truth_has_forgotten(const Truth *truth);

#endif

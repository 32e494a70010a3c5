/*
 * The live runs: those without an outcome yet. Ended ones live in the store alone.
 */
#ifndef AGENT1_MODEL_RUNS_H
#define AGENT1_MODEL_RUNS_H

#include <glib.h>
#include <stdint.h>

/* What Runs needs to know of what it holds; the run itself is agent1/model/run.h. */
typedef struct RunKey {
    const char *id;
    int64_t number;
    const char *agent;
} RunKey;

typedef struct Runs Runs;

/* free_run frees what runs_add() took over. */
Runs *runs_new(GDestroyNotify free_run);
void runs_free(Runs *runs);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Runs, runs_free)

/* Takes the run over. The key's texts are copied. */
void runs_add(Runs *runs, const RunKey *key, void *run);

/* Gives the run back to the caller, or NULL when there is none. */
void *runs_take(Runs *runs, const char *id);

/* Borrowed, or NULL. */
void *runs_find(const Runs *runs, const char *id);
void *runs_find_number(const Runs *runs, int64_t number);

/* How many live runs this agent has, and how many there are. */
unsigned runs_count_of(const Runs *runs, const char *agent);
unsigned runs_count(const Runs *runs);

/* The live runs of an agent (NULL: of all) by rising number: borrowed; g_ptr_array_unref() frees
 * the array. */
GPtrArray *runs_list(const Runs *runs, const char *agent);

#endif

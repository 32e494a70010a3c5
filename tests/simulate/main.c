/*
 * The simulation: the real cores of agent1 and agent2, the real client of agentctl and the shim's
 * real decisions, in a simulated world that crashes, loses, doubles, delays and forgets; after
 * every step the promises of the delivery rules are looked at, and at the end of each seed
 * everything must have come to its end. A seed is a whole world: the same seed gives the same
 * trace.
 *
 *     simulate --seeds 2000          seeds 1 to 2000, on all processors
 *     simulate --seed 17             one seed, with its trace
 *     simulate --mutant claim        with a delivery rule switched off (--seed, --seeds as above)
 *     simulate --mutants 2000        each rule switched off must be noticed within so many seeds
 *     simulate --twice 20            so many seeds give the same trace when run again
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <glib.h>

#include "tests/simulate/crew.h"

#include "common/base/banned.h"

typedef struct Options {
    gint64 seeds;
    gint64 first;
    gint64 seed;
    gint64 mutants;
    gint64 twice;
    gint jobs;
} Options;

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_broken(uint64_t seed, Mutant mutant, const Broken *broken)
{
    printf("BROKEN by seed %" PRIu64 ": %s\n  %s\n  replay: make simulate SEED=%" PRIu64 "%s%s\n",
           seed, promise_text(broken->promise), broken->problem, seed,
           mutant == MUTANT_NONE ? "" : " RULES_OFF=",
           mutant == MUTANT_NONE ? "" : mutant_name(mutant));
}

static int replay(const Options *options, Mutant mutant)
{
    Counts counts = { 0 };
    Broken broken;

    if (seed_run((uint64_t)options->seed, mutant, stdout, &counts, &broken))
        return EXIT_SUCCESS;
    print_broken((uint64_t)options->seed, mutant, &broken);
    return EXIT_FAILURE;
}

static int run_many(const Options *options, Mutant mutant)
{
    double began = seconds();
    CrewResult result;
    double took;

    crew_run((uint64_t)options->first, (uint64_t)options->seeds, (unsigned)options->jobs, mutant,
             &result);
    took = seconds() - began;
    counts_print(&result.counts);
    printf("%.1f s, %.0f seeds a second in %d processes\n", took,
           (double)result.counts.seeds / took, options->jobs);
    if (!result.is_broken)
        return EXIT_SUCCESS;
    print_broken(result.seed, mutant, &result.broken);
    return EXIT_FAILURE;
}

static int catch_mutants(const Options *options)
{
    int status = EXIT_SUCCESS;

    printf("%-4s %-14s %-12s %s\n", "rule", "switched off", "caught by", "because it broke");
    for (int mutant = MUTANT_NONE + 1; mutant < MUTANT_COUNT; mutant++) {
        CrewResult result;

        crew_run(1, (uint64_t)options->mutants, (unsigned)options->jobs, (Mutant)mutant, &result);
        if (result.is_broken)
            printf("%-4d %-14s seed %-7" PRIu64 " %s\n", mutant_rule((Mutant)mutant),
                   mutant_name((Mutant)mutant), result.seed, promise_text(result.broken.promise));
        else
            printf("%-4d %-14s NOT within %" PRId64 " seeds\n", mutant_rule((Mutant)mutant),
                   mutant_name((Mutant)mutant), options->mutants);
        if (!result.is_broken || result.broken.promise == PROMISE_SURVIVES)
            status = EXIT_FAILURE;
        fflush(stdout);
    }
    return status;
}

static char *trace_of(uint64_t seed, Mutant mutant)
{
    Counts counts = { 0 };
    Broken broken;
    char *text = NULL;
    size_t length = 0;
    FILE *trace = open_memstream(&text, &length);

    if (!trace)
        g_error("no memory for a trace");
    seed_run(seed, mutant, trace, &counts, &broken);
    fclose(trace);
    return text;
}

static int compare_traces(const Options *options, Mutant mutant)
{
    for (gint64 seed = 1; seed <= options->twice; seed++) {
        char *one = trace_of((uint64_t)seed, mutant);
        char *other = trace_of((uint64_t)seed, mutant);
        bool is_same = strcmp(one, other) == 0;

        free(one);
        free(other);
        if (!is_same) {
            printf("seed %" PRId64 " gives two traces\n", seed);
            return EXIT_FAILURE;
        }
    }
    printf("%" PRId64 " seeds gave the same trace twice\n", options->twice);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    Options options = { .first = 1, .seeds = 2000, .jobs = (gint)sysconf(_SC_NPROCESSORS_ONLN) };
    g_autofree char *mutant_word = NULL;
    const GOptionEntry entries[] = {
        { "seeds", 0, 0, G_OPTION_ARG_INT64, &options.seeds, "how many", "N" },
        { "first", 0, 0, G_OPTION_ARG_INT64, &options.first, "the first of them", "N" },
        { "seed", 0, 0, G_OPTION_ARG_INT64, &options.seed, "one, with its trace", "N" },
        { "mutant", 0, 0, G_OPTION_ARG_STRING, &mutant_word, "a rule switched off", "NAME" },
        { "mutants", 0, 0, G_OPTION_ARG_INT64, &options.mutants, "all of them, caught", "N" },
        { "twice", 0, 0, G_OPTION_ARG_INT64, &options.twice, "the same trace again", "N" },
        { "jobs", 0, 0, G_OPTION_ARG_INT, &options.jobs, "processes", "N" },
        { NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    Mutant mutant = MUTANT_NONE;

    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, &error) ||
        (mutant_word && !mutant_parse(mutant_word, &mutant))) {
        fprintf(stderr, "%s\n", error ? error->message : "no such mutant");
        return EXIT_FAILURE;
    }
    if (options.seed > 0)
        return replay(&options, mutant);
    if (options.mutants > 0)
        return catch_mutants(&options);
    if (options.twice > 0)
        return compare_traces(&options, mutant);
    return run_many(&options, mutant);
}

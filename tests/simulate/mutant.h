/*
 * The delivery rules switched off, one at a time (README.md, "The delivery rules"): by an edge that
 * breaks its contract, or by a message or event that is changed on its way between the cores. The
 * product's code knows nothing of it. A simulation that does not notice would prove nothing.
 */
#ifndef TESTS_SIMULATE_MUTANT_H
#define TESTS_SIMULATE_MUTANT_H

#include <stdbool.h>

typedef enum {
    MUTANT_NONE,
    MUTANT_OUTBOX,       /* 1: what is still to be sent does not survive a crash */
    MUTANT_PUBLISH,      /* 1: what goes outward does not wait for its commit */
    MUTANT_JOURNAL,      /* 2: a task is said to be stored before it is */
    MUTANT_CLAIM,        /* 3: a claim is made over another one */
    MUTANT_RECOVERY,     /* 4: a shim's lock is not believed */
    MUTANT_RESULT,       /* 5: a result is sent once */
    MUTANT_JOURNAL_NAME, /* 6: a task names whichever journal reads it */
    MUTANT_EXPIRY,       /* 7: that an attempt was handed over does not survive a crash */
    MUTANT_COMMIT,       /* 8: a commit is answered, and lost at the next crash */
    MUTANT_EPOCH,        /* 8: every task names the newest epoch */
    MUTANT_SILENCE,      /* 9: an agent that comes back is taken to know nothing */
    MUTANT_BOUNDS,       /* 10: an agent takes more than its queue holds */
    MUTANT_STEP,         /* plans: how far a plan is does not survive a crash */
    MUTANT_APPROVAL,     /* 11: what needs a person's approval is not known */
    MUTANT_WINDOW,       /* 12: a restarted agent1 does not know the windows */
    MUTANT_MARK,         /* schedules: what was decided does not survive a crash */
    MUTANT_FILE,         /* files: what was promised does not survive a crash */
    MUTANT_AGAIN,        /* messages: what was not answered is handed over once more */
    MUTANT_COUNT,
} Mutant;

const char *mutant_name(Mutant mutant);
int mutant_rule(Mutant mutant);
bool mutant_parse(const char *name, Mutant *out);

#endif

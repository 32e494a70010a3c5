#include "tests/simulate/mutant.h"

#include <string.h>

#include "common/base/banned.h"

static const struct {
    const char *name;
    int rule;
} mutants[MUTANT_COUNT] = {
    [MUTANT_NONE] = { "none", 0 },          [MUTANT_OUTBOX] = { "outbox", 1 },
    [MUTANT_PUBLISH] = { "publish", 1 },    [MUTANT_JOURNAL] = { "journal", 2 },
    [MUTANT_CLAIM] = { "claim", 3 },        [MUTANT_RECOVERY] = { "recovery", 4 },
    [MUTANT_RESULT] = { "result", 5 },      [MUTANT_JOURNAL_NAME] = { "journal-name", 6 },
    [MUTANT_EXPIRY] = { "expiry", 7 },      [MUTANT_COMMIT] = { "commit", 8 },
    [MUTANT_EPOCH] = { "epoch", 8 },        [MUTANT_SILENCE] = { "silence", 9 },
    [MUTANT_BOUNDS] = { "bounds", 10 },     [MUTANT_STEP] = { "step", 1 },
    [MUTANT_APPROVAL] = { "approval", 11 }, [MUTANT_WINDOW] = { "window", 12 },
    [MUTANT_MARK] = { "mark", 1 },          [MUTANT_FILE] = { "file", 1 },
    [MUTANT_AGAIN] = { "again", 1 },
};

const char *mutant_name(Mutant mutant)
{
    return mutants[mutant].name;
}

int mutant_rule(Mutant mutant)
{
    return mutants[mutant].rule;
}

bool mutant_parse(const char *name, Mutant *out)
{
    for (int mutant = 0; mutant < MUTANT_COUNT; mutant++) {
        if (strcmp(mutants[mutant].name, name) == 0) {
            *out = (Mutant)mutant;
            return true;
        }
    }
    return false;
}

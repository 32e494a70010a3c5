#include "tests/simulate/promise.h"

#include "common/base/banned.h"

static const char *const texts[PROMISE_COUNT] = {
    [PROMISE_ONE_CLAIM] = "one started claim per run and attempt",
    [PROMISE_ONE_START] = "a command that is not idempotent starts at most once",
    [PROMISE_OUTCOME_ONCE] = "an outcome is written once",
    [PROMISE_EXIT_ZERO] = "succeeded implies exit 0",
    [PROMISE_NOT_STARTED] = "expired, rejected, missed, denied imply that nothing was started",
    [PROMISE_TRUE_OUTCOME] = "an outcome tells how it really ended",
    [PROMISE_UNKNOWN_CAUSE] = "unknown only when something was lost",
    [PROMISE_STORED_FIRST] = "what is said is stored before",
    [PROMISE_AUDITED] = "a state and its audit row are one transaction",
    [PROMISE_STEP_ONCE] = "a plan's step is one run at most, and has one end",
    [PROMISE_STEP_TURN] = "a plan's step begins in its turn",
    [PROMISE_NUMBERS_RISE] = "the numbers of runs rise",
    [PROMISE_EPOCH] = "a task of an older epoch is not taken",
    [PROMISE_EXPIRY] = "nothing starts after its expiry",
    [PROMISE_DELIVERED] = "what could be delivered does not expire undelivered",
    [PROMISE_GATE] = "a run that waited starts only when the gate says yes",
    [PROMISE_APPROVED] = "what needs an approval has one, with the hash of the task",
    [PROMISE_QUEUE_BOUND] = "an agent holds no more than its queue",
    [PROMISE_ONE_ANSWER] = "a chat has one final answer",
    [PROMISE_ENDS] = "every run ends",
    [PROMISE_PLANS_END] = "every plan ends",
    [PROMISE_OUTBOX_EMPTIES] = "everything sent is acknowledged",
    [PROMISE_RESULTS_ARRIVE] = "every result is acknowledged",
    [PROMISE_EVERYBODY_HEARS] = "every chat is answered",
    [PROMISE_TIME_ONCE] = "a time of a schedule has one row",
    [PROMISE_TIME_DECIDED] = "no time of a schedule is passed over without a row",
    [PROMISE_FILE_TOLD] = "of a promised file the link is told once, or why there is none",
    [PROMISE_PUBLISHED_ONCE] = "a message that is published leaves once at most",
    [PROMISE_PUBLISHED_TOLD] = "what became of a published message is audited once, as it was",
    [PROMISE_SLEEPS] = "nobody spins",
    [PROMISE_SURVIVES] = "no assertion fails",
};

const char *promise_text(Promise promise)
{
    return texts[promise];
}

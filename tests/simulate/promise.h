/*
 * What must hold after every step, and at the end, when the world has healed: the invariants of
 * README.md ("Run states", "The delivery rules").
 */
#ifndef TESTS_SIMULATE_PROMISE_H
#define TESTS_SIMULATE_PROMISE_H

typedef enum {
    PROMISE_ONE_CLAIM,      /* one started claim per run and attempt */
    PROMISE_ONE_START,      /* a command that is not idempotent starts at most once */
    PROMISE_OUTCOME_ONCE,   /* an outcome is written once and never changed */
    PROMISE_EXIT_ZERO,      /* succeeded implies exit 0 */
    PROMISE_NOT_STARTED,    /* expired, rejected, missed, denied: nothing was started */
    PROMISE_TRUE_OUTCOME,   /* succeeded, failed, timed out, cancelled: as it really ended */
    PROMISE_UNKNOWN_CAUSE,  /* unknown only when something was lost */
    PROMISE_STORED_FIRST,   /* what is published or said is on disk before */
    PROMISE_AUDITED,        /* a state and its audit row are in one transaction */
    PROMISE_STEP_ONCE,      /* a plan's step is one run at most, and has one end */
    PROMISE_STEP_TURN,      /* it begins when all before it went well, and is stored with its run */
    PROMISE_NUMBERS_RISE,   /* a run's number is its own, and higher than all before */
    PROMISE_EPOCH,          /* a task of an older epoch is not taken */
    PROMISE_EXPIRY,         /* nothing starts after its expiry */
    PROMISE_DELIVERED,      /* what the agent could have had did not expire unheard */
    PROMISE_GATE,           /* a run is let go, also one that waited, only when the gate says yes */
    PROMISE_APPROVED,       /* what needs an approval has one, of exactly this task */
    PROMISE_QUEUE_BOUND,    /* an agent holds no more than its queue */
    PROMISE_ONE_ANSWER,     /* a chat has one final answer */
    PROMISE_ENDS,           /* every run ends */
    PROMISE_PLANS_END,      /* every plan ends */
    PROMISE_OUTBOX_EMPTIES, /* everything sent is acknowledged */
    PROMISE_RESULTS_ARRIVE, /* every result is acknowledged */
    PROMISE_EVERYBODY_HEARS, /* every chat is answered */
    PROMISE_TIME_ONCE,       /* a time of a schedule has one row */
    PROMISE_TIME_DECIDED,    /* none is passed over without a row */
    PROMISE_FILE_TOLD,       /* of a promised file its link is told once, or why there is none */
    PROMISE_PUBLISHED_ONCE,  /* a message for others leaves once at most */
    PROMISE_PUBLISHED_TOLD,  /* what became of it is audited once, as it was */
    PROMISE_SLEEPS,          /* nobody spins */
    PROMISE_SURVIVES,        /* no assertion fails, no memory is misused */
    PROMISE_COUNT,
} Promise;

const char *promise_text(Promise promise);

#endif

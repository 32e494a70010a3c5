/*
 * The decisions about a run folder: the shim's before it starts a command, and agent2's when it
 * finds a folder again. Facts in, one verdict out; total, so that a simulation can try every
 * combination. README.md, delivery rules 3, 4 and 5. Pure, without GLib.
 */
#ifndef AGENT2_FOLDER_DECIDE_H
#define AGENT2_FOLDER_DECIDE_H

#include "agent2/folder/claim.h"

#include <stdbool.h>
#include <stdint.h>

/* ---- the shim, holding the lock, before its claim (rule 3) ------------------------------------
 */

typedef struct ShimFacts {
    bool has_claim; /* of whatever kind, readable or not */
    bool has_exit;
    bool has_cancel;
    int64_t now_ms; /* Unix ms */
    int64_t expires_ms;
    int64_t window_end_ms; /* RUN_NO_WINDOW */
} ShimFacts;

typedef enum {
    SHIM_START,               /* claim `started`, then run */
    SHIM_CLAIM_CANCELLED,     /* claim that, and end */
    SHIM_CLAIM_EXPIRED,       /* likewise */
    SHIM_CLAIM_WINDOW_CLOSED, /* likewise */
    SHIM_OBEY,                /* somebody decided already: touch nothing, and end */
    SHIM_VERDICT_COUNT,
} ShimVerdict;

ShimVerdict shim_decide(const ShimFacts *facts);

/* The claim that goes with a verdict; CLAIM_NONE for SHIM_OBEY. */
ClaimKind shim_verdict_claim(ShimVerdict verdict);

/* ---- agent2, finding a folder (rule 4) --------------------------------------------------------
 */

typedef enum {
    EXIT_NONE,
    EXIT_READABLE,
    EXIT_UNREADABLE, /* there is one, but damaged: it ended, nobody knows how */
    EXIT_FACT_COUNT,
} ExitFact;

typedef struct FolderFacts {
    bool has_task;     /* there and readable */
    bool is_newer;     /* one of its files is of a later format than ours */
    bool is_locked;    /* somebody holds `lock`: a shim lives, whatever the process ids say */
    bool is_same_boot; /* the claim was made since this host started; without a claim no matter */
    ClaimKind claim;
    ExitFact exit;
} FolderFacts;

typedef enum {
    RECOVERY_LEAVE_ALONE,   /* a newer agent's; neither report nor touch it */
    RECOVERY_REPORT_EXIT,   /* it ended, as `exit` says */
    RECOVERY_REPORT_CLAIM,  /* it was not started and never will be, as `claim` says */
    RECOVERY_ATTACH,        /* its shim lives: watch it */
    RECOVERY_SAFE_TO_START, /* no claim: give it to a shim (which looks at expiry and window) */
    RECOVERY_UNKNOWN,       /* it started, and how it ended is lost: say so, start it never again */
    RECOVERY_DISCARD,       /* neither order nor claim: nothing was ever promised, remove it */
    RECOVERY_COUNT,
} Recovery;

Recovery recovery_decide(const FolderFacts *facts);

/* Whether an attempt with RECOVERY_UNKNOWN may be followed by another one by itself: only an
 * idempotent task, and only when nothing of the old one is left. A restart of the host leaves
 * nothing; otherwise has_survivors is what a look at the processes said. */
bool recovery_may_restart(const FolderFacts *facts, bool is_idempotent, bool has_survivors);

/* Whether a folder may go (rule 5): agent1 has taken its outcome, and no repeat of the task, the
 * cancel or the query can come any more. */
bool recovery_may_remove(bool is_done, int64_t expires_ms, int64_t now_ms);

#endif

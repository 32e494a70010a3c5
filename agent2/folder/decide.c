#include "agent2/folder/decide.h"

#include "common/base/limits.h"

#include "common/base/banned.h"

ShimVerdict shim_decide(const ShimFacts *facts)
{
    /* Rule 3: whoever finds a claim obeys it. An exit without one is no reason to run it again. */
    if (facts->has_claim || facts->has_exit)
        return SHIM_OBEY;

    /* A person's word comes before what the clock says. */
    if (facts->has_cancel)
        return SHIM_CLAIM_CANCELLED;

    /* Expired is final, a closed window leads to another attempt: so expiry is looked at first. */
    if (facts->now_ms >= facts->expires_ms)
        return SHIM_CLAIM_EXPIRED;
    if (facts->now_ms >= facts->window_end_ms)
        return SHIM_CLAIM_WINDOW_CLOSED;

    return SHIM_START;
}

ClaimKind shim_verdict_claim(ShimVerdict verdict)
{
    static const ClaimKind kinds[SHIM_VERDICT_COUNT] = {
        [SHIM_START] = CLAIM_STARTED,
        [SHIM_CLAIM_CANCELLED] = CLAIM_CANCELLED,
        [SHIM_CLAIM_EXPIRED] = CLAIM_EXPIRED,
        [SHIM_CLAIM_WINDOW_CLOSED] = CLAIM_WINDOW_CLOSED,
        [SHIM_OBEY] = CLAIM_NONE,
    };

    return kinds[verdict];
}

/* Rule 4, once there is no readable exit: the claim, and whether the lock is held. */
static const struct {
    Recovery if_free;
    Recovery if_locked;
} by_claim[CLAIM_KIND_COUNT] = {
    [CLAIM_NONE] = { RECOVERY_SAFE_TO_START, RECOVERY_ATTACH },
    [CLAIM_STARTED] = { RECOVERY_UNKNOWN, RECOVERY_ATTACH },
    /* One file decides: with these nothing starts, even if a shim is there to read it. */
    [CLAIM_CANCELLED] = { RECOVERY_REPORT_CLAIM, RECOVERY_REPORT_CLAIM },
    [CLAIM_EXPIRED] = { RECOVERY_REPORT_CLAIM, RECOVERY_REPORT_CLAIM },
    [CLAIM_WINDOW_CLOSED] = { RECOVERY_REPORT_CLAIM, RECOVERY_REPORT_CLAIM },
    [CLAIM_REJECTED] = { RECOVERY_REPORT_CLAIM, RECOVERY_REPORT_CLAIM },
    /* It may have been `started`. */
    [CLAIM_UNREADABLE] = { RECOVERY_UNKNOWN, RECOVERY_ATTACH },
};

Recovery recovery_decide(const FolderFacts *facts)
{
    Recovery verdict;

    /* "A newer agent reads older ones, an older one leaves newer ones alone." */
    if (facts->is_newer)
        return RECOVERY_LEAVE_ALONE;

    /* Rule 4: `exit` → report it. */
    if (facts->exit == EXIT_READABLE)
        return RECOVERY_REPORT_EXIT;

    /* Rule 4: lock held → attach; no claim → safe to start; started → unknown. */
    verdict = facts->is_locked ? by_claim[facts->claim].if_locked : by_claim[facts->claim].if_free;
    if (verdict != RECOVERY_SAFE_TO_START)
        return verdict;

    /* A damaged exit says at least that it ran; a folder without order cannot start anything. */
    if (facts->exit == EXIT_UNREADABLE)
        return RECOVERY_UNKNOWN;
    return facts->has_task ? RECOVERY_SAFE_TO_START : RECOVERY_DISCARD;
}

bool recovery_may_restart(const FolderFacts *facts, bool is_idempotent, bool has_survivors)
{
    return recovery_decide(facts) == RECOVERY_UNKNOWN && is_idempotent &&
           (!facts->is_same_boot || !has_survivors);
}

bool recovery_may_remove(bool is_done, int64_t expires_ms, int64_t now_ms)
{
    return is_done && now_ms > TOMBSTONE_KEPT_MS && now_ms - TOMBSTONE_KEPT_MS > expires_ms;
}

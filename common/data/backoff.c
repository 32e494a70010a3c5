#include "common/data/backoff.h"

#include <glib.h>

#include "common/base/banned.h"

static int64_t longest_wait_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms)
{
    int64_t longest = MIN(base_ms, cap_ms);

    g_assert(base_ms > 0 && cap_ms > 0);

    for (; attempt > 0 && longest < cap_ms; attempt--)
        longest = longest > cap_ms / 2 ? cap_ms : longest * 2;
    return longest;
}

int64_t backoff_wait_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms, uint64_t random)
{
    return 1 + (int64_t)(random % (uint64_t)longest_wait_ms(attempt, base_ms, cap_ms));
}

unsigned backoff_after(unsigned attempt, int64_t base_ms, int64_t cap_ms, int64_t stood_ms)
{
    if (attempt == 0 || stood_ms >= longest_wait_ms(attempt - 1, base_ms, cap_ms))
        return 0;
    while (attempt > 0 && longest_wait_ms(attempt, base_ms, cap_ms) > BACKOFF_FLAPPING_MS)
        attempt = MIN(attempt - 1, 64);
    return attempt;
}

#include "common/data/backoff.h"

#include <glib.h>

#include "common/base/banned.h"

int64_t backoff_wait_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms, uint64_t random)
{
    int64_t longest = MIN(base_ms, cap_ms);

    g_assert(base_ms > 0 && cap_ms > 0);

    for (; attempt > 0 && longest < cap_ms; attempt--)
        longest = longest > cap_ms / 2 ? cap_ms : longest * 2;
    return 1 + (int64_t)(random % (uint64_t)longest);
}

#include "common/data/bucket.h"

#include <glib.h>

#include "common/base/banned.h"

void bucket_init(Bucket *bucket, double burst, double per_s)
{
    /* Full, so that it does not matter when the first time is. */
    *bucket = (Bucket){ .tokens = burst, .burst = burst, .per_s = per_s };
}

bool bucket_take(Bucket *bucket, int64_t now_ms)
{
    double elapsed_s = ((double)now_ms - (double)bucket->last_ms) / 1000;

    bucket->last_ms = now_ms;
    if (elapsed_s > 0)
        bucket->tokens = MIN(bucket->burst, bucket->tokens + elapsed_s * bucket->per_s);
    if (bucket->tokens < 1)
        return false;

    bucket->tokens -= 1;
    return true;
}

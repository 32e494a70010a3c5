/*
 * A token bucket: at most `burst` at once and `per_s` a second on average. Time is an argument
 * (milliseconds of any clock that does not run backwards; a step back counts as no time). Pure.
 */
#ifndef COMMON_DATA_BUCKET_H
#define COMMON_DATA_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Bucket {
    double tokens;
    double burst;
    double per_s;
    int64_t last_ms;
} Bucket;

void bucket_init(Bucket *bucket, double burst, double per_s);

/* Takes one token when there is one. */
bool bucket_take(Bucket *bucket, int64_t now_ms);

#endif

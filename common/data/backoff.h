/*
 * Full-jitter exponential back-off: the n-th wait is drawn evenly from (0, min(cap, base * 2^n)].
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ names and measures it.
 * The random number is an argument. Pure.
 */
#ifndef COMMON_DATA_BACKOFF_H
#define COMMON_DATA_BACKOFF_H

#include <stdint.h>

/* Milliseconds to wait before attempt number `attempt` (0 is the first retry), at least 1. random:
 * any 64 bits. base_ms and cap_ms are positive. */
int64_t backoff_wait_ms(unsigned attempt, int64_t base_ms, int64_t cap_ms, uint64_t random);

#endif

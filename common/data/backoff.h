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

/* The longest wait after something that did stand, however short: who answers is there. */
#define BACKOFF_FLAPPING_MS 2000

/* The number of the attempt that follows when what `attempt` failures led to has stood for so long:
 * 0, the first again, when that was at least the longest wait before it, else one whose wait is at
 * most BACKOFF_FLAPPING_MS. So what breaks as soon as it stands (two clients that throw one another
 * out, a server that dies of so many clients) is tried more seldom, but not as seldom as what does
 * not answer at all. */
unsigned backoff_after(unsigned attempt, int64_t base_ms, int64_t cap_ms, int64_t stood_ms);

#endif

/*
 * Fresh identifiers without a clock and without a random source: a stream of ULIDs that follows
 * from a time and 32 seed bytes which the caller took from both. Pure, so that a whole run of the
 * core can be repeated. The format is https://github.com/ulid/spec: 48 bits of milliseconds, 80 of
 * randomness, in Crockford's base 32.
 */
#ifndef COMMON_BASE_IDS_H
#define COMMON_BASE_IDS_H

#include <stdint.h>

#define IDS_SEED_BYTES 32

typedef struct Ids {
    int64_t now_ms;
    uint8_t seed[IDS_SEED_BYTES];
    uint64_t drawn;
    uint8_t digest[32]; /* of the last draw, of which parts are left */
} Ids;

/* Starts a stream at now_ms (Unix milliseconds, not negative). */
void ids_init(Ids *ids, int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES]);

/* The next ULID, 26 characters; its random part is a third of SHA-256(seed, position). The caller
 * owns it. */
char *ids_next(Ids *ids);

/* The same; of one millisecond with `last` (NULL: none) it stands behind that, so that what is put
 * in order by its ids stays in order. */
char *ids_next_after(Ids *ids, const char *last);

/* A number drawn from the same stream, evenly in [0, bound); bound 0 gives 0. For jitter. */
uint64_t ids_random(Ids *ids, uint64_t bound);

#endif

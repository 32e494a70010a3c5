#include "common/base/ids.h"

#include "common/base/limits.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

#define DIGEST_BYTES      32
#define ULID_TIME_CHARS   10
#define ULID_RANDOM_BYTES 10
#define ULID_RANDOM_CHARS 16
#define BITS_PER_CHAR     5
#define ULID_TIME_MAX_MS  ((INT64_C(1) << 48) - 1)

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ids_init(Ids *ids, int64_t now_ms, const uint8_t seed[IDS_SEED_BYTES])
{
    g_assert(now_ms >= 0 && now_ms <= ULID_TIME_MAX_MS);

    ids->now_ms = now_ms;
    memcpy(ids->seed, seed, IDS_SEED_BYTES);
    ids->drawn = 0;
}

/* SHA-256 of the seed and the position, which then moves on: no position is used twice. */
static void draw(Ids *ids, uint8_t digest[DIGEST_BYTES])
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t position[sizeof(uint64_t)];
    gsize length = DIGEST_BYTES;

    for (size_t i = 0; i < sizeof(position); i++)
        position[i] = (uint8_t)(ids->drawn >> (8 * i));
    ids->drawn++;

    g_checksum_update(checksum, ids->seed, IDS_SEED_BYTES);
    g_checksum_update(checksum, position, sizeof(position));
    g_checksum_get_digest(checksum, digest, &length);
}

char *ids_next(Ids *ids)
{
    uint8_t digest[DIGEST_BYTES];
    char *ulid = g_malloc(ULID_CHARS + 1);
    uint64_t bits = 0;
    unsigned held = 0;
    size_t taken = 0;

    draw(ids, digest);

    for (int i = 0; i < ULID_TIME_CHARS; i++) {
        int shift = BITS_PER_CHAR * (ULID_TIME_CHARS - 1 - i);

        ulid[i] = alphabet[((uint64_t)ids->now_ms >> shift) & 31];
    }
    for (int i = 0; i < ULID_RANDOM_CHARS; i++) {
        if (held < BITS_PER_CHAR) {
            g_assert(taken < ULID_RANDOM_BYTES);
            bits = bits << 8 | digest[taken++];
            held += 8;
        }
        held -= BITS_PER_CHAR;
        ulid[ULID_TIME_CHARS + i] = alphabet[(bits >> held) & 31];
    }

    ulid[ULID_CHARS] = '\0';
    return ulid;
}

static uint64_t draw_number(Ids *ids)
{
    uint8_t digest[DIGEST_BYTES];
    uint64_t number = 0;

    draw(ids, digest);
    for (size_t i = 0; i < sizeof(number); i++)
        number = number << 8 | digest[i];
    return number;
}

uint64_t ids_random(Ids *ids, uint64_t bound)
{
    uint64_t uneven;
    uint64_t number;

    if (bound == 0)
        return 0;

    /* The first 2^64 mod bound numbers would make some results likelier: draw again. */
    /* cppcheck-suppress oppositeExpression ; -bound is 2^64 - bound here */
    uneven = -bound % bound;
    do
        number = draw_number(ids);
    while (number < uneven);
    return number % bound;
}

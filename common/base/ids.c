#include "common/base/ids.h"

#include "common/base/limits.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "common/base/banned.h"

#define ULID_TIME_CHARS   10
#define ULID_RANDOM_BYTES 10 /* as many are drawn for a number, too */
#define PARTS             3  /* of a digest */
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

/* SHA-256 of the seed and the position. */
static void hash(Ids *ids, uint64_t position)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t bytes[sizeof(uint64_t)];
    gsize length = sizeof(ids->digest);

    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (uint8_t)(position >> (8 * i));

    g_checksum_update(checksum, ids->seed, IDS_SEED_BYTES);
    g_checksum_update(checksum, bytes, sizeof(bytes));
    g_checksum_get_digest(checksum, ids->digest, &length);
}

/* The next bytes of the stream, valid until the next draw: none is used twice. */
static const uint8_t *draw(Ids *ids)
{
    uint64_t part = ids->drawn++ % PARTS;

    if (part == 0)
        hash(ids, ids->drawn / PARTS);
    return ids->digest + part * ULID_RANDOM_BYTES;
}

char *ids_next(Ids *ids)
{
    const uint8_t *bytes = draw(ids);
    char *ulid = g_malloc(ULID_CHARS + 1);
    uint64_t bits = 0;
    unsigned held = 0;
    size_t taken = 0;

    for (int i = 0; i < ULID_TIME_CHARS; i++) {
        int shift = BITS_PER_CHAR * (ULID_TIME_CHARS - 1 - i);

        ulid[i] = alphabet[((uint64_t)ids->now_ms >> shift) & 31];
    }
    for (int i = 0; i < ULID_RANDOM_CHARS; i++) {
        if (held < BITS_PER_CHAR) {
            g_assert(taken < ULID_RANDOM_BYTES);
            bits = bits << 8 | bytes[taken++];
            held += 8;
        }
        held -= BITS_PER_CHAR;
        ulid[ULID_TIME_CHARS + i] = alphabet[(bits >> held) & 31];
    }

    ulid[ULID_CHARS] = '\0';
    return ulid;
}

/* One more, in place. False for the last of a millisecond. */
static bool count_up(char *ulid)
{
    for (int i = ULID_CHARS - 1; i >= ULID_TIME_CHARS; i--) {
        const char *at = strchr(alphabet, ulid[i]);

        if (at[1] != '\0') {
            ulid[i] = at[1];
            return true;
        }
        ulid[i] = alphabet[0];
    }
    return false;
}

char *ids_next_after(Ids *ids, const char *last)
{
    g_autofree char *drawn = ids_next(ids);
    g_autofree char *counted = g_strdup(last);

    if (!last || memcmp(drawn, last, ULID_TIME_CHARS) != 0 || strcmp(drawn, last) > 0 ||
        !count_up(counted))
        return g_steal_pointer(&drawn);
    return g_steal_pointer(&counted);
}

static uint64_t draw_number(Ids *ids)
{
    const uint8_t *bytes = draw(ids);
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof(number); i++)
        number = number << 8 | bytes[i];
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

/* Streams of ids: form, time, repetition, evenness. */
#include "common/base/ids.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include <glib.h>

#include "common/base/name.h"

#include "common/base/banned.h"

static const uint8_t seed[IDS_SEED_BYTES] = { 1, 2, 3 };

static void test_times(void **state)
{
    static const struct {
        int64_t ms;
        const char *start;
    } rows[] = {
        { 0, "0000000000" },
        { 31, "000000000Z" },
        { 32, "0000000010" },
        { INT64_C(1469918176385), "01ARYZ6S41" }, /* the example of the specification */
        { INT64_C(281474976710655), "7ZZZZZZZZZ" },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *id = NULL;
        Ids ids;

        ids_init(&ids, rows[i].ms, seed);
        id = ids_next(&ids);
        assert_true(name_is_ulid(id));
        assert_memory_equal(id, rows[i].start, 10);
    }
}

static void test_random_part(void **state)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    const uint8_t position[8] = { 1 };
    g_autofree char *fourth = NULL;
    g_autofree char *fifth = NULL;
    uint8_t digest[32];
    gsize length = sizeof(digest);
    unsigned bit = 80;
    Ids ids;

    (void)state;
    ids_init(&ids, 1, seed);
    for (int i = 0; i < 3; i++)
        g_free(ids_next(&ids));
    fourth = ids_next(&ids);
    fifth = ids_next(&ids);

    /* The fifth id, bit by bit from the second third of SHA-256(seed, position 1). */
    g_checksum_update(checksum, seed, sizeof(seed));
    g_checksum_update(checksum, position, sizeof(position));
    g_checksum_get_digest(checksum, digest, &length);
    for (size_t i = 10; i < 26; i++) {
        unsigned value = 0;

        for (int b = 0; b < 5; b++, bit++)
            value = value << 1 | ((unsigned)digest[bit / 8] >> (7 - bit % 8) & 1u);
        assert_int_equal(fifth[i], "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[value]);
    }
    assert_string_not_equal(fourth, fifth);
}

static void test_streams(void **state)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const uint8_t other_seed[IDS_SEED_BYTES] = { 1, 2, 4 };
    Ids ids;
    Ids same;
    Ids other;

    (void)state;
    ids_init(&ids, 5, seed);
    ids_init(&same, 5, seed);
    ids_init(&other, 5, other_seed);
    for (int i = 0; i < 1000; i++) {
        g_autofree char *repeated = ids_next(&same);
        char *id = ids_next(&ids);

        assert_string_equal(id, repeated);
        assert_true(g_hash_table_add(seen, id));
        assert_true(g_hash_table_add(seen, ids_next(&other)));
    }
}

static void test_numbers(void **state)
{
    unsigned counts[10] = { 0 };
    Ids ids;

    (void)state;
    ids_init(&ids, 0, seed);
    assert_true(ids_random(&ids, 0) == 0);
    assert_true(ids_random(&ids, 1) == 0);
    for (int i = 0; i < 10000; i++) {
        uint64_t number = ids_random(&ids, G_N_ELEMENTS(counts));

        assert_true(number < G_N_ELEMENTS(counts));
        counts[number]++;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++)
        assert_in_range(counts[i], 850, 1150);
    for (int i = 0; i < 100; i++)
        assert_true(ids_random(&ids, UINT64_MAX) < UINT64_MAX);
}

/* What was made later in a millisecond stands behind it, whatever was drawn. */
static void test_rising(void **state)
{
    static const struct {
        const char *what;
        const char *last;
        const char *next; /* NULL: the one that is drawn */
    } rows[] = {
        { "the first", NULL, NULL },
        { "of another time", "01ARYZ6S40ZZZZZZZZZZZZZZZZ", NULL },
        { "of a later time, of a clock that was put back", "01ARYZ6S42ZZZZZZZZZZZZZZZ0", NULL },
        { "of before, and lower", "01ARYZ6S410000000000000000", NULL },
        { "higher", "01ARYZ6S41ZZZZZZZZZZZZZZZ0", "01ARYZ6S41ZZZZZZZZZZZZZZZ1" },
        { "with a carry", "01ARYZ6S41ZZZZZZZZZZZZZ9ZZ", "01ARYZ6S41ZZZZZZZZZZZZZA00" },
        { "the last there is", "01ARYZ6S41ZZZZZZZZZZZZZZZZ", NULL },
    };

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *drawn = NULL;
        g_autofree char *id = NULL;
        Ids ids;

        print_message("%s\n", rows[i].what);
        ids_init(&ids, INT64_C(1469918176385), seed);
        drawn = ids_next(&ids);
        ids_init(&ids, INT64_C(1469918176385), seed);
        id = ids_next_after(&ids, rows[i].last);
        assert_string_equal(id, rows[i].next ? rows[i].next : drawn);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),       cmocka_unit_test(test_rising),
        cmocka_unit_test(test_random_part), cmocka_unit_test(test_streams),
        cmocka_unit_test(test_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Packed vectors: what can be packed, and that ranks stay those of the exact cosines. */
#include "agent1/port/packed_vector.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define NUMBERS 384
#define VECTORS 200
#define ASKED   200

static bool cosine_of(GBytes *one, GBytes *other, double *out)
{
    gsize one_bytes;
    gsize other_bytes;
    const void *a = g_bytes_get_data(one, &one_bytes);
    const void *b = g_bytes_get_data(other, &other_bytes);

    return packed_vector_cosine(a, one_bytes, b, other_bytes, out);
}

static void what_can_be_packed(void **state)
{
    static const struct {
        const char *what;
        float numbers[3];
        size_t count;
        bool is_packed;
    } rows[] = {
        { "one", { 0.5F }, 1, true },
        { "three", { 1, -2, 3 }, 3, true },
        { "the largest", { -3.4e38F, 3.4e38F, 1 }, 3, true },
        { "the smallest", { 1e-45F, 0, 0 }, 3, true },
        { "nothing", { 0 }, 0, false },
        { "noughts", { 0, -0.0F, 0 }, 3, false },
        { "no end", { 1, INFINITY, 0 }, 3, false },
        { "no number", { 1, NAN, 0 }, 3, false },
    };
    g_autofree float *many = g_new0(float, VECTOR_NUMBERS_MAX + 1);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) packed = packed_vector_new(rows[i].numbers, rows[i].count);
        double cosine;

        print_message("%s\n", rows[i].what);
        assert_int_equal(packed != NULL, rows[i].is_packed);
        if (packed) {
            assert_true(cosine_of(packed, packed, &cosine));
            assert_true(fabs(cosine - 1) < 1e-6);
        }
    }
    for (unsigned i = 0; i <= VECTOR_NUMBERS_MAX; i++)
        many[i] = -1;
    for (unsigned count = VECTOR_NUMBERS_MAX; count <= VECTOR_NUMBERS_MAX + 1; count++) {
        g_autoptr(GBytes) packed = packed_vector_new(many, count);
        double cosine;

        assert_int_equal(packed != NULL, count <= VECTOR_NUMBERS_MAX);
        if (packed) {
            assert_true(cosine_of(packed, packed, &cosine));
            assert_true(fabs(cosine - 1) < 1e-6);
        }
    }
}

static void which_have_an_angle(void **state)
{
    static const float right[] = { 1, 0 };
    static const float up[] = { 0, 1e-9F };
    static const float far_left[] = { -1e9F, 0 };
    g_autoptr(GBytes) one = packed_vector_new(right, 2);
    g_autoptr(GBytes) other = packed_vector_new(up, 2);
    g_autoptr(GBytes) opposite = packed_vector_new(far_left, 2);
    g_autoptr(GBytes) shorter = packed_vector_new(right, 1);
    g_autofree uint8_t *changed = g_memdup2(g_bytes_get_data(one, NULL), g_bytes_get_size(one));
    double cosine = 5;

    (void)state;
    assert_true(cosine_of(one, other, &cosine));
    assert_true(fabs(cosine) < 1e-6);
    assert_true(cosine_of(one, opposite, &cosine));
    assert_true(fabs(cosine + 1) < 1e-6);
    assert_false(cosine_of(one, shorter, &cosine));
    assert_false(packed_vector_cosine(changed, 8, changed, 8, &cosine));
    assert_false(packed_vector_cosine(NULL, 0, NULL, 0, &cosine));
    assert_true(packed_vector_cosine(changed, 10, changed, 10, &cosine));
    /* Of a later version. */
    changed[0]++;
    assert_false(packed_vector_cosine(changed, 10, changed, 10, &cosine));
}

/* ---- ranks ---- */

typedef struct Space {
    GRand *random;
    float numbers[VECTORS][NUMBERS];
    GBytes *packed[VECTORS];
} Space;

/* Nearly as many as in a bell. */
static float draw(GRand *random)
{
    double sum = 0;

    for (int i = 0; i < 4; i++)
        sum += g_rand_double_range(random, -1, 1);
    return (float)sum;
}

static Space *space_new(void)
{
    Space *space = g_new(Space, 1);

    space->random = g_rand_new_with_seed(7);
    for (unsigned i = 0; i < VECTORS; i++) {
        for (unsigned at = 0; at < NUMBERS; at++)
            space->numbers[i][at] = draw(space->random);
        space->packed[i] = packed_vector_new(space->numbers[i], NUMBERS);
    }
    return space;
}

static void space_free(Space *space)
{
    for (unsigned i = 0; i < VECTORS; i++)
        g_bytes_unref(space->packed[i]);
    g_rand_free(space->random);
    g_free(space);
}

static double exact_cosine(const float *one, const float *other)
{
    double product = 0;
    double one_square = 0;
    double other_square = 0;

    for (unsigned i = 0; i < NUMBERS; i++) {
        product += (double)one[i] * other[i];
        one_square += (double)one[i] * one[i];
        other_square += (double)other[i] * other[i];
    }
    return product / sqrt(one_square * other_square);
}

/* How much nearer the nearest one is than the one that is taken for it; each cosine is compared,
 * and how far they are off is added up. */
static double ask(const Space *space, const float *wanted, double *off)
{
    g_autoptr(GBytes) packed = packed_vector_new(wanted, NUMBERS);
    double best = -2;
    double best_packed = -2;
    double taken = -2;

    for (unsigned i = 0; i < VECTORS; i++) {
        double exact = exact_cosine(space->numbers[i], wanted);
        double cosine;

        assert_true(cosine_of(space->packed[i], packed, &cosine));
        assert_true(fabs(cosine - exact) < 0.005);
        *off += fabs(cosine - exact);
        if (cosine > best_packed) {
            best_packed = cosine;
            taken = exact;
        }
        best = MAX(best, exact);
    }
    return best - taken;
}

/* The first is the first, unless another is as near, but for a thousandth. */
static void ranks_stay(void **state)
{
    Space *space = space_new();
    unsigned same = 0;
    unsigned same_or_tied = 0;
    double off = 0;

    (void)state;
    for (unsigned i = 0; i < ASKED; i++) {
        float wanted[NUMBERS];
        double lost;

        /* Some like one of them, and some like none. */
        for (unsigned at = 0; at < NUMBERS; at++)
            wanted[at] = draw(space->random) + (i % 2 ? space->numbers[i][at] / 2 : 0);
        lost = ask(space, wanted, &off);
        assert_true(lost < 0.005);
        same += lost <= 0;
        same_or_tied += lost < 0.001;
    }
    print_message("%u of %u the same, %u but for ties; cosines are off by %.5f\n", same, ASKED,
                  same_or_tied, off / (ASKED * VECTORS));
    assert_true(off / (ASKED * VECTORS) < 0.0005);
    assert_true(same_or_tied >= ASKED * 99 / 100);
    assert_true(same >= ASKED * 95 / 100);
    space_free(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_can_be_packed),
        cmocka_unit_test(which_have_an_angle),
        cmocka_unit_test(ranks_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "agent1/port/packed_vector.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "common/base/banned.h"

#define PACKING 1
#define LARGEST 127

/* What compilers turn into few instructions, without being told for which processor. */
#define BLOCK 16

typedef struct Head {
    uint8_t version;
    uint8_t spare[3];
    float length;
} Head;

G_STATIC_ASSERT((int64_t)LARGEST *LARGEST *VECTOR_NUMBERS_MAX < INT32_MAX);
G_STATIC_ASSERT(sizeof(Head) == 8);

static int32_t dot_product(const int8_t *one, const int8_t *other, size_t count)
{
    int32_t sum = 0;
    size_t i = 0;

    for (; i + BLOCK <= count; i += BLOCK) {
        int32_t part = 0;

        for (size_t k = 0; k < BLOCK; k++)
            part += one[i + k] * other[i + k];
        sum += part;
    }
    for (; i < count; i++)
        sum += one[i] * other[i];
    return sum;
}

/* 0: there is none, or one is no number. */
static float largest_of(const void *floats, size_t count)
{
    float largest = 0;

    for (size_t i = 0; i < count; i++) {
        float number;

        memcpy(&number, (const char *)floats + i * sizeof(number), sizeof(number));
        if (!isfinite(number))
            return 0;
        largest = fmaxf(largest, fabsf(number));
    }
    return largest;
}

GBytes *packed_vector_new(const void *floats, size_t count)
{
    float largest = count <= VECTOR_NUMBERS_MAX ? largest_of(floats, count) : 0;
    Head head = { .version = PACKING };
    int8_t *packed;

    if (fpclassify(largest) == FP_ZERO)
        return NULL;

    packed = g_malloc(sizeof(head) + count);
    for (size_t i = 0; i < count; i++) {
        float number;

        memcpy(&number, (const char *)floats + i * sizeof(number), sizeof(number));
        packed[sizeof(head) + i] = (int8_t)lrintf(number / largest * LARGEST);
    }
    head.length = sqrtf((float)dot_product(packed + sizeof(head), packed + sizeof(head), count));
    memcpy(packed, &head, sizeof(head));
    return g_bytes_new_take(packed, sizeof(head) + count);
}

/* NULL: it is none. */
static const int8_t *read_head(const void *vector, size_t bytes, Head *out)
{
    if (!vector || bytes <= sizeof(*out) || bytes > sizeof(*out) + VECTOR_NUMBERS_MAX)
        return NULL;

    memcpy(out, vector, sizeof(*out));
    return out->version == PACKING && out->length > 0 ? (const int8_t *)vector + sizeof(*out)
                                                      : NULL;
}

bool packed_vector_cosine(const void *one, size_t one_bytes, const void *other, size_t other_bytes,
                          double *out)
{
    Head one_head;
    Head other_head;
    const int8_t *one_numbers = read_head(one, one_bytes, &one_head);
    const int8_t *other_numbers = read_head(other, other_bytes, &other_head);

    if (!one_numbers || !other_numbers || one_bytes != other_bytes)
        return false;

    *out = dot_product(one_numbers, other_numbers, one_bytes - sizeof(Head)) /
           ((double)one_head.length * other_head.length);
    return true;
}

#include "common/sys/random.h"

#include <glib.h>
#include <sodium.h>

#include "common/base/banned.h"

void random_fill(void *buffer, size_t length)
{
    if (sodium_init() < 0)
        g_assert_not_reached();

    randombytes_buf(buffer, length);
}

uint64_t random_u64(void)
{
    uint64_t number = 0;

    random_fill(&number, sizeof(number));
    return number;
}

char *random_name(unsigned length)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    char *name = g_malloc(length + 1U);

    if (sodium_init() < 0)
        g_assert_not_reached();

    for (unsigned i = 0; i < length; i++)
        name[i] = alphabet[randombytes_uniform(sizeof(alphabet) - 1)];
    name[length] = '\0';

    return name;
}

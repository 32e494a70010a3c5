#include "agent1/reader/address.h"

#include <glib.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "common/base/banned.h"

#define V6_BYTES 16
#define V4_BITS  32

typedef struct V4Range {
    uint32_t first;
    unsigned bits;
    const char *what;
} V4Range;

#define V4(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

static const V4Range v4_ranges[] = {
    { V4(0, 0, 0, 0), 8, "of this network" },
    { V4(10, 0, 0, 0), 8, "private" },
    { V4(100, 64, 0, 0), 10, "shared by a carrier" },
    { V4(127, 0, 0, 0), 8, "loopback" },
    { V4(168, 63, 129, 16), 32, "a cloud's own" }, /* Azure answers its machines there */
    { V4(169, 254, 0, 0), 16, "link-local" },
    { V4(172, 16, 0, 0), 12, "private" },
    { V4(192, 0, 0, 0), 24, "reserved" },
    { V4(192, 0, 2, 0), 24, "for documentation" },
    { V4(192, 88, 99, 0), 24, "reserved" },
    { V4(192, 168, 0, 0), 16, "private" },
    { V4(198, 18, 0, 0), 15, "for measurements" },
    { V4(198, 51, 100, 0), 24, "for documentation" },
    { V4(203, 0, 113, 0), 24, "for documentation" },
    { V4(224, 0, 0, 0), 4, "multicast" },
    { V4(240, 0, 0, 0), 4, "reserved" },
};

static const char *judge_v4(uint32_t address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(v4_ranges); i++) {
        const V4Range *range = &v4_ranges[i];

        if ((address ^ range->first) >> (V4_BITS - range->bits) == 0)
            return range->what;
    }
    return NULL;
}

/* What else of 2000::/3, the only part of IPv6 that is given out, is not public; and what carries
 * an address of IPv4. */
typedef struct V6Range {
    uint8_t first[V6_BYTES];
    unsigned bits;
    int v4_at; /* the byte at which an address of IPv4 stands; -1: none does */
    const char *what;
} V6Range;

static const V6Range v6_ranges[] = {
    { { [15] = 1 }, 128, -1, "loopback" },
    { { 0 }, 128, -1, "unspecified" },
    { { [10] = 0xff, [11] = 0xff }, 96, 12, NULL },           /* mapped */
    { { [1] = 0x64, [2] = 0xff, [3] = 0x9b }, 96, 12, NULL }, /* NAT64 */
    { { [0] = 0x20, [1] = 0x02 }, 16, 2, NULL },              /* 6to4 */
    { { [0] = 0x20, [1] = 0x01 }, 23, -1, "reserved" },       /* Teredo among it */
    { { [0] = 0x20, [1] = 0x01, [2] = 0x0d, [3] = 0xb8 }, 32, -1, "for documentation" },
    { { [0] = 0x3f, [1] = 0xff }, 20, -1, "for documentation" },
    { { [0] = 0xfc }, 7, -1, "private" },
    { { [0] = 0xfe, [1] = 0x80 }, 10, -1, "link-local" },
    { { [0] = 0xfe, [1] = 0xc0 }, 10, -1, "private" },
    { { [0] = 0xff }, 8, -1, "multicast" },
};

static bool begins_with(const uint8_t *address, const uint8_t *first, unsigned bits)
{
    unsigned bytes = bits / 8;
    unsigned rest = bits % 8;

    return memcmp(address, first, bytes) == 0 &&
           (rest == 0 || (address[bytes] ^ first[bytes]) >> (8 - rest) == 0);
}

static const char *judge_v6(const uint8_t *address)
{
    for (size_t i = 0; i < G_N_ELEMENTS(v6_ranges); i++) {
        const V6Range *range = &v6_ranges[i];
        const uint8_t *v4;

        if (!begins_with(address, range->first, range->bits))
            continue;
        if (range->v4_at < 0)
            return range->what;
        v4 = address + range->v4_at;
        return judge_v4(V4(v4[0], v4[1], v4[2], v4[3]));
    }
    return address[0] >> 5 == 1 ? NULL : "reserved";
}

const char *address_judge(const struct sockaddr *address)
{
    /* A sockaddr may stand anywhere in memory. */
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return judge_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof(v6));
        return judge_v6(v6.sin6_addr.s6_addr);
    }
    return "no address of the Internet";
}

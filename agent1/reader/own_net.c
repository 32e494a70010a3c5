#include "agent1/reader/own_net.h"

#include <glib.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "common/base/banned.h"

/* Until the process ends. */
static struct ifaddrs *own;

void own_net_learn(void)
{
    if (getifaddrs(&own) != 0)
        own = NULL;
}

/* The bytes of an address; 0: it is none of the Internet. */
static size_t read_bytes(const struct sockaddr *address, uint8_t *out)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        memcpy(out, &v4.sin_addr, sizeof(v4.sin_addr));
        return sizeof(v4.sin_addr);
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof(v6));
        memcpy(out, &v6.sin6_addr, sizeof(v6.sin6_addr));
        return sizeof(v6.sin6_addr);
    }
    return 0;
}

bool own_net_has(const struct sockaddr *net, const struct sockaddr *mask,
                 const struct sockaddr *address)
{
    uint8_t net_bytes[16];
    uint8_t mask_bytes[16];
    uint8_t bytes[16];
    size_t length = read_bytes(address, bytes);
    bool is_any = true;

    if (length == 0 || read_bytes(net, net_bytes) != length ||
        read_bytes(mask, mask_bytes) != length)
        return false;
    for (size_t i = 0; i < length; i++) {
        if ((bytes[i] & mask_bytes[i]) != (net_bytes[i] & mask_bytes[i]))
            return false;
        is_any &= mask_bytes[i] == 0;
    }
    /* A tunnel that takes everything is no network. */
    return !is_any;
}

static bool is_same(const struct sockaddr *one, const struct sockaddr *other)
{
    uint8_t one_bytes[16];
    uint8_t other_bytes[16];
    size_t length = read_bytes(one, one_bytes);

    return length > 0 && read_bytes(other, other_bytes) == length &&
           memcmp(one_bytes, other_bytes, length) == 0;
}

const char *own_net_judge(const struct sockaddr *address)
{
    const char *what = NULL;

    for (const struct ifaddrs *at = own; at; at = at->ifa_next) {
        if (!at->ifa_addr)
            continue;
        if (is_same(at->ifa_addr, address))
            return "this machine's";
        if (at->ifa_netmask && own_net_has(at->ifa_addr, at->ifa_netmask, address))
            what = "this network's";
    }
    return what;
}

#include "common/net/http_address.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "common/base/banned.h"

/* In the host's order. */
static bool is_local_4(uint32_t address)
{
    return address >> 24 == 127 || address >> 24 == 0 || address >> 16 == 0xA9FE;
}

static bool is_local_6(const struct in6_addr *address)
{
    uint32_t last;

    if (IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address) ||
        IN6_IS_ADDR_LINKLOCAL(address))
        return true;
    if (!IN6_IS_ADDR_V4MAPPED(address))
        return false;

    memcpy(&last, &address->s6_addr[12], sizeof(last));
    return is_local_4(ntohl(last));
}

bool http_address_is_local(const struct sockaddr *address)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;

    switch (address->sa_family) {
    case AF_INET:
        memcpy(&four, address, sizeof(four));
        return is_local_4(ntohl(four.sin_addr.s_addr));
    case AF_INET6:
        memcpy(&six, address, sizeof(six));
        return is_local_6(&six.sin6_addr);
    default:
        return true;
    }
}

#include "common/base/host.h"

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>

#include "common/base/banned.h"

bool host_is_loopback(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == IN_LOOPBACKNET;
    if (inet_pton(AF_INET6, host, &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);

    return g_ascii_strcasecmp(host, "localhost") == 0;
}

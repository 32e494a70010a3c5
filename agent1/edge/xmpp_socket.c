#include "agent1/edge/xmpp_socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>

#include "common/base/banned.h"

static void set_option(int fd, int option)
{
    const int on = 1;

    /* Best effort: without it the stream is slower, not wrong. */
    (void)setsockopt(fd, IPPROTO_TCP, option, &on, sizeof(on));
}

bool xmpp_socket_prepare(int fd)
{
    /* libstrophe puts the descriptor into an fd_set unchecked (its issue 166). */
    if (fd >= FD_SETSIZE)
        return false;

    if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
        return false;
    set_option(fd, TCP_NODELAY);
    set_option(fd, TCP_QUICKACK);

    return true;
}

void xmpp_socket_acknowledge_quickly(int fd)
{
    set_option(fd, TCP_QUICKACK);
}

short xmpp_socket_ready(int fd)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLIN | POLLOUT };

    if (poll(&poll_fd, 1, 0) != 1)
        return 0;
    return poll_fd.revents;
}

static bool is_same_4(const struct sockaddr_storage *own, const struct sockaddr_storage *peer)
{
    struct sockaddr_in a;
    struct sockaddr_in b;

    memcpy(&a, own, sizeof(a));
    memcpy(&b, peer, sizeof(b));

    return ntohl(b.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET ||
           a.sin_addr.s_addr == b.sin_addr.s_addr;
}

static bool is_same_6(const struct sockaddr_storage *own, const struct sockaddr_storage *peer)
{
    struct sockaddr_in6 a;
    struct sockaddr_in6 b;

    memcpy(&a, own, sizeof(a));
    memcpy(&b, peer, sizeof(b));

    return IN6_IS_ADDR_LOOPBACK(&b.sin6_addr) || IN6_ARE_ADDR_EQUAL(&a.sin6_addr, &b.sin6_addr);
}

bool xmpp_socket_stays_here(int fd)
{
    struct sockaddr_storage own = { 0 };
    struct sockaddr_storage peer = { 0 };
    socklen_t own_length = sizeof(own);
    socklen_t peer_length = sizeof(peer);

    if (getsockname(fd, (struct sockaddr *)&own, &own_length) != 0 ||
        getpeername(fd, (struct sockaddr *)&peer, &peer_length) != 0 ||
        own.ss_family != peer.ss_family)
        return false;
    if (peer.ss_family == AF_INET)
        return is_same_4(&own, &peer);

    return peer.ss_family == AF_INET6 && is_same_6(&own, &peer);
}

void xmpp_socket_cut(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

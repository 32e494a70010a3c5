#include "agent1/edge/xmpp_socket.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
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

void xmpp_socket_cut(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

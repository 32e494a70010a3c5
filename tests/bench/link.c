#include "tests/bench/link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES 65536

static bool is_held;

void bench_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

static void set_option(int fd, int option)
{
    int on = 1;

    setsockopt(fd, IPPROTO_TCP, option, &on, sizeof on);
}

static void end(Link *link, const char *why)
{
    if (!link->may_end)
        bench_fail("%s", why);
    link->is_ended = true;
}

static void begin(Link *link, unsigned port, int flags)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    link->is_ended = false;
    link->in = g_byte_array_new();
    link->out = g_byte_array_new();
    link->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (link->fd < 0)
        bench_fail("socket: %s", strerror(errno));
    if (connect(link->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        end(link, strerror(errno));
    set_option(link->fd, TCP_NODELAY);
    set_option(link->fd, TCP_QUICKACK);
}

void link_open(Link *link, unsigned port)
{
    begin(link, port, 0);
    if (fcntl(link->fd, F_SETFL, O_NONBLOCK) != 0)
        bench_fail("fcntl: %s", strerror(errno));
}

void link_begin(Link *link, unsigned port)
{
    begin(link, port, SOCK_NONBLOCK);
}

void link_close(Link *link)
{
    close(link->fd);
    g_byte_array_unref(link->in);
    g_byte_array_unref(link->out);
}

static void flush(Link *link)
{
    ssize_t written;

    if (link->out->len == 0 || link->is_ended)
        return;
    written = send(link->fd, link->out->data, link->out->len, MSG_NOSIGNAL);
    if (written < 0 && errno != EAGAIN && errno != EINTR)
        end(link, strerror(errno));
    if (written > 0)
        g_byte_array_remove_range(link->out, 0, (guint)written);
}

void link_send(Link *link, const void *bytes, gsize length)
{
    g_byte_array_append(link->out, bytes, (guint)length);
    if (!is_held)
        flush(link);
}

void link_hold(Link *link)
{
    (void)link;
    is_held = true;
}

void link_release(Link *link)
{
    is_held = false;
    flush(link);
}

static bool take(Link *link)
{
    guint had = link->in->len;
    ssize_t got;

    g_byte_array_set_size(link->in, had + READ_BYTES);
    got = recv(link->fd, link->in->data + had, READ_BYTES, 0);
    g_byte_array_set_size(link->in, had + (guint)MAX(got, 0));
    if (got == 0)
        end(link, "the server closed the connection");
    if (got < 0 && errno != EAGAIN && errno != EINTR)
        end(link, strerror(errno));
    set_option(link->fd, TCP_QUICKACK);
    return got > 0;
}

bool link_wait(Link *link, int timeout_ms)
{
    struct pollfd fd = { .fd = link->fd };

    for (;;) {
        flush(link);
        if (link->is_ended)
            return false;
        fd.events = (short)(POLLIN | (link->out->len > 0 ? POLLOUT : 0));
        if (poll(&fd, 1, timeout_ms) == 0)
            return false;
        if ((fd.revents & ~POLLOUT) && take(link))
            return true;
    }
}

void link_taken(Link *link, gsize length)
{
    g_byte_array_remove_range(link->in, 0, (guint)length);
}

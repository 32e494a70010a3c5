#include "agent1/edge/xmpp_resolve.h"

#include "agent1/edge/xmpp_srv.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <resolv.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

#define PORT            5222
#define PORT_DIRECT_TLS 5223

/* One question to a name server: so long, and no second time to the same. */
#define QUESTION_S     3
#define ANSWER_BYTES   65536
#define REACH_MS       3000
#define REACH_TOTAL_MS 8000

static void address_free(void *data)
{
    XmppAddress *address = data;

    g_free(address->host);
    g_free(address);
}

/* This thread's resolver; the defaults would block it for up to 40 s. */
static void limit_resolver(void)
{
    if (!(_res.options & RES_INIT) && res_init() != 0)
        return;
    _res.retrans = QUESTION_S;
    _res.retry = 1;
}

static void add_address(GPtrArray *addresses, const struct addrinfo *info, unsigned short port)
{
    char host[NI_MAXHOST];
    XmppAddress *address;

    if (addresses->len >= XMPP_RESOLVE_MAX_ADDRESSES ||
        info->ai_addrlen > sizeof(address->address) ||
        getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof(host), NULL, 0, NI_NUMERICHOST) !=
            0)
        return;

    address = g_new0(XmppAddress, 1);
    memcpy(&address->address, info->ai_addr, info->ai_addrlen);
    address->length = info->ai_addrlen;
    address->host = g_strdup(host);
    address->port = port;
    g_ptr_array_add(addresses, address);
}

/* Adds the addresses of a name; the error says why there are none. */
static bool add_host(GPtrArray *addresses, const char *host, unsigned short port, GError **error)
{
    const struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_protocol = IPPROTO_TCP };
    g_autofree char *service = g_strdup_printf("%u", port);
    struct addrinfo *list = NULL;
    int result = getaddrinfo(host, service, &hints, &list);

    if (result != 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "no address for %s: %s", host,
                    result == EAI_SYSTEM ? g_strerror(errno) : gai_strerror(result));
        return false;
    }
    for (const struct addrinfo *info = list; info; info = info->ai_next)
        add_address(addresses, info, port);
    freeaddrinfo(list);

    return true;
}

/* The SRV records in the order of trial; NULL: there are none. */
static GPtrArray *ask_srv(const XmppResolveQuery *query)
{
    g_autofree char *name = g_strdup_printf(
        "_%s._tcp.%s", query->is_direct_tls ? "xmpps-client" : "xmpp-client", query->domain);
    g_autofree uint8_t *answer = g_malloc(ANSWER_BYTES);
    g_autoptr(GPtrArray) records = NULL;
    int length = res_query(name, ns_c_in, ns_t_srv, answer, ANSWER_BYTES);

    if (length <= 0)
        return NULL;
    records = xmpp_srv_read(answer, (size_t)MIN(length, ANSWER_BYTES));
    if (!records || records->len == 0)
        return NULL;
    xmpp_srv_order(records, query->random);

    return g_steal_pointer(&records);
}

GPtrArray *xmpp_resolve(const XmppResolveQuery *query, GError **error)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(address_free);
    g_autoptr(GPtrArray) records = NULL;
    unsigned short port = query->is_direct_tls ? PORT_DIRECT_TLS : PORT;
    g_autoptr(GError) last = NULL;

    limit_resolver();
    if (query->port)
        port = query->port;
    records = query->host ? NULL : ask_srv(query);
    if (!records)
        add_host(addresses, query->host ? query->host : query->domain, port, &last);
    for (unsigned i = 0; records && i < records->len; i++) {
        const XmppSrv *srv = records->pdata[i];

        g_clear_error(&last);
        if (*srv->target)
            add_host(addresses, srv->target, srv->port, &last);
    }

    if (addresses->len > 0)
        return g_steal_pointer(&addresses);
    if (last)
        g_propagate_error(error, g_steal_pointer(&last));
    else
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s offers no XMPP", query->domain);

    return NULL;
}

/* Waits for the connection; 0 or an errno. */
static int wait_connected(int fd, int timeout_ms)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
    int cause = 0;
    socklen_t length = sizeof(cause);

    if (poll(&poll_fd, 1, timeout_ms) <= 0)
        return ETIMEDOUT;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &length) != 0)
        return errno;

    return cause;
}

/* 0 when the address takes a connection, else an errno. */
static int try_address(const XmppAddress *address, int timeout_ms,
                       void (*on_socket)(int fd, void *data), void *data)
{
    int fd = socket(address->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int cause = 0;

    if (fd < 0)
        return errno;

    on_socket(fd, data);
    if (connect(fd, (const struct sockaddr *)&address->address, address->length) != 0)
        cause = errno == EINPROGRESS ? wait_connected(fd, timeout_ms) : errno;
    on_socket(-1, data);
    close(fd);

    return cause;
}

const XmppAddress *xmpp_resolve_reachable(const GPtrArray *addresses, unsigned first,
                                          void (*on_socket)(int fd, void *data), void *data,
                                          GError **error)
{
    int64_t until_ms = clock_boot_ms() + REACH_TOTAL_MS;
    const XmppAddress *address = NULL;
    int cause = ETIMEDOUT;

    for (unsigned i = 0; i < addresses->len; i++) {
        int64_t left_ms = until_ms - clock_boot_ms();

        if (left_ms <= 0)
            break;
        address = addresses->pdata[(first + i) % addresses->len];
        cause = try_address(address, (int)MIN(left_ms, REACH_MS), on_socket, data);
        if (cause == 0)
            return address;
        /* A connection that was still being made is reset by nobody but who cut it. */
        if (cause == ECONNRESET)
            break;
    }
    g_set_error(error, PROBLEM, PROBLEM_IO, "%s port %u: %s", address ? address->host : "?",
                address ? address->port : 0U, g_strerror(cause));

    return NULL;
}

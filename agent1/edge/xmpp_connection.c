#include "agent1/edge/xmpp_connection.h"

#include "agent1/edge/jid.h"
#include "agent1/edge/xmpp_cause.h"
#include "agent1/edge/xmpp_memory.h"
#include "agent1/edge/xmpp_resolve.h"
#include "agent1/edge/xmpp_socket.h"
#include "common/sys/random.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "common/base/banned.h"

/* So often in a row must the socket have been quiet: TLS may hold a record of 16 KiB that poll(2)
 * does not see, of which libstrophe takes 4 KiB a turn; and a handshake takes a few. */
#define QUIET_TURNS       5
#define QUIET_TURNS_CLEAR 1 /* signed in, without TLS */

/* Then the session is asked again, so that a talkative server does not keep it from all else. */
#define TURNS_MAX 64

struct XmppConnection {
    const XmppAccount *account;
    void (*on_socket)(int fd, void *data);
    void *data;

    XmppMemory memory;
    xmpp_log_t log;
    xmpp_ctx_t *ctx;
    xmpp_conn_t *conn;         /* NULL: not connected, and not about to be */
    xmpp_sm_state_t *sm_state; /* of the session that may be resumed; belongs to ctx */
    int fd;
    char *own_jid; /* of the last session; NULL: there was none */
    bool is_signed_in;

    bool is_resumable; /* the server promised to keep the session */
    bool is_offering;  /* this connection tries to resume, and the server has not decided */
    bool is_broken;
    unsigned failures; /* since the last session: where to begin among several addresses */
    XmppCause cause;   /* of its end */
    GQueue news;
};

/* Two callbacks of libstrophe carry no user data. A thread has one connection. */
static _Thread_local XmppConnection *current;

void xmpp_account_clear(XmppAccount *account)
{
    if (account->password)
        explicit_bzero(account->password, strlen(account->password));
    g_free(account->jid);
    g_free(account->domain);
    g_free(account->password);
    g_free(account->host);
    g_free(account->ca_file);
}

void xmpp_news_free(XmppNews *news)
{
    if (!news)
        return;

    if (news->stanza)
        xmpp_stanza_release(news->stanza);
    g_free(news->reason);
    g_free(news);
}

static XmppNews *tell(XmppConnection *connection, XmppNewsKind kind)
{
    XmppNews *news = g_new0(XmppNews, 1);

    news->kind = kind;
    g_queue_push_tail(&connection->news, news);

    return news;
}

/* At any level and with anything in it: see xmpp_cause.h. */
static void on_log(void *data, xmpp_log_level_t level, const char *area, const char *line)
{
    XmppConnection *connection = data;

    (void)area;

    /* Later warnings are about stanzas, and not why the connection ends. */
    xmpp_cause_read_line(&connection->cause, connection->is_signed_in ? XMPP_LEVEL_DEBUG : level,
                         line);
}

/* ---- callbacks ---- */

static int on_new_socket(xmpp_conn_t *conn, void *sock)
{
    int fd = *(int *)sock;

    (void)conn;

    if (!xmpp_socket_prepare(fd)) {
        xmpp_cause_note(&current->cause, "the socket cannot serve: too many open files?");
        return -1;
    }
    current->fd = fd;
    current->on_socket(fd, current->data);

    return 0;
}

static int on_bad_certificate(const xmpp_tlscert_t *cert, const char *const message)
{
    const char *subject = xmpp_tlscert_get_string(cert, XMPP_CERT_SUBJECT);
    g_autofree char *reason =
        g_strdup_printf("certificate does not verify: %s (%s)", message, subject ? subject : "?");

    xmpp_cause_note(&current->cause, reason);

    return 0;
}

/*
 * libstrophe calls a resumed session and a new one after a refused resumption the same. The server
 * answers in order: asked for an acknowledgement, it says <enabled/> first in a new session, and
 * <a/> at once in a resumed one. What libstrophe would send again is taken out of its queue, which
 * holds nothing else now; the outbox of the session knows better what is missing.
 */
static void ask_whether_resumed(XmppConnection *connection)
{
    static const char request[] = "<r xmlns='" XMPP_NS_SM "'/>";
    char *again;

    while ((again = xmpp_conn_send_queue_drop_element(connection->conn, XMPP_QUEUE_OLDEST)))
        xmpp_free(connection->ctx, again);
    xmpp_send_raw(connection->conn, request, strlen(request));
}

static void on_signed_in(XmppConnection *connection)
{
    const char *jid = xmpp_conn_get_bound_jid(connection->conn);

    g_free(connection->own_jid);
    connection->own_jid = jid_bare(jid ? jid : connection->account->jid);
    connection->is_signed_in = true;
    xmpp_cause_clear(&connection->cause);
    connection->failures = 0;
    connection->on_socket(-1, connection->data);
    if (connection->is_offering)
        ask_whether_resumed(connection);
    tell(connection, XMPP_NEWS_SIGNED_IN);
}

static void on_event(xmpp_conn_t *conn, xmpp_conn_event_t event, int error,
                     xmpp_stream_error_t *stream_error, void *data)
{
    XmppConnection *connection = data;

    (void)conn;

    if (event == XMPP_CONN_CONNECT) {
        on_signed_in(connection);
        return;
    }

    connection->is_broken = true;
    connection->fd = -1;
    connection->on_socket(-1, connection->data);
    if (stream_error)
        xmpp_cause_read_stream_error(&connection->cause, stream_error);
    else if (error == ECONNRESET || error == ETIMEDOUT)
        xmpp_cause_note(&connection->cause, g_strerror(error));
}

static bool read_count(xmpp_stanza_t *stanza, uint32_t *out_count)
{
    const char *h = xmpp_stanza_get_attribute(stanza, "h");
    guint64 count;

    if (!h || !g_ascii_string_to_unsigned(h, 10, 0, UINT32_MAX, &count, NULL))
        return false;
    *out_count = (uint32_t)count;

    return true;
}

static void on_enabled(XmppConnection *connection, xmpp_stanza_t *stanza)
{
    const char *resume = xmpp_stanza_get_attribute(stanza, "resume");
    const char *max = xmpp_stanza_get_attribute(stanza, "max");
    guint64 max_s = 0;

    if (connection->is_offering) {
        connection->is_offering = false;
        tell(connection, XMPP_NEWS_RESUME_REFUSED);
        return;
    }

    connection->is_resumable = xmpp_stanza_get_attribute(stanza, "id") && resume &&
                               (g_str_equal(resume, "true") || g_str_equal(resume, "1"));
    if (max)
        (void)g_ascii_string_to_unsigned(max, 10, 0, UINT16_MAX, &max_s, NULL);
    tell(connection, XMPP_NEWS_ENABLED)->resume_max_s = (unsigned)max_s;
}

static void on_stream_management(XmppConnection *connection, xmpp_stanza_t *stanza,
                                 const char *name)
{
    uint32_t count;

    if (g_str_equal(name, "enabled")) {
        on_enabled(connection, stanza);
    } else if (g_str_equal(name, "failed")) {
        tell(connection, XMPP_NEWS_NOT_ENABLED);
    } else if (g_str_equal(name, "a") && read_count(stanza, &count)) {
        bool is_resumed = connection->is_offering;

        connection->is_offering = false;
        tell(connection, is_resumed ? XMPP_NEWS_RESUMED : XMPP_NEWS_ACKNOWLEDGED)->count = count;
    }
}

/* Fires for everything, since a filter by namespace would also let through what only contains such
 * an element, which anybody may send. */
static int on_stanza(xmpp_conn_t *conn, xmpp_stanza_t *stanza, void *data)
{
    XmppConnection *connection = data;
    const char *ns = xmpp_stanza_get_ns(stanza);
    const char *name = xmpp_stanza_get_name(stanza);

    (void)conn;

    if (ns && name && g_str_equal(ns, XMPP_NS_SM))
        on_stream_management(connection, stanza, name);
    else if (ns && name && g_str_equal(ns, XMPP_NS_CLIENT))
        tell(connection, XMPP_NEWS_STANZA)->stanza = xmpp_stanza_clone(stanza);

    return 1;
}

/* ---- life ---- */

XmppConnection *xmpp_connection_new(const XmppAccount *account,
                                    void (*on_socket)(int fd, void *data), void *data)
{
    XmppConnection *connection = g_new0(XmppConnection, 1);

    xmpp_initialize();
    connection->account = account;
    connection->on_socket = on_socket;
    connection->data = data;
    connection->log = (xmpp_log_t){ .handler = on_log, .userdata = connection };
    xmpp_memory_init(&connection->memory);
    connection->fd = -1;
    g_queue_init(&connection->news);
    current = connection;

    return connection;
}

static void release(XmppConnection *connection)
{
    /* TLS would wait for a goodbye, and the watchdog's duplicate would keep the socket open. */
    if (connection->fd >= 0)
        xmpp_socket_cut(connection->fd);
    if (connection->conn)
        xmpp_conn_release(connection->conn);
    connection->conn = NULL;
    connection->fd = -1;
    connection->is_signed_in = false;
}

void xmpp_connection_free(XmppConnection *connection)
{
    XmppNews *news;

    if (!connection)
        return;

    while ((news = g_queue_pop_head(&connection->news)))
        xmpp_news_free(news);
    release(connection);
    xmpp_connection_forget(connection);
    xmpp_cause_clear(&connection->cause);
    g_free(connection->own_jid);
    current = NULL;
    g_free(connection);
}

void xmpp_connection_forget(XmppConnection *connection)
{
    /* Stanzas among the news belong to the context. */
    g_assert(!connection->conn && g_queue_is_empty(&connection->news));

    connection->is_resumable = false;
    g_clear_pointer(&connection->sm_state, xmpp_free_sm_state);
    g_clear_pointer(&connection->ctx, xmpp_ctx_free);
    xmpp_memory_clear(&connection->memory);
}

bool xmpp_connection_can_resume(const XmppConnection *connection)
{
    return connection->sm_state && connection->is_resumable;
}

static long flags_of(XmppTls tls)
{
    switch (tls) {
    case XMPP_TLS_REQUIRED:
        return XMPP_CONN_FLAG_MANDATORY_TLS;
    case XMPP_TLS_ALLOWED:
        return 0;
    case XMPP_TLS_DIRECT:
        return XMPP_CONN_FLAG_LEGACY_SSL | XMPP_CONN_FLAG_MANDATORY_TLS;
    case XMPP_TLS_NONE:
        return XMPP_CONN_FLAG_DISABLE_TLS;
    }
    g_assert_not_reached();
}

static xmpp_conn_t *make_conn(XmppConnection *connection)
{
    const XmppAccount *account = connection->account;
    xmpp_conn_t *conn;

    if (!connection->ctx)
        connection->ctx = xmpp_ctx_new(&connection->memory.hooks, &connection->log);
    conn = xmpp_conn_new(connection->ctx);
    g_assert(conn);
    xmpp_conn_set_flags(conn, flags_of(account->tls));
    xmpp_conn_set_jid(conn, account->jid);
    xmpp_conn_set_pass(conn, account->password);
    if (account->ca_file)
        xmpp_conn_set_cafile(conn, account->ca_file);
    xmpp_conn_set_certfail_handler(conn, on_bad_certificate);
    xmpp_conn_set_sockopt_callback(conn, on_new_socket);
    xmpp_handler_add(conn, on_stanza, NULL, NULL, NULL, connection);

    return conn;
}

static void tell_broken(XmppConnection *connection)
{
    XmppNews *news = tell(connection, XMPP_NEWS_BROKEN);

    news->reason = xmpp_cause_take(&connection->cause);
    news->is_refused = connection->cause.is_refused;
    connection->failures++;
}

/* The end of what libstrophe had begun. What may be resumed is kept. */
static void finish(XmppConnection *connection)
{
    if (xmpp_conn_is_disconnected(connection->conn))
        connection->sm_state = xmpp_conn_get_sm_state(connection->conn);
    /* libstrophe forgets the old session when the connection fails that was to resume it. */
    if (connection->is_offering || !connection->is_signed_in || connection->cause.is_closed)
        connection->is_resumable = false;
    release(connection);
    tell_broken(connection);
}

/* Where to connect to; NULL: nowhere, with the reason noted. The addresses own it. */
static const XmppAddress *choose_address(XmppConnection *connection, GPtrArray **out_addresses)
{
    const XmppAccount *account = connection->account;
    const XmppResolveQuery query = {
        .domain = account->domain,
        .host = account->host,
        .port = account->port,
        .is_direct_tls = account->tls == XMPP_TLS_DIRECT,
        .random = random_u64(),
    };
    g_autoptr(GPtrArray) addresses = NULL;
    g_autoptr(GError) error = NULL;
    const XmppAddress *address = NULL;

    addresses = xmpp_resolve(&query, &error);
    /* A try costs the server a connection, so it is made only where something hangs on it. */
    if (addresses && addresses->len == 1 && !xmpp_connection_can_resume(connection))
        address = addresses->pdata[0];
    else if (addresses)
        address = xmpp_resolve_reachable(addresses, connection->failures, connection->on_socket,
                                         connection->data, &error);
    if (!address) {
        xmpp_cause_note(&connection->cause, error->message);
        return NULL;
    }
    *out_addresses = g_steal_pointer(&addresses);

    return address;
}

void xmpp_connection_start(XmppConnection *connection)
{
    g_autoptr(GPtrArray) addresses = NULL;
    const XmppAddress *address;

    g_assert(!connection->conn);

    xmpp_cause_clear(&connection->cause);
    connection->is_broken = false;
    connection->is_offering = false;
    address = choose_address(connection, &addresses);
    if (!address) {
        tell_broken(connection);
        return;
    }

    connection->is_offering = xmpp_connection_can_resume(connection);
    if (!connection->is_offering)
        xmpp_connection_forget(connection);
    connection->conn = make_conn(connection);
    if (connection->is_offering)
        xmpp_conn_set_sm_state(connection->conn, g_steal_pointer(&connection->sm_state));
    if (xmpp_connect_client(connection->conn, address->host, address->port, on_event, connection) !=
        XMPP_EOK) {
        xmpp_cause_note(&connection->cause, "no connection");
        finish(connection);
    }
}

static unsigned quiet_turns(const XmppConnection *connection)
{
    return connection->is_signed_in && !xmpp_conn_is_secured(connection->conn) ? QUIET_TURNS_CLEAR
                                                                               : QUIET_TURNS;
}

bool xmpp_connection_run(XmppConnection *connection)
{
    bool has_heard = false;
    unsigned quiet = 0;

    for (unsigned i = 0; connection->conn && i < TURNS_MAX; i++) {
        short ready = xmpp_socket_ready(connection->fd);

        xmpp_run_once(connection->ctx, 0);
        if (xmpp_memory_is_exceeded(&connection->memory))
            xmpp_cause_note(&connection->cause, "the server sends too much at once");
        if (connection->is_broken || xmpp_memory_is_exceeded(&connection->memory)) {
            finish(connection);
            break;
        }
        if (ready & (POLLIN | POLLHUP | POLLERR)) {
            xmpp_socket_acknowledge_quickly(connection->fd);
            has_heard = true;
            quiet = 0;
        } else {
            quiet++;
        }
        /* The session takes the news before anything else is done, and comes back. */
        if (!g_queue_is_empty(&connection->news))
            return true;
        if (quiet == quiet_turns(connection))
            break;
    }

    return has_heard;
}

XmppNews *xmpp_connection_take(XmppConnection *connection)
{
    return g_queue_pop_head(&connection->news);
}

void xmpp_connection_send(XmppConnection *connection, const char *xml)
{
    if (connection->conn)
        xmpp_send_raw(connection->conn, xml, strlen(xml));
}

void xmpp_connection_cut(XmppConnection *connection, const char *reason)
{
    if (!connection->conn)
        return;

    xmpp_cause_note(&connection->cause, reason);
    if (connection->fd >= 0)
        xmpp_socket_cut(connection->fd);
    if (xmpp_conn_is_connecting(connection->conn))
        finish(connection);
}

void xmpp_connection_leave(XmppConnection *connection)
{
    connection->is_resumable = false;
    if (connection->conn)
        xmpp_disconnect(connection->conn);
}

int xmpp_connection_fd(const XmppConnection *connection)
{
    return connection->fd;
}

short xmpp_connection_events(const XmppConnection *connection)
{
    if (!connection->conn)
        return 0;
    /* What did not fit into the socket's buffer waits in libstrophe. */
    if (xmpp_conn_is_connecting(connection->conn) || !(xmpp_socket_ready(connection->fd) & POLLOUT))
        return POLLIN | POLLOUT;

    return POLLIN;
}

bool xmpp_connection_stays_here(const XmppConnection *connection)
{
    return connection->fd >= 0 && xmpp_socket_stays_here(connection->fd);
}

const char *xmpp_connection_own_jid(const XmppConnection *connection)
{
    return connection->own_jid;
}

/* For the tests of the HTTP client: waiting for conditions, a server that says its lines on a
 * thread, and a client that notes what it is told. Included by one .c file per program. */
#ifndef TESTS_UNIT_COMMON_HTTP_FIXTURE_H
#define TESTS_UNIT_COMMON_HTTP_FIXTURE_H

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/net/http.h"

#define WAIT_MAX_MS 30000

static inline gboolean wait_is_over(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_CONTINUE;
}

/* Runs the loop until the condition holds; fails the test when it does not in time. */
#define wait_until(condition)                                                                      \
    do {                                                                                           \
        bool is_late = false;                                                                      \
        guint deadline = g_timeout_add(WAIT_MAX_MS, wait_is_over, &is_late);                       \
                                                                                                   \
        while (!(condition) && !is_late)                                                           \
            g_main_context_iteration(NULL, TRUE);                                                  \
        g_source_remove(deadline);                                                                 \
        if (!(condition))                                                                          \
            fail_msg("not in %d ms: %s", WAIT_MAX_MS, #condition);                                 \
    } while (0)

/* ---- a server ---- */

typedef struct Server {
    int listener;
    uint16_t port;
    const char *says;  /* to each request */
    size_t length;     /* of it; 0: up to its NUL */
    bool is_byte_wise; /* a packet for each byte */
    bool is_held;      /* then waits for the client to go away */
    unsigned answers;  /* so many connections, then it ends */
    GString *heard;    /* the last request; read after the end of the thread */
    GThread *thread;
} Server;

static inline int listen_somewhere(uint16_t *out_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert(bind(fd, (struct sockaddr *)&address, length) == 0 &&
             listen(fd, HTTP_REQUESTS_MAX) == 0);
    g_assert(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
    *out_port = ntohs(address.sin_port);
    return fd;
}

/* The head, and as much body as it says. */
static inline void hear_request(int fd, GString *heard)
{
    const char *head;
    const char *length;
    size_t wanted = 0;
    char byte;

    g_string_truncate(heard, 0);
    do {
        if (recv(fd, &byte, 1, 0) != 1)
            return;
        g_string_append_c(heard, byte);
        head = strstr(heard->str, "\r\n\r\n");
    } while (!head);
    length = strstr(heard->str, "Content-Length: ");
    if (length)
        wanted = (size_t)g_ascii_strtoull(length + strlen("Content-Length: "), NULL, 10);
    while (wanted-- > 0 && recv(fd, &byte, 1, 0) == 1)
        g_string_append_c(heard, byte);
}

static inline void say_all(const Server *server, int fd)
{
    size_t length = server->length ? server->length : strlen(server->says);
    size_t piece = server->is_byte_wise ? 1 : length;
    int one = 1;
    size_t at;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    for (at = 0; at < length; at += piece) {
        if (send(fd, server->says + at, MIN(piece, length - at), MSG_NOSIGNAL) < 0)
            return;
    }
}

static inline gpointer serve(gpointer data)
{
    Server *server = data;
    unsigned i;

    for (i = 0; i < server->answers; i++) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        char byte;

        hear_request(fd, server->heard);
        say_all(server, fd);
        while (server->is_held && recv(fd, &byte, 1, 0) > 0)
            continue;
        close(fd);
    }
    return NULL;
}

static inline void server_start(Server *server)
{
    server->listener = listen_somewhere(&server->port);
    server->heard = g_string_new(NULL);
    server->answers = MAX(server->answers, 1);
    server->thread = g_thread_new("server", serve, server);
}

/* Waits for its last answer; then what it heard may be read. */
static inline void server_join(Server *server)
{
    if (server->thread)
        g_thread_join(g_steal_pointer(&server->thread));
}

static inline void server_clear(Server *server)
{
    server_join(server);
    close(server->listener);
    g_string_free(server->heard, TRUE);
}

static inline char *server_url(const Server *server)
{
    return g_strdup_printf("http://127.0.0.1:%u/a", server->port);
}

/* ---- a client ---- */

typedef struct Client {
    Http *http;
    HttpRequest *request;
    GString *body;
    unsigned chunks;
    unsigned heads;
    char *type; /* of the content */
    bool is_done;
    HttpEnd end;
    unsigned status;
    char *why;
    bool cancels_at_head;
    bool cancels_at_body;
    bool frees_at_body;
    bool frees_at_end;
} Client;

static inline void on_answered(const HttpAnswer *answer, void *data)
{
    Client *client = data;

    assert_int_equal(client->chunks, 0);
    client->heads++;
    client->status = http_answer_status(answer);
    g_free(client->type);
    client->type = g_strdup(http_answer_field(answer, "content-TYPE"));
    if (client->cancels_at_head)
        http_cancel(client->request);
}

static inline void on_received(const char *bytes, size_t length, void *data)
{
    Client *client = data;

    assert_int_equal(client->heads, 1);
    client->chunks++;
    g_string_append_len(client->body, bytes, (gssize)length);
    if (client->cancels_at_body)
        http_cancel(client->request);
    if (client->frees_at_body)
        g_clear_pointer(&client->http, http_free);
}

static inline void on_done(const HttpResult *result, void *data)
{
    Client *client = data;

    assert_false(client->is_done);
    client->is_done = true;
    client->end = result->end;
    client->status = result->status;
    client->why = g_strdup(result->why);
    assert_int_equal(result->why == NULL, result->end == HTTP_END_ANSWERED);
    if (client->frees_at_end)
        g_clear_pointer(&client->http, http_free);
}

static const HttpHandlers noting = { on_answered, on_received, on_done };

static inline void client_init(Client *client)
{
    *client = (Client){ .http = http_new(NULL), .body = g_string_new(NULL) };
}

static inline void client_clear(Client *client)
{
    http_free(client->http);
    g_string_free(client->body, TRUE);
    g_free(client->type);
    g_free(client->why);
}

/* Both, and a request between them; its URL is the server's. */
static inline void talk_begin(Client *client, Server *server, HttpOrder order)
{
    g_autofree char *url = NULL;

    server_start(server);
    client_init(client);
    url = server_url(server);
    order.url = url;
    client->request = http_start(client->http, &order, &noting, client, NULL);
    assert_non_null(client->request);
}

static inline void talk_end(Client *client, Server *server)
{
    client_clear(client);
    server_clear(server);
}

#endif

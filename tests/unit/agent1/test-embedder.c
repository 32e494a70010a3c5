/* Embedding models by HTTP, against a server that says what a row tells: vectors, or why there are
 * none, and never the key. */
#include "agent1/edge/embedder.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define KEY        "sk-very-secret"
#define TEXT       "my-own-note"
#define STEP_MS    30000
#define TIMEOUT_MS 500
#define HEAD(status)                                                                               \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"

typedef struct Told {
    EmbedNews *news;
    unsigned count;
} Told;

static void take(EmbedNews *news, void *data)
{
    Told *told = data;

    embed_news_free(told->news);
    told->news = news;
    told->count++;
}

static gboolean wake(gpointer data)
{
    (void)data;
    return G_SOURCE_CONTINUE;
}

static void wait_until_told(const Told *told)
{
    guint timer = g_timeout_add(50, wake, NULL);

    for (int steps = 0; told->count == 0 && steps < STEP_MS / 50; steps++)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
    assert_int_equal(told->count, 1);
}

/* ---- the server ---- */

typedef struct Server {
    int fd;
    const char *answer; /* NULL: none */
    GThread *thread;
    char *url;
} Server;

/* Reads the head of a request, answers, and waits until the other side has gone. */
static void *serve(void *data)
{
    const Server *server = data;
    char buffer[4096];
    int fd = accept(server->fd, NULL, NULL);

    if (fd < 0)
        return NULL;
    if (read(fd, buffer, sizeof(buffer)) > 0 && server->answer) {
        size_t left = strlen(server->answer);
        const char *at = server->answer;
        ssize_t written;

        while (left > 0 && (written = write(fd, at, left)) > 0) {
            at += written;
            left -= (size_t)written;
        }
        shutdown(fd, SHUT_WR);
    }
    while (read(fd, buffer, sizeof(buffer)) > 0)
        ;
    close(fd);
    return NULL;
}

static void server_start(Server *server, const char *answer)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->answer = answer;
    server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(server->fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(server->fd, 1), 0);
    assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &length), 0);
    server->url = g_strdup_printf("http://127.0.0.1:%u", ntohs(address.sin_port));
    server->thread = g_thread_new("server", serve, server);
}

static void server_stop(Server *server)
{
    shutdown(server->fd, SHUT_RDWR);
    g_thread_join(server->thread);
    close(server->fd);
    g_free(server->url);
}

/* ---- the client ---- */

static ModelSettings *settings_for(const char *url)
{
    ModelSettings *settings = g_new0(ModelSettings, 1);

    settings->provider = PROVIDER_OLLAMA;
    settings->base_url = g_strdup(url);
    settings->model = g_strdup("m");
    settings->api_key = g_strdup(KEY);
    return settings;
}

static void ask(Embedder *embedder)
{
    g_autoptr(EmbedCall) call = embed_call_new("id", TIMEOUT_MS);

    g_ptr_array_add(call->texts, g_strdup(TEXT));
    embedder_call(embedder, call);
}

/* Patterns. */
static void expect(const Told *told, const char *why)
{
    assert_string_equal(told->news->id, "id");
    assert_int_equal(told->news->vectors != NULL, why == NULL);
    if (!why)
        return;
    if (!g_pattern_match_simple(why, told->news->why) || strstr(told->news->why, KEY) ||
        strstr(told->news->why, TEXT))
        fail_msg("\"%s\" and not \"%s\"", told->news->why, why);
}

static void what_servers_say(void **state)
{
    static const struct {
        const char *what;
        const char *answer;
        const char *why; /* NULL: vectors */
        EmbedTrouble trouble;
    } rows[] = {
        { "vectors", HEAD("200 OK") "{\"embeddings\":[[1,2]]}", NULL, 0 },
        { "the key", HEAD("401 No") "{\"error\":\"wrong key " KEY "\"}", "*status 401",
          EMBED_MISCONFIGURED },
        { "an error", HEAD("500 No") "{\"error\":{\"message\":\"cannot read " TEXT "\"}}",
          "*status 500", EMBED_FAILED },
        { "nothing", HEAD("500 No"), "*status 500", EMBED_FAILED },
        { "no such model", HEAD("404 No") "{\"error\":\"no model m\"}", "*status 404",
          EMBED_MISCONFIGURED },
        { "too often", HEAD("429 No"), "*status 429", EMBED_LIMITED },
        { "busy", HEAD("503 No"), "*status 503", EMBED_LIMITED },
        { "a text", HEAD("400 No") "{\"error\":\"too long: " TEXT "\"}", "*status 400",
          EMBED_REFUSED },
        { "another", HEAD("413 No") TEXT, "*status 413", EMBED_REFUSED },
        { "what was asked", HEAD("200 OK") TEXT, "*not a vector*", EMBED_BROKEN },
        { "the same in JSON", HEAD("200 OK") "{\"embeddings\":[[\"" TEXT "\"]]}", "*not a vector*",
          EMBED_BROKEN },
        { "a page", HEAD("200 OK") "<html>", "*", EMBED_BROKEN },
        { "no content", HEAD("204 No"), "*status 204", EMBED_BROKEN },
        { "a redirect",
          "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
          "Connection: close\r\n\r\n",
          "*status 302", EMBED_MISCONFIGURED },
        { "the half", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"embeddings\":[[1", "*",
          EMBED_BROKEN },
        { "too much", "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n{", "*", EMBED_BROKEN },
        { "no HTTP", "220 mail.example.org ESMTP\r\n", "*", EMBED_BROKEN },
        { "silence", NULL, "*", EMBED_SILENT },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Told told = { 0 };
        Server server = { 0 };
        g_autoptr(Embedder) embedder = embedder_new(take, &told);

        print_message("%s\n", rows[i].what);
        server_start(&server, rows[i].answer);
        embedder_configure(embedder, settings_for(server.url));
        ask(embedder);
        assert_int_equal(told.count, 0);
        wait_until_told(&told);
        expect(&told, rows[i].why);
        assert_int_equal(told.news->trouble, rows[i].trouble);
        g_clear_pointer(&embedder, embedder_free);
        server_stop(&server);
        embed_news_free(told.news);
    }
}

static void nobody_there(void **state)
{
    Told told = { 0 };
    g_autoptr(Embedder) embedder = embedder_new(take, &told);

    (void)state;
    ask(embedder);
    assert_int_equal(told.count, 0);
    wait_until_told(&told);
    expect(&told, "nobody makes vectors any more");
    assert_int_equal(told.news->trouble, EMBED_UNASKED);
    told.count = 0;
    embedder_configure(embedder, settings_for("ftp://127.0.0.1:1"));
    ask(embedder);
    wait_until_told(&told);
    expect(&told, "*");
    assert_int_equal(told.news->trouble, EMBED_UNASKED);
    told.count = 0;
    embedder_configure(embedder, settings_for("http://127.0.0.1:1"));
    ask(embedder);
    wait_until_told(&told);
    expect(&told, "*");
    assert_int_equal(told.news->trouble, EMBED_UNREACHABLE);
    embed_news_free(told.news);
}

/* Somebody takes the connection, and proves nothing; or here is nothing to verify him with. */
static void not_trusted(void **state)
{
    static const char *const ca_files[] = { NULL, "/nonexistent/ca.pem" };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(ca_files); i++) {
        Told told = { 0 };
        Server server = { 0 };
        ModelSettings *settings;
        g_autofree char *url = NULL;
        g_autoptr(Embedder) embedder = embedder_new(take, &told);

        server_start(&server, "220 mail.example.org ESMTP\r\n");
        url = g_strconcat("https", server.url + strlen("http"), NULL);
        settings = settings_for(url);
        settings->ca_file = g_strdup(ca_files[i]);
        embedder_configure(embedder, settings);
        ask(embedder);
        wait_until_told(&told);
        expect(&told, "*");
        assert_int_equal(told.news->trouble, EMBED_UNTRUSTED);
        g_clear_pointer(&embedder, embedder_free);
        server_stop(&server);
        embed_news_free(told.news);
    }
}

/* Nothing follows of what is under way. */
static void freed_meanwhile(void **state)
{
    Told told = { 0 };
    Server server = { 0 };
    Embedder *embedder = embedder_new(take, &told);

    (void)state;
    server_start(&server, NULL);
    ask(embedder);
    embedder_configure(embedder, settings_for(server.url));
    ask(embedder);
    embedder_free(embedder);
    server_stop(&server);
    assert_int_equal(told.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_servers_say),
        cmocka_unit_test(nobody_there),
        cmocka_unit_test(not_trusted),
        cmocka_unit_test(freed_meanwhile),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The HTTP client over TLS: only a server whose certificate verifies is spoken to. */
#include "tests/unit/common/http_fixture.h"

#include <openssl/ssl.h>
#include <signal.h>

#include "common/sys/file.h"

#include "common/base/banned.h"

static char *folder;

static bool run(const char *command)
{
    g_auto(GStrv) argv = g_strsplit(command, " ", -1);
    int status;

    return g_spawn_sync(folder, argv, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
           g_spawn_check_wait_status(status, NULL);
}

/* One certificate that is its own authority. */
static int make_certificate(void **state)
{
    (void)state;

    folder = g_dir_make_tmp("test-http-XXXXXX", NULL);
    return run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
               "-keyout server.key -out server.pem -days 2 -subj /CN=localhost "
               "-addext subjectAltName=DNS:localhost")
               ? 0
               : -1;
}

static int remove_certificate(void **state)
{
    (void)state;

    file_remove_tree(folder, NULL);
    g_free(folder);
    return 0;
}

static char *inside(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Reads what comes, answers once, and hangs up. */
static gpointer serve_tls(gpointer data)
{
    static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsealed";
    Server *server = data;
    g_autofree char *certificate = inside("server.pem");
    g_autofree char *key = inside("server.key");
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    SSL *ssl = SSL_new(context);
    char buffer[4096];
    int fd;

    g_assert(SSL_use_certificate_file(ssl, certificate, SSL_FILETYPE_PEM) == 1);
    g_assert(SSL_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) == 1);
    fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    SSL_set_fd(ssl, fd);
    if (SSL_accept(ssl) == 1) {
        int length = SSL_read(ssl, buffer, sizeof(buffer));

        g_string_append_len(server->heard, buffer, MAX(length, 0));
        SSL_write(ssl, answer, sizeof(answer) - 1);
        SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    close(fd);
    return NULL;
}

static void test_certificates(void **state)
{
    static const struct {
        const char *what;
        const char *host;
        bool has_ca;
        HttpEnd end;
    } rows[] = {
        { "our authority", "localhost", true, HTTP_END_ANSWERED },
        { "an unknown authority", "localhost", false, HTTP_END_UNTRUSTED },
        { "another host's certificate", "127.0.0.1", true, HTTP_END_UNTRUSTED },
    };
    static const HttpField secret = { "Authorization", "s3cret" };
    g_autofree char *ca = inside("server.pem");

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Server server = { .heard = g_string_new(NULL) };
        g_autofree char *url = NULL;
        Client client;

        print_message("  %s\n", rows[i].what);
        server.listener = listen_somewhere(&server.port);
        server.thread = g_thread_new("server", serve_tls, &server);
        client_init(&client);
        url = g_strdup_printf("https://%s:%u/", rows[i].host, server.port);
        http_start(client.http,
                   &(HttpOrder){ .url = url,
                                 .fields = &secret,
                                 .field_count = 1,
                                 .ca_file = rows[i].has_ca ? ca : NULL,
                                 .max_bytes = 10 },
                   &noting, &client, NULL);
        wait_until(client.is_done);
        print_message("    %s\n", client.why ? client.why : "answered");
        assert_int_equal(client.end, rows[i].end);
        client_clear(&client);
        server_join(&server);
        assert_int_equal(strstr(server.heard->str, "s3cret") != NULL,
                         rows[i].end == HTTP_END_ANSWERED);
        server_clear(&server);
    }
}

static void test_no_tls_there(void **state)
{
    Server server = { .says = "HTTP/1.1 400 Bad Request\r\n\r\n" };
    g_autofree char *url = NULL;
    Client client;

    (void)state;
    server_start(&server);
    client_init(&client);
    url = g_strdup_printf("https://127.0.0.1:%u/", server.port);
    http_start(client.http, &(HttpOrder){ .url = url, .total_ms = 200 }, &noting, &client, NULL);
    wait_until(client.is_done);
    assert_true(client.end == HTTP_END_UNTRUSTED || client.end == HTTP_END_SILENT);
    client_clear(&client);
    server_clear(&server);
}

/* A handshake without end: the limit of the connection counts. */
static void test_a_handshake_that_hangs(void **state)
{
    Server server = { .says = "", .is_held = true };
    g_autofree char *url = NULL;
    Client client;

    (void)state;
    server_start(&server);
    client_init(&client);
    url = g_strdup_printf("https://127.0.0.1:%u/", server.port);
    http_start(client.http, &(HttpOrder){ .url = url, .connect_ms = 200 }, &noting, &client, NULL);
    wait_until(client.is_done);
    assert_int_equal(client.end, HTTP_END_SILENT);
    client_clear(&client);
    server_clear(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_no_tls_there),
        cmocka_unit_test(test_a_handshake_that_hangs),
    };

    /* As the header of the client asks for; the server here needs it, too. */
    signal(SIGPIPE, SIG_IGN);

    return cmocka_run_group_tests(tests, make_certificate, remove_certificate);
}

/* The HTTP client against a server that answers well, badly, slowly, by pieces, or not at all. */
#include "tests/unit/common/http_fixture.h"

#include "common/base/problem.h"

#include "common/base/banned.h"

#define OK      "HTTP/1.1 200 OK\r\n"
#define TEN     OK "Content-Length: 10\r\nContent-Type: text/plain\r\n\r\n0123456789"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n3\r\n012\r\n7\r\n3456789\r\n0\r\nX: y\r\n\r\n"
#define SHORT   200 /* ms: a time limit that is to run out */

static const struct {
    const char *what;
    const char *says;
    bool is_byte_wise;
    bool is_held;
    int64_t first_byte_ms;
    int64_t stall_ms;
    int64_t total_ms;
    size_t max_bytes;
    HttpEnd end;
    unsigned status;
    const char *body;
    const char *why; /* a pattern; NULL: none */
} rows[] = {
    { "an answer", TEN, false, false, 0, 0, 0, 10, HTTP_END_ANSWERED, 200, "0123456789", NULL },
    { "byte by byte", TEN, true, false, 0, 0, 0, 10, HTTP_END_ANSWERED, 200, "0123456789", NULL },
    { "chunked", CHUNKED, false, false, 0, 0, 0, 99, HTTP_END_ANSWERED, 200, "0123456789", NULL },
    { "chunked, byte by byte", CHUNKED, true, false, 0, 0, 0, 99, HTTP_END_ANSWERED, 200,
      "0123456789", NULL },
    { "up to the end of the connection", OK "\r\n0123456789", false, false, 0, 0, 0, 10,
      HTTP_END_ANSWERED, 200, "0123456789", NULL },
    { "without a body", "HTTP/1.1 204 No Content\r\n\r\n", false, true, 0, 0, 0, 0,
      HTTP_END_ANSWERED, 204, "", NULL },
    { "an interim answer before", "HTTP/1.1 103 Early Hints\r\nContent-Type: x\r\n\r\n" TEN, false,
      false, 0, 0, 0, 10, HTTP_END_ANSWERED, 200, "0123456789", NULL },
    { "an error of the server is an answer", "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\nsick",
      false, false, 0, 0, 0, 10, HTTP_END_ANSWERED, 500, "sick", NULL },
    { "a redirect is not followed",
      "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", false,
      false, 0, 0, 0, 10, HTTP_END_ANSWERED, 302, "", NULL },
    { "too long by its own word", OK "Content-Length: 11\r\n\r\n0123456789A", false, false, 0, 0, 0,
      10, HTTP_END_TOO_LARGE, 200, NULL, "the answer is longer than 10 bytes" },
    { "too long, chunked", CHUNKED, true, false, 0, 0, 0, 9, HTTP_END_TOO_LARGE, 200, NULL,
      "the answer is longer than 9 bytes" },
    { "nothing is said", "", false, true, SHORT, 0, 0, 10, HTTP_END_SILENT, 0, "",
      "no answer in 0.2 s" },
    { "half a head, then silence", "HTTP/1.1 2", false, true, 5000, SHORT, SHORT * 2, 10,
      HTTP_END_SILENT, 0, "", "*in*0.*s*" },
    { "half a body, then silence", OK "Content-Length: 10\r\n\r\n01234", false, true, 5000, SHORT,
      0, 10, HTTP_END_SILENT, 200, "01234", "nothing more came for 0.2 s" },
    { "not done in time", OK "Content-Length: 10\r\n\r\n01234", false, true, 0, 0, SHORT, 10,
      HTTP_END_SILENT, 200, "01234", "not done in 0.2 s" },
    { "cut in the middle", OK "Content-Length: 10\r\n\r\n01234", false, false, 0, 0, 0, 10,
      HTTP_END_BROKEN, 200, "01234", "*" },
    { "no HTTP", "SSH-2.0-OpenSSH\r\n", false, false, 0, 0, 0, 10, HTTP_END_BROKEN, 0, "", "*" },
    { "an end without a word", "", false, false, 0, 0, 0, 10, HTTP_END_BROKEN, 0, "", "*" },
};

static void test_answers(void **state)
{
    (void)state;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        Server server = { .says = rows[i].says,
                          .is_byte_wise = rows[i].is_byte_wise,
                          .is_held = rows[i].is_held };
        Client client;

        print_message("  %s\n", rows[i].what);
        talk_begin(&client, &server,
                   (HttpOrder){ .first_byte_ms = rows[i].first_byte_ms,
                                .stall_ms = rows[i].stall_ms,
                                .total_ms = rows[i].total_ms,
                                .max_bytes = rows[i].max_bytes });
        wait_until(client.is_done);
        if (client.end != rows[i].end || client.status != rows[i].status)
            fail_msg("end %d, status %u, %s", client.end, client.status, client.why);
        if (rows[i].body)
            assert_string_equal(client.body->str, rows[i].body);
        if (rows[i].why && !g_pattern_match_simple(rows[i].why, client.why))
            fail_msg("expected %s, found %s", rows[i].why, client.why);
        talk_end(&client, &server);
    }
}

static void test_a_field_of_the_answer(void **state)
{
    Server server = { .says = OK "Content-type: a\r\nX: y\r\nCONTENT-TYPE:  b \r\n"
                                 "Content-Length: 0\r\n\r\n" };
    Client client;

    (void)state;
    talk_begin(&client, &server, (HttpOrder){ 0 });
    wait_until(client.is_done);
    assert_string_equal(client.type, "a, b");
    talk_end(&client, &server);
}

static void test_header_without_end(void **state)
{
    g_autofree char *filler = g_strnfill(HTTP_HEADERS_MAX_BYTES, 'x');
    g_autofree char *says = g_strdup_printf(OK "X: %s\r\nY: %s\r\n\r\n", filler, filler);
    Server server = { .says = says };
    Client client;

    (void)state;
    talk_begin(&client, &server, (HttpOrder){ 0 });
    wait_until(client.is_done);
    assert_int_equal(client.end, HTTP_END_TOO_LARGE);
    talk_end(&client, &server);
}

static void test_what_is_sent(void **state)
{
    static const HttpField fields[] = { { "Authorization", "Bearer s3cret" },
                                        { "Content-Type", "text/plain" },
                                        { "X-Empty", "" } };
    static const struct {
        HttpMethod method;
        const char *first;
        const char *body;
    } kinds[] = {
        { HTTP_GET, "GET /a HTTP/1.1\r\n*", "" },
        { HTTP_PUT, "PUT /a HTTP/1.1\r\n*Content-Length: 5\r\n*\r\nwhole", "whole" },
        { HTTP_POST, "POST /a HTTP/1.1\r\n*Content-Length: 5\r\n*\r\nwhole", "whole" },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        Server server = { .says = OK "Content-Length: 0\r\n\r\n" };
        g_autofree char *url = NULL;
        Client client;

        server_start(&server);
        client_init(&client);
        url = server_url(&server);
        http_start(client.http,
                   &(HttpOrder){ .method = kinds[i].method,
                                 .url = url,
                                 .fields = fields,
                                 .field_count = G_N_ELEMENTS(fields),
                                 .body = kinds[i].body,
                                 .body_bytes = strlen(kinds[i].body) },
                   &noting, &client, NULL);
        wait_until(client.is_done);
        client_clear(&client);
        server_join(&server);
        if (!g_pattern_match_simple(kinds[i].first, server.heard->str) ||
            !strstr(server.heard->str, "\r\nAuthorization: Bearer s3cret\r\n") ||
            !strstr(server.heard->str, "\r\nContent-Type: text/plain\r\n") ||
            !strstr(server.heard->str, "\r\nX-Empty:\r\n") || strstr(server.heard->str, "Expect") ||
            strstr(server.heard->str, "urlencoded"))
            fail_msg("%s", server.heard->str);
        server_clear(&server);
    }
}

static void test_what_cannot_be_sent(void **state)
{
    static const struct {
        const char *url;
        HttpField field;
    } bad[] = {
        { "ftp://127.0.0.1/a", { "X", "y" } },
        { "file:///etc/passwd", { "X", "y" } },
        { "", { "X", "y" } },
        { "http://", { "X", "y" } },
        { "127.0.0.1/a", { "X", "y" } },
        { "http://127.0.0.1/", { "X: a", "y" } },
        { "http://127.0.0.1/", { "X", "y\r\nZ: z" } },
        { "http://127.0.0.1/", { "", "y" } },
    };
    g_autoptr(Http) http = http_new(NULL);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;

        assert_null(http_start(
            http, &(HttpOrder){ .url = bad[i].url, .fields = &bad[i].field, .field_count = 1 },
            &noting, NULL, &error));
        assert_true(g_error_matches(error, PROBLEM, PROBLEM_VALUE));
    }
}

static void test_nobody_there(void **state)
{
    g_autofree char *label = g_strnfill(70, 'x');
    g_autofree char *url = NULL;
    uint16_t port;
    Client client;

    (void)state;
    close(listen_somewhere(&port));
    url = g_strdup_printf("http://127.0.0.1:%u/", port);
    client_init(&client);
    http_start(client.http, &(HttpOrder){ .url = url }, &noting, &client, NULL);
    wait_until(client.is_done);
    assert_int_equal(client.end, HTTP_END_UNREACHABLE);
    assert_int_equal(client.status, 0);
    client_clear(&client);

    /* Longer than a label may be: no name server is asked. */
    g_free(url);
    url = g_strdup_printf("http://%s/", label);
    client_init(&client);
    http_start(client.http, &(HttpOrder){ .url = url }, &noting, &client, NULL);
    wait_until(client.is_done);
    assert_int_equal(client.end, HTTP_END_UNREACHABLE);
    client_clear(&client);
}

/* Somebody listens there, and would have answered. */
static void test_never_to_this_machine(void **state)
{
    static const char *const hosts[] = { "127.0.0.1", "localhost", "[::ffff:127.0.0.1]" };
    uint16_t port;
    int listener = listen_somewhere(&port);

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(hosts); i++) {
        g_autofree char *url = g_strdup_printf("http://%s:%u/", hosts[i], port);
        Client client;

        print_message("%s\n", hosts[i]);
        client_init(&client);
        http_start(client.http, &(HttpOrder){ .url = url, .must_leave = true }, &noting, &client,
                   NULL);
        wait_until(client.is_done);
        assert_int_equal(client.end, HTTP_END_UNREACHABLE);
        assert_string_equal(client.why, "its address leads to this very machine");
        client_clear(&client);
    }
    close(listener);
}

/* ---- ends in the middle ---- */

static void test_cancelling(void **state)
{
    static const char half[] = OK "Content-Length: 10\r\n\r\n01234";

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        Server server = { .says = half, .is_held = true };
        g_autofree char *url = NULL;
        Client client;

        server_start(&server);
        client_init(&client);
        client.cancels_at_head = i == 0;
        client.cancels_at_body = i == 1;
        client.frees_at_body = i == 2;
        url = server_url(&server);
        client.request = http_start(client.http, &(HttpOrder){ .url = url, .max_bytes = 10 },
                                    &noting, &client, NULL);
        wait_until(client.heads == 1 && (i == 0 || client.chunks == 1));
        if (i == 3)
            http_cancel(client.request);
        /* The server sees it go: it has waited for that. */
        server_join(&server);
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        assert_false(client.is_done);
        assert_int_equal(client.chunks, i == 0 ? 0 : 1);
        client_clear(&client);
        server_clear(&server);
    }
}

static void test_freed_by_the_last_handler(void **state)
{
    Server server = { .says = TEN };
    Client client;

    (void)state;
    talk_begin(&client, &server, (HttpOrder){ .max_bytes = 10 });
    client.frees_at_end = true;
    wait_until(client.is_done);
    talk_end(&client, &server);
}

static void test_freed_under_way(void **state)
{
    Server server = { .says = "", .is_held = true };
    Client client;

    (void)state;
    talk_begin(&client, &server, (HttpOrder){ 0 });
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    http_free(g_steal_pointer(&client.http));
    assert_false(client.is_done);
    talk_end(&client, &server);
}

/* ---- many, and none ---- */

static void test_side_by_side(void **state)
{
    Server server = { .says = TEN, .answers = HTTP_REQUESTS_MAX };
    g_autofree Client *clients = g_new0(Client, HTTP_REQUESTS_MAX);
    g_autoptr(Http) http = http_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *url = NULL;
    unsigned i;

    (void)state;
    server_start(&server);
    url = server_url(&server);
    for (i = 0; i < HTTP_REQUESTS_MAX; i++) {
        clients[i].body = g_string_new(NULL);
        assert_non_null(http_start(http, &(HttpOrder){ .url = url, .max_bytes = 10 }, &noting,
                                   &clients[i], NULL));
    }
    assert_null(http_start(http, &(HttpOrder){ .url = url }, &noting, NULL, &error));
    assert_true(g_error_matches(error, PROBLEM, PROBLEM_LIMIT));
    for (i = 0; i < HTTP_REQUESTS_MAX; i++) {
        wait_until(clients[i].is_done);
        assert_string_equal(clients[i].body->str, "0123456789");
        client_clear(&clients[i]);
    }
    server_clear(&server);
}

/* With a connection kept open, nothing wakes the loop. */
static void test_idle_it_sleeps(void **state)
{
    Server server = { .says = TEN, .is_held = true };
    g_autofree char *url = NULL;
    bool is_over = false;
    unsigned turns = 0;
    Client client;

    (void)state;
    server_start(&server);
    client_init(&client);
    url = server_url(&server);
    http_start(client.http,
               &(HttpOrder){ .url = url, .max_bytes = 10, .first_byte_ms = 60000, .stall_ms = 500 },
               &noting, &client, NULL);
    wait_until(client.is_done);
    g_timeout_add_full(G_PRIORITY_DEFAULT, 1000, wait_is_over, &is_over, NULL);
    while (!is_over) {
        g_main_context_iteration(NULL, TRUE);
        turns++;
    }
    g_source_remove_by_user_data(&is_over);
    /* The timer's own, and what was under way. */
    assert_in_range(turns, 1, 4);
    talk_end(&client, &server);
}

static void test_private_urls(void **state)
{
    static const struct {
        const char *url;
        bool is_private;
    } urls[] = {
        { "https://share.example.org/x", true },
        { "HTTPS://share.example.org/x", true },
        { "http://127.0.0.1:5280/x", true },
        { "http://localhost/x", true },
        { "http://[::1]:80/x", true },
        { "http://share.example.org/x", false },
        { "http://localhost@evil.org/", false },
        { "http://127.0.0.1.evil.org/", false },
        { "ftp://127.0.0.1/x", false },
        { "share.example.org", false },
        { "", false },
    };

    (void)state;
    for (unsigned i = 0; i < G_N_ELEMENTS(urls); i++) {
        if (http_url_is_private(urls[i].url) != urls[i].is_private)
            fail_msg("%s", urls[i].url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_a_field_of_the_answer),
        cmocka_unit_test(test_header_without_end),
        cmocka_unit_test(test_what_is_sent),
        cmocka_unit_test(test_what_cannot_be_sent),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_never_to_this_machine),
        cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_freed_by_the_last_handler),
        cmocka_unit_test(test_freed_under_way),
        cmocka_unit_test(test_side_by_side),
        cmocka_unit_test(test_idle_it_sleeps),
        cmocka_unit_test(test_private_urls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

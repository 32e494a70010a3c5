/* The MQTT client over TLS, against mosquittos with stock settings. */
#include "tests/unit/common/mqtt_fixture.h"

#include <dlfcn.h>
#include <mosquitto.h>
#include <openssl/ssl.h>

#include "common/base/banned.h"

static Broker tls;
static Broker mutual; /* asks for our certificate */

static const char *const all_of_test[] = { "test/#", NULL };

static bool make_certificates(void)
{
    static const char *const commands[] = {
        "openssl ecparam -genkey -name prime256v1 -noout -out ca.key",
        "openssl req -x509 -new -key ca.key -subj /CN=test-ca -days 2 -out ca.pem",
        "openssl ecparam -genkey -name prime256v1 -noout -out server.key",
        "openssl req -new -key server.key -subj /CN=localhost -out server.csr",
        "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-extfile names -out server.pem",
        "openssl ecparam -genkey -name prime256v1 -noout -out client.key",
        "openssl req -new -key client.key -subj /CN=client -out client.csr",
        "openssl x509 -req -in client.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 "
        "-out client.pem",
    };
    g_autofree char *names = inside("names");

    if (!file_write_atomic(names, "subjectAltName=DNS:localhost\n", 29, 0600, NULL))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (!run(commands[i]))
            return false;
    }

    return true;
}

static int start_brokers(void **state)
{
    g_autofree char *more = NULL;

    (void)state;

    folder = g_dir_make_tmp("test-mqtt-XXXXXX", NULL);
    if (!make_certificates())
        return -1;

    more = g_strdup_printf("certfile %s/server.pem\nkeyfile %s/server.key\n", folder, folder);
    configure(&tls, "tls.conf", more);
    g_free(more);
    more = g_strdup_printf("certfile %s/server.pem\nkeyfile %s/server.key\ncafile %s/ca.pem\n"
                           "require_certificate true\n",
                           folder, folder, folder);
    configure(&mutual, "mutual.conf", more);
    broker_start(&tls);
    broker_start(&mutual);
    return 0;
}

static int stop_brokers(void **state)
{
    (void)state;

    broker_kill(&tls);
    broker_kill(&mutual);
    g_free(tls.config);
    g_free(mutual.config);
    file_remove_tree(folder, NULL);
    g_free(folder);
    return 0;
}

static void test_tls(void **state)
{
    static const struct {
        const char *what;
        const char *host;
        bool has_ca;
        const char *reason; /* NULL: connects */
    } rows[] = {
        { "our authority", "localhost", true, NULL },
        { "unknown authority", "localhost", false,
          "certificate does not verify: no trusted authority*" },
        { "another host's certificate", "127.0.0.1", true,
          "TLS fails: the certificate is not made for 127.0.0.1*" },
    };
    g_autofree char *ca = inside("ca.pem");

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *url = g_strdup_printf("mqtts://%s:%u", rows[i].host, tls.port);
        const MqttSettings settings = { .url = url,
                                        .ca_file = rows[i].has_ca ? ca : NULL,
                                        .client_id = "secret",
                                        .filters = all_of_test,
                                        .keep_alive_s = 60 };
        g_autoptr(Client) client = NULL;

        print_message("  %s\n", rows[i].what);
        client = client_new(&settings, false);
        wait_until(client->connects + client->reasons->len > 0);
        assert_int_equal(client->connects, rows[i].reason == NULL);
        if (rows[i].reason) {
            if (!g_pattern_match_simple(rows[i].reason, last_reason(client)))
                fail_msg("expected %s, found %s", rows[i].reason, last_reason(client));
            continue;
        }
        assert_true(publish_text(client, "test/tls", "sealed") > 0);
        wait_until(has_message(client, "test/tls sealed") && client->published->len == 1);
    }
}

/* What TLS has decrypted and poll cannot see must not wait; small messages share its records. */
static void test_tls_traffic(void **state)
{
    g_autofree char *ca = inside("ca.pem");
    g_autofree char *url = g_strdup_printf("mqtts://localhost:%u", tls.port);
    g_autofree char *frame = g_strnfill(256 * 1024, 'f');
    const MqttSettings settings = {
        .url = url, .ca_file = ca, .client_id = "busy", .filters = all_of_test, .keep_alive_s = 60
    };
    g_autoptr(Client) client = client_new(&settings, false);
    int64_t start_ms;

    (void)state;

    wait_until(client->connects == 1);
    start_ms = clock_boot_ms();
    for (unsigned i = 0; i < 20; i++)
        assert_true(publish_text(client, "test/large", frame) > 0);
    for (unsigned i = 0; i < 500; i++)
        assert_true(publish_text(client, "test/small", "s") > 0);
    wait_until(client->messages->len == 520 && client->published->len == 520);
    print_message("  20 frames of 256 KiB and 500 small ones, there and back: %d ms\n",
                  (int)(clock_boot_ms() - start_ms));
    assert_true(clock_boot_ms() - start_ms < 10000);
}

static void test_client_certificate(void **state)
{
    g_autofree char *ca = inside("ca.pem");
    g_autofree char *cert = inside("client.pem");
    g_autofree char *key = inside("client.key");
    g_autofree char *other_key = inside("server.key");
    g_autofree char *url = g_strdup_printf("mqtts://localhost:%u", mutual.port);
    const struct {
        const char *what;
        const char *cert;
        const char *key;
        const char *reason; /* NULL: connects */
    } rows[] = {
        { "our certificate", cert, key, NULL },
        { "none", NULL, NULL, "TLS fails: *certificate required" },
        { "another key", cert, other_key, "TLS fails: */server.key: key values mismatch" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const MqttSettings settings = { .url = url,
                                        .ca_file = ca,
                                        .cert_file = rows[i].cert,
                                        .key_file = rows[i].key,
                                        .client_id = "certified",
                                        .keep_alive_s = 60 };
        g_autoptr(Client) client = NULL;

        print_message("  %s\n", rows[i].what);
        client = client_new(&settings, false);
        wait_until(client->connects + client->reasons->len > 0);
        assert_int_equal(client->connects, rows[i].reason == NULL);
        /* A broker that hangs up while we write may leave us no time to read why. */
        if (rows[i].reason && !g_pattern_match_simple(rows[i].reason, last_reason(client)) &&
            !(rows[i].cert == NULL && g_str_has_prefix(last_reason(client), "the broker hung up")))
            fail_msg("expected %s, found %s", rows[i].reason, last_reason(client));
    }
}

typedef struct NameServer {
    int listener;
    SSL_CTX *context;
    char *name; /* that the client named */
} NameServer;

static gpointer hear_name(gpointer data)
{
    NameServer *server = data;
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    SSL *ssl = SSL_new(server->context);

    SSL_set_fd(ssl, fd);
    SSL_accept(ssl);
    server->name = g_strdup(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
    SSL_free(ssl);
    close(fd);
    return NULL;
}

/* Brokers behind one address tell their certificates apart by it (SNI); addresses are not named. */
static void test_name_in_handshake(void **state)
{
    static const struct {
        const char *host;
        const char *name;
    } rows[] = { { "localhost", "localhost" }, { "127.0.0.1", NULL } };
    g_autofree char *ca = inside("ca.pem");
    g_autofree char *cert = inside("server.pem");
    g_autofree char *key = inside("server.key");

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        uint16_t port;
        NameServer server = { listen_somewhere(&port), SSL_CTX_new(TLS_server_method()), NULL };
        g_autofree char *url = g_strdup_printf("mqtts://%s:%u", rows[i].host, port);
        const MqttSettings settings = {
            .url = url, .ca_file = ca, .client_id = "x", .keep_alive_s = 60
        };
        GThread *thread;
        Client *client;

        print_message("  %s\n", rows[i].host);
        assert_int_equal(SSL_CTX_use_certificate_chain_file(server.context, cert), 1);
        assert_int_equal(SSL_CTX_use_PrivateKey_file(server.context, key, SSL_FILETYPE_PEM), 1);
        thread = g_thread_new("name", hear_name, &server);
        client = client_new(&settings, false);
        wait_until(client->reasons->len == 1);
        client_free(client);
        g_thread_join(thread);
        assert_int_equal(g_strcmp0(server.name, rows[i].name), 0);
        g_free(server.name);
        SSL_CTX_free(server.context);
        close(server.listener);
    }
}

/* ---- contexts that live ------------------------------------------------------------------------
 */

static int context_index = -1; /* of OpenSSL's extra data; -1: nobody counts */
static int living_contexts;
static bool is_library_forgetful;

static void on_context_end(void *parent, void *data, CRYPTO_EX_DATA *all, int index, long number,
                           void *pointer)
{
    (void)parent;
    (void)all;
    (void)index;
    (void)number;
    (void)pointer;
    if (data)
        g_atomic_int_add(&living_contexts, -1);
}

/* In the place of OpenSSL's: counts. */
SSL_CTX *SSL_CTX_new(const SSL_METHOD *method)
{
    SSL_CTX *(*real)(const SSL_METHOD *method) = dlsym(RTLD_NEXT, "SSL_CTX_new");
    SSL_CTX *context = real(method);

    if (context_index >= 0) {
        SSL_CTX_set_ex_data(context, context_index, &living_contexts);
        g_atomic_int_inc(&living_contexts);
    }
    return context;
}

/* In the place of the library's. 2.0.12 and later take a reference here that they give back only
 * when an address let them begin to connect (their issue 2992). */
int mosquitto_void_option(struct mosquitto *handle, enum mosq_opt_t option, void *value)
{
    int (*real)(struct mosquitto * handle, enum mosq_opt_t option, void *value) =
        dlsym(RTLD_NEXT, "mosquitto_void_option");

    if (is_library_forgetful && option == MOSQ_OPT_SSL_CTX)
        SSL_CTX_up_ref(value);
    return real(handle, option, value);
}

/* An attempt leaves nothing behind, whether the library gives back what it took or not. */
static void test_context_of_each_attempt(void **state)
{
    static const struct {
        const char *what;
        bool is_forgetful;
    } rows[] = {
        { "a library that gives back", false },
        { "a library that forgets", true },
    };

    (void)state;

    context_index = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_context_end);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* To a group TCP sets off never. */
        const MqttSettings settings = { .url = "mqtts://224.0.0.1:8883",
                                        .client_id = "leaving",
                                        .filters = all_of_test,
                                        .keep_alive_s = 60 };
        g_autoptr(Client) client = NULL;

        print_message("  %s\n", rows[i].what);
        is_library_forgetful = rows[i].is_forgetful;
        client = client_new(&settings, false);
        wait_until(client->reasons->len == 3);
        assert_string_equal(last_reason(client), "network is unreachable");
        assert_int_equal(g_atomic_int_get(&living_contexts), 0);
    }
    is_library_forgetful = false;
    context_index = -1;
}

/* Also while a thread reads the authorities, which must not outlast the program's end. */
static void test_free_at_any_moment(void **state)
{
    g_autofree char *url = g_strdup_printf("mqtts://localhost:%u", tls.port);
    int64_t longest_ms = 0;

    (void)state;

    for (unsigned i = 0; i < 60; i++) {
        const MqttSettings settings = {
            .url = url, .client_id = "brief", .filters = all_of_test, .keep_alive_s = 60
        };
        Client *client = client_new(&settings, true);
        int64_t before_ms;

        if (i > 0)
            run_for(1 + i * 2);
        before_ms = clock_boot_ms();
        client_free(client);
        longest_ms = MAX(longest_ms, clock_boot_ms() - before_ms);
    }
    print_message("  the longest of 60 took %d ms\n", (int)longest_ms);
    assert_true(longest_ms < 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_tls_traffic),
        cmocka_unit_test(test_client_certificate),
        cmocka_unit_test(test_name_in_handshake),
        cmocka_unit_test(test_free_at_any_moment),
        cmocka_unit_test(test_context_of_each_attempt),
    };

    return cmocka_run_group_tests_name("mqtt_tls", tests, start_brokers, stop_brokers);
}

/* For the tests of the MQTT client: waiting for conditions, clients that note what they are told,
 * and a mosquitto with stock settings as a child. Included by one .c file per program. */
#ifndef TESTS_UNIT_COMMON_MQTT_FIXTURE_H
#define TESTS_UNIT_COMMON_MQTT_FIXTURE_H

#include <arpa/inet.h>
#include <glib.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/net/mqtt.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"

#define WAIT_MAX_MS 30000

/* ---- waiting ----------------------------------------------------------------------------------
 */

static inline gboolean wait_is_over(gpointer data)
{
    *(bool *)data = true;
    return G_SOURCE_CONTINUE;
}

/* Runs the loop until the condition holds; fails the test when it does not in time. */
#define wait_until(condition)                                                                      \
    do {                                                                                           \
        bool is_over = false;                                                                      \
        guint deadline = g_timeout_add(WAIT_MAX_MS, wait_is_over, &is_over);                       \
                                                                                                   \
        while (!(condition) && !is_over)                                                           \
            g_main_context_iteration(NULL, TRUE);                                                  \
        g_source_remove(deadline);                                                                 \
        if (!(condition))                                                                          \
            fail_msg("not in %d ms: %s", WAIT_MAX_MS, #condition);                                 \
    } while (0)

/* Lets time pass, where a time without traffic is what the test is about. */
static inline void run_for(unsigned ms)
{
    bool is_over = false;
    guint timer = g_timeout_add(ms, wait_is_over, &is_over);

    while (!is_over)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(timer);
}

/* ---- clients ----------------------------------------------------------------------------------
 */

typedef struct Client {
    Mqtt *mqtt;
    unsigned connects;
    unsigned wills;
    bool has_will;
    GPtrArray *messages; /* "topic payload" with " retained" where it is */
    GPtrArray *reasons;
    GArray *waits_ms;    /* int64_t */
    GArray *published;   /* unsigned */
    GPtrArray *refusals; /* "token reason" */
} Client;

static inline void on_connected(void *data)
{
    Client *client = data;

    assert_true(mqtt_is_connected(client->mqtt));
    client->connects++;
}

static inline void on_disconnected(const char *reason, int64_t next_ms, void *data)
{
    Client *client = data;

    assert_false(mqtt_is_connected(client->mqtt));
    g_ptr_array_add(client->reasons, g_strdup(reason));
    g_array_append_val(client->waits_ms, next_ms);
}

static inline void on_message(const MqttMessage *message, void *data)
{
    Client *client = data;

    assert_int_equal(message->payload[message->length], '\0');
    g_ptr_array_add(client->messages, g_strdup_printf("%s %s%s", message->topic, message->payload,
                                                      message->is_retained ? " retained" : ""));
}

static inline void on_published(unsigned token, void *data)
{
    Client *client = data;

    g_array_append_val(client->published, token);
}

static inline void on_publication_refused(unsigned token, const char *reason, void *data)
{
    Client *client = data;

    g_ptr_array_add(client->refusals, g_strdup_printf("%u %s", token, reason));
}

static inline char *make_will(char **out_topic, size_t *out_length, void *data)
{
    Client *client = data;
    char *will;

    if (!client->has_will)
        return NULL;

    *out_topic = g_strdup("test/will");
    will = g_strdup_printf("will %u", ++client->wills);
    *out_length = strlen(will);
    return will;
}

static const MqttHandlers client_handlers = {
    .connected = on_connected,
    .disconnected = on_disconnected,
    .message = on_message,
    .published = on_published,
    .publication_refused = on_publication_refused,
    .make_will = make_will,
};

static inline Client *client_new(const MqttSettings *settings, bool has_will)
{
    Client *client = g_new0(Client, 1);
    g_autoptr(GError) error = NULL;

    client->has_will = has_will;
    client->messages = g_ptr_array_new_with_free_func(g_free);
    client->reasons = g_ptr_array_new_with_free_func(g_free);
    client->refusals = g_ptr_array_new_with_free_func(g_free);
    client->waits_ms = g_array_new(FALSE, FALSE, sizeof(int64_t));
    client->published = g_array_new(FALSE, FALSE, sizeof(unsigned));
    client->mqtt = mqtt_new(settings, &client_handlers, client, &error);
    assert_null(error);
    assert_non_null(client->mqtt);
    return client;
}

static inline void client_free(Client *client)
{
    if (!client)
        return;

    mqtt_free(client->mqtt);
    g_ptr_array_unref(client->messages);
    g_ptr_array_unref(client->reasons);
    g_ptr_array_unref(client->refusals);
    g_array_unref(client->waits_ms);
    g_array_unref(client->published);
    g_free(client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Client, client_free)

static inline bool has_message(const Client *client, const char *message)
{
    return g_ptr_array_find_with_equal_func(client->messages, message, g_str_equal, NULL);
}

static inline const char *last_reason(const Client *client)
{
    return client->reasons->len > 0 ? client->reasons->pdata[client->reasons->len - 1] : NULL;
}

static inline unsigned publish_text(Client *client, const char *topic, const char *text)
{
    return mqtt_publish(client->mqtt, topic, text, strlen(text), false, NULL);
}

/* ---- brokers ----------------------------------------------------------------------------------
 */

/* A socket that listens on a free port of the loopback. */
static inline int listen_somewhere(uint16_t *out_port)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *out_port = ntohs(address.sin_port);
    return fd;
}

static inline uint16_t free_port(void)
{
    uint16_t port;

    close(listen_somewhere(&port));
    return port;
}

static inline bool can_connect(uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_connected;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    is_connected = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return is_connected;
}

typedef struct Broker {
    char *config;
    uint16_t port;
    GPid pid;
} Broker;

static char *folder __attribute__((unused)); /* of the test */

static inline char *inside(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

/* Runs a command line in the folder of the test. */
static inline bool run(const char *command)
{
    g_auto(GStrv) argv = NULL;
    int status = -1;

    return g_shell_parse_argv(command, NULL, &argv, NULL) &&
           g_spawn_sync(folder, argv, NULL,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
                            G_SPAWN_STDERR_TO_DEV_NULL,
                        NULL, NULL, NULL, NULL, &status, NULL) &&
           status == 0;
}

static inline void configure(Broker *broker, const char *name, const char *more)
{
    g_autofree char *text = NULL;

    broker->port = free_port();
    broker->config = inside(name);
    text = g_strdup_printf("listener %u 127.0.0.1\nallow_anonymous true\n%s%s", broker->port,
                           geteuid() == 0 ? "user root\n" : "", more);
    assert_true(file_write_atomic(broker->config, text, strlen(text), 0600, NULL));
}

static inline void broker_start(Broker *broker)
{
    char *argv[] = { (char *)(uintptr_t) "mosquitto", (char *)(uintptr_t) "-c", broker->config,
                     NULL };
    g_autofree char *path = g_strconcat("/usr/sbin:", g_getenv("PATH"), NULL);
    int64_t deadline_ms = clock_boot_ms() + WAIT_MAX_MS;

    g_setenv("PATH", path, TRUE);
    assert_true(
        g_spawn_async(NULL, argv, NULL,
                      G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                      NULL, NULL, &broker->pid, NULL));
    while (!can_connect(broker->port)) {
        assert_int_equal(waitpid(broker->pid, NULL, WNOHANG), 0);
        assert_true(clock_boot_ms() < deadline_ms);
        g_thread_yield();
    }
}

static inline void broker_kill(Broker *broker)
{
    if (broker->pid == 0)
        return;

    kill(broker->pid, SIGKILL);
    waitpid(broker->pid, NULL, 0);
    broker->pid = 0;
}

#endif

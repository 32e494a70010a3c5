#include "common/net/mqtt_handle.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/net/mqtt_source.h"
#include "common/net/mqtt_tls.h"

#include "common/base/banned.h"

#define SEND_MAX         1000 /* the broker may want less, mosquitto 20 as shipped */
#define RECEIVE_MAX      20   /* the library keeps so many of QoS 2 that are not completed */
#define PACKET_MAX_BYTES (FRAME_MAX_BYTES + 64 * 1024) /* a frame, its topic and properties */

static int set_will(struct mosquitto *handle, const MqttHandleOptions *options)
{
    if (!options->will_topic)
        return MOSQ_ERR_SUCCESS;
    /* The library would write the lower half of the length. */
    if (options->will_length > UINT16_MAX)
        return MOSQ_ERR_PAYLOAD_SIZE;

    return mosquitto_will_set(handle, options->will_topic, (int)options->will_length,
                              options->will_payload, 1, true);
}

static int set_tls(struct mosquitto *handle, SSL_CTX *tls)
{
    if (!tls)
        return MOSQ_ERR_SUCCESS;

    /* Else the library would check names itself, more laxly than OpenSSL does. */
    mosquitto_int_option(handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
    return mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, tls);
}

/* Session expiry: 0 is what its absence means. */
static int set_properties(struct mosquitto *handle, bool is_version_5)
{
    mosquitto_property *properties = NULL;
    int result;

    if (!is_version_5)
        return MOSQ_ERR_SUCCESS;

    /* Only the blocking connect takes properties. Without a host it keeps them for the next
     * connect, and goes no further. */
    mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_MAX_BYTES);
    result = mosquitto_connect_bind_v5(handle, NULL, 0, 0, NULL, properties);
    mosquitto_property_free_all(&properties);
    return result == MOSQ_ERR_INVAL ? MOSQ_ERR_SUCCESS : MOSQ_ERR_UNKNOWN;
}

struct mosquitto *mqtt_handle_new(const MqttHandleOptions *options, void *data)
{
    const MqttSettings *settings = options->settings;
    struct mosquitto *handle;

    /* Has no counterpart here: the library's clean-up would unload OpenSSL's modules for all. */
    mosquitto_lib_init();
    handle = mosquitto_new(settings->client_id, true, data);
    if (!handle)
        return NULL;

    mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION,
                         options->is_version_5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311);
    mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, SEND_MAX);
    mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, RECEIVE_MAX);
    if (mosquitto_username_pw_set(handle, settings->username, settings->password) ==
            MOSQ_ERR_SUCCESS &&
        set_will(handle, options) == MOSQ_ERR_SUCCESS &&
        set_tls(handle, options->tls) == MOSQ_ERR_SUCCESS &&
        set_properties(handle, options->is_version_5) == MOSQ_ERR_SUCCESS)
        return handle;

    mosquitto_destroy(handle);
    return NULL;
}

void mqtt_handle_free(struct mosquitto *handle, SSL_CTX *tls)
{
    if (handle)
        mosquitto_destroy(handle);
    mqtt_tls_free(tls);
}

int mqtt_handle_connect(struct mosquitto *handle, const char *address, uint16_t port,
                        unsigned ping_s)
{
    int result = mosquitto_connect_async(handle, address, port, (int)ping_s);
    int error = errno;

    /* The library leaves the flag out of its socket, and of a socketpair that it makes with each
     * handle and does not tell of. All descriptors of ours have it anyway. */
    close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    errno = error;
    return result;
}

int mqtt_handle_subscribe(struct mosquitto *handle, const char *const *filters)
{
    int count = (int)g_strv_length((char **)(uintptr_t)filters);

    return mosquitto_subscribe_multiple(handle, NULL, count, (char *const *)(uintptr_t)filters, 1,
                                        0, NULL);
}

int mqtt_handle_ask(struct mosquitto *handle)
{
    return mosquitto_unsubscribe(handle, NULL, "no/such/subscription");
}

/* Hints: what the library does not take is left out. */
static mosquitto_property *make_properties(const MqttProperties *properties)
{
    mosquitto_property *made = NULL;

    if (properties->content_type)
        mosquitto_property_add_string(&made, MQTT_PROP_CONTENT_TYPE, properties->content_type);
    if (properties->response_topic)
        mosquitto_property_add_string(&made, MQTT_PROP_RESPONSE_TOPIC, properties->response_topic);
    if (properties->correlation)
        mosquitto_property_add_binary(&made, MQTT_PROP_CORRELATION_DATA, properties->correlation,
                                      (uint16_t)MIN(strlen(properties->correlation), UINT16_MAX));
    if (properties->expiry_s > 0)
        mosquitto_property_add_int32(&made, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL,
                                     properties->expiry_s);
    return made;
}

int mqtt_handle_publish(struct mosquitto *handle, int *out_id, const char *topic,
                        const char *payload, size_t length, bool is_retained,
                        const MqttProperties *properties)
{
    mosquitto_property *made = properties ? make_properties(properties) : NULL;
    int result = MOSQ_ERR_PAYLOAD_SIZE;

    if (length <= PACKET_MAX_BYTES)
        result =
            mosquitto_publish_v5(handle, out_id, topic, (int)length, payload, 1, is_retained, made);
    mosquitto_property_free_all(&made);
    return result;
}

/* ---- the end ----------------------------------------------------------------------------------
 */

static bool wait_until_ready(int fd, short events, int64_t deadline_ms)
{
    struct pollfd waiting = { .fd = fd, .events = events };
    int64_t left_ms = deadline_ms - mqtt_source_now_ms();

    /* Who never stops sending does not put the end off. */
    return left_ms > 0 && poll(&waiting, 1, (int)left_ms) == 1;
}

/* Waits until the other side has closed, too. What it still sends is read and dropped: a socket
 * that is closed with something unread resets the connection, and DISCONNECT may be lost. */
static void wait_for_close(int fd, int64_t deadline_ms)
{
    char dropped[4096];
    bool is_open = shutdown(fd, SHUT_WR) == 0;

    while (is_open && wait_until_ready(fd, POLLIN, deadline_ms))
        is_open = recv(fd, dropped, sizeof(dropped), MSG_DONTWAIT) > 0;
}

void mqtt_handle_say_goodbye(struct mosquitto *handle, int64_t deadline_ms)
{
    int fd = mosquitto_socket(handle);
    /* The library closes its descriptor as soon as DISCONNECT is written. */
    int kept = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int result = MOSQ_ERR_SUCCESS;

    mosquitto_disconnect(handle);
    while (result == MOSQ_ERR_SUCCESS && mosquitto_socket(handle) == fd &&
           wait_until_ready(fd, POLLOUT, deadline_ms))
        result = mosquitto_loop_write(handle, 1);
    if (kept >= 0) {
        wait_for_close(kept, deadline_ms);
        close(kept);
    }
}

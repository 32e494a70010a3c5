#include "common/net/mqtt_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/base/limits.h"
#include "common/net/mqtt_pulse.h"
#include "common/net/mqtt_reason.h"
#include "common/net/mqtt_source.h"
#include "common/net/mqtt_tls.h"
#include "common/sys/log.h"

#include "common/base/banned.h"

#define HUNG_UP              "the broker hung up before it answered"
#define CONNECT_MAX_MS       10000 /* to all addresses together */
#define ANSWER_MAX_MS        10000 /* for TLS, for CONNACK and for SUBACK */
#define PING_MIN_S           5     /* the library takes no less */
#define READS_PER_TURN       64
#define UNFINISHED_MAX_BYTES (4 * FRAME_MAX_BYTES) /* as they come: with the records of TLS */
#define PING_ANSWER_BYTES    64                    /* or less */
#define UNSENT_MAX_BYTES     (32 * 1024 * 1024)    /* counted since nothing waited */
#define ANSWER_BYTES         256                   /* of an answer that waits, in the library */

typedef enum {
    PHASE_CONNECTING, /* TCP */
    PHASE_SECURING,   /* TLS */
    PHASE_ASKING,     /* from CONNECT to CONNACK */
    PHASE_OPEN,
    PHASE_ENDED,
} Phase;

struct MqttLink {
    struct mosquitto *handle;
    SSL_CTX *tls;
    MqttUrl url;
    GStrv addresses;
    unsigned next_address;
    unsigned ping_s;
    int64_t silence_ms;
    bool is_version_5;
    void (*handler)(const MqttLinkEvent *event, void *data);
    void *data;

    Phase phase;
    int64_t deadline_ms; /* of the phase; INT64_MAX: none */
    int first_error;    /* errno of the first write, which is made before the socket is connected */
    long verify_result; /* of the broker's certificate, X509_V_… */
    MqttPulse pulse;
    bool is_asking_itself; /* the library would ping too late */
    MqttInbox inbox;
    size_t unfinished_bytes; /* that came since the last whole packet */
    size_t unsent_bytes;     /* that waited since the broker had taken all, or more */
    bool has_warned;

    MqttSource *source;

    unsigned depth; /* of turns under way: the handler may take another */
    bool is_freed;  /* meanwhile */
};

/* ---- phases -----------------------------------------------------------------------------------
 */

static void set_phase(MqttLink *link, Phase phase, int64_t limit_ms)
{
    link->phase = phase;
    link->deadline_ms = limit_ms == INT64_MAX ? INT64_MAX : mqtt_source_now_ms() + limit_ms;
}

static void end_link(MqttLink *link, MqttLinkEventKind kind, char *reason)
{
    mqtt_inbox_end(&link->inbox, kind, 0, reason);
    set_phase(link, PHASE_ENDED, INT64_MAX);
}

/* The broker may want another keep-alive than ours, or none, and the library obeys. We do so where
 * that is no longer than ours, and else ask in the library's stead. */
static void start_pulse(MqttLink *link)
{
    int64_t ping_ms = link->ping_s * INT64_C(1000);
    int64_t silence_ms = link->silence_ms;
    int64_t wanted_ms = link->inbox.keep_alive_s * INT64_C(1000);

    if (wanted_ms > 0 && wanted_ms + wanted_ms / 2 <= silence_ms) {
        ping_ms = wanted_ms;
        silence_ms = wanted_ms + wanted_ms / 2;
    }
    link->is_asking_itself = wanted_ms >= 0 && wanted_ms != ping_ms;
    link->pulse = mqtt_pulse_of(ping_ms, silence_ms, mqtt_source_now_ms());
}

static void end_tls(MqttLink *link)
{
    end_link(link, MQTT_LINK_FAILED,
             mqtt_tls_reason(link->verify_result, link->url.host, link->inbox.tls_lines->str));
}

/* Follows what the callbacks noted, and makes sense of what the library returned; system_error is
 * errno as it left it. */
static void follow(MqttLink *link, int result, int system_error)
{
    if (link->phase == PHASE_ASKING && link->inbox.is_open) {
        set_phase(link, PHASE_OPEN, INT64_MAX);
        start_pulse(link);
        /* From here on the library would format a line for each packet. Only with MQTT 3.1.1 it is
         * read: of MQTT 5 RECEIVE_MAX is the limit to what the broker may leave unfinished. */
        if (link->is_version_5)
            mosquitto_log_callback_set(link->handle, NULL);
    }
    if (link->phase == PHASE_OPEN && link->inbox.is_subscribed)
        link->deadline_ms = INT64_MAX;
    if (link->inbox.has_ended)
        set_phase(link, PHASE_ENDED, INT64_MAX);
    if (result == MOSQ_ERR_SUCCESS || link->phase == PHASE_ENDED)
        return;

    if (link->phase != PHASE_ASKING)
        end_link(link, MQTT_LINK_FAILED, mqtt_reason_of_result(result, system_error));
    else if (link->inbox.tls_lines->len > 0)
        end_tls(link); /* TLS 1.3: the broker may refuse our certificate after the handshake */
    else if (result == MOSQ_ERR_CONN_LOST || result == MOSQ_ERR_ERRNO)
        end_link(link, MQTT_LINK_HUNG_UP, g_strdup(HUNG_UP));
    else
        end_link(link, MQTT_LINK_UNREADABLE, g_strdup("what answers there is no MQTT broker"));
}

/* ---- connecting -------------------------------------------------------------------------------
 */

/* Sets off to the next address, or ends the link for the error of the last one. */
static void connect_next(MqttLink *link, int last_error)
{
    /* The library closes the socket of the last one. */
    mqtt_source_unwatch(link->source);
    while (link->addresses[link->next_address]) {
        const char *address = link->addresses[link->next_address++];
        int result;

        errno = 0;
        result = mqtt_handle_connect(link->handle, address, link->url.port, link->ping_s);
        last_error = errno;
        /* Where the broker is quick, as on the loopback, the whole handshake is over by now. */
        if (result == MOSQ_ERR_TLS || link->inbox.tls_lines->len > 0) {
            end_tls(link);
            return;
        }
        if (result == MOSQ_ERR_SUCCESS) {
            link->first_error = last_error;
            set_phase(link, PHASE_CONNECTING,
                      CONNECT_MAX_MS / (int64_t)g_strv_length(link->addresses));
            return;
        }
    }

    if (last_error == EPROTO)
        end_link(link, MQTT_LINK_HUNG_UP, g_strdup(HUNG_UP));
    else
        end_link(link, MQTT_LINK_FAILED,
                 last_error == ETIMEDOUT ? g_strdup("the broker does not answer")
                                         : mqtt_reason_of_errno(last_error));
}

/* 0 when the socket is or was connected, or the errno of its attempt. */
static int connect_error(const MqttLink *link)
{
    int fd = mosquitto_socket(link->handle);
    int error = 0;
    socklen_t length = sizeof(error);

    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0)
        return errno;

    /* The library's first write has taken the error away. */
    if (error == 0 && link->first_error == ECONNREFUSED)
        return ECONNREFUSED;

    /* It was connected, and the next read tells of its end. */
    return error == ECONNRESET || error == EPIPE ? 0 : error;
}

static void write_out(MqttLink *link)
{
    int result = mosquitto_loop_write(link->handle, 1);

    follow(link, result, errno);
    mqtt_pulse_said(&link->pulse, mqtt_source_now_ms());
}

static void begin_asking(MqttLink *link)
{
    set_phase(link, PHASE_ASKING, ANSWER_MAX_MS);
    write_out(link);
}

static void shake_hands(MqttLink *link, GIOCondition ready)
{
    int result = mosquitto_loop_read(link->handle, 1);
    SSL *ssl = mosquitto_ssl_get(link->handle);

    if (result != MOSQ_ERR_SUCCESS) {
        end_tls(link);
    } else if (SSL_is_init_finished(ssl)) {
        mqtt_tls_forget_authorities(ssl);
        begin_asking(link);
    } else if (ready & (G_IO_HUP | G_IO_ERR)) {
        /* The library takes a reset for a pause (SSL_ERROR_SYSCALL). */
        end_link(link, MQTT_LINK_FAILED,
                 g_strdup("TLS fails: the broker hung up; perhaps this is no TLS port"));
    }
}

static void finish_connecting(MqttLink *link)
{
    int error = connect_error(link);

    if (error != 0) {
        connect_next(link, error);
    } else if (link->url.is_tls) {
        set_phase(link, PHASE_SECURING, ANSWER_MAX_MS);
        shake_hands(link, 0);
    } else {
        begin_asking(link);
    }
}

/* ---- talking ----------------------------------------------------------------------------------
 */

/* Acknowledges what has arrived at once, and what comes next, too: else a stock broker, which
 * leaves TCP_NODELAY out, holds its next packet back for 40 ms. Linux forgets the wish after a
 * while. */
static void quick_ack(const MqttLink *link)
{
    const int on = 1;

    setsockopt(mosquitto_socket(link->handle), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

/* The library allocates what the head of a packet promises, up to 256 MiB, though the memory is
 * used only as the bytes come: so a packet that goes on for too long ends the link. */
static void note_arrival(MqttLink *link, bool has_packet, int bytes)
{
    int64_t now_ms = mqtt_source_now_ms();

    if (bytes > 0)
        mqtt_pulse_heard(&link->pulse, now_ms);
    if (has_packet) {
        mqtt_pulse_said(&link->pulse, now_ms); /* PUBACK */
        link->unfinished_bytes = 0;
        return;
    }

    link->unfinished_bytes += (size_t)MAX(bytes, 0);
    if (link->unfinished_bytes > UNFINISHED_MAX_BYTES)
        end_link(link, MQTT_LINK_FAILED,
                 g_strdup("the broker sends a packet that is larger than allowed"));
}

/* What is read wants answers: a broker that takes none is read no further. */
static bool may_read(const MqttLink *link)
{
    return link->unsent_bytes <= UNSENT_MAX_BYTES;
}

static void read_in(MqttLink *link)
{
    unsigned before = link->inbox.packets;
    unsigned last = before - 1;
    int bytes = 0;

    ioctl(mosquitto_socket(link->handle), FIONREAD, &bytes);
    for (unsigned i = 0; i < READS_PER_TURN && link->inbox.packets != last; i++) {
        int result;

        last = link->inbox.packets;
        result = mosquitto_loop_read(link->handle, 1);
        follow(link, result, errno);
        if (link->phase == PHASE_ENDED)
            return;
    }
    quick_ack(link);
    note_arrival(link, link->inbox.packets != before, bytes);
    if (mosquitto_want_write(link->handle))
        link->unsent_bytes += (size_t)(link->inbox.packets - before) * ANSWER_BYTES;
}

static bool has_decrypted(const MqttLink *link)
{
    SSL *ssl = mosquitto_ssl_get(link->handle);

    return link->phase != PHASE_ENDED && may_read(link) && ssl && SSL_pending(ssl) > 0;
}

static void exchange(MqttLink *link, GIOCondition ready)
{
    if (ready & (G_IO_IN | G_IO_HUP | G_IO_ERR) || has_decrypted(link))
        read_in(link);
    if (link->phase != PHASE_ENDED && mosquitto_want_write(link->handle))
        write_out(link);
    /* There is room only where the broker has taken something. */
    if (ready & G_IO_OUT)
        mqtt_pulse_waits(&link->pulse, true, true, mqtt_source_now_ms());
    if (ready & G_IO_OUT && !may_read(link))
        mqtt_pulse_heard(&link->pulse, mqtt_source_now_ms());
}

static void ping(MqttLink *link)
{
    int result =
        link->is_asking_itself ? mqtt_handle_ask(link->handle) : mosquitto_loop_misc(link->handle);

    mqtt_pulse_pinged(&link->pulse, mqtt_source_now_ms());
    /* No callback tells of the answer, so it is taken off beforehand. */
    link->unfinished_bytes -= MIN(link->unfinished_bytes, PING_ANSWER_BYTES);
    follow(link, result, errno);
}

/* ---- turns ------------------------------------------------------------------------------------
 */

static void handle_socket(MqttLink *link, GIOCondition ready)
{
    switch (link->phase) {
    case PHASE_CONNECTING:
        if (ready)
            finish_connecting(link);
        break;
    case PHASE_SECURING:
        if (ready)
            shake_hands(link, ready);
        break;
    case PHASE_ASKING:
    case PHASE_OPEN:
        exchange(link, ready);
        break;
    case PHASE_ENDED:
        break;
    }
}

static void handle_time(MqttLink *link)
{
    int64_t now_ms = mqtt_source_now_ms();

    if (link->phase == PHASE_CONNECTING && now_ms >= link->deadline_ms)
        connect_next(link, ETIMEDOUT);
    else if (now_ms >= link->deadline_ms)
        end_link(link, MQTT_LINK_FAILED, g_strdup("the broker does not answer"));
    if (link->phase != PHASE_OPEN)
        return;

    switch (mqtt_pulse_judge(&link->pulse, now_ms)) {
    case MQTT_PULSE_BEATS:
        break;
    case MQTT_PULSE_PING_DUE:
        ping(link);
        break;
    case MQTT_PULSE_LOST:
        end_link(link, MQTT_LINK_FAILED, mqtt_reason_of_result(MOSQ_ERR_KEEPALIVE, 0));
        break;
    case MQTT_PULSE_STUCK:
        end_link(link, MQTT_LINK_FAILED,
                 g_strdup("the connection is lost: the broker takes nothing"));
        break;
    }
}

static GIOCondition wanted(const MqttLink *link)
{
    bool wants_write = mosquitto_want_write(link->handle);

    if (link->phase == PHASE_CONNECTING)
        return G_IO_OUT;
    /* The library's wish to write is out of date during a handshake. */
    if (link->phase == PHASE_SECURING)
        wants_write = SSL_want_write((SSL *)mosquitto_ssl_get(link->handle));

    if (!wants_write)
        return G_IO_IN;
    return may_read(link) ? G_IO_IN | G_IO_OUT : G_IO_OUT;
}

static int64_t next_ms(const MqttLink *link)
{
    if (link->inbox.events.length > 0 || has_decrypted(link))
        return 0;
    if (link->phase != PHASE_OPEN)
        return link->deadline_ms;

    return MIN(link->deadline_ms, mqtt_pulse_next_ms(&link->pulse));
}

static void note_waiting(MqttLink *link)
{
    bool is_waiting = mosquitto_want_write(link->handle);

    if (!is_waiting)
        link->unsent_bytes = 0;
    mqtt_pulse_waits(&link->pulse, is_waiting, false, mqtt_source_now_ms());
}

static void arm(MqttLink *link)
{
    note_waiting(link);
    mqtt_source_arm(link->source, next_ms(link));
    if (link->phase == PHASE_ENDED)
        mqtt_source_unwatch(link->source);
    else
        mqtt_source_watch(link->source, mosquitto_socket(link->handle), wanted(link));
}

static void hand_over(MqttLink *link)
{
    while (!link->is_freed) {
        g_autoptr(MqttLinkEvent) event = mqtt_inbox_take(&link->inbox);

        if (!event)
            return;
        link->handler(event, link->data);
    }
}

static void destroy(MqttLink *link)
{
    mqtt_source_free(link->source);
    mqtt_handle_free(link->handle, link->tls);
    mqtt_inbox_clear(&link->inbox);
    g_strfreev(link->addresses);
    mqtt_url_clear(&link->url);
    g_free(link);
}

/* False when the link has ended, and perhaps is no more. */
static bool take_turn(MqttLink *link, GIOCondition ready)
{
    bool is_alive;

    link->depth++;
    handle_socket(link, ready);
    handle_time(link);
    hand_over(link);
    link->depth--;

    is_alive = !link->is_freed && link->phase != PHASE_ENDED;
    if (!link->is_freed)
        arm(link);
    else if (link->depth == 0)
        destroy(link);
    return is_alive;
}

static void on_ready(GIOCondition ready, void *data)
{
    take_turn(data, ready);
}

bool mqtt_link_turn(MqttLink *link, int64_t deadline_ms)
{
    int64_t until_ms = MIN(deadline_ms, next_ms(link));
    struct pollfd socket = { .fd = mosquitto_socket(link->handle) };
    short ready;

    if (link->phase == PHASE_ENDED)
        return false;

    socket.events = (short)wanted(link);
    poll(&socket, 1, (int)CLAMP(until_ms - mqtt_source_now_ms(), 0, G_MAXINT));
    ready = socket.revents;
    return take_turn(link, (GIOCondition)ready);
}

/* ---- life -------------------------------------------------------------------------------------
 */

MqttLink *mqtt_link_new(const MqttHandleOptions *options, GStrv addresses,
                        void (*handler)(const MqttLinkEvent *event, void *data), void *data)
{
    unsigned keep_alive_s = options->settings->keep_alive_s;
    MqttHandleOptions own_options = *options;
    MqttLink *link = g_new0(MqttLink, 1);

    mqtt_inbox_init(&link->inbox);
    /* The broker, too, waits 1.5 times what CONNECT says. */
    link->ping_s = own_options.ping_s = MAX(keep_alive_s / 2, PING_MIN_S);
    link->silence_ms = keep_alive_s * INT64_C(1500);
    link->tls = own_options.tls;
    link->handle = mqtt_handle_new(&own_options, &link->inbox);
    link->source = mqtt_source_new(on_ready, link);
    link->url = *options->url;
    link->url.host = g_strdup(options->url->host);
    link->addresses = g_strdupv(addresses);
    link->is_version_5 = options->is_version_5;
    link->handler = handler;
    link->data = data;
    if (!link->handle) {
        destroy(link);
        return NULL;
    }

    mqtt_inbox_listen(link->handle);
    if (options->tls)
        mqtt_tls_watch(options->tls, &link->verify_result);
    connect_next(link, 0);
    arm(link);
    return link;
}

void mqtt_link_free(MqttLink *link)
{
    if (!link)
        return;

    link->is_freed = true;
    if (link->depth == 0)
        destroy(link);
}

/* ---- what is said -----------------------------------------------------------------------------
 */

void mqtt_link_subscribe(MqttLink *link, const char *const *filters)
{
    int result;

    if (link->phase != PHASE_OPEN)
        return;

    set_phase(link, PHASE_OPEN, ANSWER_MAX_MS);
    result = mqtt_handle_subscribe(link->handle, filters);
    follow(link, result, errno);
    arm(link);
}

/* A publication that the library does not take at all, say because the broker wants it smaller. */
static void warn(MqttLink *link, const char *topic, int result)
{
    if (!link->has_warned)
        log_line(LOG_LEVEL_WARNING, "MQTT: a publication on %s cannot be sent: %s", topic,
                 mosquitto_strerror(result));
    link->has_warned = true;
}

int mqtt_link_publish(MqttLink *link, const char *topic, const char *payload, size_t length,
                      bool is_retained, const MqttProperties *properties)
{
    int id = 0;
    int result;
    int error;

    if (link->phase != PHASE_OPEN || link->unsent_bytes + length > UNSENT_MAX_BYTES)
        return 0;

    result = mqtt_handle_publish(link->handle, &id, topic, payload, length, is_retained,
                                 link->is_version_5 ? properties : NULL);
    error = errno;
    mqtt_pulse_said(&link->pulse, mqtt_source_now_ms());
    link->unsent_bytes += length + ANSWER_BYTES;
    if (result == MOSQ_ERR_ERRNO || result == MOSQ_ERR_CONN_LOST || result == MOSQ_ERR_NO_CONN)
        follow(link, result, error);
    else if (result != MOSQ_ERR_SUCCESS)
        warn(link, topic, result);
    arm(link);
    return result == MOSQ_ERR_SUCCESS ? id : 0;
}

void mqtt_link_say_goodbye(MqttLink *link, int64_t deadline_ms)
{
    /* Before CONNACK as well: the broker may have taken CONNECT, and the will with it. */
    if (link->phase != PHASE_OPEN && link->phase != PHASE_ASKING)
        return;

    end_link(link, MQTT_LINK_FAILED, g_strdup("freed"));
    mqtt_source_unwatch(link->source);
    mqtt_handle_say_goodbye(link->handle, deadline_ms);
}

#include "common/net/mqtt_reason.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/banned.h"

#define TRY_WAIT_MS 5000

typedef struct CodeWords {
    int code;
    const char *words;
} CodeWords;

static const CodeWords connack_words[] = {
    { 1, "unsupported protocol version" },
    { 2, "client id refused" },
    { 3, "the broker is not available" },
    { 4, "bad user name or password" },
    /* What mosquitto says to a wrong password, too. */
    { 5, "not authorised: check user name and password" },
    { 0x87, "not authorised: check user name and password" },
};

static const CodeWords code_words[] = {
    { 0x80, "the broker gives no reason" },
    { 0x81, "malformed packet" },
    { 0x82, "protocol error" },
    { 0x83, "the broker does not accept this" },
    { 0x84, "unsupported protocol version" },
    { 0x85, "client id refused" },
    { 0x86, "bad user name or password" },
    { 0x87, "not authorised" },
    { 0x88, "the broker is not available" },
    { 0x89, "the broker is busy" },
    { 0x8a, "banned" },
    { 0x8b, "the broker shuts down" },
    { 0x8c, "bad authentication method" },
    { 0x8d, "the broker heard nothing within the keep-alive time" },
    { 0x8e, "another client took over this client id" },
    { 0x8f, "invalid topic filter" },
    { 0x90, "invalid topic" },
    { 0x93, "more publications at once than the broker accepts" },
    { 0x95, "packet too large for the broker" },
    { 0x96, "too many messages for the broker" },
    { 0x97, "quota exceeded" },
    { 0x98, "closed by an administrator" },
    { 0x99, "invalid payload format" },
    { 0x9a, "the broker keeps no retained messages" },
    { 0x9b, "the broker does not support this quality of service" },
    { 0x9c, "the broker asks to use another server" },
    { 0x9d, "the broker has moved" },
    { 0x9f, "too many connections in a short time" },
};

static const char *find_words(const CodeWords *rows, size_t count, int code)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code)
            return rows[i].words;
    }

    return NULL;
}

char *mqtt_reason_of_code(int code)
{
    const char *words = find_words(code_words, G_N_ELEMENTS(code_words), code);

    return words ? g_strdup(words) : g_strdup_printf("the broker refuses with code %d", code);
}

char *mqtt_reason_of_connack(int code)
{
    const char *words = find_words(connack_words, G_N_ELEMENTS(connack_words), code);

    return words ? g_strdup(words) : mqtt_reason_of_code(code);
}

bool mqtt_reason_is_version(int code)
{
    return code == 1 || code == 0x84;
}

/* "…:error:0A000086:SSL routines:function:certificate verify failed:file:line:" */
char *mqtt_reason_of_tls(const char *openssl_lines)
{
    const char *error = strstr(openssl_lines, "error:");
    g_auto(GStrv) parts = g_strsplit(error ? error : "", ":", 6);

    if (g_strv_length(parts) < 5)
        return g_strdup("TLS fails");
    if (strcmp(parts[4], "certificate verify failed") == 0)
        return g_strdup("certificate does not verify: no trusted authority signed it, or its time "
                        "is over");

    return g_strdup_printf("TLS fails: %s", parts[4]);
}

/* ---- trying -----------------------------------------------------------------------------------
 */

static char *words_of_error(int system_error)
{
    char *words = g_strdup(g_strerror(system_error));

    words[0] = g_ascii_tolower(words[0]);
    return words;
}

/* 0, or the errno of the attempt. */
static int try_address(const struct addrinfo *address)
{
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct pollfd waiting = { .fd = fd, .events = POLLOUT };
    socklen_t length = sizeof(int);
    int result = 0;

    if (fd < 0)
        return errno;

    if (connect(fd, address->ai_addr, address->ai_addrlen) != 0) {
        result = errno;
        if (result == EINPROGRESS && poll(&waiting, 1, TRY_WAIT_MS) != 1)
            result = ETIMEDOUT;
        else if (result == EINPROGRESS)
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &result, &length);
    }

    close(fd);
    return result;
}

/* The address that paho takes: the first of IPv4, or else the last. */
static const struct addrinfo *choose_address(const struct addrinfo *addresses)
{
    while (addresses->ai_family != AF_INET && addresses->ai_next)
        addresses = addresses->ai_next;

    return addresses;
}

char *mqtt_reason_by_trying(const MqttUrl *url)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    g_autofree char *port = g_strdup_printf("%u", url->port);
    struct addrinfo *addresses = NULL;
    int result = getaddrinfo(url->host, port, &hints, &addresses);

    if (result == EAI_NONAME)
        return g_strdup_printf("host not found: %s", url->host);
    if (result != 0)
        return g_strdup_printf("host not found: %s (%s)", url->host, gai_strerror(result));

    result = try_address(choose_address(addresses));
    freeaddrinfo(addresses);

    return result == 0 ? NULL : words_of_error(result);
}

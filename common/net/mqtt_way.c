#include "common/net/mqtt_way.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "common/net/mqtt_settings.h"
#include "common/net/mqtt_tls.h"
#include "common/sys/errand.h"

#include "common/base/banned.h"

#define ADDRESSES_MAX 4

struct MqttSearch {
    MqttUrl url;
    MqttSettings settings; /* its texts are ours */
    MqttWay way;
    void (*found)(MqttWay *way, void *data); /* NULL when nobody waits any more */
    void *data;
};

void mqtt_way_clear(MqttWay *way)
{
    g_clear_pointer(&way->addresses, g_strfreev);
    g_clear_pointer(&way->tls, SSL_CTX_free);
    g_clear_pointer(&way->problem, g_free);
}

static bool is_address(const char *host)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

bool mqtt_way_is_short(const MqttUrl *url)
{
    return !url->is_tls && is_address(url->host);
}

static GStrv numbers_of(const struct addrinfo *found)
{
    GPtrArray *numbers = g_ptr_array_new();
    char number[NI_MAXHOST];

    for (; found && numbers->len < ADDRESSES_MAX; found = found->ai_next) {
        if (getnameinfo(found->ai_addr, found->ai_addrlen, number, sizeof(number), NULL, 0,
                        NI_NUMERICHOST) == 0)
            g_ptr_array_add(numbers, g_strdup(number));
    }
    g_ptr_array_add(numbers, NULL);

    return (GStrv)g_ptr_array_free(numbers, FALSE);
}

static void look_up(const char *host, MqttWay *way)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    int result = getaddrinfo(host, NULL, &hints, &found);

    if (result == EAI_NONAME) {
        way->problem = g_strdup_printf("host not found: %s", host);
    } else if (result != 0) {
        way->problem = g_strdup_printf("host not found: %s (%s)", host, gai_strerror(result));
    } else {
        way->addresses = numbers_of(found);
        freeaddrinfo(found);
        if (!way->addresses[0])
            way->problem = g_strdup_printf("host not found: %s has no usable address", host);
    }
}

void mqtt_way_find(const MqttUrl *url, const MqttSettings *settings, MqttWay *out)
{
    const char *const literal[] = { url->host, NULL };

    *out = (MqttWay){ 0 };
    if (url->is_tls)
        out->tls = mqtt_tls_new(url->host, settings, &out->problem);
    if (out->problem)
        return;

    if (is_address(url->host))
        out->addresses = g_strdupv((char **)(uintptr_t)literal);
    else
        look_up(url->host, out);
}

/* ---- searching --------------------------------------------------------------------------------
 */

static void seek(void *data)
{
    MqttSearch *search = data;

    mqtt_way_find(&search->url, &search->settings, &search->way);
}

static void on_searched(void *data)
{
    MqttSearch *search = data;

    if (search->found)
        search->found(&search->way, search->data);
    mqtt_way_clear(&search->way);
    mqtt_settings_clear(&search->settings);
    mqtt_url_clear(&search->url);
    g_free(search);
}

MqttSearch *mqtt_search_start(const MqttUrl *url, const MqttSettings *settings,
                              void (*found)(MqttWay *way, void *data), void *data)
{
    MqttSearch *search = g_new0(MqttSearch, 1);

    search->url = *url;
    search->url.host = g_strdup(url->host);
    mqtt_settings_copy(&search->settings, settings);
    search->found = found;
    search->data = data;
    errand_start("mqtt-way", seek, on_searched, search);

    return search;
}

void mqtt_search_abandon(MqttSearch *search)
{
    if (search)
        search->found = NULL;
}

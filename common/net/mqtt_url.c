#include "common/net/mqtt_url.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/net/mqtt.h"

#include "common/base/banned.h"

#define HOST_MAX_CHARS 253 /* RFC 1035 */

typedef struct Scheme {
    const char *prefix;
    bool is_tls;
    uint16_t default_port;
} Scheme;

static const Scheme schemes[] = {
    { "mqtt://", false, 1883 },
    { "mqtts://", true, 8883 },
};

static const Scheme *find_scheme(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (g_str_has_prefix(text, schemes[i].prefix))
            return &schemes[i];
    }

    return NULL;
}

/* The length of the host at text, and behind its bracket where it has one; 0 when there is none. */
static size_t measure_host(const char *text, const char **out_after)
{
    size_t length;

    if (text[0] == '[') {
        length = strspn(text + 1, "0123456789abcdefABCDEF:.");
        *out_after = text + 1 + length + 1;
        return text[1 + length] == ']' ? length : 0;
    }

    length = strspn(text, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-_.");
    *out_after = text + length;
    return length;
}

bool mqtt_url_parse(const char *text, MqttUrl *out, GError **error)
{
    const Scheme *scheme = text ? find_scheme(text) : NULL;
    const char *host = scheme ? text + strlen(scheme->prefix) : "";
    const char *after = "";
    size_t length = measure_host(host, &after);
    guint64 port = scheme ? scheme->default_port : 0;
    bool is_valid = length > 0 && length <= HOST_MAX_CHARS;

    if (is_valid && after[0] == ':')
        is_valid = g_ascii_string_to_unsigned(after + 1, 10, 1, UINT16_MAX, &port, NULL);
    else if (is_valid)
        is_valid = after[0] == '\0';

    if (!scheme || !is_valid) {
        problem_set_expected(error, PROBLEM_VALUE, text ? text : "",
                             "mqtt://host[:port] or mqtts://host[:port]");
        return false;
    }

    out->is_tls = scheme->is_tls;
    out->host = g_strndup(host[0] == '[' ? host + 1 : host, length);
    out->port = (uint16_t)port;
    return true;
}

void mqtt_url_clear(MqttUrl *url)
{
    g_clear_pointer(&url->host, g_free);
}

bool mqtt_url_is_valid(const char *text)
{
    MqttUrl url = { 0 };
    bool is_valid = mqtt_url_parse(text, &url, NULL);

    mqtt_url_clear(&url);
    return is_valid;
}

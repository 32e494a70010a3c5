#include "agent1/app/links.h"

#include <string.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/net/mqtt.h"
#include "common/sys/log.h"
#include "common/sys/secret.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

G_STATIC_ASSERT((int)SETTINGS_TLS_REQUIRED == (int)XMPP_TLS_REQUIRED);
G_STATIC_ASSERT((int)SETTINGS_TLS_ALLOWED == (int)XMPP_TLS_ALLOWED);
G_STATIC_ASSERT((int)SETTINGS_TLS_DIRECT == (int)XMPP_TLS_DIRECT);
G_STATIC_ASSERT((int)SETTINGS_TLS_NONE == (int)XMPP_TLS_NONE);

/* A file that the configuration names, absolute and readable; NULL without an error when it names
 * none. */
static bool find_file(const Config *config, const char *what, const char *path, char **out_path,
                      GError **error)
{
    *out_path = NULL;
    if (!path)
        return true;

    *out_path = config_path(config, path);
    if (access(*out_path, R_OK) == 0)
        return true;

    g_set_error(error, PROBLEM, PROBLEM_IO, "config.json: %s: \"%s\": cannot be read", what,
                *out_path);
    g_clear_pointer(out_path, g_free);
    return false;
}

typedef struct MqttParts {
    char *password;
    char *ca_file;
    char *cert_file;
    char *key_file;
} MqttParts;

static void parts_clear(MqttParts *parts)
{
    g_free(parts->password);
    g_free(parts->ca_file);
    g_free(parts->cert_file);
    g_free(parts->key_file);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MqttParts, parts_clear)

static bool read_mqtt(const Config *config, const Settings *settings, MqttParts *out,
                      GError **error)
{
    g_autofree char *base = config_path(config, ".");
    g_autoptr(GError) reason = NULL;

    if (!mqtt_url_is_valid(settings->mqtt_url)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "config.json: mqtt.url: \"%s\": expected mqtt://host[:port] or "
                    "mqtts://host[:port]",
                    settings->mqtt_url);
        return false;
    }
    out->password =
        secret_read("mqtt.password", settings->mqtt_password, settings->mqtt_password_file,
                    settings->mqtt_password_env, base, &reason);
    if (reason) {
        g_propagate_prefixed_error(error, g_steal_pointer(&reason), "config.json: ");
        return false;
    }
    if (out->password)
        log_redact(out->password);
    return find_file(config, "mqtt.ca_file", settings->mqtt_ca_file, &out->ca_file, error) &&
           find_file(config, "mqtt.cert_file", settings->mqtt_cert_file, &out->cert_file, error) &&
           find_file(config, "mqtt.key_file", settings->mqtt_key_file, &out->key_file, error);
}

Gateway *links_open_mqtt(const Config *config, const Settings *settings, const Key *secret,
                         InHand *in_hand, Mailbox *events, GError **error)
{
    g_auto(MqttParts) parts = { 0 };
    g_autofree char *birth = NULL;
    GatewayHouse house = { 0 };
    MqttSettings mqtt;

    if (!read_mqtt(config, settings, &parts, error))
        return NULL;

    mqtt = (MqttSettings){
        .url = settings->mqtt_url,
        .username = settings->mqtt_username,
        .password = parts.password,
        .ca_file = parts.ca_file,
        .cert_file = parts.cert_file,
        .key_file = parts.key_file,
        .keep_alive_s = (unsigned)(settings->mqtt_keep_alive_ms / 1000),
    };
    if (settings->home_assistant_is_enabled)
        birth = topic_home_assistant_birth(settings->home_assistant_prefix);
    house.birth_topic = birth;
    return gateway_new(&mqtt, &house, secret, settings->mqtt_is_sealed, in_hand, events, error);
}

static char *read_xmpp(const Config *config, const Settings *settings, char **out_ca_file,
                       GError **error)
{
    g_autofree char *base = config_path(config, ".");
    g_autofree char *password = NULL;

    password = secret_read("xmpp.password", settings->xmpp_password, settings->xmpp_password_file,
                           settings->xmpp_password_env, base, error);
    if (!password) {
        g_prefix_error(error, "config.json: ");
        return NULL;
    }
    log_redact(password);
    if (!find_file(config, "xmpp.ca_file", settings->xmpp_ca_file, out_ca_file, error))
        return NULL;
    return g_steal_pointer(&password);
}

Xmpp *links_open_xmpp(const Config *config, const Settings *settings, Mailbox *events,
                      GError **error)
{
    g_autofree char *ca_file = NULL;
    g_autofree char *password = read_xmpp(config, settings, &ca_file, error);
    XmppSettings xmpp;

    if (!password)
        return NULL;

    xmpp = (XmppSettings){
        .jid = settings->xmpp_jid,
        .password = password,
        .host = settings->xmpp_host,
        .port = (unsigned)settings->xmpp_port,
        .tls = (XmppTls)settings->xmpp_tls,
        .ca_file = ca_file,
        .rooms = settings->rooms,
    };
    return xmpp_edge_new(&xmpp, events, error);
}

bool links_check(const Config *config, const Settings *settings, GError **error)
{
    g_auto(MqttParts) parts = { 0 };
    g_autofree char *ca_file = NULL;
    g_autofree char *password = NULL;

    if (!read_mqtt(config, settings, &parts, error))
        return false;
    if (!settings->xmpp_is_enabled)
        return true;

    password = read_xmpp(config, settings, &ca_file, error);
    return password != NULL;
}

#include "common/net/mqtt_settings.h"

#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

bool mqtt_settings_check_files(const MqttSettings *settings, GError **error)
{
    const char *const paths[] = { settings->ca_file, settings->cert_file, settings->key_file };

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (paths[i] && access(paths[i], R_OK) != 0) {
            g_set_error(error, PROBLEM, PROBLEM_IO, "%s: cannot read: %s", paths[i],
                        g_strerror(errno));
            return false;
        }
    }

    return true;
}

void mqtt_settings_copy(MqttSettings *to, const MqttSettings *from)
{
    static const char *const no_filters[] = { NULL };
    const char *const *filters = from->filters ? from->filters : no_filters;

    to->url = g_strdup(from->url);
    to->username = g_strdup(from->username);
    to->password = g_strdup(from->password);
    to->ca_file = g_strdup(from->ca_file);
    to->cert_file = g_strdup(from->cert_file);
    to->key_file = g_strdup(from->key_file);
    to->client_id = g_strdup(from->client_id);
    to->filters = (const char *const *)g_strdupv((char **)(uintptr_t)filters);
    to->keep_alive_s = from->keep_alive_s;
}

void mqtt_settings_clear(MqttSettings *copy)
{
    const char *const texts[] = { copy->url,       copy->username, copy->password, copy->ca_file,
                                  copy->cert_file, copy->key_file, copy->client_id };

    /* The members are const for those who fill them in. */
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free((char *)(uintptr_t)texts[i]);
    g_strfreev((char **)(uintptr_t)copy->filters);
    *copy = (MqttSettings){ 0 };
}

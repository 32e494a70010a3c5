/*
 * config.json as a struct: what people may set, its defaults and its checks, in one table. Pure:
 * the app reads the file and the secrets that are named here.
 */
#ifndef AGENT1_PORT_SETTINGS_H
#define AGENT1_PORT_SETTINGS_H

#include "agent1/port/model_settings.h"
#include "agent1/port/room_settings.h"
#include "agent1/port/search_settings.h"
#include "common/data/json.h"
#include "common/wire/command.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The order of XmppTls in agent1/edge/xmpp_tls.h. */
typedef enum {
    SETTINGS_TLS_REQUIRED,
    SETTINGS_TLS_ALLOWED,
    SETTINGS_TLS_DIRECT,
    SETTINGS_TLS_NONE,
} SettingsTls;

typedef struct Settings {
    char *name;
    char *timezone; /* NULL: the host's */
    char *language;
    char *state_dir; /* NULL: "state" below the configuration folder */

    bool xmpp_is_enabled;
    char *xmpp_jid;
    char *xmpp_password;
    char *xmpp_password_file;
    char *xmpp_password_env;
    char *xmpp_host;
    int64_t xmpp_port;
    int xmpp_tls; /* SettingsTls */
    char *xmpp_ca_file;
    Json *xmpp_rooms;
    GPtrArray *rooms; /* RoomSettings *, read from it */

    char *mqtt_url;
    char *mqtt_username;
    char *mqtt_password;
    char *mqtt_password_file;
    char *mqtt_password_env;
    char *mqtt_ca_file;
    char *mqtt_cert_file;
    char *mqtt_key_file;
    int mqtt_unsigned_role; /* Role */
    bool mqtt_is_sealed;
    int64_t mqtt_keep_alive_ms;

    Json *users;

    int64_t tasks_timeout_ms;
    int64_t tasks_expires_ms;
    int64_t tasks_max_output_bytes;
    int64_t approvals_expires_ms;

    Json *planner;
    Json *debate;
    Json *llm;
    TalkSettings *talk; /* read from it */
    Json *events;

    SearchSettings search;

    bool home_assistant_is_enabled;
    char *home_assistant_prefix; /* of its discovery topics */
    int home_assistant_role;     /* Role of the user "homeassistant" */
} Settings;

/* Reads and checks the object; the defaults stand where a member is absent, and what the
 * environment offers (NULL: nothing) where it names no language models. Warnings as in
 * record_read(). The caller owns the result. */
Settings *settings_parse(const Json *object, const ModelEnvironment *environment,
                         GPtrArray *warnings, GError **error);

void settings_free(Settings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Settings, settings_free)

#endif

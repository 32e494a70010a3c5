#include "agent1/port/settings.h"

#include <string.h>

#include "common/base/host.h"
#include "common/base/language.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/data/record.h"
#include "common/base/banned.h"

#define SECOND_MS  INT64_C(1000)
#define MINUTE_MS  (60 * SECOND_MS)
#define AT(member) offsetof(Settings, member)

static const char *const tls_words[] = { "required", "allowed", "direct", "none", NULL };
static const char *const role_words[] = { "none", "viewer", "operator", "admin", NULL };

static bool is_jid(const char *text)
{
    const char *at = strchr(text, '@');

    return at && at != text && at[1] != '\0' && at[1] != '/' && !strpbrk(text, " \t\n<>\"&'");
}

static const Field xmpp_fields[] = {
    { .name = "enabled", .kind = FIELD_BOOL, .offset = AT(xmpp_is_enabled) },
    { .name = "jid",
      .kind = FIELD_STRING,
      .offset = AT(xmpp_jid),
      .is_valid = is_jid,
      .expected = "a JID such as agent1@example.org" },
    { .name = "password", .kind = FIELD_STRING, .offset = AT(xmpp_password) },
    { .name = "password_file", .kind = FIELD_STRING, .offset = AT(xmpp_password_file) },
    { .name = "password_env", .kind = FIELD_STRING, .offset = AT(xmpp_password_env) },
    { .name = "host", .kind = FIELD_STRING, .offset = AT(xmpp_host) },
    { .name = "port", .kind = FIELD_INT, .offset = AT(xmpp_port), .minimum = 1, .maximum = 65535 },
    { .name = "tls", .kind = FIELD_CHOICE, .offset = AT(xmpp_tls), .choices = tls_words },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = AT(xmpp_ca_file) },
    { .name = "rooms", .kind = FIELD_JSON, .offset = AT(xmpp_rooms) },
    { .name = NULL },
};

static const Field mqtt_fields[] = {
    { .name = "url", .kind = FIELD_STRING, .offset = AT(mqtt_url), .is_required = true },
    { .name = "username", .kind = FIELD_STRING, .offset = AT(mqtt_username) },
    { .name = "password", .kind = FIELD_STRING, .offset = AT(mqtt_password) },
    { .name = "password_file", .kind = FIELD_STRING, .offset = AT(mqtt_password_file) },
    { .name = "password_env", .kind = FIELD_STRING, .offset = AT(mqtt_password_env) },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = AT(mqtt_ca_file) },
    { .name = "cert_file", .kind = FIELD_STRING, .offset = AT(mqtt_cert_file) },
    { .name = "key_file", .kind = FIELD_STRING, .offset = AT(mqtt_key_file) },
    { .name = "unsigned_role",
      .kind = FIELD_CHOICE,
      .offset = AT(mqtt_unsigned_role),
      .choices = role_words },
    { .name = "seal", .kind = FIELD_BOOL, .offset = AT(mqtt_is_sealed) },
    { .name = "keep_alive",
      .kind = FIELD_DURATION,
      .offset = AT(mqtt_keep_alive_ms),
      .minimum = 5 * SECOND_MS,
      .maximum = 60 * MINUTE_MS },
    { .name = NULL },
};

/* A topic without wildcards, and none of the network's own. */
static bool is_prefix(const char *text)
{
    return *text != '\0' && *text != '/' && *text != '$' && !strpbrk(text, "+# ") &&
           text[strlen(text) - 1] != '/' && !g_str_has_prefix(text, "agents");
}

static const Field home_assistant_fields[] = {
    { .name = "enabled", .kind = FIELD_BOOL, .offset = AT(home_assistant_is_enabled) },
    { .name = "prefix",
      .kind = FIELD_STRING,
      .offset = AT(home_assistant_prefix),
      .maximum = 64,
      .is_valid = is_prefix,
      .expected = "the discovery prefix set in Home Assistant, such as homeassistant" },
    { .name = "role",
      .kind = FIELD_CHOICE,
      .offset = AT(home_assistant_role),
      .choices = role_words },
    { .name = NULL },
};

static const Field tasks_fields[] = {
    { .name = "timeout",
      .kind = FIELD_DURATION,
      .offset = AT(tasks_timeout_ms),
      .minimum = 1000,
      .maximum = 7 * 24 * 60 * MINUTE_MS },
    { .name = "expires",
      .kind = FIELD_DURATION,
      .offset = AT(tasks_expires_ms),
      .minimum = 1000,
      .maximum = 7 * 24 * 60 * MINUTE_MS },
    { .name = "max_output",
      .kind = FIELD_SIZE,
      .offset = AT(tasks_max_output_bytes),
      .minimum = 65536,
      .maximum = INT64_C(1) << 40 },
    { .name = NULL },
};

static const Field approvals_fields[] = {
    { .name = "expires",
      .kind = FIELD_DURATION,
      .offset = AT(approvals_expires_ms),
      .minimum = MINUTE_MS,
      .maximum = 7 * 24 * 60 * MINUTE_MS },
    { .name = NULL },
};

static const Field search_fields[] = {
    { .name = "provider",
      .kind = FIELD_CHOICE,
      .offset = AT(search.provider),
      .choices = search_provider_words },
    { .name = "base_url",
      .kind = FIELD_STRING,
      .offset = AT(search.base_url),
      .maximum = 1000,
      .is_valid = search_url_is_valid,
      .expected = SEARCH_URL_EXPECTED },
    { .name = "results",
      .kind = FIELD_INT,
      .offset = AT(search.results),
      .minimum = 1,
      .maximum = SEARCH_RESULTS_MAX },
    { .name = "timeout",
      .kind = FIELD_DURATION,
      .offset = AT(search.timeout_ms),
      .minimum = SECOND_MS,
      .maximum = PAGE_TIME_MS },
    { .name = "private_hosts",
      .kind = FIELD_STRINGS,
      .offset = AT(search.private_hosts),
      .maximum = PRIVATE_HOSTS_MAX,
      .is_valid = private_host_is_valid,
      .expected = PRIVATE_HOSTS_EXPECTED },
    { .name = NULL },
};

static const Field settings_fields[] = {
    { .name = "name",
      .kind = FIELD_STRING,
      .offset = AT(name),
      .is_valid = name_is_valid,
      .expected = "1 to 32 characters of a-z, 0-9, _ and -" },
    { .name = "timezone", .kind = FIELD_STRING, .offset = AT(timezone) },
    { .name = "language",
      .kind = FIELD_STRING,
      .offset = AT(language),
      .is_valid = language_is_valid,
      .expected = LANGUAGE_EXPECTED },
    { .name = "state_dir", .kind = FIELD_STRING, .offset = AT(state_dir) },
    { .name = "xmpp", .kind = FIELD_OBJECT, .fields = xmpp_fields },
    { .name = "mqtt", .kind = FIELD_OBJECT, .fields = mqtt_fields, .is_required = true },
    { .name = "users", .kind = FIELD_JSON, .offset = AT(users), .is_required = true },
    { .name = "tasks", .kind = FIELD_OBJECT, .fields = tasks_fields },
    { .name = "approvals", .kind = FIELD_OBJECT, .fields = approvals_fields },
    { .name = "planner", .kind = FIELD_JSON, .offset = AT(planner) },
    { .name = "debate", .kind = FIELD_JSON, .offset = AT(debate) },
    { .name = "llm", .kind = FIELD_JSON, .offset = AT(llm) },
    { .name = "events", .kind = FIELD_JSON, .offset = AT(events) },
    { .name = "search", .kind = FIELD_OBJECT, .fields = search_fields },
    { .name = "homeassistant", .kind = FIELD_OBJECT, .fields = home_assistant_fields },
    { .name = NULL },
};

static void set_defaults(Settings *settings)
{
    settings->name = g_strdup("agent1");
    settings->language = g_strdup("en");
    settings->xmpp_is_enabled = true;
    settings->xmpp_port = 5222;
    settings->mqtt_is_sealed = true;
    settings->home_assistant_prefix = g_strdup("homeassistant");
    settings->mqtt_keep_alive_ms = 30 * SECOND_MS;
    settings->tasks_timeout_ms = 10 * MINUTE_MS;
    settings->tasks_expires_ms = 15 * MINUTE_MS;
    settings->approvals_expires_ms = 60 * MINUTE_MS;
    settings->tasks_max_output_bytes = 16 * 1024 * 1024;
    search_settings_init(&settings->search);
}

static bool has_password(const char *in_place, const char *file, const char *environment)
{
    return (in_place && *in_place) || (file && *file) || (environment && *environment);
}

/* Without TLS the password is readable on the way, so there must be no way. */
static bool check_tls(const Settings *settings, GError **error)
{
    const char *at = settings->xmpp_jid ? strchr(settings->xmpp_jid, '@') : NULL;
    g_autofree char *domain = at ? g_strndup(at + 1, strcspn(at + 1, "/")) : NULL;
    const char *host = settings->xmpp_host ? settings->xmpp_host : domain;

    if (!settings->xmpp_is_enabled || settings->xmpp_tls != SETTINGS_TLS_NONE || !host ||
        host_is_loopback(host))
        return true;

    g_set_error(error, PROBLEM, PROBLEM_VALUE,
                "xmpp.tls: \"none\" is for a server on this machine only, and %s is not: the "
                "password would be readable on the way; expected required or direct",
                host);
    return false;
}

/* What one row alone cannot tell. */
static bool check_together(const Settings *settings, GError **error)
{
    if (settings->xmpp_is_enabled && !settings->xmpp_jid) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "xmpp.jid: missing: expected a JID such as agent1@example.org "
                    "(or \"enabled\": false)");
        return false;
    }
    if (settings->xmpp_is_enabled &&
        !has_password(settings->xmpp_password, settings->xmpp_password_file,
                      settings->xmpp_password_env)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "xmpp.password_file: missing: expected password, password_file or "
                    "password_env");
        return false;
    }
    if (!check_tls(settings, error))
        return false;
    if ((settings->mqtt_cert_file == NULL) != (settings->mqtt_key_file == NULL)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING,
                    "mqtt: cert_file and key_file go together: expected both or neither");
        return false;
    }
    return true;
}

/* An empty text means "not set" for everything that names a file, a host or a name. */
static void drop_empty(char **text)
{
    if (*text && **text == '\0')
        g_clear_pointer(text, g_free);
}

Settings *settings_parse(const Json *object, const ModelEnvironment *environment,
                         GPtrArray *warnings, GError **error)
{
    g_autoptr(Settings) settings = g_new0(Settings, 1);

    record_init(settings_fields, settings);
    set_defaults(settings);
    if (!record_read(settings_fields, settings, object, "", warnings, error))
        return NULL;

    drop_empty(&settings->timezone);
    drop_empty(&settings->state_dir);
    drop_empty(&settings->xmpp_host);
    drop_empty(&settings->xmpp_ca_file);
    drop_empty(&settings->mqtt_username);
    drop_empty(&settings->mqtt_ca_file);
    drop_empty(&settings->mqtt_cert_file);
    drop_empty(&settings->mqtt_key_file);
    settings->rooms = room_settings_parse(settings->xmpp_rooms, settings->name, warnings, error);
    if (!settings->rooms || !check_together(settings, error) ||
        !search_settings_check(&settings->search, error))
        return NULL;
    settings->talk = talk_settings_parse(settings->llm, environment, warnings, error);
    if (!settings->talk)
        return NULL;
    return g_steal_pointer(&settings);
}

void settings_free(Settings *settings)
{
    if (!settings)
        return;

    record_clear(settings_fields, settings);
    if (settings->rooms)
        g_ptr_array_unref(settings->rooms);
    talk_settings_free(settings->talk);
    g_free(settings);
}

#include "agent1/cli/config.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/data/record.h"
#include "common/net/mqtt.h"
#include "common/sys/file.h"
#include "common/sys/secret.h"

#include "common/base/banned.h"

#define DEFAULT_KEY_FILE "key"

/* The file as it is written. */
typedef struct Written {
    char *url;
    char *username;
    char *password;
    char *password_file;
    char *password_env;
    char *ca_file;
    char *cert_file;
    char *client_key_file;
    char *orchestrator_key;
    char *key_file;
} Written;

static const Field mqtt_fields[] = {
    { .name = "url",
      .kind = FIELD_STRING,
      .offset = offsetof(Written, url),
      .is_required = true,
      .is_valid = mqtt_url_is_valid,
      .expected = "mqtt://host[:port] or mqtts://host[:port]" },
    { .name = "username", .kind = FIELD_STRING, .offset = offsetof(Written, username) },
    { .name = "password", .kind = FIELD_STRING, .offset = offsetof(Written, password) },
    { .name = "password_file", .kind = FIELD_STRING, .offset = offsetof(Written, password_file) },
    { .name = "password_env", .kind = FIELD_STRING, .offset = offsetof(Written, password_env) },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = offsetof(Written, ca_file) },
    { .name = "cert_file", .kind = FIELD_STRING, .offset = offsetof(Written, cert_file) },
    { .name = "key_file", .kind = FIELD_STRING, .offset = offsetof(Written, client_key_file) },
    { .name = NULL },
};

static const Field fields[] = {
    { .name = "mqtt", .kind = FIELD_OBJECT, .is_required = true, .fields = mqtt_fields },
    { .name = "orchestrator_key",
      .kind = FIELD_STRING,
      .offset = offsetof(Written, orchestrator_key),
      .is_required = true,
      .is_valid = key_is_valid_text,
      .expected = "agent1's public key, x25519:… (agent1 --show-key prints it)" },
    { .name = "key_file", .kind = FIELD_STRING, .offset = offsetof(Written, key_file) },
    { .name = NULL },
};

/* What --show-key needs: nothing else has to be right yet. */
static const Field key_fields[] = {
    { .name = "key_file", .kind = FIELD_STRING, .offset = offsetof(Written, key_file) },
    { .name = NULL },
};

char *cli_config_default_path(void)
{
    return g_build_filename(g_get_user_config_dir(), "agentctl", "agentctl.json", NULL);
}

static Json *read_json(const char *path, GError **error)
{
    size_t length;
    g_autofree char *text = file_read(path, CONFIG_MAX_BYTES, &length, error);
    Json *json;

    if (!text)
        return NULL;

    json = json_parse(text, length, CONFIG_MAX_BYTES, error);
    if (!json)
        g_prefix_error(error, "%s: ", path);

    return json;
}

/* NULL stays NULL, and so does "": both mean that there is no such file. */
static char *resolve(const char *folder, const char *file)
{
    if (!file || *file == '\0')
        return NULL;
    return g_path_is_absolute(file) ? g_strdup(file) : g_build_filename(folder, file, NULL);
}

static char *resolve_key(const char *folder, const char *file)
{
    return resolve(folder, file && *file != '\0' ? file : DEFAULT_KEY_FILE);
}

static bool fill(CliConfig *config, const Written *written, const char *folder, GError **error)
{
    GError *problem = NULL;

    config->password = secret_read("mqtt.password", written->password, written->password_file,
                                   written->password_env, folder, &problem);
    if (problem) {
        g_propagate_error(error, problem);
        return false;
    }
    if (!key_parse(written->orchestrator_key, &config->orchestrator, error)) {
        g_prefix_error(error, "orchestrator_key: ");
        return false;
    }

    config->url = g_strdup(written->url);
    config->username =
        written->username && *written->username != '\0' ? g_strdup(written->username) : NULL;
    config->ca_file = resolve(folder, written->ca_file);
    config->cert_file = resolve(folder, written->cert_file);
    config->client_key_file = resolve(folder, written->client_key_file);
    config->key_path = resolve_key(folder, written->key_file);

    return true;
}

CliConfig *cli_config_load(const char *path, GPtrArray *warnings, GError **error)
{
    g_autoptr(CliConfig) config = g_new0(CliConfig, 1);
    g_autoptr(Json) json = read_json(path, error);
    g_autofree char *folder = g_path_get_dirname(path);
    Written written;
    bool is_good;

    if (!json)
        return NULL;

    record_init(fields, &written);
    is_good = record_read(fields, &written, json, "", warnings, error) &&
              fill(config, &written, folder, error);
    record_clear(fields, &written);
    if (!is_good) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }

    return g_steal_pointer(&config);
}

void cli_config_free(CliConfig *config)
{
    if (!config)
        return;

    g_free(config->url);
    g_free(config->username);
    g_free(config->password);
    g_free(config->ca_file);
    g_free(config->cert_file);
    g_free(config->client_key_file);
    g_free(config->key_path);
    g_free(config);
}

char *cli_config_find_key(const char *path, GError **error)
{
    g_autoptr(GError) problem = NULL;
    g_autoptr(Json) json = read_json(path, &problem);
    g_autofree char *folder = g_path_get_dirname(path);
    Written written;
    char *found = NULL;

    if (!json && !g_error_matches(problem, PROBLEM, PROBLEM_MISSING)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    record_init(key_fields, &written);
    if (!json || record_read(key_fields, &written, json, "", NULL, error))
        found = resolve_key(folder, written.key_file);
    else
        g_prefix_error(error, "%s: ", path);
    record_clear(key_fields, &written);

    return found;
}

bool cli_config_load_key(const char *key_path, Key *out_secret, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(key_path);

    return file_make_folder(folder, 0700, error) && secret_key_load(key_path, out_secret, error);
}

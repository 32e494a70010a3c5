#include "agent2/app/worker_config.h"

#include "agent2/app/task_account.h"
#include "agent2/app/skill_packs.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/data/record.h"
#include "common/net/mqtt.h"
#include "common/sys/file.h"
#include "common/sys/helper.h"
#include "common/sys/secret.h"
#include "common/sys/zone.h"
#include "common/wire/key.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/banned.h"

#define MAX_PARALLEL_MAX 1000
#define KEYS_MAX         8
#define KEY_FILE         "key"
#define SHIM_NAME        "agent2-shim"

typedef enum {
    LAUNCH_AUTO,
    LAUNCH_SPAWN,
    LAUNCH_UNIT,
} LaunchChoice;

/* The file as it stands, before its parts are looked at. */
typedef struct Row {
    char *name;
    char *url;
    char *username;
    char *password;
    char *password_file;
    char *password_env;
    char *ca_file;
    char *cert_file;
    char *key_file;
    int64_t keep_alive_ms;
    bool is_sealed;
    Json *orchestrator_key;
    char *state_dir;
    char *skills_dir;
    bool has_shell;
    int64_t max_parallel;
    int64_t queue;
    Json *work_hours;
    char *run_as;
    char *install_path;
    char *service_name;
    char *git_branch;
    GPtrArray *environment;
    int64_t max_output;
    int64_t kill_grace_ms;
    char *task_folder;
    int launcher;
    char *shim;
} Row;

static const char *const launch_choices[] = { "auto", "spawn", "unit", NULL };

#define ROW(member) offsetof(Row, member)

/* clang-format off */
static const Field mqtt_fields[] = {
    { .name = "url", .kind = FIELD_STRING, .offset = ROW(url), .is_required = true,
      .is_valid = mqtt_url_is_valid,
      .expected = "mqtt://host[:port] or mqtts://host[:port]" },
    { .name = "username", .kind = FIELD_STRING, .offset = ROW(username) },
    { .name = "password", .kind = FIELD_STRING, .offset = ROW(password) },
    { .name = "password_file", .kind = FIELD_STRING, .offset = ROW(password_file) },
    { .name = "password_env", .kind = FIELD_STRING, .offset = ROW(password_env) },
    { .name = "ca_file", .kind = FIELD_STRING, .offset = ROW(ca_file) },
    { .name = "cert_file", .kind = FIELD_STRING, .offset = ROW(cert_file) },
    { .name = "key_file", .kind = FIELD_STRING, .offset = ROW(key_file) },
    { .name = "keep_alive", .kind = FIELD_DURATION, .offset = ROW(keep_alive_ms),
      .minimum = 5000, .maximum = 3600000, .absent = -1 },
    { .name = "seal", .kind = FIELD_BOOL, .offset = ROW(is_sealed) },
    { .name = NULL },
};

static const Field task_fields[] = {
    { .name = "max_output", .kind = FIELD_SIZE, .offset = ROW(max_output),
      .minimum = RUN_OUTPUT_MIN, .maximum = RUN_OUTPUT_MAX, .absent = -1 },
    { .name = "kill_grace", .kind = FIELD_DURATION, .offset = ROW(kill_grace_ms),
      .minimum = 100, .maximum = RUN_GRACE_MAX_MS, .absent = -1 },
    { .name = "folder", .kind = FIELD_STRING, .offset = ROW(task_folder) },
    { .name = NULL },
};

static const Field fields[] = {
    { .name = "name", .kind = FIELD_STRING, .offset = ROW(name), .is_required = true,
      .is_valid = name_is_valid, .expected = "1 to 32 of a-z, 0-9, '_' and '-'" },
    { .name = "mqtt", .kind = FIELD_OBJECT, .is_required = true, .fields = mqtt_fields },
    { .name = "orchestrator_key", .kind = FIELD_JSON, .offset = ROW(orchestrator_key),
      .is_required = true },
    { .name = "state_dir", .kind = FIELD_STRING, .offset = ROW(state_dir), .is_required = true,
      .minimum = 1, .maximum = 4096 },
    { .name = "skills_dir", .kind = FIELD_STRING, .offset = ROW(skills_dir) },
    { .name = "shell", .kind = FIELD_BOOL, .offset = ROW(has_shell) },
    { .name = "max_parallel", .kind = FIELD_INT, .offset = ROW(max_parallel), .minimum = 1,
      .maximum = MAX_PARALLEL_MAX, .absent = -1 },
    { .name = "queue", .kind = FIELD_INT, .offset = ROW(queue), .minimum = 1,
      .maximum = QUEUE_MAX_PER_AGENT, .absent = -1 },
    { .name = "work_hours", .kind = FIELD_JSON, .offset = ROW(work_hours) },
    { .name = "run_as", .kind = FIELD_STRING, .offset = ROW(run_as), .minimum = 1,
      .maximum = 255 },
    { .name = "install_path", .kind = FIELD_STRING, .offset = ROW(install_path) },
    { .name = "service_name", .kind = FIELD_STRING, .offset = ROW(service_name) },
    { .name = "git_branch", .kind = FIELD_STRING, .offset = ROW(git_branch) },
    { .name = "environment", .kind = FIELD_STRINGS, .offset = ROW(environment), .maximum = 100,
      .is_valid = task_account_variable_is_valid,
      .expected = "names of variables: letters, digits and '_'" },
    { .name = "tasks", .kind = FIELD_OBJECT, .fields = task_fields },
    { .name = "launcher", .kind = FIELD_CHOICE, .offset = ROW(launcher),
      .choices = launch_choices },
    { .name = "shim", .kind = FIELD_STRING, .offset = ROW(shim) },
    { .name = NULL },
};
/* clang-format on */

void worker_config_free(WorkerConfig *config)
{
    if (!config)
        return;

    g_free(config->path);
    g_free(config->folder);
    g_free(config->name);
    g_free(config->mqtt_url);
    g_free(config->mqtt_username);
    g_free(config->mqtt_password);
    g_free(config->mqtt_ca_file);
    g_free(config->mqtt_cert_file);
    g_free(config->mqtt_key_file);
    g_ptr_array_unref(config->orchestrator_keys);
    g_free(config->state_dir);
    g_free(config->key_path);
    g_free(config->shim_path);
    skill_book_free(config->skills);
    g_free(config->policy_hash);
    window_free(config->work_hours);
    g_clear_pointer(&config->zone, g_time_zone_unref);
    g_free(config->zone_name);
    journal_orders_free(config->orders);
    g_free(config->install_path);
    g_free(config->service_name);
    g_free(config->git_branch);
    g_free(config);
}

/* A path of the file, against its folder; NULL for none. */
static char *resolve(const WorkerConfig *config, const char *path)
{
    return path && *path ? g_canonicalize_filename(path, config->folder) : NULL;
}

static bool check_name(const Row *row, GError **error)
{
    if (!name_is_reserved(row->name))
        return true;
    g_set_error(error, PROBLEM, PROBLEM_VALUE, "name: \"%s\": is a word that topics use themselves",
                row->name);
    return false;
}

/* ---- keys --------------------------------------------------------------------------------------
 */

static bool add_key(WorkerConfig *config, const Json *node, const char *path, GError **error)
{
    const char *text = json_string(node);
    Key key;

    if (!text) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE,
                    "%s: expected a key, x25519:…, or a list of keys, found %s", path,
                    json_kind_name(json_kind(node)));
        return false;
    }
    if (!key_parse(text, &key, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    g_ptr_array_add(config->orchestrator_keys, key_print(&key));
    return true;
}

/* One key, or a list of them while the orchestrator changes its key. */
static bool read_keys(WorkerConfig *config, const Json *keys, GError **error)
{
    unsigned index = 0;

    if (json_kind(keys) != JSON_ARRAY)
        return add_key(config, keys, "orchestrator_key", error);

    for (const Json *node = json_first(keys); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("orchestrator_key[%u]", index++);

        if (!add_key(config, node, path, error))
            return false;
    }
    if (index >= 1 && index <= KEYS_MAX)
        return true;
    g_set_error(error, PROBLEM, PROBLEM_LIMIT, "orchestrator_key: expected 1 to %d keys, found %u",
                KEYS_MAX, index);
    return false;
}

/* ---- the broker --------------------------------------------------------------------------------
 */

static bool find_file(const WorkerConfig *config, const char *what, const char *path,
                      char **out_path, GError **error)
{
    *out_path = resolve(config, path);
    if (!*out_path || access(*out_path, R_OK) == 0)
        return true;
    g_set_error(error, PROBLEM, PROBLEM_IO, "%s: \"%s\": cannot be read", what, *out_path);
    return false;
}

static bool read_mqtt(WorkerConfig *config, Row *row, GError **error)
{
    g_autoptr(GError) problem = NULL;

    config->mqtt_url = g_steal_pointer(&row->url);
    config->mqtt_username = g_steal_pointer(&row->username);
    config->mqtt_keep_alive_s = row->keep_alive_ms / 1000;
    config->is_sealed = row->is_sealed;
    config->mqtt_password = secret_read("mqtt.password", row->password, row->password_file,
                                        row->password_env, config->folder, &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    return find_file(config, "mqtt.ca_file", row->ca_file, &config->mqtt_ca_file, error) &&
           find_file(config, "mqtt.cert_file", row->cert_file, &config->mqtt_cert_file, error) &&
           find_file(config, "mqtt.key_file", row->key_file, &config->mqtt_key_file, error);
}

/* ---- the shim ----------------------------------------------------------------------------------
 */

/* Started by systemd as a service, and not merely from a terminal that is one. */
static bool is_service(void)
{
    const char *main_process = g_getenv("SYSTEMD_EXEC_PID");
    gint64 pid;

    return main_process && g_ascii_string_to_signed(main_process, 10, 1, INT32_MAX, &pid, NULL) &&
           pid == getpid();
}

static bool read_launcher(WorkerConfig *config, const Row *row, GError **error)
{
    bool is_unit = row->launcher == LAUNCH_UNIT || (row->launcher == LAUNCH_AUTO && is_service());

    config->launcher = is_unit ? LAUNCHER_UNIT : LAUNCHER_SPAWN;
    if (is_unit)
        return true;

    config->shim_path = row->shim ? resolve(config, row->shim) : helper_find("agent2", SHIM_NAME);
    if (config->shim_path && access(config->shim_path, X_OK) == 0)
        return true;
    g_set_error(error, PROBLEM, PROBLEM_MISSING,
                "shim: %s: expected the program " SHIM_NAME " (it is looked for beside agent2)",
                config->shim_path ? config->shim_path : "not found");
    return false;
}

/* ---- work hours --------------------------------------------------------------------------------
 */

static bool read_zone(WorkerConfig *config, const Json *hours, GError **error)
{
    const Json *member = json_member(hours, "timezone");

    if (json_kind(member) == JSON_ABSENT || json_kind(member) == JSON_NULL) {
        config->zone = g_time_zone_new_local();
        config->zone_name = g_strdup(g_time_zone_get_identifier(config->zone));
        return true;
    }
    if (json_string(member))
        config->zone = zone_read(json_string(member), NULL);
    config->zone_name = g_strdup(json_string(member));
    if (config->zone)
        return true;
    problem_set_expected(error, PROBLEM_VALUE, config->zone_name ? config->zone_name : "?",
                         "an IANA zone, as Europe/Paris");
    g_prefix_error(error, "work_hours.timezone: ");
    return false;
}

static bool read_work_hours(WorkerConfig *config, const Json *hours, GPtrArray *warnings,
                            GError **error)
{
    static const char *const also_known[] = { "timezone", NULL };

    if (json_kind(hours) == JSON_ABSENT || json_kind(hours) == JSON_NULL)
        return true;

    config->work_hours = window_parse(hours, "work_hours", also_known, warnings, error);
    return config->work_hours && read_zone(config, hours, error);
}

/* ---- tasks -------------------------------------------------------------------------------------
 */

static bool read_orders(WorkerConfig *config, const Row *row, GError **error)
{
    JournalOrders *orders = config->orders = journal_orders_new();

    orders->max_output = row->max_output;
    orders->kill_grace_ms = row->kill_grace_ms;
    if (!task_account_fill(orders, row->run_as, row->environment, error))
        return false;
    if (row->task_folder) {
        g_free(orders->folder);
        orders->folder = resolve(config, row->task_folder);
    }
    return true;
}

static bool read_parts(WorkerConfig *config, Row *row, GPtrArray *warnings, GError **error)
{
    g_autofree char *skills_dir = resolve(config, row->skills_dir);

    if (!check_name(row, error))
        return false;
    config->name = g_steal_pointer(&row->name);
    config->state_dir = resolve(config, row->state_dir);
    config->key_path = g_build_filename(config->state_dir, KEY_FILE, NULL);
    config->install_path = g_steal_pointer(&row->install_path);
    config->service_name = g_steal_pointer(&row->service_name);
    config->git_branch = g_steal_pointer(&row->git_branch);
    config->max_parallel = row->max_parallel;
    config->queue = row->queue;
    config->skills = skill_packs_load(skills_dir, row->has_shell, warnings, error);
    return config->skills && read_keys(config, row->orchestrator_key, error) &&
           read_mqtt(config, row, error) && read_launcher(config, row, error) &&
           read_work_hours(config, row->work_hours, warnings, error) &&
           read_orders(config, row, error);
}

static Json *read_file(WorkerConfig *config, GError **error)
{
    size_t length = 0;
    g_autofree char *text = file_read(config->path, CONFIG_MAX_BYTES, &length, error);
    Json *json = text ? json_parse(text, length, CONFIG_MAX_BYTES, error) : NULL;

    if (text && !json)
        g_prefix_error(error, "%s: ", config->path);
    if (text && json && json_kind(json) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected an object", config->path);
        g_clear_pointer(&json, json_free);
    }
    return json;
}

/* What agent1 shows when it changes: the file without its broker, and the skills. */
static char *hash_policy(const WorkerConfig *config, const Json *file)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autoptr(Json) policy = json_copy(file);
    g_autoptr(Json) skills = skill_book_describe(config->skills, true);
    g_autofree char *policy_text = NULL;
    g_autofree char *skills_text = json_print(skills);

    json_remove(policy, "mqtt");
    policy_text = json_print(policy);
    g_checksum_update(checksum, (const guchar *)policy_text, -1);
    g_checksum_update(checksum, (const guchar *)skills_text, -1);
    return g_strdup(g_checksum_get_string(checksum));
}

static void prefix_warnings(GPtrArray *warnings, guint from, const char *path)
{
    for (guint i = from; i < warnings->len; i++) {
        char *warning = g_ptr_array_index(warnings, i);

        if (*warning != '/')
            warnings->pdata[i] = g_strdup_printf("%s: %s", path, warning);
        if (warnings->pdata[i] != warning)
            g_free(warning);
    }
}

static void set_defaults(Row *row)
{
    record_init(fields, row);
    row->is_sealed = true;
    row->keep_alive_ms = 60 * 1000;
    row->max_parallel = 4;
    row->queue = QUEUE_MAX_PER_AGENT;
    row->max_output = 16 * 1024 * 1024;
    row->kill_grace_ms = 10 * 1000;
}

WorkerConfig *worker_config_load(const char *path, GPtrArray *warnings, GError **error)
{
    g_autoptr(WorkerConfig) config = g_new0(WorkerConfig, 1);
    g_autoptr(Json) file = NULL;
    guint old_warnings = warnings->len;
    Row row = { 0 };
    bool is_read;

    config->path = g_canonicalize_filename(path, NULL);
    config->folder = g_path_get_dirname(config->path);
    config->orchestrator_keys = g_ptr_array_new_with_free_func(g_free);
    file = read_file(config, error);
    if (!file)
        return NULL;

    set_defaults(&row);
    is_read = record_read(fields, &row, file, "", warnings, error) &&
              read_parts(config, &row, warnings, error);
    record_clear(fields, &row);
    prefix_warnings(warnings, old_warnings, config->path);
    if (!is_read) {
        g_prefix_error(error, "%s: ", config->path);
        return NULL;
    }
    config->policy_hash = hash_policy(config, file);
    return g_steal_pointer(&config);
}

/* ---- reading it again --------------------------------------------------------------------------
 */

const char *worker_config_fixed_member(const WorkerConfig *running, const WorkerConfig *other)
{
    const struct {
        const char *member;
        const char *running;
        const char *other;
    } rows[] = {
        { "name", running->name, other->name },
        { "state_dir", running->state_dir, other->state_dir },
        { "mqtt.url", running->mqtt_url, other->mqtt_url },
        { "mqtt.username", running->mqtt_username, other->mqtt_username },
        { "mqtt.password", running->mqtt_password, other->mqtt_password },
        { "mqtt.ca_file", running->mqtt_ca_file, other->mqtt_ca_file },
        { "mqtt.cert_file", running->mqtt_cert_file, other->mqtt_cert_file },
        { "mqtt.key_file", running->mqtt_key_file, other->mqtt_key_file },
        { "shim", running->shim_path, other->shim_path },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].running, rows[i].other) != 0)
            return rows[i].member;
    }
    if (running->is_sealed != other->is_sealed)
        return "mqtt.seal";
    if (running->mqtt_keep_alive_s != other->mqtt_keep_alive_s)
        return "mqtt.keep_alive";
    return running->launcher != other->launcher ? "launcher" : NULL;
}

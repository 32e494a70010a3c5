#include "agent1/app/config.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/sys/file.h"
#include "common/sys/zone.h"
#include "common/base/banned.h"

typedef enum {
    FILE_CONFIG,
    FILE_REGISTRY,
    FILE_BLACKOUTS,
    FILE_POLICY,
    FILE_REPORTS,
    FILE_TASKS,
    FILE_COUNT,
} File;

static const struct {
    const char *name;
    size_t max_bytes;
} files[FILE_COUNT] = {
    [FILE_CONFIG] = { "config.json", CONFIG_MAX_BYTES },
    [FILE_REGISTRY] = { "agents_registry.json", REGISTRY_MAX_BYTES },
    [FILE_BLACKOUTS] = { "blackout_hours.json", CONFIG_MAX_BYTES },
    [FILE_POLICY] = { "policy.json", CONFIG_MAX_BYTES },
    [FILE_REPORTS] = { "reports_schedule.json", CONFIG_MAX_BYTES },
    [FILE_TASKS] = { "tasks_schedule.json", TASKS_MAX_BYTES },
};

struct Config {
    char *folder;
    Json *parsed[FILE_COUNT];
    FileStamp stamps[FILE_COUNT]; /* taken before they were read */
    Zones *zones;
    char *host_zone;
    char *host_zone_problem; /* NULL: the host tells it */
    bool is_host_zone_open;  /* it does not, and what counted before is not known yet */
    CoreFiles core_files;
};

static void stamp_one(const Config *config, File file, FileStamp *out)
{
    g_autofree char *path = g_build_filename(config->folder, files[file].name, NULL);

    file_stamp(path, out);
}

static bool read_one(Config *config, File file, GError **error)
{
    g_autofree char *path = g_build_filename(config->folder, files[file].name, NULL);
    g_autoptr(GError) reason = NULL;
    g_autofree char *text = NULL;
    size_t length;

    text = file_read(path, files[file].max_bytes, &length, &reason);
    if (!text && file != FILE_CONFIG && g_error_matches(reason, PROBLEM, PROBLEM_MISSING))
        return true;
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&reason));
        return false;
    }
    config->parsed[file] = json_parse(text, length, files[file].max_bytes, error);
    if (!config->parsed[file]) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    return true;
}

static void add_zone(Zones *zones, const char *name)
{
    g_autoptr(GTimeZone) zone = NULL;

    if (zones_find(zones, name))
        return;
    zone = zone_read(name, NULL);
    if (zone)
        zones_add(zones, name, zone);
}

/* Every "timezone" in a file, wherever it stands. The depth of the tree is bounded by the parser.
 */
/* NOLINTNEXTLINE(misc-no-recursion): along the nesting of JSON */
static void add_zones(Zones *zones, const Json *node)
{
    const Json *child;

    for (child = json_first(node); child; child = json_next(child)) {
        if (g_strcmp0(json_name(child), "timezone") == 0 && json_string(child))
            add_zone(zones, json_string(child));
        add_zones(zones, child);
    }
}

/* UTC until something is known from before. Many containers have no zone at all, which is no
 * problem then. */
static bool is_no_problem(const char *before, const GError *error)
{
    return (!before || strcmp(before, "UTC") == 0) &&
           g_error_matches(error, PROBLEM, PROBLEM_MISSING);
}

/* A host that cannot tell its zone is in that which counted so far; at first, in UTC. */
static void find_host_zone(Config *config, const char *before)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) host = zone_read_host(ZONE_HOST_LINK, &error);

    config->is_host_zone_open = !host && !before;
    if (!host && !is_no_problem(before, error))
        config->host_zone_problem = g_strdup(error->message);
    if (!host)
        host = before ? zone_read(before, NULL) : NULL;
    if (!host)
        host = g_time_zone_new_utc();
    config->host_zone = g_strdup(g_time_zone_get_identifier(host));
    zones_add(config->zones, config->host_zone, host);
}

/* True when looking anew would find the same. */
static bool is_host_zone_same(const Config *config)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GTimeZone) host = zone_read_host(ZONE_HOST_LINK, &error);

    if (!host)
        return config->host_zone_problem || is_no_problem(config->host_zone, error);
    return !config->host_zone_problem &&
           strcmp(g_time_zone_get_identifier(host), config->host_zone) == 0;
}

static bool read_all(Config *config, const FileStamp *kept, GError **error)
{
    int file;

    for (file = 0; file < FILE_COUNT; file++) {
        stamp_one(config, (File)file, &config->stamps[file]);
        config->core_files.are_tasks_kept =
            file == FILE_TASKS && kept && file_stamp_is_equal(&config->stamps[file], kept);
        if (config->core_files.are_tasks_kept)
            continue;
        if (!read_one(config, (File)file, error))
            return false;
        add_zones(config->zones, config->parsed[file]);
    }
    return true;
}

Config *config_load(const char *folder, const FileStamp *kept, const char *host_zone,
                    GError **error)
{
    g_autoptr(Config) config = g_new0(Config, 1);

    config->folder = g_canonicalize_filename(folder, NULL);
    config->zones = zones_new();
    find_host_zone(config, host_zone);
    if (!read_all(config, kept, error))
        return NULL;
    config->core_files = (CoreFiles){
        .config = config->parsed[FILE_CONFIG],
        .registry = config->parsed[FILE_REGISTRY],
        .blackouts = config->parsed[FILE_BLACKOUTS],
        .policy = config->parsed[FILE_POLICY],
        .reports = config->parsed[FILE_REPORTS],
        .tasks = config->parsed[FILE_TASKS],
        .are_tasks_kept = config->core_files.are_tasks_kept,
        .zones = config->zones,
        .host_zone = config->host_zone,
        .host_zone_problem = config->host_zone_problem,
        .models = { .ollama_host = g_getenv("OLLAMA_HOST"),
                    .ollama_model = g_getenv("OLLAMA_MODEL"),
                    .has_anthropic_key = g_getenv("ANTHROPIC_API_KEY") != NULL },
    };
    return g_steal_pointer(&config);
}

void config_settle_host_zone(Config *config, const char *before)
{
    if (!config->is_host_zone_open)
        return;

    g_clear_pointer(&config->host_zone, g_free);
    g_clear_pointer(&config->host_zone_problem, g_free);
    find_host_zone(config, before);
    config->is_host_zone_open = false;
    config->core_files.host_zone = config->host_zone;
    config->core_files.host_zone_problem = config->host_zone_problem;
}

void config_free(Config *config)
{
    int file;

    if (!config)
        return;

    for (file = 0; file < FILE_COUNT; file++)
        json_free(config->parsed[file]);
    zones_free(config->zones);
    g_free(config->host_zone);
    g_free(config->host_zone_problem);
    g_free(config->folder);
    g_free(config);
}

const CoreFiles *config_files(const Config *config)
{
    return &config->core_files;
}

void config_forget_tasks(Config *config)
{
    g_clear_pointer(&config->parsed[FILE_TASKS], json_free);
    config->core_files.tasks = NULL;
}

const FileStamp *config_tasks_stamp(const Config *config)
{
    return &config->stamps[FILE_TASKS];
}

bool config_is_current(const Config *config, const FileStamp *tasks)
{
    bool is_same = is_host_zone_same(config);
    int file;

    for (file = 0; is_same && file < FILE_COUNT; file++) {
        FileStamp is;

        /* agent1 writes the registry itself, and reads it anew only when it is told to. */
        if (file == FILE_REGISTRY)
            continue;
        stamp_one(config, (File)file, &is);
        is_same = file_stamp_is_equal(&is, file == FILE_TASKS ? tasks : &config->stamps[file]);
    }
    return is_same;
}

char *config_path(const Config *config, const char *path)
{
    return g_canonicalize_filename(path, config->folder);
}

static bool same_member(const Config *one, const Config *other, const char *name)
{
    const Json *a = json_member(one->parsed[FILE_CONFIG], name);
    const Json *b = json_member(other->parsed[FILE_CONFIG], name);
    g_autofree char *a_text = a ? json_print(a) : NULL;
    g_autofree char *b_text = b ? json_print(b) : NULL;

    return g_strcmp0(a_text, b_text) == 0;
}

bool config_same_links(const Config *one, const Config *other)
{
    return same_member(one, other, "mqtt") && same_member(one, other, "xmpp") &&
           same_member(one, other, "state_dir");
}

Zones *config_zones(Config *config)
{
    return config->zones;
}

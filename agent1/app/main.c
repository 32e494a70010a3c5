/* agent1: the orchestrator. Options, signals, and the main loop; everything else is behind it. */
#include <glib-unix.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "agent1/app/config.h"
#include "agent1/app/executor.h"
#include "agent1/app/links.h"
#include "agent1/app/reload.h"
#include "agent1/app/state_folder.h"
#include "agent1/edge/folder_watch.h"
#include "agent1/edge/store.h"
#include "agent1/edge/zone_watch.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/sys/heap.h"
#include "common/sys/log.h"
#include "common/sys/notify.h"
#include "common/sys/zone.h"
#include "common/wire/frame.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

typedef struct Options {
    char *folder;
    gboolean is_check;
    gboolean is_show_key;
    gboolean is_audit_verify;
    gboolean is_version;
    gboolean is_debug;
} Options;

static void options_clear(Options *options)
{
    g_free(options->folder);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

typedef struct Program {
    GMainLoop *loop;
    int exit_code;
} Program;

static bool read_options(int *argc, char ***argv, Options *out, GError **error)
{
    const GOptionEntry entries[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &out->folder, "the configuration folder", "DIR" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &out->is_check,
          "check the configuration and exit (78 when it is bad)", NULL },
        { "show-key", 0, 0, G_OPTION_ARG_NONE, &out->is_show_key,
          "print the public key, made at first use, and exit", NULL },
        { "audit-verify", 0, 0, G_OPTION_ARG_NONE, &out->is_audit_verify,
          "verify the chain of the audit and exit (agent1 must not be running)", NULL },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &out->is_debug, "log more", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &out->is_version, "print the version and exit",
          NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- the orchestrator of chat-ops");

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(
        context, "The folder holds config.json, agents_registry.json, blackout_hours.json,\n"
                 "policy.json, reports_schedule.json and tasks_schedule.json. They are read\n"
                 "anew when one is saved, agents_registry.json only at SIGHUP.");
    return g_option_context_parse(context, argc, argv, error);
}

static int complain(const GError *error, int code)
{
    g_autofree char *shown = text_make_harmless(error->message, strlen(error->message));

    fprintf(stderr, "agent1: %s\n", shown);
    return code;
}

/* Reads and checks the folder; the core that did it tells the settings. */
static Core *check_folder(const Options *options, Config **out_config, GError **error)
{
    const char *folder = options->folder;
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Config) config = config_load(folder, NULL, NULL, error);
    g_autoptr(Core) core = core_new();
    unsigned i;

    if (!config || !core_configure(core, config_files(config), warnings, error))
        return NULL;
    /* Secrets are for those who may read them: a key can be shown without. */
    if (!options->is_show_key && !options->is_audit_verify &&
        !links_check(config, core_settings(core), error))
        return NULL;
    for (i = 0; i < warnings->len; i++)
        fprintf(stderr, "agent1: warning: %s\n", (const char *)warnings->pdata[i]);
    *out_config = g_steal_pointer(&config);
    return g_steal_pointer(&core);
}

static int show_key(const Config *config, const Core *core)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Key secret;
    Key public_key;

    if (!state_folder_load_key(config, core_settings(core), &secret, &error))
        return complain(error, EX_CANTCREAT);

    frame_public_key(&secret, &public_key);
    text = key_print(&public_key);
    printf("%s\n", text);
    return EXIT_SUCCESS;
}

static void ignore_answer(StoreAnswer *answer, void *data)
{
    (void)answer;
    (void)data;
}

static int verify_audit(const Config *config, const Core *core)
{
    g_autofree char *state_dir = state_folder_path(config, core_settings(core));
    g_autofree char *set_aside = NULL;
    g_autofree char *head = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(Store) store = store_open(state_dir, ignore_answer, NULL, &set_aside, &error);
    int64_t rows = 0;

    if (!store)
        return complain(error, EXIT_FAILURE);
    if (set_aside) {
        fprintf(stderr, "agent1: the database was damaged and is set aside as %s\n", set_aside);
        return EXIT_FAILURE;
    }
    if (!store_verify_audit(store, &rows, &head, &error))
        return complain(error, EXIT_FAILURE);

    printf("the audit is sound: %" G_GINT64_FORMAT " rows, head %s\n", rows, head);
    return EXIT_SUCCESS;
}

/* ---- running ---- */

static void on_failed(void *data)
{
    Program *program = data;

    program->exit_code = EXIT_FAILURE;
    g_main_loop_quit(program->loop);
}

static gboolean on_terminate(void *data)
{
    Program *program = data;

    notify_stopping();
    g_main_loop_quit(program->loop);
    return G_SOURCE_CONTINUE;
}

static gboolean on_hangup(void *data)
{
    reload_all(data);
    return G_SOURCE_CONTINUE;
}

static void on_saved(void *data)
{
    reload_changed(data);
}

/* What only people write; agents_registry.json, which agent1 writes too, is read anew at SIGHUP. */
static FolderWatch *watch_files(const char *folder, Reload *reload)
{
    static const char *const names[] = { "config.json",         "blackout_hours.json",
                                         "policy.json",         "reports_schedule.json",
                                         "tasks_schedule.json", NULL };
    g_autoptr(GError) error = NULL;
    FolderWatch *watch =
        folder_watch_new(folder, names, FOLDER_WATCH_SAVES, on_saved, reload, &error);

    if (!watch)
        log_line(LOG_LEVEL_WARNING, "changed files are read anew only at SIGHUP: %s",
                 error->message);
    return watch;
}

/* What the environment says cannot change. */
static ZoneWatch *watch_zone(Reload *reload)
{
    g_autoptr(GError) error = NULL;
    ZoneWatch *watch =
        g_getenv("TZ") ? NULL : zone_watch_new(ZONE_HOST_LINK, on_saved, reload, &error);

    if (error)
        log_line(LOG_LEVEL_WARNING, "another zone of the host counts only after SIGHUP: %s",
                 error->message);
    return watch;
}

static void go_on(Program *program, const char *folder, Executor *executor)
{
    Reload *reload = reload_new(folder, executor);
    FolderWatch *watch = watch_files(folder, reload);
    ZoneWatch *zone = watch_zone(reload);

    g_unix_signal_add(SIGTERM, on_terminate, program);
    g_unix_signal_add(SIGINT, on_terminate, program);
    g_unix_signal_add(SIGHUP, on_hangup, reload);
    /* What was saved between the first reading and the watch. */
    reload_changed(reload);
    notify_start_watchdog();
    notify_ready();
    g_main_loop_run(program->loop);
    zone_watch_free(zone);
    folder_watch_free(watch);
    reload_free(reload);
}

static int run(const char *folder, Config *config, Core *checked)
{
    Program program = { .exit_code = EXIT_SUCCESS };
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    Executor *executor;

    program.loop = loop;
    executor = executor_new(config, checked, on_failed, &program, &error);
    if (!executor) {
        log_line(LOG_LEVEL_ERROR, "cannot start: %s", error->message);
        return error->domain == PROBLEM && error->code == PROBLEM_VALUE ? EX_CONFIG : EXIT_FAILURE;
    }
    go_on(&program, folder, executor);
    executor_free(executor);
    return program.exit_code;
}

static int start(const Options *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Config) config = NULL;
    g_autoptr(Core) core = check_folder(options, &config, &error);

    if (!core)
        return complain(error, EX_CONFIG);
    if (options->is_check) {
        printf("%s: the configuration is good\n", options->folder);
        return EXIT_SUCCESS;
    }
    if (options->is_show_key)
        return show_key(config, core);
    if (options->is_audit_verify)
        return verify_audit(config, core);
    config_forget_tasks(config);
    return run(options->folder, g_steal_pointer(&config), g_steal_pointer(&core));
}

int main(int argc, char **argv)
{
    g_auto(Options) options = { 0 };
    g_autoptr(GError) error = NULL;

    umask(077);
    heap_init();
    signal(SIGPIPE, SIG_IGN);
    if (!read_options(&argc, &argv, &options, &error) || argc > 1) {
        if (error)
            complain(error, EX_USAGE);
        else
            fprintf(stderr, "agent1: %s: no such argument\n", argv[1]);
        fprintf(stderr, "agent1 --help tells more\n");
        return 2;
    }
    if (options.is_version) {
        printf("agent1 %s\n", VERSION);
        return EXIT_SUCCESS;
    }
    if (!options.folder) {
        fprintf(stderr, "agent1: expected --config DIR, the configuration folder\n");
        return 2;
    }
    log_init("agent1", options.is_debug);
    return start(&options);
}

/* agent2: the worker. Options, signals, and the main loop; everything else is behind it. */
#include "agent2/app/worker_config.h"
#include "agent2/app/worker_executor.h"
#include "agent2/app/worker_assembly.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/sys/log.h"
#include "common/sys/notify.h"
#include "common/sys/secret.h"
#include "common/wire/frame.h"

#include <glib-unix.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "common/base/banned.h"

#define EXIT_USAGE 2

typedef struct Options {
    char *path;
    gboolean is_check;
    gboolean is_show_key;
    gboolean is_version;
    gboolean is_debug;
} Options;

typedef struct Program {
    GMainLoop *loop;
    WorkerExecutor *executor;
    int exit_code;
} Program;

static bool read_options(int *argc, char ***argv, Options *out, GError **error)
{
    const GOptionEntry entries[] = {
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &out->path, "the configuration, agent2.json",
          "FILE" },
        { "check", 0, 0, G_OPTION_ARG_NONE, &out->is_check,
          "check the configuration and the skill packs and exit (78 when they are bad)", NULL },
        { "show-key", 0, 0, G_OPTION_ARG_NONE, &out->is_show_key,
          "print the public key, made at first use, and exit", NULL },
        { "debug", 0, 0, G_OPTION_ARG_NONE, &out->is_debug, "log more", NULL },
        { "version", 0, 0, G_OPTION_ARG_NONE, &out->is_version, "print the version and exit",
          NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    g_autoptr(GOptionContext) context = g_option_context_new("- a worker of agent1");

    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_set_description(context, "SIGHUP reads the file and the skill packs anew.");
    return g_option_context_parse(context, argc, argv, error);
}

static int complain(const GError *error, int code)
{
    g_autofree char *shown = text_make_harmless(error->message, strlen(error->message));

    fprintf(stderr, "agent2: %s\n", shown);
    return code;
}

static int show_key(const WorkerConfig *config)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    Key secret;
    Key public_key;

    if (!worker_assembly_make_state_dir(config->state_dir, &error) ||
        !secret_key_load(config->key_path, &secret, &error))
        return complain(error, EX_CANTCREAT);

    frame_public_key(&secret, &public_key);
    text = key_print(&public_key);
    printf("%s\n", text);
    return EXIT_SUCCESS;
}

/* ---- running -----------------------------------------------------------------------------------
 */

static void on_failed(void *data)
{
    Program *program = data;

    program->exit_code = EXIT_FAILURE;
    g_main_loop_quit(program->loop);
}

static void on_stopped(void *data)
{
    Program *program = data;

    g_main_loop_quit(program->loop);
}

static gboolean on_terminate(void *data)
{
    Program *program = data;

    notify_stopping();
    worker_executor_stop(program->executor);
    return G_SOURCE_CONTINUE;
}

static gboolean on_hangup(void *data)
{
    Program *program = data;
    g_autoptr(GError) error = NULL;

    notify_reloading();
    if (worker_executor_reload(program->executor, &error))
        log_line(LOG_LEVEL_NOTICE, "the configuration was read anew");
    else
        log_line(LOG_LEVEL_ERROR, "the running configuration stays: %s", error->message);
    notify_ready();
    return G_SOURCE_CONTINUE;
}

static int run(WorkerConfig *config)
{
    static const WorkerExecutorHandlers handlers = { .failed = on_failed, .stopped = on_stopped };
    Program program = { .exit_code = EXIT_SUCCESS };
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GError) error = NULL;
    Launcher *launcher = launcher_new(config->launcher, config->shim_path, &error);

    if (!launcher) {
        worker_config_free(config);
        log_line(LOG_LEVEL_ERROR, "cannot start: %s", error->message);
        return EXIT_FAILURE;
    }
    program.loop = loop;
    program.executor = worker_executor_new(config, launcher, &handlers, &program, &error);
    if (!program.executor) {
        log_line(LOG_LEVEL_ERROR, "cannot start: %s", error->message);
        return g_error_matches(error, PROBLEM, PROBLEM_VALUE) ? EX_CONFIG : EXIT_FAILURE;
    }
    g_unix_signal_add(SIGTERM, on_terminate, &program);
    g_unix_signal_add(SIGINT, on_terminate, &program);
    g_unix_signal_add(SIGHUP, on_hangup, &program);
    notify_start_watchdog();
    notify_ready();
    if (program.exit_code == EXIT_SUCCESS)
        g_main_loop_run(loop);
    worker_executor_free(program.executor);
    return program.exit_code;
}

static int start(const Options *options)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autoptr(WorkerConfig) config = worker_config_load(options->path, warnings, &error);

    for (guint i = 0; i < warnings->len; i++)
        fprintf(stderr, "agent2: warning: %s\n", (const char *)g_ptr_array_index(warnings, i));
    if (!config)
        return complain(error, EX_CONFIG);
    if (options->is_check) {
        printf("%s: the configuration is good\n", options->path);
        return EXIT_SUCCESS;
    }
    if (options->is_show_key)
        return show_key(config);
    return run(g_steal_pointer(&config));
}

int main(int argc, char **argv)
{
    Options options = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;

    umask(077);
    signal(SIGPIPE, SIG_IGN);
    /* The journal's threads mostly wait for the disk: a heap for each would be for nothing. */
    mallopt(M_ARENA_MAX, 1);
    if (!read_options(&argc, &argv, &options, &error) || argc > 1) {
        if (error)
            complain(error, EXIT_USAGE);
        else
            fprintf(stderr, "agent2: %s: no such argument\n", argv[1]);
        fprintf(stderr, "agent2 --help tells more\n");
        return EXIT_USAGE;
    }
    path = options.path;
    if (options.is_version) {
        printf("agent2 %s\n", VERSION);
        return EXIT_SUCCESS;
    }
    if (!path) {
        fprintf(stderr, "agent2: expected --config FILE, the configuration\n");
        return EXIT_USAGE;
    }
    log_init("agent2", options.is_debug);
    return start(&options);
}

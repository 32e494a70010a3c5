/* agentctl: talks with agent1 over MQTT (README.md). */
#include <locale.h>
#include <stdio.h>

#include "agent1/cli/audit.h"
#include "agent1/cli/client.h"
#include "agent1/cli/config.h"
#include "agent1/cli/next.h"
#include "agent1/cli/options.h"
#include "agent1/cli/parse.h"
#include "agent1/cli/printer.h"
#include "agent1/cli/talk.h"
#include "common/base/problem.h"
#include "common/sys/log.h"
#include "common/wire/frame.h"

#include "common/base/banned.h"

#define EXIT_SIGNAL_BASE 128

static int print_version(void)
{
    puts("agentctl " VERSION);
    return CLI_EXIT_OK;
}

static int print_help(void)
{
    g_autofree char *help = cli_options_help();

    fputs(help, stdout);
    return CLI_EXIT_OK;
}

static int complain(int code, const GError *error)
{
    printer_problem("%s", error->message);
    return code;
}

static CliConfig *load_config(const char *path, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    CliConfig *config = cli_config_load(path, warnings, error);

    for (guint i = 0; config && i < warnings->len; i++)
        printer_problem("%s: %s", path, (const char *)g_ptr_array_index(warnings, i));

    return config;
}

static int show_key(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *key_path = cli_config_find_key(path, &error);
    g_autofree char *text = NULL;
    Key secret;
    Key public_key;

    if (!key_path || !cli_config_load_key(key_path, &secret, &error))
        return complain(CLI_EXIT_CONFIG, error);

    frame_public_key(&secret, &public_key);
    text = key_print(&public_key);
    puts(text);
    return CLI_EXIT_OK;
}

static int check(const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CliConfig) config = load_config(path, &error);
    Key secret;

    if (!config)
        return complain(CLI_EXIT_CONFIG, error);
    /* A check makes nothing: an absent key is made at first use. */
    if (g_file_test(config->key_path, G_FILE_TEST_EXISTS) &&
        !cli_config_load_key(config->key_path, &secret, &error))
        return complain(CLI_EXIT_CONFIG, error);

    printf("%s: good\n", path);
    return CLI_EXIT_OK;
}

static int talk(const CliOptions *options, const char *path, const CliConfig *config,
                Client *client)
{
    g_autofree char *heads = audit_heads_path(path);

    if (options->mode == CLI_SEND)
        return client_ask(client, options->text);
    if (options->mode == CLI_AUDIT_VERIFY)
        return audit_verify(client, heads, &config->orchestrator);
    return talk_run(client, options);
}

/* Everything that needs agent1: one text, the audit, or a conversation. */
static int run(const CliOptions *options, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CliConfig) config = load_config(path, &error);
    g_autoptr(Client) client = NULL;
    Key secret;
    int code;

    if (!config || !cli_config_load_key(config->key_path, &secret, &error)) {
        complain(CLI_EXIT_CONFIG, error);
        if (g_error_matches(error, PROBLEM, PROBLEM_MISSING))
            printer_problem("write one after the example agentctl.json.example, or name another "
                            "with --config");
        return CLI_EXIT_CONFIG;
    }
    client = client_new(options, config, &secret, &error);
    if (!client)
        return complain(CLI_EXIT_CONFIG, error);

    code = talk(options, path, config, client);
    return client_end_signal(client) ? EXIT_SIGNAL_BASE + client_end_signal(client) : code;
}

static int dispatch(const CliOptions *options)
{
    g_autofree char *path = options->config ? g_strdup(options->config) : cli_config_default_path();

    switch (options->mode) {
    case CLI_TALK:
    case CLI_SEND:
    case CLI_AUDIT_VERIFY:
        return run(options, path);
    case CLI_NEXT:
        return next_run(options);
    case CLI_PARSE:
        return parse_run(options);
    case CLI_CHECK:
        return check(path);
    case CLI_SHOW_KEY:
        return show_key(path);
    case CLI_HELP:
        return print_help();
    case CLI_VERSION:
        return print_version();
    }
    g_assert_not_reached();
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    CliOptions options;
    int code;

    (void)argc;
    /* All texts here are UTF-8, whatever the surroundings say; nothing else follows a locale. */
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    g_set_prgname("agentctl");
    log_init("agentctl", FALSE);

    if (!cli_options_parse(&options, argv, &error)) {
        printer_problem("%s (agentctl --help lists the options)", error->message);
        return CLI_EXIT_USAGE;
    }
    code = dispatch(&options);
    cli_options_clear(&options);

    return code;
}

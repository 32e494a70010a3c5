#include "agent1/cli/options.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/base/quantity.h"

#include "common/base/banned.h"

static const char summary[] =
    "Talks with agent1 over MQTT. Without a word it opens a conversation with agent1; with the\n"
    "name of an agent, a plain line there means \"DELEGATE: <agent> | line\". When standard input\n"
    "is no terminal, its lines are sent one by one, each after the answer to the one before.\n"
    "\n"
    "  agentctl                       a conversation with agent1\n"
    "  agentctl web1                  the same, for work on web1\n"
    "  agentctl send '!agents'        one text, one answer, for scripts\n"
    "  agentctl --show-key            the key that an admin enters under users";

static const char exit_codes[] =
    "Exit codes:\n"
    "  0  succeeded, or the command was answered\n"
    "  1  failed, cancelled or unknown\n"
    "  2  wrong usage\n"
    "  3  refused, rejected or denied\n"
    "  4  waits, was missed, expired, or is not confirmed\n"
    "  5  agent1 cannot be reached, or the agent is offline and --now was given\n"
    "  6  timed out\n"
    "  78 bad configuration";

/* Options that replace the conversation by something else; the last one counts. */
static const struct {
    const char *name;
    CliMode mode;
} modes[] = {
    { "--check", CLI_CHECK },     { "--show-key", CLI_SHOW_KEY },
    { "--version", CLI_VERSION }, { "--help", CLI_HELP },
    { "-h", CLI_HELP },
};

static gboolean read_mode(const char *name, const char *value, gpointer data, GError **error)
{
    CliOptions *options = data;

    (void)value;
    (void)error;
    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (g_str_equal(name, modes[i].name))
            options->mode = modes[i].mode;
    }

    return TRUE;
}

static gboolean read_timeout(const char *name, const char *value, gpointer data, GError **error)
{
    CliOptions *options = data;

    if (!duration_parse(value, &options->timeout_ms, error)) {
        g_prefix_error(error, "%s: ", name);
        return FALSE;
    }
    if (options->timeout_ms < 1) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: \"%s\": expected more than nothing", name,
                    value);
        return FALSE;
    }

    return TRUE;
}

static GOptionContext *make_context(CliOptions *to)
{
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &to->is_json,
          "print replies, progress and results as JSON, one object a line", NULL },
        { "quiet", 0, 0, G_OPTION_ARG_NONE, &to->is_quiet,
          "print final answers only: no progress, no notes", NULL },
        { "no-color", 0, 0, G_OPTION_ARG_NONE, &to->is_plain,
          "no colors (also when NO_COLOR is set)", NULL },
        { "timeout", 0, 0, G_OPTION_ARG_CALLBACK, read_timeout,
          "wait no longer than this for an outcome, such as 90s or 10m", "DURATION" },
        { "now", 0, 0, G_OPTION_ARG_NONE, &to->is_now,
          "refuse at once when the agent is offline, instead of waiting for it", NULL },
        { "dry-run", 0, 0, G_OPTION_ARG_NONE, &to->is_dry_run,
          "ask what would be done, without doing it", NULL },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &to->config,
          "the configuration (~/.config/agentctl/agentctl.json)", "FILE" },
        { "check", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode,
          "check the configuration and end (78: it is wrong)", NULL },
        { "show-key", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode,
          "print the public key, made at first use", NULL },
        { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode, "print the version",
          NULL },
        { "help", 'h', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode, "print this", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new("[<agent> | send <text>]");
    GOptionGroup *group = g_option_group_new("agentctl", "", "", to, NULL);

    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, exit_codes);

    return context;
}

char *cli_options_help(void)
{
    CliOptions unused = { 0 };
    g_autoptr(GOptionContext) context = make_context(&unused);

    return g_option_context_get_help(context, TRUE, NULL);
}

/* The words that are no options: nothing, an agent, or "send" and a text. */
static bool read_words(CliOptions *options, char **words, GError **error)
{
    unsigned count = g_strv_length(words);

    for (unsigned i = 0; i < count; i++) {
        if (!g_utf8_validate(words[i], -1, NULL) || *words[i] == '\0') {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "word %u: expected a text in UTF-8", i + 1);
            return false;
        }
    }

    if (count > 0 && g_str_equal(words[0], "send")) {
        if (count != 2) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE,
                        "send takes one text, found %u words: put it into quotes", count - 1);
            return false;
        }
        options->mode = CLI_SEND;
        options->text = g_strdup(words[1]);
        return true;
    }
    if (count > 1) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "\"%s\": expected one agent, or send and a text",
                    words[1]);
        return false;
    }
    if (count == 1 && strpbrk(words[0], "| \t\r\n")) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "\"%s\" is no name of an agent: did you mean agentctl send '…'?", words[0]);
        return false;
    }

    options->mode = CLI_TALK;
    options->agent = g_strdup(words[0]);
    return true;
}

/* GLib leaves the "--" in place that ends the options after a word. */
static void drop_separator(char **words)
{
    while (*words && !g_str_equal(*words, "--"))
        words++;
    if (!*words)
        return;

    g_free(*words);
    do
        words[0] = words[1];
    while (*words++);
}

bool cli_options_parse(CliOptions *out, char **argv, GError **error)
{
    CliOptions options = { .mode = CLI_TALK, .timeout_ms = CLI_NO_TIMEOUT };
    g_autoptr(GOptionContext) context = make_context(&options);
    g_auto(GStrv) words = g_strdupv(argv);

    if (!g_option_context_parse_strv(context, &words, error)) {
        cli_options_clear(&options);
        return false;
    }
    drop_separator(words);
    if (options.mode == CLI_TALK && !read_words(&options, words + 1, error)) {
        cli_options_clear(&options);
        return false;
    }

    *out = options;
    return true;
}

void cli_options_clear(CliOptions *options)
{
    g_clear_pointer(&options->agent, g_free);
    g_clear_pointer(&options->text, g_free);
    g_clear_pointer(&options->config, g_free);
}

#include "agent1/cli/options.h"

#include <string.h>

#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

#define COUNT_DEFAULT 5

static const char summary[] =
    "Talks with agent1 over MQTT. Without a word it opens a conversation with agent1; with the\n"
    "name of an agent, a plain line there means \"DELEGATE: <agent> | line\". When standard input\n"
    "is no terminal, its lines are sent one by one, each after the answer to the one before.\n"
    "\n"
    "  agentctl                       a conversation with agent1\n"
    "  agentctl web1                  the same, for work on web1\n"
    "  agentctl web1 -- uptime -p     one task for web1\n"
    "  agentctl send '!agents'        one text, one answer, for scripts\n"
    "  agentctl next 'daily 03:00'    when that is: the next times, without agent1\n"
    "  agentctl parse                 what a text on standard input would do, without agent1\n"
    "  agentctl audit verify          is agent1's record of what was done unbroken?\n"
    "  agentctl --show-key            the key that an admin enters under users";

static const char after_options[] =
    "Times, in English or French:\n"
    "  daily 03:00, weekly mon 08:00, mon..fri 09:00, every 6h, every two hours, hourly\n"
    "  tous les jours à 3h, chaque lundi 08:00, toutes les 6h, dans une heure, demain 8h\n"
    "  at 2026-12-01T08:00, at 08:00, at 8pm, noon, in 20m, 28 Nov 14:02, le 28/11 à 14 h\n"
    "  tomorrow at 9, at 9 tomorrow, tonight at 8, ce soir à 20h, next monday 9:00\n"
    "  cron's five fields (0 3 * * 1-5), @hourly @daily @weekly @monthly @yearly\n"
    "  systemd's calendars (Mon *-*-* 03:00, *-*-01 04:00)\n"
    "A time that a change of clocks skips runs once, just after the gap; one that comes twice\n"
    "runs at the first. Intervals (every, in) follow elapsed time.\n"
    "\n"
    "parse shows for each line of standard input that is an order, or looks like one, whether it\n"
    "counts, and why not: as a person's message and as a model's answer (--message, --answer: one\n"
    "of both). With --json one object a line: reading, line, kind, word, canonical, counts, why, "
    "note.\n"
    "\n"
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

/* What stands for a text that agent1 is sent. */
static gboolean read_plans(const char *name, const char *value, gpointer data, GError **error)
{
    static const char word[] = "PLAN_LIST:";
    CliOptions *options = data;
    Trigger trigger;

    (void)value;
    if (!trigger_parse(word, &trigger)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: there are no schedules in this version",
                    name);
        return FALSE;
    }
    options->mode = CLI_SEND;
    g_free(options->text);
    options->text = g_strdup(word);

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

static gboolean read_from(const char *name, const char *value, gpointer data, GError **error)
{
    CliOptions *options = data;

    if (timestamp_parse(value, &options->from_ms, error))
        return TRUE;

    g_prefix_error(error, "%s: ", name);
    return FALSE;
}

static gboolean read_count(const char *name, const char *value, gpointer data, GError **error)
{
    CliOptions *options = data;
    guint64 count;

    if (!g_ascii_string_to_unsigned(value, 10, 1, CLI_COUNT_MAX, &count, NULL)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: \"%s\": expected 1 to %d", name, value,
                    CLI_COUNT_MAX);
        return FALSE;
    }

    options->count = (unsigned)count;
    return TRUE;
}

static GOptionContext *make_context(CliOptions *to)
{
    const GOptionEntry entries[] = {
        { "json", 0, 0, G_OPTION_ARG_NONE, &to->is_json,
          "print replies, progress, results and what lists hold as JSON, one object a line", NULL },
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
        { "zone", 0, 0, G_OPTION_ARG_STRING, &to->zone,
          "next: times of this zone, such as Europe/Paris (the host's)", "ZONE" },
        { "from", 0, 0, G_OPTION_ARG_CALLBACK, read_from,
          "next: times after this one, such as 2026-12-01T00:00:00Z (now)", "TIME" },
        { "count", 0, 0, G_OPTION_ARG_CALLBACK, read_count, "next: so many times, 1 to 1000 (5)",
          "N" },
        { "answer", 0, 0, G_OPTION_ARG_NONE, &to->is_answer, "parse: as a model's answer alone",
          NULL },
        { "message", 0, 0, G_OPTION_ARG_NONE, &to->is_message, "parse: as a person's message alone",
          NULL },
        { "config", 0, 0, G_OPTION_ARG_FILENAME, &to->config,
          "the configuration (~/.config/agentctl/agentctl.json)", "FILE" },
        { "plans", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_plans,
          "list the schedules, of all agents or of the one that is named", NULL },
        { "check", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode,
          "check the configuration and end (78: it is wrong)", NULL },
        { "show-key", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode,
          "print the public key, made at first use", NULL },
        { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode, "print the version",
          NULL },
        { "help", 'h', G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, read_mode, "print this", NULL },
        { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
    };
    GOptionContext *context = g_option_context_new(
        "[<agent> [-- <task>] | send <text> | next <when> | parse | audit verify]");
    GOptionGroup *group = g_option_group_new("agentctl", "", "", to, NULL);

    g_option_group_add_entries(group, entries);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, after_options);

    return context;
}

char *cli_options_help(void)
{
    CliOptions unused = { 0 };
    g_autoptr(GOptionContext) context = make_context(&unused);

    return g_option_context_get_help(context, TRUE, NULL);
}

/* ---- the words that are no options ------------------------------------------------------------
 */

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(GError **error, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s", text);

    return false;
}

static bool set_text(CliOptions *options, char *text)
{
    options->mode = CLI_SEND;
    options->text = text;
    g_clear_pointer(&options->agent, g_free);

    return true;
}

static bool read_send(CliOptions *options, char **words, GError **error)
{
    unsigned count = g_strv_length(words);

    if (count > 1)
        return refuse(error, "send takes one text, found %u words: put it into quotes", count);
    if (count == 0 || words[0][strspn(words[0], " \t\r\n")] == '\0')
        return refuse(error, "send: no text: expected a command or a task, such as "
                             "'!agents' or '@web1 uptime'");

    return set_text(options, g_strdup(words[0]));
}

static bool read_next(CliOptions *options, char **words, GError **error)
{
    unsigned count = g_strv_length(words);

    if (count != 1)
        return refuse(error, "next takes one time, found %u words: put it into quotes", count);

    options->mode = CLI_NEXT;
    options->text = g_strdup(words[0]);
    return true;
}

static bool read_parse(CliOptions *options, char **words, GError **error)
{
    if (words[0])
        return refuse(error, "parse takes no words: the text comes on standard input");

    options->mode = CLI_PARSE;
    return true;
}

static bool read_audit(CliOptions *options, char **words, GError **error)
{
    if (g_strv_length(words) != 1 || !g_str_equal(words[0], "verify"))
        return refuse(error, "audit: expected agentctl audit verify");

    options->mode = CLI_AUDIT_VERIFY;
    return true;
}

/* Words that are no name of an agent. */
static const struct {
    const char *name;
    bool (*read)(CliOptions *options, char **words, GError **error);
} actions[] = {
    { "send", read_send },
    { "next", read_next },
    { "parse", read_parse },
    { "audit", read_audit },
};

/* What stands before a second word is an agent's name, or one of these words, misspelt. */
static bool refuse_second(const char *agent, const char *word, GError **error)
{
    const char *names[G_N_ELEMENTS(actions) + 1] = { NULL };
    const char *nearest;

    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++)
        names[i] = actions[i].name;
    nearest = text_nearest_one(agent, names);
    if (nearest)
        return refuse(error,
                      "\"%s\": expected one agent; did you mean agentctl %s …? A task for %s: "
                      "agentctl %s -- %s …",
                      word, nearest, agent, agent, word);

    return refuse(error, "\"%s\": expected one agent; a task for %s: agentctl %s -- %s …", word,
                  agent, agent, word);
}

/* "web1 -- uptime -p". The words are joined with blanks, as ssh does it. */
static bool read_task(CliOptions *options, const char *agent, char **words, GError **error)
{
    g_autofree char *task = g_strjoinv(" ", words);

    if (task[strspn(task, " \t\r\n")] == '\0')
        return refuse(error, "expected a task for %s after --", agent);
    if (strpbrk(task, "\r\n"))
        return refuse(error, "the task has several lines: a task is one line (join commands with "
                             "&& or ;)");

    return set_text(options, g_strdup_printf("DELEGATE: %s | %s", agent, task));
}

static bool read_agent(CliOptions *options, const char *agent, GError **error)
{
    if (*agent == '\0')
        return refuse(error, "the name of the agent is empty: expected one such as web1");
    if (strpbrk(agent, "| \t\r\n") || *agent == '!' || *agent == '/')
        return refuse(error, "\"%s\" is no name of an agent: did you mean agentctl send '%s'?",
                      agent, *agent == '!' ? agent : "…");

    options->mode = CLI_TALK;
    /* A plain line is for agent1 as it is. */
    options->agent = g_str_equal(agent, "agent1") ? NULL : g_strdup(agent);
    return true;
}

/* separator: how many words stand before a "--"; negative when there is none. */
static bool read_words(CliOptions *options, char **words, int separator, GError **error)
{
    unsigned count = g_strv_length(words);

    for (unsigned i = 0; i < count; i++) {
        if (!g_utf8_validate(words[i], -1, NULL))
            return refuse(error, "word %u is no text in UTF-8", i + 1);
    }
    options->mode = CLI_TALK;
    if (count == 0)
        return true;

    for (size_t i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (g_str_equal(words[0], actions[i].name))
            return actions[i].read(options, words + 1, error);
    }
    if (!read_agent(options, words[0], error))
        return false;
    if (separator == 1)
        return read_task(options, words[0], words + 1, error);
    if (count > 1)
        return refuse_second(words[0], words[1], error);
    return true;
}

/* Cuts off what stands after "--", which GLib would not tell from other words. NULL when there is
 * no
 * "--". The caller owns it. */
static char **cut_rest(char **argv)
{
    unsigned before = 0;
    char **rest;

    while (argv[before] && !g_str_equal(argv[before], "--"))
        before++;
    if (!argv[before])
        return NULL;

    rest = g_strdupv(argv + before + 1);
    for (unsigned i = before; argv[i]; i++)
        g_clear_pointer(&argv[i], g_free);
    return rest;
}

static char **join_words(char *const *words, char *const *rest)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    g_strv_builder_addv(builder, (const char **)(gsize)words);
    if (rest)
        g_strv_builder_addv(builder, (const char **)(gsize)rest);
    return g_strv_builder_end(builder);
}

/* Options that only one mode has, and what they are without it. */
static bool check_own(CliOptions *options, GError **error)
{
    if (options->mode != CLI_NEXT &&
        (options->zone || options->from_ms != CLI_FROM_NOW || options->count > 0))
        return refuse(error, "--zone, --from and --count: expected only with next '<when>'");

    if (options->mode != CLI_PARSE && (options->is_answer || options->is_message))
        return refuse(error, "--answer and --message: expected only with parse");
    if (options->count == 0)
        options->count = COUNT_DEFAULT;
    return true;
}

/* "--plans web1": of one agent, as in /plans. */
static bool read_agent_of_plans(CliOptions *options, char **words, GError **error)
{
    g_autofree char *list = g_steal_pointer(&options->text);

    if (words[1])
        return refuse(error, "\"%s\": expected one agent", words[1]);
    if (!name_is_valid(words[0]))
        return refuse(error, "\"%s\" is no name of an agent", words[0]);

    options->text = g_strconcat(list, " ", words[0], NULL);
    return true;
}

static bool read_all(CliOptions *options, char **given, char **rest, GError **error)
{
    g_auto(GStrv) words = join_words(given, rest);
    int separator = rest ? (int)g_strv_length(given) : -1;

    if (options->mode == CLI_TALK)
        return read_words(options, words, separator, error) && check_own(options, error);
    if (words[0] && options->mode == CLI_SEND)
        return read_agent_of_plans(options, words, error) && check_own(options, error);
    if (words[0] && options->mode != CLI_HELP)
        return refuse(error, "\"%s\": nothing more is expected here", words[0]);
    return check_own(options, error);
}

bool cli_options_parse(CliOptions *out, char **argv, GError **error)
{
    CliOptions options = { .mode = CLI_TALK,
                           .timeout_ms = CLI_NO_TIMEOUT,
                           .from_ms = CLI_FROM_NOW };
    g_autoptr(GOptionContext) context = make_context(&options);
    g_auto(GStrv) given = g_strdupv(argv);
    g_auto(GStrv) rest = cut_rest(given);

    if (!g_option_context_parse_strv(context, &given, error) ||
        !read_all(&options, given + 1, rest, error)) {
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
    g_clear_pointer(&options->zone, g_free);
}

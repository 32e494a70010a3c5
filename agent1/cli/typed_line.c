#include "agent1/cli/typed_line.h"

#include <string.h>

#include "agent1/cli/columns.h"
#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

/* What a chat's body holds beside its text. */
#define ENVELOPE_MAX_BYTES 1024

typedef struct Word {
    const char *name;
    const char *argument;
    TypedKind kind;
    const char *text; /* TEXT: what is sent */
    const char *help;
} Word;

static const Word words[] = {
    { "/help", "", TYPED_HELP, NULL, "this list" },
    { "/status", "", TYPED_TEXT, "!status", "health on one screen" },
    { "/agent", "[agent]", TYPED_AGENT, NULL,
      "plain lines are tasks for this agent; alone: they are for agent1 again" },
    { "/plans", "[agent]", TYPED_TEXT, "PLAN_LIST:", "the schedules" },
    { "/report", "[agent] [| <time>]", TYPED_TEXT,
      "REPORT:", "the last 20 runs, or those of a time" },
    { "/errors", "[agent] [| <time>]", TYPED_TEXT,
      "REPORT_ERRORS:", "the last 20 runs that failed, or those of a time" },
    { "/reset", "", TYPED_TEXT, "!reset", "agent1 forgets what was said in this conversation" },
    { "/last", "", TYPED_LAST, NULL, "the last run again, in full" },
    { "/quit", "", TYPED_QUIT, NULL, "end (Ctrl-D does it, too)" },
};

/* What stands for a command or trigger is offered where there is one. */
static bool is_offered(const Word *word)
{
    Command command;
    Trigger trigger;

    return !word->text || command_parse(word->text, &command) ||
           trigger_parse(word->text, &trigger);
}

const char *typed_line_word(unsigned index)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (is_offered(&words[i]) && index-- == 0)
            return words[i].name;
    }
    return NULL;
}

static const Word *find_word(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(name, words[i].name) == 0)
            return &words[i];
    }
    return NULL;
}

const char *typed_line_argument(const char *word)
{
    const Word *found = find_word(word);

    return found ? found->argument : NULL;
}

const char *typed_line_words(const char *word)
{
    const Word *found = find_word(word);

    return found ? found->help : NULL;
}

static void append_row(GString *text, unsigned total, const char *name, const char *arguments,
                       const char *help)
{
    g_autofree char *usage = g_strjoin(*arguments != '\0' ? " " : "", name, arguments, NULL);

    columns_append(text, total, usage, help);
}

char *typed_line_help(unsigned total)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (is_offered(&words[i]))
            append_row(text, total, words[i].name, words[i].argument, words[i].help);
    }
    g_string_append_c(text, '\n');
    columns_append_text(text, total, "For agent1, as far as your role allows (!help tells):");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        const CommandInfo *info = command_info((Command)i);

        append_row(text, total, info->name, info->arguments, info->help);
    }
    for (int i = 0; i < TRIGGER_COUNT; i++) {
        const CommandInfo *info = trigger_info((Trigger)i);

        append_row(text, total, info->name, info->arguments, info->help);
    }

    return g_string_free(text, FALSE);
}

static char *first_word(const char *line)
{
    return g_strndup(line, strcspn(line, " \t"));
}

static TypedKind wrong(char **out_text, char *text)
{
    *out_text = text;
    return TYPED_WRONG;
}

static TypedKind read_agent(const char *argument, char **out_text)
{
    if (strpbrk(argument, "| \t"))
        return wrong(out_text, g_strdup_printf("/agent: \"%s\" is no name of an agent", argument));

    *out_text = *argument == '\0' || g_str_equal(argument, "agent1") ? NULL : g_strdup(argument);
    return TYPED_AGENT;
}

static char *explain_unknown(const char *name)
{
    const char *names[G_N_ELEMENTS(words) + 1] = { NULL };
    const char *nearest;

    for (unsigned i = 0; typed_line_word(i); i++)
        names[i] = typed_line_word(i);
    nearest = text_nearest_one(name, names);
    if (nearest)
        return g_strdup_printf("%s is not offered here; did you mean %s?", name, nearest);
    return g_strdup_printf("%s is not offered here; /help lists what is", name);
}

/* What agent1 is sent for a word: "REPORT: web1". */
static TypedKind read_text(const Word *word, const char *argument, char **out_text)
{
    if (*argument != '\0' && *word->argument == '\0')
        return wrong(out_text, g_strdup_printf("%s takes no argument", word->name));
    /* With a time behind a bar agent1 says what is wrong with it. */
    if (strpbrk(argument, "| \t") && !strchr(word->argument, '|'))
        return wrong(out_text,
                     g_strdup_printf("%s: \"%s\" is no name of an agent", word->name, argument));

    *out_text = g_strjoin(*argument != '\0' ? " " : "", word->text, argument, NULL);
    return TYPED_TEXT;
}

/* A line whose first word begins with a slash and has no other: "/usr/bin/uptime" is a plain line.
 */
static TypedKind read_word(const char *line, const char *name, char **out_text)
{
    g_autofree char *argument = g_strstrip(g_strdup(line + strlen(name)));

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        const Word *word = &words[i];

        if (g_ascii_strcasecmp(name, word->name) != 0 || !is_offered(word))
            continue;
        if (word->kind == TYPED_AGENT)
            return read_agent(argument, out_text);
        if (word->kind == TYPED_TEXT)
            return read_text(word, argument, out_text);
        if (*argument != '\0')
            return wrong(out_text, g_strdup_printf("%s takes no argument", word->name));
        return word->kind;
    }

    return wrong(out_text, explain_unknown(name));
}

/* What people type by habit in other programs; a task of that name is still to be had. */
static char *explain_habit(const char *line, const char *agent)
{
    static const struct {
        const char *word;
        const char *hint;
    } habits[] = {
        { "help", "/help lists what there is, !help what you may do" },
        { "exit", "to leave: Ctrl-D or /quit" },
        { "quit", "to leave: Ctrl-D or /quit" },
        { "logout", "to leave: Ctrl-D or /quit" },
        { "bye", "to leave: Ctrl-D or /quit" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(habits); i++) {
        if (g_ascii_strcasecmp(line, habits[i].word) != 0)
            continue;
        if (agent)
            return g_strdup_printf("%s (as a task: @%s %s)", habits[i].hint, agent, line);
        return g_strdup(habits[i].hint);
    }
    return NULL;
}

/* In small letters only where a bar stands that the trigger cannot be without. */
static bool looks_like(const char *word, const char *rest, Trigger trigger)
{
    const char *arguments = trigger_info(trigger)->arguments;
    g_autofree char *small = g_ascii_strdown(word, -1);

    return strcmp(word, small) != 0 ||
           (*arguments != '[' && strchr(arguments, '|') && strchr(rest, '|'));
}

/* A trigger without its colon, which would be a task here: "schedule daily 03:00 | web1 | uptime".
 */
static char *explain_colon(const char *line, const char *agent)
{
    g_autofree char *word = first_word(line);
    g_autofree char *name = g_strconcat(word, ":", NULL);
    const char *rest = line + strlen(word);
    Trigger trigger;

    if (!agent || !trigger_parse(name, &trigger) || !looks_like(word, rest, trigger))
        return NULL;
    return g_strdup_printf("did you mean %s%s? (as a task: @%s %s)", trigger_info(trigger)->name,
                           rest, agent, line);
}

/* Lines that mean the same whoever the conversation is with. */
static bool is_order(const char *line, const char *word)
{
    Trigger trigger;
    const char *colon = strchr(word, ':');
    g_autofree char *start = colon ? g_strndup(word, (size_t)(colon - word) + 1) : g_strdup(word);

    return *line == '!' || *line == '@' || trigger_parse(start, &trigger);
}

TypedKind typed_line_read(const char *line, const char *agent, char **out_text)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(line));
    g_autofree char *word = first_word(trimmed);
    g_autofree char *habit = explain_habit(trimmed, agent);
    g_autofree char *colon = explain_colon(trimmed, agent);

    *out_text = NULL;
    if (habit)
        return wrong(out_text, g_steal_pointer(&habit));
    if (colon)
        return wrong(out_text, g_steal_pointer(&colon));
    if (*trimmed == '\0')
        return TYPED_NOTHING;
    if (*word == '/' && !strchr(word + 1, '/'))
        return read_word(trimmed, word, out_text);

    if (!agent || is_order(trimmed, word))
        *out_text = g_steal_pointer(&trimmed);
    else
        *out_text = g_strdup_printf("DELEGATE: %s | %s", agent, trimmed);
    return TYPED_TEXT;
}

/* Which commands may be done before what was typed earlier: those that change nothing, and those
 * that stop something. */
static bool may_overtake(Command command, const char *argument)
{
    return command == COMMAND_AGENT_OFF || command == COMMAND_AGENTS_OFF ||
           command == COMMAND_CANCEL || command == COMMAND_STOP ||
           command_only_looks(command, argument);
}

static bool is_answer(Command command)
{
    return command == COMMAND_YES || command == COMMAND_NO;
}

static bool command_passes(const char *name, const char *argument, bool is_behind)
{
    Command command;

    if (!command_parse(name, &command))
        return false;
    return is_behind ? may_overtake(command, argument) : !is_answer(command);
}

static bool word_passes(const Word *word, bool is_behind)
{
    Trigger trigger;

    switch (word->kind) {
    case TYPED_HELP:
    case TYPED_LAST:
        return true;
    case TYPED_TEXT:
        if (trigger_parse(word->text, &trigger))
            return trigger_only_looks(trigger);
        return command_passes(word->text, "", is_behind);
    case TYPED_NOTHING:
    case TYPED_AGENT:
    case TYPED_QUIT:
    case TYPED_WRONG:
        return false;
    }
    g_assert_not_reached();
}

bool typed_line_passes(const char *line, bool is_behind)
{
    g_autofree char *trimmed = g_strstrip(g_strdup(line));
    g_autofree char *name = first_word(trimmed);
    const Word *word = find_word(name);
    const char *rest = trimmed + strlen(name);

    if (word)
        return word_passes(word, is_behind);
    return command_passes(name, rest + strspn(rest, " \t"), is_behind);
}

/* The task of a line that gives one to an agent; NULL when it gives none. */
static const char *task_of(const char *line)
{
    const char *word = trigger_info(TRIGGER_DELEGATE)->name;
    const char *bar = strchr(line, '|');

    if (g_ascii_strncasecmp(line, word, strlen(word)) == 0 && bar)
        return bar + 1;
    if (*line == '@')
        return line + strcspn(line, " \t");
    return NULL;
}

bool typed_text_check(const char *text, GError **error)
{
    size_t length = strlen(text);
    g_auto(GStrv) lines = NULL;

    if (length > CHAT_TEXT_MAX_BYTES) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                    "the text is too long: %" G_GSIZE_FORMAT " bytes, at most %d are taken", length,
                    CHAT_TEXT_MAX_BYTES);
        return false;
    }

    if (text_json_length(text, length) + ENVELOPE_MAX_BYTES > BODY_MAX_BYTES) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                    "the text is too long: %" G_GSIZE_FORMAT
                    " bytes with its escapes, at most %d are taken",
                    text_json_length(text, length), BODY_MAX_BYTES - ENVELOPE_MAX_BYTES);
        return false;
    }

    lines = g_strsplit(text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++) {
        const char *task = task_of(g_strstrip(lines[i]));
        size_t task_length = task ? strlen(task + strspn(task, " \t")) : 0;

        if (task_length > TASK_TEXT_MAX_BYTES) {
            g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                        "the task is too long: %" G_GSIZE_FORMAT " bytes, at most %d are taken",
                        task_length, TASK_TEXT_MAX_BYTES);
            return false;
        }
    }

    return true;
}

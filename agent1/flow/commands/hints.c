#include "agent1/flow/commands/hints.h"

#include <string.h>

#include "agent1/flow/schedules/schedule_book.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define WORD_SHOWN_CHARS 40
#define TRIGGER_CHARS    G_CSET_A_2_Z G_CSET_a_2_z "_"
#define REST_SHOWN_CHARS 500 /* a line to be typed as it stands */
#define BLANKS           " \t"

void hints_unknown_command(Turn *turn, const Line *line)
{
    const char *names[COMMAND_COUNT + 1] = { NULL };
    g_autofree char *word = text_make_line(line->word, WORD_SHOWN_CHARS);
    const char *nearest;
    int command;

    for (command = 0; command < COMMAND_COUNT; command++)
        names[command] = command_info((Command)command)->name;
    nearest = text_nearest_one(line->word, names);
    if (nearest)
        turn_fail(turn, "%s: unknown command; nearest: %s", word, nearest);
    else
        turn_fail(turn, "%s: unknown command; !help lists them", word);
}

void hints_unknown_trigger(Turn *turn, const Line *line)
{
    const char *names[TRIGGER_COUNT + 1] = { NULL };
    const char *nearest;
    int trigger;

    for (trigger = 0; trigger < TRIGGER_COUNT; trigger++)
        names[trigger] = trigger_info((Trigger)trigger)->name;
    nearest = text_nearest_one(line->word, names);
    if (nearest)
        turn_fail(turn, "%s unknown trigger; nearest: %s", line->word, nearest);
    else
        turn_fail(turn, "%s unknown trigger; !help lists what can be typed", line->word);
}

/* ---- talk ---- */

static bool means_leaving(const char *word)
{
    static const char *const words[] = { "exit", "quit", "bye", "logout", NULL };
    unsigned i;

    for (i = 0; words[i]; i++) {
        if (g_ascii_strcasecmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

const char *hints_agent_command(const Core *core, Command command, const char *argument)
{
    const Schedule *schedule = schedule_book_find(core, argument);

    if ((command != COMMAND_PAUSE && command != COMMAND_RESUME) ||
        !registry_find(core->registry, argument) || (schedule && schedule->entry))
        return NULL;
    return command_info(command == COMMAND_PAUSE ? COMMAND_AGENT_OFF : COMMAND_AGENT_ON)->name;
}

/* "help", "/status", "cancel 12": a command without its mark. A longer line is talk that happens to
 * begin with such a word, and "stop" is more often said of something else than an answer. The
 * caller owns the result; NULL: none is meant. */
static char *meant_command(const Core *core, const char *text)
{
    const char *start = *text == '/' ? text + 1 : text;
    size_t length = strcspn(start, BLANKS);
    const char *argument = start + length + strspn(start + length, BLANKS);
    g_autofree char *name = g_strdup_printf("!%.*s", (int)length, start);
    g_autofree char *shown = text_make_line(argument, WORD_SHOWN_CHARS);
    const char *own;
    Command command;

    if (length == 0 || argument[strcspn(argument, BLANKS)] != '\0' ||
        !command_parse(name, &command) || command == COMMAND_STOP)
        return NULL;
    own = hints_agent_command(core, command, argument);
    if (own)
        return g_strconcat(own, " ", shown, NULL);
    /* "oui" means "!oui", as questions in French have it. */
    own = command_info(command)->name;
    return g_strconcat(g_ascii_strcasecmp(own, name) == 0 ? own : name, *shown ? " " : "", shown,
                       NULL);
}

static bool has_lower(const char *word)
{
    for (; *word; word++) {
        if (g_ascii_islower(*word))
            return true;
    }
    return false;
}

/* "search nginx 502", but not "search the web for nginx 502", nor "search for it". */
static bool is_search(const char *rest, Trigger trigger)
{
    static const char *const talk[] = { "the", "for", "on", "in", NULL };
    g_autofree char *first = g_ascii_strdown(rest, (gssize)strcspn(rest, BLANKS));

    return trigger == TRIGGER_SEARCH && !g_strv_contains(talk, first);
}

/* In small letters people write such words in talk, too, and then more follows than a trigger
 * takes. */
static bool may_be_meant(const char *word, const char *rest, Trigger trigger)
{
    if (!has_lower(word) || rest[strcspn(rest, BLANKS)] == '\0' || is_search(rest, trigger))
        return true;
    return strchr(rest, '|') && strchr(trigger_info(trigger)->arguments, '|');
}

/* "DELEGATE web1 | x", and "DELEGATE : web1 | x" as French is written. The caller owns the result;
 * NULL: none is meant. */
static char *meant_trigger(const char *text)
{
    size_t length = strspn(text, TRIGGER_CHARS);
    const char *rest = text + length + strspn(text + length, BLANKS ":");
    g_autofree char *word = g_strndup(text, length);
    g_autofree char *name = g_strconcat(word, ":", NULL);
    g_autofree char *shown = text_make_line(rest, REST_SHOWN_CHARS);
    Trigger trigger;

    if (!trigger_parse(name, &trigger) || !may_be_meant(word, rest, trigger))
        return NULL;
    return g_strconcat(trigger_info(trigger)->name, *shown ? " " : "", shown, NULL);
}

bool hints_know(const Core *core, const Line *line)
{
    g_autofree char *command = meant_command(core, line->rest);
    g_autofree char *trigger = meant_trigger(line->rest);

    return command || trigger || means_leaving(*line->rest == '/' ? line->rest + 1 : line->rest);
}

void hints_talk(Turn *turn, const Line *line)
{
    g_autofree char *command = meant_command(turn->core, line->rest);
    g_autofree char *trigger = meant_trigger(line->rest);

    if (means_leaving(*line->rest == '/' ? line->rest + 1 : line->rest))
        turn_fail(turn, "There is nothing to leave here: I go on, and you may come back at any "
                        "time. agentctl ends with Ctrl-D or /quit.");
    else if (command)
        turn_fail(turn, "Do you mean %s? A command begins with \"!\"; without it, nothing is done.",
                  command);
    else if (trigger)
        turn_fail(turn,
                  "Do you mean %s? It takes a colon right behind its word; without that, nothing "
                  "is done.",
                  trigger);
    else
        turn_fail(turn, "I take commands (!help lists them) and tasks: @<agent> <task>, or "
                        "DELEGATE: <agent> | <task>");
}

/* !help: what a person may do, and all about one word: a command, a trigger, a skill, an agent. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/state/time_words.h"
#include "agent1/model/offer.h"
#include "common/base/text.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define WORD_SHOWN_CHARS 40
#define BEGINNINGS_SHOWN 5
/* A pack may hold hundreds, and a phone shows twenty. */
#define SKILLS_SHOWN 100
/* The shell takes any command, and not its own name. */
#define SHELL_EXAMPLE "uptime"

static void say_usage(Turn *turn, const CommandInfo *info)
{
    turn_say(turn, "%s%s%s: %s", info->name, *info->arguments ? " " : "", info->arguments,
             core_words(turn->core, info->help));
}

static void say_right(Turn *turn, Role needed)
{
    Role own = turn->speaker->role;

    if (own >= needed)
        turn_say(turn, "You may do this, as %s.", role_name(own));
    else
        turn_say(turn, "This needs the role %s; yours is %s.", role_name(needed), role_name(own));
}

/* ---- commands and triggers ---- */

static const CommandInfo *find_word(const char *word)
{
    g_autofree char *marked = g_strconcat(*word == '!' ? "" : "!", word, NULL);
    g_autofree char *ended = g_strconcat(word, g_str_has_suffix(word, ":") ? "" : ":", NULL);
    Command command;
    Trigger trigger;

    if (command_parse(marked, &command))
        return command_info(command);
    return trigger_parse(ended, &trigger) ? trigger_info(trigger) : NULL;
}

/* What the table cannot say, since it is so here, or too much for a list. */
static void say_more(const Core *core, Turn *turn, const CommandInfo *info)
{
    g_autofree char *forms = NULL;

    if (info == trigger_info(TRIGGER_SEARCH) && core->settings->search.provider == SEARCH_NONE)
        turn_say(turn, "It is off here: search.provider in config.json is \"none\"; \"duckduckgo\" "
                       "or \"searxng\" turns it on.");
    if (info != trigger_info(TRIGGER_SCHEDULE))
        return;
    forms = time_words_forms(core);
    turn_say(turn, "%s", forms);
}

static bool help_for_word(const Core *core, Turn *turn, const char *word)
{
    const CommandInfo *info = find_word(word);

    if (!info)
        return false;
    say_usage(turn, info);
    say_right(turn, info->role);
    say_more(core, turn, info);
    return true;
}

/* ---- skills ---- */

static void say_skill(Turn *turn, const Json *skill, const char *agents, const char *one)
{
    g_autofree char *line = offer_line(skill);
    g_autofree char *parameters = offer_parameters_text(skill);
    bool is_shell = strcmp(skill_offered_name(skill), SKILL_SHELL) == 0;
    g_autofree char *usage = is_shell ? g_strdup(SHELL_EXAMPLE) : offer_usage(skill);

    turn_say(turn, "%s%s", line, parameters);
    turn_say(turn, "On %s, as in: @%s %s", agents, one, usage);
    say_right(turn, ROLE_OPERATOR);
}

/* As the first agent that has it tells it; others may have another version. */
static bool help_for_skill(Core *core, Turn *turn, const char *word)
{
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    g_autoptr(GString) names = g_string_new(NULL);
    const FleetAgent *first = NULL;
    unsigned i;

    for (i = 0; i < agents->len; i++) {
        const FleetAgent *agent = agents->pdata[i];
        const Json *skill = fleet_skill(agent, word);

        if (!skill || !skill_offered_name(skill))
            continue;
        g_string_append_printf(names, "%s%s", first ? ", " : "", agent->name);
        first = first ? first : agent;
    }
    if (first)
        say_skill(turn, fleet_skill(first, word), names->str, first->name);
    return first != NULL;
}

static bool help_for_agent(Core *core, Turn *turn, const char *word)
{
    const FleetAgent *agent = fleet_find(core->fleet, word);
    const Json *skill;
    unsigned count = 0;

    if (!registry_find(core->registry, word))
        return false;
    if (!agent || json_count(agent->skills) == 0) {
        turn_say(turn, "%s: its skills are known when it has registered", word);
        return true;
    }
    turn_say(turn, "Skills of %s; !help <skill> tells about one:", word);
    for (skill = json_first(agent->skills); skill; skill = json_next(skill)) {
        g_autofree char *line = skill_offered_name(skill) ? offer_line(skill) : NULL;

        if (line && count++ < SKILLS_SHOWN)
            turn_say(turn, "%s", line);
    }
    if (count > SKILLS_SHOWN)
        turn_say(turn, "and %u more", count - SKILLS_SHOWN);
    return true;
}

/* ---- no such word ---- */

static void add_names(GPtrArray *names, const FleetAgent *agent)
{
    const Json *skill;

    g_ptr_array_add(names, agent->name);
    for (skill = json_first(agent->skills); skill; skill = json_next(skill)) {
        if (skill_offered_name(skill))
            g_ptr_array_add(names, (void *)(guintptr)skill_offered_name(skill));
    }
}

/* "disk" for "disk.usage" and "disk.free": "!help disk.free, !help disk.usage"; NULL when nothing
 * begins so. The caller owns it. */
static char *find_beginning(const char *word, const GPtrArray *names)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned i;

    for (i = 0; i < names->len && g_hash_table_size(seen) < BEGINNINGS_SHOWN; i++) {
        char *name = names->pdata[i];

        if (name && g_ascii_strncasecmp(name, word, strlen(word)) == 0 &&
            g_hash_table_add(seen, name))
            g_string_append_printf(text, "%s!help %s", text->len ? ", " : "", name);
    }
    return text->len ? g_strdup(text->str) : NULL;
}

static void say_nothing_of_that_name(Core *core, Turn *turn, const char *word)
{
    g_autofree char *shown = text_make_line(word, WORD_SHOWN_CHARS);
    g_autoptr(GPtrArray) agents = fleet_list(core->fleet);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *beginning = NULL;
    const char *nearest;
    unsigned i;

    for (i = 0; i < COMMAND_COUNT; i++)
        g_ptr_array_add(names, (void *)(guintptr)(command_info((Command)i)->name + 1));
    for (i = 0; i < agents->len; i++)
        add_names(names, agents->pdata[i]);
    g_ptr_array_add(names, NULL);
    beginning = find_beginning(word, names);
    nearest = text_nearest_one(word, (const char *const *)names->pdata);
    if (beginning)
        turn_fail(turn, "%s: nothing of that name alone; there are: %s", shown, beginning);
    else if (nearest)
        turn_fail(turn, "%s: nothing of that name; nearest: !help %s", shown, nearest);
    else
        turn_fail(turn, "%s: nothing of that name; !help lists all", shown);
}

/* ---- all ---- */

/* In two lines: side by side they would be too wide for a phone. */
static void list_word(Turn *turn, const CommandInfo *info)
{
    g_autofree char *summary = command_summary(core_words(turn->core, info->help));

    if (info->role <= turn->speaker->role)
        turn_say(turn, "%s%s%s\n  %s", info->name, *info->arguments ? " " : "", info->arguments,
                 summary);
}

static void help_for_all(Turn *turn)
{
    Role own = turn->speaker->role;
    int i;

    turn_say(turn, "You may, as %s (!help <word> tells all about one):", role_name(own));
    for (i = 0; i < TRIGGER_COUNT; i++)
        list_word(turn, trigger_info((Trigger)i));
    for (i = 0; i < COMMAND_COUNT; i++)
        list_word(turn, command_info((Command)i));
}

void commands_help(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *lower = g_ascii_strdown(arguments, -1);

    if (!*arguments)
        help_for_all(turn);
    else if (!help_for_word(core, turn, arguments) && !help_for_skill(core, turn, lower) &&
             !help_for_agent(core, turn, lower))
        say_nothing_of_that_name(core, turn, arguments);
}

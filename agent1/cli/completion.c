#include "agent1/cli/completion.h"

#include <string.h>

#include "agent1/cli/typed_line.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

#define SKILL_CHARS     "abcdefghijklmnopqrstuvwxyz0123456789_.-"
#define SKILLS_KEPT_MAX 1000

/* So many of the newest runs are offered. */
#define RUNS_OFFERED 20

struct Completion {
    GHashTable *agents; /* a set of char * */
    GHashTable *skills; /* agent → GHashTable, a set of char * */
    GPtrArray *runs;    /* char *, the newest last */
    char *agent;        /* whom plain lines are tasks for; NULL: nobody */
};

static void free_set(gpointer set)
{
    g_hash_table_unref(set);
}

Completion *completion_new(void)
{
    Completion *completion = g_new0(Completion, 1);

    completion->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    completion->skills = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_set);
    completion->runs = g_ptr_array_new_with_free_func(g_free);

    return completion;
}

void completion_free(Completion *completion)
{
    if (!completion)
        return;

    g_hash_table_unref(completion->agents);
    g_hash_table_unref(completion->skills);
    g_ptr_array_unref(completion->runs);
    g_free(completion->agent);
    g_free(completion);
}

void completion_set_agent(Completion *completion, const char *agent)
{
    g_free(completion->agent);
    completion->agent = g_strdup(agent);
}

void completion_learn_agent(Completion *completion, const char *name)
{
    if (name && name_is_valid(name) && !name_is_reserved(name) &&
        g_hash_table_size(completion->agents) < AGENTS_MAX)
        g_hash_table_add(completion->agents, g_strdup(name));
}

static void learn_run(Completion *completion, const char *number, size_t digits)
{
    char *name = g_strndup(number, digits);
    guint at;

    if (g_ptr_array_find_with_equal_func(completion->runs, name, g_str_equal, &at))
        g_ptr_array_remove_index(completion->runs, at);
    else if (completion->runs->len == RUNS_OFFERED)
        g_ptr_array_remove_index(completion->runs, 0);
    g_ptr_array_add(completion->runs, name);
}

/* "#12 web1: …" and "web1: refused (…", the two lines that answers are made of. */
static void learn_line(Completion *completion, const char *line)
{
    const char *start = line;
    const char *colon = strstr(line, ": ");
    size_t digits = *line == '#' ? strspn(line + 1, "0123456789") : 0;
    g_autofree char *name = NULL;

    if (*line == '#') {
        start += 1 + digits;
        start += *start == ' ';
    } else if (!colon || !g_str_has_prefix(colon, ": refused (") ||
               g_str_has_prefix(colon, ": refused (unknown_agent)")) {
        return;
    }
    if (!colon || colon < start)
        return;

    name = g_strndup(start, (size_t)(colon - start));
    completion_learn_agent(completion, name);
    if (digits > 0 && name_is_valid(name))
        learn_run(completion, line + 1, digits);
}

/* "web1: online since 14:02 …", as !agents answers. */
static void learn_listed(Completion *completion, const char *line)
{
    const char *colon = strchr(line, ':');
    g_autofree char *name = colon ? g_strndup(line, (size_t)(colon - line)) : NULL;

    completion_learn_agent(completion, name);
}

/* "service.restart(unit): Restart a unit (risk guarded)", as "!help web1" answers. */
static void learn_skill(GHashTable *skills, const char *line)
{
    size_t length = strspn(line, SKILL_CHARS);

    if (length > 0 && strchr("(: ", line[length]) && g_hash_table_size(skills) < SKILLS_KEPT_MAX)
        g_hash_table_add(skills, g_strndup(line, length));
}

static void learn_skills(Completion *completion, const char *agent, char *const *lines)
{
    GHashTable *skills;

    if (!name_is_valid(agent) || !lines[0] || !g_str_has_prefix(lines[0], "Skills of "))
        return;

    skills = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 1; lines[i]; i++) {
        if (!g_str_has_prefix(lines[i], "and ") || !g_str_has_suffix(lines[i], " more"))
            learn_skill(skills, lines[i]);
    }
    g_hash_table_replace(completion->skills, g_strdup(agent), skills);
}

/* What a question was that agent1's answer can be learned from: its command, and the rest of it. */
static bool is_question(const char *question, Command wanted, const char **out_rest)
{
    size_t length = strcspn(question, " \t");
    g_autofree char *word = g_strndup(question, length);
    Command command;

    *out_rest = question + length + strspn(question + length, " \t");
    return command_parse(word, &command) && command == wanted;
}

void completion_learn(Completion *completion, const char *question, const char *answer)
{
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
    const char *rest;
    bool is_list = is_question(question, COMMAND_AGENTS, &rest);

    for (unsigned i = 0; lines[i]; i++) {
        learn_line(completion, lines[i]);
        if (is_list)
            learn_listed(completion, lines[i]);
    }
    if (is_question(question, COMMAND_HELP, &rest))
        learn_skills(completion, rest, lines);
}

/* The words of the line before the one under the cursor decide what that one may be. */
typedef enum {
    PLACE_FIRST,   /* a command, a trigger, a word of ours, @agent */
    PLACE_AGENT,   /* an agent's name */
    PLACE_COMMAND, /* a command's name as an argument */
    PLACE_RUN,     /* the number of a run */
    PLACE_SKILL,   /* the first word of an agent's task */
    PLACE_FREE,    /* anything: nothing to offer */
} PlaceKind;

typedef struct Place {
    PlaceKind kind;
    size_t start; /* of the word, in the text before the cursor */
    char *agent;  /* SKILL: whose */
} Place;

static void place_clear(Place *place)
{
    g_free(place->agent);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* What the first argument may be, by the way the tables write it. */
static PlaceKind kind_of_argument(const char *first)
{
    static const struct {
        const char *prefix;
        PlaceKind kind;
    } rows[] = {
        { "<agent", PLACE_AGENT },   { "[agent", PLACE_AGENT }, { "<name>", PLACE_AGENT },
        { "[word]", PLACE_COMMAND }, { "<id>", PLACE_RUN },
    };
    const char *arguments = typed_line_argument(first);
    Command command;
    Trigger trigger;

    if (command_parse(first, &command))
        arguments = command_info(command)->arguments;
    else if (trigger_parse(first, &trigger))
        arguments = trigger_info(trigger)->arguments;

    for (size_t i = 0; arguments && i < G_N_ELEMENTS(rows); i++) {
        if (g_str_has_prefix(arguments, rows[i].prefix))
            return rows[i].kind;
    }
    return PLACE_FREE;
}

/* The agent of "@web1 " or "DELEGATE: web1 | ", when the next word is the first of its task. */
static char *agent_of_task(const char *line, size_t start)
{
    g_autofree char *before = g_strstrip(g_strndup(line, start));
    const char *word = trigger_info(TRIGGER_DELEGATE)->name;
    size_t length = strlen(before);

    if (*before == '@' && !strpbrk(before, " \t"))
        return g_strdup(before + 1);
    if (length < 2 || before[length - 1] != '|' ||
        g_ascii_strncasecmp(before, word, strlen(word)) != 0)
        return NULL;

    before[length - 1] = '\0';
    return g_strstrip(g_strdup(before + strlen(word)));
}

static void find_place(const Completion *completion, const char *before, Place *out)
{
    size_t start = strspn(before, " \t");
    g_autofree char *first = g_strndup(before + start, strcspn(before + start, " \t"));
    unsigned index = 0;

    while (before[start + strcspn(before + start, " \t")] != '\0') {
        start += strcspn(before + start, " \t");
        start += strspn(before + start, " \t");
        index++;
    }
    *out = (Place){ .kind = PLACE_FIRST, .start = start };
    if (index == 0) {
        out->agent = g_strdup(completion->agent);
        return;
    }

    out->agent = agent_of_task(before, start);
    if (out->agent) {
        out->kind = PLACE_SKILL;
        return;
    }
    out->kind = index == 1 ? kind_of_argument(first) : PLACE_FREE;
    /* In a list of agents, the last one is completed. */
    while (out->kind == PLACE_AGENT && strchr(before + out->start, ','))
        out->start = (size_t)(strchr(before + out->start, ',') - before) + 1;
}

char *completion_question(const Completion *completion, const char *before)
{
    g_auto(Place) place = { 0 };
    const char *agents = command_info(COMMAND_AGENTS)->name;

    find_place(completion, before, &place);
    if (place.kind == PLACE_AGENT || (place.kind == PLACE_FIRST && before[place.start] == '@'))
        return g_strdup(agents);
    if (place.kind == PLACE_RUN)
        return g_strdup(command_info(COMMAND_RUNS)->name);
    if (place.agent && name_is_valid(place.agent) &&
        (place.kind == PLACE_SKILL || g_ascii_isalpha(before[place.start])))
        return g_strdup_printf("%s %s", command_info(COMMAND_HELP)->name, place.agent);
    return NULL;
}

static void offer(GPtrArray *candidates, const char *word, const char *name)
{
    if (g_ascii_strncasecmp(name, word, strlen(word)) == 0)
        g_ptr_array_add(candidates, g_strdup(name));
}

static void offer_commands(GPtrArray *candidates, const char *word)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        offer(candidates, word, command_info((Command)i)->name);
}

static void offer_set(GPtrArray *candidates, const char *word, GHashTable *set, const char *sign)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, set);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_autofree char *text = g_strconcat(sign, (const char *)name, NULL);

        offer(candidates, word, text);
    }
}

static void offer_skills(const Completion *completion, GPtrArray *candidates, const char *word,
                         const char *agent)
{
    GHashTable *skills = agent ? g_hash_table_lookup(completion->skills, agent) : NULL;

    if (skills)
        offer_set(candidates, word, skills, "");
}

static void offer_runs(const Completion *completion, GPtrArray *candidates, const char *word)
{
    for (guint i = 0; i < completion->runs->len; i++)
        offer(candidates, word, g_ptr_array_index(completion->runs, i));
}

static void offer_first(const Completion *completion, GPtrArray *candidates, const Place *place,
                        const char *word)
{
    offer_commands(candidates, word);
    for (int i = 0; i < TRIGGER_COUNT; i++)
        offer(candidates, word, trigger_info((Trigger)i)->name);
    for (unsigned i = 0; typed_line_word(i); i++)
        offer(candidates, word, typed_line_word(i));
    if (*word == '@')
        offer_set(candidates, word, completion->agents, "@");
    offer_skills(completion, candidates, word, place->agent);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *completion_find(const Completion *completion, const char *before, size_t *out_start)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);
    g_auto(Place) place = { 0 };
    const char *word;

    find_place(completion, before, &place);
    word = before + place.start;
    *out_start = place.start;
    switch (place.kind) {
    case PLACE_FIRST:
        offer_first(completion, candidates, &place, word);
        break;
    case PLACE_AGENT:
        offer_set(candidates, word, completion->agents, "");
        break;
    case PLACE_COMMAND:
        offer_commands(candidates, word);
        break;
    case PLACE_RUN:
        offer_runs(completion, candidates, word);
        break;
    case PLACE_SKILL:
        offer_skills(completion, candidates, word, place.agent);
        break;
    case PLACE_FREE:
        break;
    }

    g_ptr_array_sort(candidates, compare_names);
    return candidates;
}

char *completion_common(const GPtrArray *candidates)
{
    const char *first = candidates->len > 0 ? g_ptr_array_index(candidates, 0) : "";
    size_t length = strlen(first);

    for (guint i = 1; i < candidates->len; i++) {
        const char *other = g_ptr_array_index(candidates, i);
        size_t same = 0;

        while (same < length && g_ascii_tolower(first[same]) == g_ascii_tolower(other[same]))
            same++;
        length = same;
    }

    return g_strndup(first, length);
}

#include "agent1/cli/completion.h"

#include <string.h>

#include "agent1/cli/typed_line.h"
#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/wire/command.h"

#include "common/base/banned.h"

struct Completion {
    GHashTable *agents; /* a set of char * */
};

Completion *completion_new(void)
{
    Completion *completion = g_new0(Completion, 1);

    completion->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    return completion;
}

void completion_free(Completion *completion)
{
    if (!completion)
        return;

    g_hash_table_unref(completion->agents);
    g_free(completion);
}

void completion_learn_agent(Completion *completion, const char *name)
{
    if (name && name_is_valid(name) && !name_is_reserved(name) &&
        g_hash_table_size(completion->agents) < AGENTS_MAX)
        g_hash_table_add(completion->agents, g_strdup(name));
}

/* "#12 web1: …" and "web1: refused (…", the two lines that answers are made of. */
static void learn_line(Completion *completion, const char *line)
{
    const char *start = line;
    const char *colon = strstr(line, ": ");
    g_autofree char *name = NULL;

    if (*line == '#') {
        start += 1 + strspn(line + 1, "0123456789");
        start += *start == ' ';
    } else if (!colon || !g_str_has_prefix(colon, ": refused (")) {
        return;
    }
    if (!colon || colon < start)
        return;

    name = g_strndup(start, (size_t)(colon - start));
    completion_learn_agent(completion, name);
}

/* "web1: online since 14:02 …", as !agents answers. */
static void learn_listed(Completion *completion, const char *line)
{
    const char *colon = strchr(line, ':');
    g_autofree char *name = colon ? g_strndup(line, (size_t)(colon - line)) : NULL;

    completion_learn_agent(completion, name);
}

static bool lists_agents(const char *question)
{
    g_autofree char *word = g_strndup(question, strcspn(question, " \t"));
    Command command;

    return command_parse(word, &command) && command == COMMAND_AGENTS;
}

void completion_learn(Completion *completion, const char *question, const char *answer)
{
    g_auto(GStrv) lines = g_strsplit(answer, "\n", -1);
    bool is_list = lists_agents(question);

    for (unsigned i = 0; lines[i]; i++) {
        learn_line(completion, lines[i]);
        if (is_list)
            learn_listed(completion, lines[i]);
    }
}

/* The words of the line before the one under the cursor decide what that one may be. */
typedef enum {
    PLACE_FIRST,   /* a command, a trigger, a word of ours, @agent */
    PLACE_AGENT,   /* an agent's name */
    PLACE_COMMAND, /* a command's name as an argument */
    PLACE_FREE,    /* anything: nothing to offer */
} Place;

static Place place_of_argument(const char *first, unsigned index)
{
    const char *arguments = "";
    Command command;
    Trigger trigger;

    if (g_str_equal(first, "/agent"))
        arguments = "<agent>";
    else if (command_parse(first, &command))
        arguments = command_info(command)->arguments;
    else if (trigger_parse(first, &trigger))
        arguments = trigger_info(trigger)->arguments;

    if (index > 1)
        return PLACE_FREE;
    if (g_str_has_prefix(arguments, "<agent>") || g_str_has_prefix(arguments, "[agent]"))
        return PLACE_AGENT;
    if (g_str_has_prefix(arguments, "[word]"))
        return PLACE_COMMAND;
    return PLACE_FREE;
}

static Place find_place(const char *before, size_t *out_start)
{
    size_t start = strspn(before, " \t");
    size_t first_length = strcspn(before + start, " \t");
    g_autofree char *first = g_strndup(before + start, first_length);
    unsigned index = 0;

    while (before[start + strcspn(before + start, " \t")] != '\0') {
        start += strcspn(before + start, " \t");
        start += strspn(before + start, " \t");
        index++;
    }
    *out_start = start;
    if (index == 0)
        return PLACE_FIRST;

    /* In a list of agents, the last one is completed. */
    while (strchr(before + *out_start, ','))
        *out_start = (size_t)(strchr(before + *out_start, ',') - before) + 1;
    return place_of_argument(first, index);
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

static void offer_agents(const Completion *completion, GPtrArray *candidates, const char *word,
                         const char *sign)
{
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, completion->agents);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_autofree char *text = g_strconcat(sign, (const char *)name, NULL);

        offer(candidates, word, text);
    }
}

static void offer_first(const Completion *completion, GPtrArray *candidates, const char *word)
{
    offer_commands(candidates, word);
    for (int i = 0; i < TRIGGER_COUNT; i++)
        offer(candidates, word, trigger_info((Trigger)i)->name);
    for (unsigned i = 0; typed_line_word(i); i++)
        offer(candidates, word, typed_line_word(i));
    if (*word == '@')
        offer_agents(completion, candidates, word, "@");
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *completion_find(const Completion *completion, const char *before, size_t *out_start)
{
    GPtrArray *candidates = g_ptr_array_new_with_free_func(g_free);
    Place place = find_place(before, out_start);
    const char *word = before + *out_start;

    switch (place) {
    case PLACE_FIRST:
        offer_first(completion, candidates, word);
        break;
    case PLACE_AGENT:
        offer_agents(completion, candidates, word, "");
        break;
    case PLACE_COMMAND:
        offer_commands(candidates, word);
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

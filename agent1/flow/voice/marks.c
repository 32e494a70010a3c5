#include "agent1/flow/voice/marks.h"

#include <string.h>

#include "common/base/lookalike.h"
#include "common/base/banned.h"

#define NAME_SIGNS G_CSET_a_2_z G_CSET_DIGITS "_-"

/* "web1: paused", "agent1: asleep": the agent's name, behind whatever signs. */
static bool begins_with_agent(const Core *core, const char *seen)
{
    const char *at = seen + strcspn(seen, NAME_SIGNS);
    g_autofree char *name = g_strndup(at, strspn(at, NAME_SIGNS));

    return at[strlen(name)] == ':' &&
           (strcmp(name, "agent1") == 0 || registry_find(core->registry, name));
}

/* A line as agent1 itself writes it, or one that a hurried reader takes for it: "#12 web1:
 * succeeded", "1. #12", "p7: running", "web1: refused (role): …". */
static bool looks_like_record(const Core *core, const char *line)
{
    g_autofree char *seen = lookalike_fold(line);

    for (const char *at = seen; *at; at++) {
        bool begins = at == seen || !g_ascii_isalnum(at[-1]);

        if (begins && (*at == '#' || *at == 'p') && g_ascii_isdigit(at[1]))
            return true;
    }
    return begins_with_agent(core, seen) || strstr(seen, "refused (") != NULL ||
           strstr(seen, "!yes") || strstr(seen, "!no") || strstr(seen, "!oui") ||
           strstr(seen, "!approve");
}

char *marks_line(const Core *core, const char *line)
{
    return looks_like_record(core, line)
               ? g_strdup_printf(core_words(core, "(says the model) %s"), line)
               : g_strdup(line);
}

char *marks_words(const Core *core, const char *words)
{
    g_auto(GStrv) lines = g_strsplit(words, "\n", -1);

    for (unsigned i = 0; lines[i]; i++) {
        g_autofree char *line = lines[i];

        lines[i] = marks_line(core, line);
    }
    return g_strjoinv("\n", lines);
}

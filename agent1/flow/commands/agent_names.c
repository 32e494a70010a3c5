#include "agent1/flow/commands/agent_names.h"

#include <string.h>

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/model/target.h"
#include "common/base/text.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

bool agent_names_is_accepted(const Core *core, const char *name)
{
    const RegistryAgent *entry = registry_find(core->registry, name);

    return entry && entry->is_accepted;
}

static void refuse_name(Core *core, Turn *turn, const char *name)
{
    g_autofree char *shown = text_make_line(name, 40);
    g_autofree char *nearest = NULL;

    if (registry_find(core->registry, name)) {
        turn_fail(turn, "%s: not accepted yet; !agents shows who asks to join", shown);
        return;
    }
    nearest = gate_facts_nearest(core, name);
    turn_fail(turn, "%s: no accepted agent of that name%s%s", shown,
              core_words(core, nearest ? "; nearest: " : "; !agents lists them"),
              nearest ? nearest : "");
}

bool agent_names_are_accepted(Core *core, Turn *turn, const GPtrArray *names)
{
    unsigned i;

    for (i = 0; i < names->len; i++) {
        if (!agent_names_is_accepted(core, names->pdata[i])) {
            refuse_name(core, turn, names->pdata[i]);
            return false;
        }
    }
    return true;
}

char *agent_names_read(const char *arguments, bool *out_has_agent1)
{
    g_autoptr(GString) targets = g_string_new(NULL);
    const char *text = arguments;

    *out_has_agent1 = false;
    while (*text && *text != '|') {
        g_autofree char *target = target_take(&text);
        g_auto(GStrv) parts = g_strsplit(target, ",", -1);
        unsigned i;

        for (i = 0; parts[i]; i++) {
            if (strcmp(parts[i], AGENT1_NAME) == 0)
                *out_has_agent1 = true;
            else if (parts[i][0])
                g_string_append_printf(targets, "%s%s", targets->len ? "," : "", parts[i]);
        }
    }
    return g_strdup(targets->str);
}

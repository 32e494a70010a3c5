#include "agent1/flow/gate/targets.h"

#include <string.h>

#include "agent1/flow/gate/gate_facts.h"
#include "agent1/model/target.h"
#include "common/base/text.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

#define SHOWN_CHARS  40
#define NAMES_SHOWN  10
#define LABELS_SHOWN 10

static void free_name(void *name)
{
    g_free(name);
}

/* Everybody who can be named: the registry's agents, and those who ask to join. */
static TargetAgent *list_agents(const Core *core, unsigned *out_count)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    g_autoptr(GPtrArray) waiting = ledger_list(core->ledgers[TABLE_WAITING]);
    TargetAgent *agents = g_new0(TargetAgent, names->len + waiting->len + 1);
    unsigned i;

    for (i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);

        agents[i].name = entry->name;
        agents[i].is_accepted = entry->is_accepted;
        agents[i].labels = entry->labels;
    }
    for (i = 0; i < waiting->len; i++)
        agents[names->len + i].name = row_text(waiting->pdata[i], WAITING_NAME);
    *out_count = names->len + waiting->len;
    return agents;
}

static int compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "web1, web2 and 9 more" of the accepted ones, or NULL. The caller owns it. */
static char *known_names(const TargetAgent *agents, unsigned count)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < count; i++) {
        if (agents[i].is_accepted)
            g_ptr_array_add(names, (void *)(guintptr)agents[i].name);
    }
    return names->len > 0 ? target_list_text(names, NAMES_SHOWN) : NULL;
}

/* "dc=par, role=web" of the accepted ones, or NULL. The caller owns it. */
static char *known_labels(const TargetAgent *agents, unsigned count)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) labels = g_ptr_array_new();
    GHashTableIter iter;
    void *name;
    void *value;
    unsigned i;

    for (i = 0; i < count; i++) {
        if (!agents[i].is_accepted || !agents[i].labels)
            continue;
        g_hash_table_iter_init(&iter, agents[i].labels);
        while (g_hash_table_iter_next(&iter, &name, &value))
            g_hash_table_add(seen, g_strdup_printf("%s=%s", (char *)name, (char *)value));
    }
    g_hash_table_iter_init(&iter, seen);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(labels, name);
    g_ptr_array_sort(labels, compare_texts);
    return labels->len > 0 ? target_list_text(labels, LABELS_SHOWN) : NULL;
}

static void refuse_name(Core *core, Turn *turn, const char *shown, const char *term)
{
    g_autofree char *nearest = gate_facts_nearest(core, term);
    g_autofree char *reason = nearest ? reason_make(REASON_NAME_UNKNOWN_BUT, nearest, NULL)
                                      : reason_make(REASON_NAME_UNKNOWN, NULL);

    turn_refuse(turn, shown, RULE_UNKNOWN_AGENT, reason, 0);
}

/* A pattern or a label that means nobody, and what there is instead: NULL for nothing. */
static void refuse_term(Turn *turn, const char *shown, ReasonKind kind, const char *there_is,
                        ReasonKind kind_nothing)
{
    g_autofree char *reason =
        there_is ? reason_make(kind, there_is, NULL) : reason_make(kind_nothing, NULL);

    turn_refuse(turn, shown, RULE_UNKNOWN_AGENT, reason, 0);
}

static void say_fault(Core *core, Turn *turn, TargetResult result, const char *term)
{
    g_autofree char *shown = text_make_line(term, SHOWN_CHARS);
    g_autofree TargetAgent *agents = NULL;
    g_autofree char *there_is = NULL;
    unsigned count;

    agents = list_agents(core, &count);
    switch (result) {
    case TARGET_FOUND:
        break;
    case TARGET_EMPTY:
        turn_fail(turn, "expected an agent: a name, a list a,b, a pattern web*, a label role=web, "
                        "or all; !agents lists them");
        break;
    case TARGET_UNKNOWN:
        refuse_name(core, turn, shown, term);
        break;
    case TARGET_NO_MATCH:
        there_is = known_names(agents, count);
        refuse_term(turn, shown, REASON_NOBODY_FITS, there_is, REASON_NOBODY_THERE);
        break;
    case TARGET_NO_LABEL:
        there_is = known_labels(agents, count);
        refuse_term(turn, shown, REASON_NO_LABEL, there_is, REASON_NO_LABELS);
        break;
    case TARGET_MALFORMED:
        turn_fail(turn, "%s: expected a label as in role=web", shown);
        break;
    }
}

bool targets_find(Core *core, Turn *turn, const char *target, GPtrArray **out_names)
{
    g_autofree TargetAgent *agents = NULL;
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *term = NULL;
    TargetResult result;
    unsigned count;
    unsigned i;

    if (target_is_name(target)) {
        *out_names = g_ptr_array_new_with_free_func(free_name);
        g_ptr_array_add(*out_names, g_strdup(target));
        return true;
    }
    agents = list_agents(core, &count);
    result = target_resolve(target, agents, count, &names, &term);
    if (result != TARGET_FOUND) {
        say_fault(core, turn, result, term);
        return false;
    }
    *out_names = g_ptr_array_new_with_free_func(free_name);
    for (i = 0; i < names->len; i++)
        g_ptr_array_add(*out_names, g_strdup(names->pdata[i]));
    return true;
}

bool targets_have_skill(const Core *core, const char *target, const char *skill)
{
    unsigned count;
    g_autofree TargetAgent *agents = list_agents(core, &count);
    g_autoptr(GPtrArray) names = NULL;
    g_autofree char *term = NULL;

    if (target_resolve(target, agents, count, &names, &term) != TARGET_FOUND)
        return false;
    for (unsigned i = 0; i < names->len; i++) {
        const FleetAgent *agent = fleet_find(core->fleet, names->pdata[i]);

        if (!agent || !fleet_skill(agent, skill))
            return false;
    }
    return true;
}

/* !agents: who there is, a few short lines each, so that a phone and a terminal of 80 columns show
 * them whole. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/agent_data.h"
#include "agent1/flow/commands/agent_look.h"
#include "agent1/flow/commands/run_lines.h"
#include "agent1/flow/fleet/absence.h"
#include "agent1/flow/gate/targets.h"
#include "agent1/flow/state/hold.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/key.h"
#include "common/base/banned.h"

#define DETAIL_CHARS 76
/* More skills than any agent tells of, for the room that their number takes. */
#define LEFT_MAX 999

static void append_detail(GString *details, const char *detail)
{
    g_string_append_printf(details, "%s%s", details->len ? " · " : "", detail);
}

/* What stands below the first line of an agent, indented; nothing for "". */
static void say_below(Turn *turn, const char *text)
{
    g_autofree char *line = text_make_line(text, DETAIL_CHARS);

    if (*line)
        turn_say(turn, "  %s", line);
}

static void say_details(Turn *turn, const RegistryAgent *entry, const FleetAgent *live)
{
    g_autoptr(GString) details = g_string_new(NULL);

    if (live && live->version)
        append_detail(details, live->version);
    if (live && live->clock_offset_ms != MESSAGE_ABSENT) {
        g_autofree char *offset = duration_format(ABS(live->clock_offset_ms));
        g_autofree char *words =
            g_strdup_printf(core_words(turn->core, "its clock is %s off"), offset);

        append_detail(details, words);
    }
    if (entry->description)
        append_detail(details, entry->description);
    say_below(turn, details->str);
}

static void say_labels(Turn *turn, const RegistryAgent *entry)
{
    GList *names = entry->labels ? g_hash_table_get_keys(entry->labels) : NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    GList *at;

    names = g_list_sort(names, (GCompareFunc)strcmp);
    for (at = names; at; at = at->next)
        g_string_append_printf(text, "%s%s=%s", text->len ? ", " : "", (const char *)at->data,
                               (const char *)g_hash_table_lookup(entry->labels, at->data));
    g_list_free(names);
    say_below(turn, text->str);
}

/* How many names stand in a list that its commas separate. */
static unsigned count_names(const char *list)
{
    unsigned count = 1;

    while ((list = strstr(list, ", "))) {
        count++;
        list += strlen(", ");
    }
    return count;
}

/* What stands behind the last name that is shown. The caller owns it. */
static char *describe_left(const Core *core, unsigned left, const char *agent)
{
    if (left == 1)
        return g_strdup_printf(core_words(core, " and one more: !help %s"), agent);
    return g_strdup_printf(core_words(core, " and %u more: !help %s"), left, agent);
}

/* Whole names, as many as fit, and where the others are to be found. */
static void say_skills(Turn *turn, const FleetAgent *live)
{
    g_autofree char *skills = live ? fleet_skills_text(live) : NULL;
    const char *end = skills ? strstr(skills, ", ") : NULL;
    g_autofree char *way = NULL;
    const char *next;
    unsigned left;

    if (!skills || !end || g_utf8_strlen(skills, -1) <= DETAIL_CHARS) {
        say_below(turn, skills ? skills : "");
        return;
    }
    way = describe_left(turn->core, LEFT_MAX, live->name);
    while ((next = strstr(end + 1, ", ")) &&
           (size_t)(next - skills) + (size_t)g_utf8_strlen(way, -1) <= DETAIL_CHARS)
        end = next;
    left = count_names(end + strlen(", "));
    g_free(way);
    way = describe_left(turn->core, left, live->name);
    turn_say(turn, "  %.*s%s", (int)(end - skills), skills, way);
}

/* Who holds it, where the state does not tell it already. */
static void append_hold(const Core *core, const RegistryAgent *entry, const FleetAgent *live,
                        GString *text)
{
    g_autofree char *hold = hold_of_agent(core, entry->name);
    bool is_shown =
        live && live->state == AGENT_PAUSED && core->is_up[LINK_MQTT] && !absence_is_silent(live);

    if (is_shown && live->is_pause_wished && live->paused_by)
        g_string_append_printf(text, core_words(core, " by %s"), live->paused_by);
    else if (hold && !is_shown)
        g_string_append_printf(text, " · %s", hold);
}

static void say_agent(Core *core, Turn *turn, const RegistryAgent *entry)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);
    unsigned waiting = commands_count_waiting(core, entry->name);
    unsigned in_hand = runs_count_of(core->runs, entry->name) - waiting;
    AgentLook look = agent_look(core, entry);
    int64_t since_ms = agent_look_since(core, entry);
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "%s: %s", entry->name, core_words(core, agent_look_words(look)));
    if (since_ms > 0) {
        g_autofree char *since = core_local_time(core, since_ms);

        g_string_append_printf(text, core_words(core, " since %s"), since);
    }
    append_hold(core, entry, live, text);
    if (agent_look_is_outside_work(core, entry))
        g_string_append(text, core_words(core, " · outside its work hours"));
    if (in_hand > 0)
        g_string_append_printf(text, core_words(core, " · %u in hand"), in_hand);
    if (waiting > 0)
        g_string_append_printf(text, core_words(core, " · %u waiting"), waiting);
    turn_say(turn, "%s", text->str);
    say_details(turn, entry, live);
    say_labels(turn, entry);
    say_skills(turn, live);
    agent_data_add(turn, entry, in_hand, waiting);
}

static void say_waiting(Turn *turn, const Row *row)
{
    g_autofree char *fingerprint = NULL;
    Key key;

    if (!key_parse(row_text(row, WAITING_KEY), &key, NULL))
        return;

    fingerprint = key_fingerprint(&key);
    turn_say(turn, "%s: asks to join; an admin types !accept %s %.9s\n%s",
             row_text(row, WAITING_NAME), row_text(row, WAITING_NAME), fingerprint, fingerprint);
    agent_data_add_waiting(turn, row_text(row, WAITING_NAME), fingerprint);
}

/* Those that ask to join; name NULL: all of them. How many there are. */
static unsigned say_all_waiting(Core *core, Turn *turn, const char *name)
{
    g_autoptr(GPtrArray) waiting = ledger_list(core->ledgers[TABLE_WAITING]);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < waiting->len; i++) {
        const Row *row = waiting->pdata[i];

        if (name && strcmp(row_text(row, WAITING_NAME), name) != 0)
            continue;
        say_waiting(turn, row);
        count++;
    }
    return count;
}

static void say_all(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    unsigned count = names->len;
    unsigned i;

    commands_say_blackout(core, turn);
    for (i = 0; i < names->len; i++)
        say_agent(core, turn, registry_find(core->registry, names->pdata[i]));
    count += say_all_waiting(core, turn, NULL);
    if (count == 0)
        turn_say(turn, "no agents yet; start agent2 on a machine and it will ask to join");
}

static void say_those(Core *core, Turn *turn, const char *target)
{
    g_autoptr(GPtrArray) names = NULL;
    unsigned i;

    if (!targets_find(core, turn, target, &names))
        return;

    commands_say_blackout(core, turn);
    for (i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);

        if (entry)
            say_agent(core, turn, entry);
        else if (run_lines_is_agent(core, turn, names->pdata[i]))
            say_all_waiting(core, turn, names->pdata[i]);
    }
}

void commands_agents(Core *core, Turn *turn, const char *arguments)
{
    agent_data_begin(turn);
    if (*arguments)
        say_those(core, turn, arguments);
    else
        say_all(core, turn);
}

#include "agent1/flow/doors/home_assistant.h"

#include <string.h>

#include "agent1/flow/commands/commands.h"
#include "agent1/model/home_assistant.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

#define USER_NAME "homeassistant"
/* Changes that come together are told together. */
#define LOOK_MS 1000
/* The broker's connection takes a thousand messages at a time; the network's own come first. */
#define MESSAGES_A_LOOK 100
#define TOPICS_MARK     "\n"
#define SHOWN_CHARS     40

struct HomeAssistant {
    GHashTable *told; /* topic → the text that is retained there */
    int64_t due_ms;
    unsigned left; /* messages that the present look may still send */
};

HomeAssistant *home_assistant_new(void)
{
    HomeAssistant *home = g_new0(HomeAssistant, 1);

    home->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    home->due_ms = INT64_MAX;
    return home;
}

void home_assistant_free(HomeAssistant *home)
{
    if (!home)
        return;

    g_hash_table_unref(home->told);
    g_free(home);
}

/* ---- telling ---- */

/* False when it has to wait for the next look. */
static bool tell(Core *core, const char *topic, const char *text)
{
    HomeAssistant *home = core->home_assistant;
    const char *last = g_hash_table_lookup(home->told, topic);

    if (last && strcmp(last, text) == 0)
        return true;
    if (home->left == 0)
        return false;

    home->left--;
    effects_publish_plain(core->fx, topic, text, true);
    g_hash_table_insert(home->told, g_strdup(topic), g_strdup(text));
    return true;
}

/* What a person should look at, or NULL. The caller owns it. */
static char *describe_problem(const Core *core, const FleetAgent *live)
{
    g_autofree char *since = NULL;
    g_autofree char *offset = NULL;

    if (!live || live->heard_ms == 0)
        return g_strdup(core_words(core, "not seen yet"));
    if (live->state == AGENT_OFFLINE) {
        since = core_local_time(core, live->since_ms);
        return g_strdup_printf(core_words(core, "offline since %s"), since);
    }
    if (live->clock_offset_ms != MESSAGE_ABSENT) {
        offset = duration_format(ABS(live->clock_offset_ms));
        return g_strdup_printf(core_words(core, "its clock is %s off"), offset);
    }
    return NULL;
}

static bool tell_agent(Core *core, const RegistryAgent *entry, GHashTable *wanted)
{
    const FleetAgent *live = fleet_find(core->fleet, entry->name);
    g_autofree char *problem = describe_problem(core, live);
    HomeAssistantAgent agent = {
        .house = core->settings->name,
        .name = entry->name,
        .description = entry->description,
        .version = live ? live->version : NULL,
        .state = agent_state_name(live ? live->state : AGENT_OFFLINE),
        .is_pause_wished = live && live->is_pause_wished,
        .problem = problem,
        .running = live ? live->running : 0,
        .queued = live ? live->queued : 0,
        .update = live ? live->update : NULL,
    };
    g_autofree char *config = home_assistant_config(&agent);
    g_autofree char *state = home_assistant_state(&agent);
    char *config_topic = home_assistant_config_topic(core->settings->home_assistant_prefix,
                                                     agent.house, entry->name);
    char *state_topic = topic_home_assistant_state(entry->name);
    bool is_told = tell(core, state_topic, state) && tell(core, config_topic, config);

    g_hash_table_add(wanted, config_topic);
    g_hash_table_add(wanted, state_topic);
    return is_told;
}

/* What is retained of agents that are no longer ours, or under an earlier prefix, and was not
 * cleared in an earlier look: topics. */
static GPtrArray *find_stale(const Core *core, GHashTable *wanted)
{
    const char *stored = core_meta(core, META_HOME_ASSISTANT);
    GPtrArray *stale = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) topics = g_strsplit(stored ? stored : "", TOPICS_MARK, -1);
    unsigned i;

    for (i = 0; topics[i]; i++) {
        const char *last = g_hash_table_lookup(core->home_assistant->told, topics[i]);

        if (*topics[i] && !g_hash_table_contains(wanted, topics[i]) && !(last && !*last))
            g_ptr_array_add(stale, g_strdup(topics[i]));
    }
    return stale;
}

static int compare_texts(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Before anything leaves: what will be retained can be cleared one day, whatever happens. */
static void remember(Core *core, GHashTable *wanted, const GPtrArray *stale)
{
    const char *stored = core_meta(core, META_HOME_ASSISTANT);
    g_autoptr(GPtrArray) topics = g_ptr_array_new();
    g_autofree char *text = NULL;
    GHashTableIter iter;
    void *topic;
    unsigned i;

    g_hash_table_iter_init(&iter, wanted);
    while (g_hash_table_iter_next(&iter, &topic, NULL))
        g_ptr_array_add(topics, topic);
    for (i = 0; i < stale->len; i++)
        g_ptr_array_add(topics, stale->pdata[i]);
    g_ptr_array_sort(topics, compare_texts);
    g_ptr_array_add(topics, NULL);
    text = g_strjoinv(TOPICS_MARK, (char **)topics->pdata);
    if (strcmp(stored ? stored : "", text) != 0)
        core_set_meta(core, META_HOME_ASSISTANT, text);
}

/* False when there is more to tell than one look may. */
static bool tell_all(Core *core, GHashTable *wanted)
{
    g_autoptr(GPtrArray) names = registry_names(core->registry);
    g_autofree char *own = topic_home_assistant_state(AGENT1_NAME);
    bool is_told = true;
    unsigned i;

    if (!core->settings->home_assistant_is_enabled)
        return true;

    is_told = tell(core, own, "online");
    g_hash_table_add(wanted, g_strdup(own));
    for (i = 0; i < names->len; i++) {
        const RegistryAgent *entry = registry_find(core->registry, names->pdata[i]);

        if (entry->is_accepted && !tell_agent(core, entry, wanted))
            is_told = false;
    }
    return is_told;
}

/* Nothing is told, and nothing was. */
static bool is_unused(const Core *core)
{
    const char *stored = core_meta(core, META_HOME_ASSISTANT);

    return !core->settings->home_assistant_is_enabled && (!stored || !*stored);
}

void home_assistant_look(Core *core)
{
    g_autoptr(GHashTable) wanted = NULL;
    g_autoptr(GPtrArray) stale = NULL;
    HomeAssistant *home = core->home_assistant;
    bool is_told;
    unsigned i;

    if (core->now_ms < home->due_ms)
        return;

    home->due_ms = INT64_MAX;
    if (!core->is_up[LINK_MQTT] || is_unused(core))
        return;

    home->left = MESSAGES_A_LOOK;
    wanted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    is_told = tell_all(core, wanted);
    stale = find_stale(core, wanted);
    remember(core, wanted, stale);
    for (i = 0; i < stale->len; i++)
        tell(core, stale->pdata[i], "");
    if (!is_told || stale->len > 0)
        home->due_ms = core->now_ms + LOOK_MS;
}

void home_assistant_look_soon(Core *core)
{
    if (!is_unused(core))
        core->home_assistant->due_ms = MIN(core->home_assistant->due_ms, core->now_ms + LOOK_MS);
}

void home_assistant_tell_anew(Core *core)
{
    g_hash_table_remove_all(core->home_assistant->told);
    home_assistant_look_soon(core);
}

int64_t home_assistant_next_deadline(const Core *core)
{
    return core->home_assistant->due_ms;
}

/* ---- taking ---- */

static bool find_command(const char *word, Command *out)
{
    static const struct {
        const char *word;
        Command command;
    } rows[] = { { "ON", COMMAND_AGENT_ON },
                 { "OFF", COMMAND_AGENT_OFF },
                 { HOME_ASSISTANT_CHECK, COMMAND_AGENT_UPDATE } };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(word, rows[i].word) == 0) {
            *out = rows[i].command;
            return true;
        }
    }
    return false;
}

/* Whatever becomes of it, the switch shows how it is afterwards. */
static void show_again(Core *core, const char *agent)
{
    g_autofree char *topic = topic_home_assistant_state(agent);

    g_hash_table_remove(core->home_assistant->told, topic);
}

void home_assistant_take(Core *core, const EventHomeAssistant *event)
{
    g_autoptr(Speaker) speaker = NULL;
    Command command;
    Turn turn;

    if (!core->settings->home_assistant_is_enabled)
        return;
    if (!event->agent) {
        if (strcmp(event->text, HOME_ASSISTANT_BIRTH) == 0)
            home_assistant_tell_anew(core);
        return;
    }
    if (!find_command(event->text, &command)) {
        g_autofree char *shown = text_make_line(event->text, SHOWN_CHARS);

        core->refused_count++;
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, event->agent,
                    "Home Assistant: \"%s\" for %s is neither ON nor OFF nor UPDATE", shown,
                    event->agent);
        return;
    }
    speaker = speaker_new(DOOR_HOME_ASSISTANT, "", NULL);
    speaker->user = g_strdup(USER_NAME);
    speaker->principal = g_strdup(USER_NAME);
    speaker->role = (Role)core->settings->home_assistant_role;
    turn_init(&turn, core, speaker);
    commands_do(core, &turn, command, event->agent);
    turn_finish(&turn);
    show_again(core, event->agent);
}

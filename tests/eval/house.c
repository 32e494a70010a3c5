#include "tests/eval/house.h"

#include <string.h>

#include "agent1/flow/core.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"
#include "common/wire/key.h"

#include "common/base/banned.h"

#define PERSON  "ana@example.org"
#define JOURNAL "01J00000000000000000000001"
#define MESSAGE "01J0000000000000000000MSGX"

#define CONFIG                                                                                     \
    "{\"xmpp\":{\"jid\":\"agent1@example.org\",\"password\":\"x\"},\"timezone\":\"UTC\","          \
    "\"mqtt\":{\"url\":\"mqtt://127.0.0.1\"},\"users\":[{\"name\":\"ana\",\"role\":\"admin\","     \
    "\"jids\":[\"" PERSON "\"],\"language\":\"%s\"}],\"llm\":{\"chain\":[]}}"
#define SKILLS "[{\"name\":\"shell\",\"risk\":\"guarded\"}]"

typedef struct House {
    Core *core;
    unsigned steps;
    ModelCall *call; /* the last that was asked for */
} House;

static void house_clear(House *house)
{
    core_free(house->core);
    model_call_free(house->call);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(House, house_clear)

static void stamp(House *house, Event *event)
{
    house->steps++;
    event->now_ms = clock_now_ms();
    event->boot_ms = clock_boot_ms();
    memcpy(event->seed, &house->steps, sizeof(house->steps));
}

static void keep_call(House *house, const Effects *effects)
{
    for (unsigned i = 0; i < effects->list->len; i++) {
        Effect *effect = effects->list->pdata[i];

        if (effect->kind != EFFECT_MODEL_CALL)
            continue;
        model_call_free(house->call);
        house->call = g_steal_pointer(&effect->call);
    }
}

static void step(House *house, Event *event)
{
    Effects *effects = effects_new();

    stamp(house, event);
    core_step(house->core, event, effects);
    keep_call(house, effects);
    effects_free(effects);
    event_free(event);
}

/* ---- its files ---- */

/* A key of an agent: valid in form, and another for each. */
static char *make_key(unsigned number)
{
    Key key;

    memset(key.bytes, (int)number + 1, sizeof(key.bytes));
    return key_print(&key);
}

static Json *make_config(const char *language, const Json *model)
{
    g_autofree char *text = g_strdup_printf(CONFIG, language);
    Json *config = json_parse(text, strlen(text), strlen(text), NULL);
    Json *chain = json_new_array();
    Json *llm = json_new_object();

    json_append(chain, json_copy(model));
    json_set(llm, "chain", chain);
    json_set(config, "llm", llm);
    return config;
}

static Json *make_registry(const Sentence *sentence)
{
    Json *registry = json_new_object();
    Json *agents = json_new_object();

    for (unsigned i = 0; i < sentence->agent_count; i++) {
        g_autofree char *key = make_key(i);
        Json *agent = json_new_object();
        Json *labels = json_new_object();

        for (unsigned j = 0; sentence->agents[i].labels[j]; j++) {
            g_auto(GStrv) parts = g_strsplit(sentence->agents[i].labels[j], "=", 2);

            if (parts[0] && parts[1])
                json_set_string(labels, parts[0], parts[1]);
        }
        json_set(agent, "labels", labels);
        json_set_string(agent, "public_key", key);
        json_set_bool(agent, "accepted", true);
        json_set(agents, sentence->agents[i].name, agent);
    }
    json_set(registry, "agents", agents);
    return registry;
}

static bool configure(Core *core, const Json *config, const Json *registry, GError **error)
{
    g_autoptr(Zones) zones = zones_new();
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    CoreFiles files = {
        .config = config, .registry = registry, .zones = zones, .host_zone = "UTC"
    };

    zones_add(zones, "UTC", utc);
    return core_configure(core, &files, NULL, error);
}

ModelSettings *house_settings(const Json *model, GError **error)
{
    g_autoptr(Core) core = core_new();
    g_autoptr(Json) config = make_config("en", model);

    if (!configure(core, config, NULL, error))
        return NULL;
    return model_settings_copy(core_settings(core)->talk->chain->pdata[0]);
}

/* ---- what happens in it ---- */

static void begin(House *house)
{
    Effects *effects = effects_new();
    Event *start = event_new(EVENT_TICK);
    static const Link links[] = { LINK_MQTT, LINK_XMPP };

    stamp(house, start);
    core_start(house->core, start, NULL, effects);
    event_free(start);
    effects_free(effects);
    for (size_t i = 0; i < G_N_ELEMENTS(links); i++) {
        Event *event = event_new(EVENT_LINK_UP);

        event->link = links[i];
        step(house, event);
    }
}

static void register_agent(House *house, const char *name, unsigned number)
{
    Event *event = event_new(EVENT_MESSAGE);
    Message *message = message_new(MESSAGE_REGISTER, MESSAGE, name, clock_now_ms());

    message->journal = g_strdup(JOURNAL);
    message->registration.name = g_strdup(name);
    message->registration.version = g_strdup(VERSION);
    message->registration.host = g_strdup(name);
    message->registration.session = 1;
    message->registration.seq = 1;
    message->registration.skills = json_parse(SKILLS, strlen(SKILLS), strlen(SKILLS), NULL);
    event->message.topic = TOPIC_KIND_REGISTER;
    event->message.sender = make_key(number);
    event->message.message = message;
    step(house, event);
}

static void write_sentence(House *house, const char *text)
{
    Event *event = event_new(EVENT_CHAT);

    event->chat.door = DOOR_XMPP;
    event->chat.address = g_strdup(PERSON "/phone");
    event->chat.principal = g_strdup(PERSON);
    event->chat.text = g_strdup(text);
    event->chat.written_ms = MESSAGE_ABSENT;
    step(house, event);
}

ModelCall *house_ask(const Json *model, const Sentence *sentence, GError **error)
{
    g_auto(House) house = { .core = core_new() };
    g_autoptr(Json) config = make_config(sentence->language, model);
    g_autoptr(Json) registry = make_registry(sentence);

    if (!configure(house.core, config, registry, error))
        return NULL;
    begin(&house);
    for (unsigned i = 0; i < sentence->agent_count; i++)
        register_agent(&house, sentence->agents[i].name, i);
    write_sentence(&house, sentence->text);
    if (!house.call)
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "agent1 asks no model about \"%s\"",
                    sentence->text);
    return g_steal_pointer(&house.call);
}

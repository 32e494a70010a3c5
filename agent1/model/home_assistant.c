#include "agent1/model/home_assistant.h"

#include "common/base/timestamp.h"
#include "common/data/json.h"
#include "common/wire/topic.h"
#include "common/base/banned.h"

typedef struct Entity {
    const char *key;      /* of its unique id, and stable: people's automations know it */
    const char *platform; /* Home Assistant's word */
    const char *name;
    const char *value; /* a template over the state's document; NULL: it has no state */
    const char *device_class;
    const char *state_class;
    const char *icon;
    const char *attributes; /* a template for more values, or NULL */
    const char *press;      /* what a button says, or NULL */
    bool is_switch;
    bool is_diagnostic;
} Entity;

static const Entity entities[] = {
    { .key = "work",
      .platform = "switch",
      .name = "Takes work",
      .value = "{{ value_json.work }}",
      .icon = "mdi:robot",
      .is_switch = true },
    { .key = "problem",
      .platform = "binary_sensor",
      .name = "Problem",
      .value = "{{ value_json.problem }}",
      .device_class = "problem",
      .attributes = "{{ {'reason': value_json.reason} | tojson }}" },
    { .key = "connected",
      .platform = "binary_sensor",
      .name = "Connected",
      .value = "{{ 'OFF' if value_json.state == 'offline' else 'ON' }}",
      .device_class = "connectivity",
      .is_diagnostic = true },
    { .key = "state",
      .platform = "sensor",
      .name = "State",
      .value = "{{ value_json.state }}",
      .icon = "mdi:state-machine" },
    { .key = "running",
      .platform = "sensor",
      .name = "Runs at work",
      .value = "{{ value_json.running }}",
      .state_class = "measurement",
      .icon = "mdi:cog-play" },
    { .key = "queued",
      .platform = "sensor",
      .name = "Runs waiting",
      .value = "{{ value_json.queued }}",
      .state_class = "measurement",
      .icon = "mdi:tray-full" },
    { .key = "version",
      .platform = "sensor",
      .name = "Version",
      .value = "{{ value_json.version }}",
      .icon = "mdi:tag",
      .is_diagnostic = true },
    /* Nothing installs yet: it has no command_topic. Before the version is known it renders to
     * nothing, which Home Assistant ignores. */
    { .key = "update",
      .platform = "update",
      .name = "Update",
      .value = "{% if value_json.installed %}{{ {'installed_version': value_json.installed, "
               "'latest_version': value_json.newest, 'title': 'agent2'} | tojson }}{% endif %}",
      .attributes = "{{ {'branch': value_json.branch, 'commits_behind': value_json.behind, "
                    "'checked': value_json.checked} | tojson }}" },
    { .key = "check",
      .platform = "button",
      .name = "Check for updates",
      .icon = "mdi:update",
      .press = HOME_ASSISTANT_CHECK,
      .is_diagnostic = true },
};

char *home_assistant_config_topic(const char *prefix, const char *house, const char *name)
{
    return g_strdup_printf("%s/device/%s_%s/config", prefix, house, name);
}

static void set_present(Json *object, const char *name, const char *value)
{
    if (value)
        json_set_string(object, name, value);
}

static Json *describe_entity(const Entity *entity, const HomeAssistantAgent *agent)
{
    g_autofree char *id = g_strdup_printf("%s_%s_%s", agent->house, agent->name, entity->key);
    Json *object = json_new_object();

    json_set_string(object, "platform", entity->platform);
    json_set_string(object, "unique_id", id);
    json_set_string(object, "name", entity->name);
    set_present(object, "value_template", entity->value);
    set_present(object, "payload_press", entity->press);
    set_present(object, "device_class", entity->device_class);
    set_present(object, "state_class", entity->state_class);
    set_present(object, "icon", entity->icon);
    set_present(object, "entity_category", entity->is_diagnostic ? "diagnostic" : NULL);
    if (entity->attributes) {
        g_autofree char *state = topic_home_assistant_state(agent->name);

        json_set_string(object, "json_attributes_topic", state);
        json_set_string(object, "json_attributes_template", entity->attributes);
    }
    if (entity->is_switch || entity->press) {
        g_autofree char *set = topic_home_assistant_set(agent->name);

        json_set_string(object, "command_topic", set);
    }
    return object;
}

static Json *describe_device(const HomeAssistantAgent *agent)
{
    g_autofree char *id = g_strdup_printf("%s_%s", agent->house, agent->name);
    Json *device = json_new_object();

    json_set_string(device, "identifiers", id);
    json_set_string(device, "name", agent->name);
    json_set_string(device, "manufacturer", "agent1");
    json_set_string(device, "model", agent->description ? agent->description : "agent2");
    set_present(device, "sw_version", agent->version);
    return device;
}

/* All is unavailable while agent1 is not there: nobody then knows better. */
static Json *describe_availability(void)
{
    g_autofree char *topic = topic_home_assistant_state(AGENT1_NAME);
    Json *list = json_new_array();
    Json *own = json_new_object();

    json_set_string(own, "topic", topic);
    json_append(list, own);
    return list;
}

char *home_assistant_config(const HomeAssistantAgent *agent)
{
    g_autofree char *state = topic_home_assistant_state(agent->name);
    g_autoptr(Json) config = json_new_object();
    Json *components = json_new_object();
    Json *origin = json_new_object();
    unsigned i;

    json_set_string(origin, "name", "agent1");
    json_set_string(origin, "sw_version", VERSION);
    for (i = 0; i < G_N_ELEMENTS(entities); i++)
        json_set(components, entities[i].key, describe_entity(&entities[i], agent));
    json_set(config, "device", describe_device(agent));
    json_set(config, "origin", origin);
    json_set(config, "components", components);
    json_set(config, "availability", describe_availability());
    json_set_string(config, "state_topic", state);
    json_set_int(config, "qos", 1);
    return json_print(config);
}

static void add_update(Json *state, const HomeAssistantAgent *agent)
{
    const UpdateNews *update = agent->update;
    g_autofree char *checked =
        update && update->checked_ms > 0 ? timestamp_format(update->checked_ms) : NULL;

    json_set_string(state, "installed", update ? update->installed : agent->version);
    json_set_string(state, "newest", update ? update->newest : agent->version);
    json_set_string(state, "branch", update ? update->branch : NULL);
    json_set_int(state, "behind", update ? update->behind : 0);
    json_set_string(state, "checked", checked);
}

char *home_assistant_state(const HomeAssistantAgent *agent)
{
    g_autoptr(Json) state = json_new_object();

    json_set_string(state, "state", agent->state);
    json_set_string(state, "work", agent->is_pause_wished ? "OFF" : "ON");
    json_set_string(state, "problem", agent->problem ? "ON" : "OFF");
    json_set_string(state, "reason", agent->problem);
    json_set_int(state, "running", agent->running);
    json_set_int(state, "queued", agent->queued);
    json_set_string(state, "version", agent->version);
    add_update(state, agent);
    return json_print(state);
}

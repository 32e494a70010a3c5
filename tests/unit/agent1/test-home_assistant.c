/* What Home Assistant is told: the documents of its MQTT discovery. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "agent1/model/home_assistant.h"
#include "common/base/limits.h"
#include "common/data/json.h"

static Json *parse(char *text)
{
    g_autofree char *owned = text;
    Json *json = json_parse(owned, strlen(owned), BODY_MAX_BYTES, NULL);

    assert_non_null(json);
    return json;
}

static const char *string_at(const Json *json, const char *one, const char *two, const char *three)
{
    const Json *node = json_member(json, one);

    node = two ? json_member(node, two) : node;
    node = three ? json_member(node, three) : node;
    return json_string(node);
}

static const HomeAssistantAgent web1 = {
    .house = "agent1",
    .name = "web1",
    .description = "Debian \"web\" host",
    .version = "0.1.0",
    .state = "online",
    .running = 2,
    .queued = 1,
};

static void the_document_of_a_device(void **state)
{
    static const struct {
        const char *one;
        const char *two;
        const char *three;
        const char *value;
    } rows[] = {
        { "device", "identifiers", NULL, "agent1_web1" },
        { "device", "name", NULL, "web1" },
        { "device", "model", NULL, "Debian \"web\" host" },
        { "device", "sw_version", NULL, "0.1.0" },
        { "origin", "name", NULL, "agent1" },
        { "state_topic", NULL, NULL, "agents/ha/web1/state" },
        { "components", "work", "platform", "switch" },
        { "components", "work", "command_topic", "agents/ha/web1/set" },
        { "components", "work", "unique_id", "agent1_web1_work" },
        { "components", "problem", "device_class", "problem" },
        { "components", "problem", "json_attributes_topic", "agents/ha/web1/state" },
        { "components", "running", "state_class", "measurement" },
        { "components", "version", "entity_category", "diagnostic" },
        { "components", "version", "command_topic", NULL },
        { "components", "update", "platform", "update" },
        { "components", "update", "command_topic", NULL }, /* nothing installs yet */
        { "components", "update", "payload_press", NULL },
        { "components", "update", "json_attributes_topic", "agents/ha/web1/state" },
        { "components", "check", "platform", "button" },
        { "components", "check", "command_topic", "agents/ha/web1/set" },
        { "components", "check", "payload_press", "UPDATE" },
        { "components", "check", "value_template", NULL },
    };
    g_autoptr(Json) config = parse(home_assistant_config(&web1));
    const Json *component;
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *found = string_at(config, rows[i].one, rows[i].two, rows[i].three);

        if (g_strcmp0(found, rows[i].value) != 0)
            fail_msg("%s %s: %s", rows[i].one, rows[i].two, found);
    }
    /* Home Assistant demands these of each. */
    for (component = json_first(json_member(config, "components")); component;
         component = json_next(component)) {
        assert_non_null(json_string(json_member(component, "platform")));
        assert_non_null(json_string(json_member(component, "unique_id")));
    }
    assert_string_equal(
        json_string(json_member(json_first(json_member(config, "availability")), "topic")),
        "agents/ha/agent1/state");
}

static void what_is_not_known_is_left_out(void **state)
{
    HomeAssistantAgent agent = { .house = "a", .name = "web1", .state = "offline" };
    g_autoptr(Json) config = parse(home_assistant_config(&agent));
    g_autoptr(Json) values = parse(home_assistant_state(&agent));

    (void)state;
    assert_string_equal(string_at(config, "device", "model", NULL), "agent2");
    assert_null(json_member(json_member(config, "device"), "sw_version"));
    assert_int_equal(json_kind(json_member(values, "version")), JSON_NULL);
}

static void the_values(void **state)
{
    HomeAssistantAgent agent = web1;
    g_autoptr(Json) fine = parse(home_assistant_state(&agent));
    g_autoptr(Json) bad = NULL;
    int64_t number;

    (void)state;
    assert_string_equal(string_at(fine, "work", NULL, NULL), "ON");
    assert_string_equal(string_at(fine, "problem", NULL, NULL), "OFF");
    assert_int_equal(json_kind(json_member(fine, "reason")), JSON_NULL);
    assert_true(json_int(json_member(fine, "running"), &number));
    assert_int_equal(number, 2);
    agent.is_pause_wished = true;
    agent.problem = "offline since 14:02";
    bad = parse(home_assistant_state(&agent));
    assert_string_equal(string_at(bad, "work", NULL, NULL), "OFF");
    assert_string_equal(string_at(bad, "problem", NULL, NULL), "ON");
    assert_string_equal(string_at(bad, "reason", NULL, NULL), "offline since 14:02");
}

static void the_versions(void **state)
{
    UpdateNews news = { .installed = (char[]){ "v1.0" },
                        .newest = (char[]){ "v1.1" },
                        .branch = (char[]){ "main" },
                        .behind = 2,
                        .checked_ms = 1790000000000 };
    HomeAssistantAgent agent = web1;
    HomeAssistantAgent unseen = { .house = "a", .name = "web1", .state = "offline" };
    g_autoptr(Json) nothing = parse(home_assistant_state(&unseen));
    g_autoptr(Json) unasked = parse(home_assistant_state(&agent));
    g_autoptr(Json) asked = NULL;
    int64_t behind;

    (void)state;
    assert_int_equal(json_kind(json_member(nothing, "installed")), JSON_NULL);
    assert_string_equal(string_at(unasked, "installed", NULL, NULL), "0.1.0");
    assert_string_equal(string_at(unasked, "newest", NULL, NULL), "0.1.0");
    agent.update = &news;
    asked = parse(home_assistant_state(&agent));
    assert_string_equal(string_at(asked, "installed", NULL, NULL), "v1.0");
    assert_string_equal(string_at(asked, "newest", NULL, NULL), "v1.1");
    assert_string_equal(string_at(asked, "checked", NULL, NULL), "2026-09-21T14:13:20.000Z");
    assert_true(json_int(json_member(asked, "behind"), &behind));
    assert_int_equal(behind, 2);
}

static void the_topic(void **state)
{
    g_autofree char *topic = home_assistant_config_topic("homeassistant", "agent1", "web1");

    (void)state;
    assert_string_equal(topic, "homeassistant/device/agent1_web1/config");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_of_a_device),
        cmocka_unit_test(what_is_not_known_is_left_out),
        cmocka_unit_test(the_values),
        cmocka_unit_test(the_versions),
        cmocka_unit_test(the_topic),
    };

    return cmocka_run_group_tests_name("home_assistant", tests, NULL, NULL);
}

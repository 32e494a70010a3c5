/* agents_registry.json: whose key is trusted, and what is refused. */
#include "agent1/model/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

#define KEY_1 "x25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
#define KEY_2 "x25519:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"

static Registry *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), REGISTRY_MAX_BYTES, NULL);
    g_autoptr(Zones) zones = zones_new();
    GTimeZone *paris = g_time_zone_new_identifier("Europe/Paris");

    assert_non_null(json);
    zones_add(zones, "Europe/Paris", paris);
    g_time_zone_unref(paris);
    return registry_parse(json, zones, warnings, error);
}

static Registry *some_agents(void)
{
    GError *error = NULL;
    Registry *registry = parse(
        "{\"agents\":{"
        "\"web1\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true,\"description\":\"shop\","
        "\"labels\":{\"Role\":\"Web\",\"dc\":\"par\",\"_why\":7},"
        "\"work_hours\":{\"start\":\"08:00\",\"end\":\"18:00\",\"timezone\":\"Europe/Paris\"}},"
        "\"db1\":{\"public_key\":\"" KEY_2 "\",\"accepted\":false,"
        "\"work_hours\":{\"start\":\"20:00\",\"end\":\"06:00\"}},"
        "\"agent1\":{\"description\":\"this program\",\"anything\":1,"
        "\"install_path\":\"/opt/agent1\",\"accepted\":true},"
        "\"_comment\":{\"x\":1},\"air\":{}}}",
        NULL, &error);

    if (error)
        fail_msg("%s", error->message);
    return registry;
}

static void what_stands_in_the_file(void **state)
{
    g_autoptr(Registry) registry = some_agents();
    const RegistryAgent *web1 = registry_find(registry, "web1");
    const RegistryAgent *db1 = registry_find(registry, "db1");
    g_autoptr(GPtrArray) names = registry_names(registry);

    (void)state;
    assert_int_equal(names->len, 3);
    assert_string_equal(names->pdata[0], "air");
    assert_string_equal(names->pdata[1], "db1");
    assert_string_equal(names->pdata[2], "web1");
    assert_string_equal(web1->description, "shop");
    assert_true(web1->is_accepted);
    assert_int_equal(web1->work_hours->start_min, 8 * 60);
    assert_string_equal(web1->zone_name, "Europe/Paris");
    assert_non_null(web1->zone);
    assert_false(db1->is_accepted);
    assert_string_equal(g_hash_table_lookup(web1->labels, "role"), "Web");
    assert_string_equal(g_hash_table_lookup(web1->labels, "dc"), "par");
    assert_int_equal(g_hash_table_size(web1->labels), 2);
    assert_string_equal(db1->key, KEY_2);
    assert_null(db1->zone);
    assert_null(db1->labels);
    assert_null(registry_find(registry, "air")->work_hours);
    assert_null(registry_find(registry, "agent1"));
    assert_string_equal(registry_own(registry)->install_path, "/opt/agent1");
    assert_null(registry_own(registry)->git_branch);
    assert_null(registry_find(registry, "_comment"));
}

static void only_accepted_keys_are_trusted(void **state)
{
    g_autoptr(Registry) registry = some_agents();

    (void)state;
    assert_ptr_equal(registry_by_key(registry, KEY_1), registry_find(registry, "web1"));
    assert_null(registry_by_key(registry, KEY_2));
    registry_set_key(registry, "db1", KEY_2, true);
    assert_ptr_equal(registry_by_key(registry, KEY_2), registry_find(registry, "db1"));
    assert_int_equal(registry_find(registry, "db1")->work_hours->start_min, 20 * 60);
    registry_set_key(registry, "db1", KEY_2, false);
    assert_null(registry_by_key(registry, KEY_2));
    assert_string_equal(registry_find(registry, "db1")->key, KEY_2);
    /* Another key for a trusted one: the old one counts for nothing. */
    registry_set_key(registry, "web1", KEY_2, true);
    assert_null(registry_by_key(registry, KEY_1));
    assert_ptr_equal(registry_by_key(registry, KEY_2), registry_find(registry, "web1"));
    /* An agent that the file does not name. */
    registry_set_key(registry, "new1", KEY_1, true);
    assert_string_equal(registry_by_key(registry, KEY_1)->name, "new1");
    /* Nothing is trusted without a key. */
    registry_set_key(registry, "new1", NULL, true);
    assert_false(registry_find(registry, "new1")->is_accepted);
    assert_null(registry_by_key(registry, KEY_1));
}

static void a_key_set_from_the_registry_itself(void **state)
{
    g_autoptr(Registry) registry = some_agents();
    const RegistryAgent *web1 = registry_find(registry, "web1");

    (void)state;
    registry_set_key(registry, "web1", web1->key, false);
    assert_string_equal(web1->key, KEY_1);
    assert_null(registry_by_key(registry, KEY_1));
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *error;
    } rows[] = {
        { "no agents", "{}", "agents: missing: expected an object of agents" },
        { "an array", "{\"agents\":[]}", "agents: an array: expected an object of agents" },
        { "an agent that is a text", "{\"agents\":{\"a\":\"b\"}}", "agents.a: \"b\"" },
        { "an upper-case name", "{\"agents\":{\"Web\":{}}}",
          "agents.Web: expected an agent's name" },
        { "an empty name", "{\"agents\":{\"\":{}}}", "agents.: expected an agent's name" },
        { "a word of the topics", "{\"agents\":{\"all\":{}}}", "agents.all: expected" },
        { "a key that is none", "{\"agents\":{\"a\":{\"public_key\":\"x25519:AQ\"}}}",
          "agents.a.public_key: \"x25519:AQ\": expected the key as agent2 --show-key prints it" },
        { "accepted without a key", "{\"agents\":{\"a\":{\"accepted\":true}}}",
          "agents.a.public_key: missing: an accepted agent needs its key" },
        { "one key for two",
          "{\"agents\":{\"a\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true},"
          "\"b\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true}}}",
          "agents.b.public_key: the same as of \"a\"" },
        { "a path of this program that is none", "{\"agents\":{\"agent1\":{\"install_path\":7}}}",
          "agents.agent1.install_path: 7: expected" },
        { "hours that are none", "{\"agents\":{\"a\":{\"work_hours\":{\"start\":\"8\"}}}}",
          "agents.a.work_hours.start" },
        { "a zone that is none",
          "{\"agents\":{\"a\":{\"work_hours\":{\"start\":\"08:00\",\"end\":\"09:00\","
          "\"timezone\":\"Mars\"}}}}",
          "agents.a.work_hours.timezone: \"Mars\": expected a time zone" },
        { "labels that are a list", "{\"agents\":{\"a\":{\"labels\":[\"web\"]}}}",
          "agents.a.labels: expected an object of at most 64 texts" },
        { "a label that is a number", "{\"agents\":{\"a\":{\"labels\":{\"rack\":7}}}}",
          "agents.a.labels.rack: expected a name and a text" },
        { "a label that nobody could type", "{\"agents\":{\"a\":{\"labels\":{\"role\":\"a,b\"}}}}",
          "agents.a.labels.role: expected a name and a text" },
        { "an empty label", "{\"agents\":{\"a\":{\"labels\":{\"role\":\"\"}}}}",
          "agents.a.labels.role: expected a name and a text" },
        { "a label without a name", "{\"agents\":{\"a\":{\"labels\":{\"\":\"web\"}}}}",
          "agents.a.labels.: expected a name and a text" },
        { "one label in two cases",
          "{\"agents\":{\"a\":{\"labels\":{\"role\":\"web\",\"Role\":\"db\"}}}}",
          "agents.a.labels.role: twice but for case" },
        { "a zone that is a number",
          "{\"agents\":{\"a\":{\"work_hours\":{\"start\":\"08:00\",\"end\":\"09:00\","
          "\"timezone\":7}}}}",
          "agents.a.work_hours.timezone: \"\": expected a time zone" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Registry) registry = parse(rows[i].json, NULL, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "read");
        assert_null(registry);
        assert_non_null(strstr(error->message, rows[i].error));
    }
}

static void one_key_for_two_is_fine_until_both_are_accepted(void **state)
{
    g_autoptr(Registry) registry =
        parse("{\"agents\":{\"a\":{\"public_key\":\"" KEY_1 "\",\"accepted\":true},"
              "\"b\":{\"public_key\":\"" KEY_1 "\"}}}",
              NULL, NULL);

    (void)state;
    assert_string_equal(registry_by_key(registry, KEY_1)->name, "a");
}

static void no_more_than_the_limit(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"agents\":{\"a0\":{}");
    g_autoptr(Registry) most = NULL;
    g_autoptr(Registry) more = NULL;
    g_autoptr(GError) error = NULL;
    unsigned i;

    (void)state;
    for (i = 1; i < AGENTS_MAX; i++)
        g_string_append_printf(text, ",\"a%u\":{}", i);
    g_string_append(text, "}}");
    most = parse(text->str, NULL, &error);
    assert_null(error);
    assert_non_null(most);
    g_string_insert(text, (gssize)strlen("{\"agents\":{"), "\"one-more\":{},");
    more = parse(text->str, NULL, &error);
    assert_null(more);
    assert_non_null(strstr(error->message, "expected at most"));
}

static void no_file_means_no_agents(void **state)
{
    g_autoptr(Registry) registry = registry_parse(NULL, NULL, NULL, NULL);
    g_autoptr(GPtrArray) names = registry_names(registry);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Registry) mistyped = parse("{\"agents\":{\"a\":{\"acepted\":true}}}", warnings, NULL);

    (void)state;
    assert_int_equal(names->len, 0);
    assert_non_null(mistyped);
    assert_int_equal(warnings->len, 1);
    assert_non_null(strstr(warnings->pdata[0], "accepted"));
    registry_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_in_the_file),
        cmocka_unit_test(only_accepted_keys_are_trusted),
        cmocka_unit_test(a_key_set_from_the_registry_itself),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(one_key_for_two_is_fine_until_both_are_accepted),
        cmocka_unit_test(no_more_than_the_limit),
        cmocka_unit_test(no_file_means_no_agents),
    };

    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}

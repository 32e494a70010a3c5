/* config.json: the defaults, and what is refused, with the words for the person who mends it. */
#include "agent1/port/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static Settings *parse(const char *text, GPtrArray *warnings, GError **error)
{
    g_autoptr(Json) json = json_parse(text, strlen(text), CONFIG_MAX_BYTES, NULL);

    if (!json)
        fail_msg("%s", text);
    return settings_parse(json, NULL, warnings, error);
}

/* The least that works, and what a row adds. */
#define NO_XMPP  "\"xmpp\":{\"enabled\":false}"
#define MQTT     "\"mqtt\":{\"url\":\"mqtt://h\"}"
#define PEOPLE   "\"users\":[]"
#define LEAST    "{" NO_XMPP "," MQTT "," PEOPLE
#define WITH(it) LEAST "," it "}"

static void the_defaults(void **state)
{
    g_autoptr(Settings) settings = parse(LEAST "}", NULL, NULL);

    (void)state;
    assert_non_null(settings);
    assert_string_equal(settings->name, "agent1");
    assert_string_equal(settings->language, "en");
    assert_null(settings->timezone);
    assert_null(settings->state_dir);
    assert_int_equal(settings->xmpp_port, 5222);
    assert_int_equal(settings->xmpp_tls, SETTINGS_TLS_REQUIRED);
    assert_true(settings->mqtt_is_sealed);
    assert_int_equal(settings->mqtt_unsigned_role, ROLE_NONE);
    assert_int_equal(settings->mqtt_keep_alive_ms, 30000);
    assert_int_equal(settings->tasks_timeout_ms, 600000);
    assert_int_equal(settings->tasks_expires_ms, 900000);
    assert_int_equal(settings->approvals_expires_ms, 3600000);
    assert_int_equal(settings->tasks_max_output_bytes, 16777216);
    settings_free(NULL);
}

static void what_people_set(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Settings) settings =
        parse("{\"name\":\"house\",\"timezone\":\"Europe/Paris\",\"language\":\"fr\","
              "\"state_dir\":\"\",\"xmpp\":{\"jid\":\"a@b\",\"password_file\":\"pw\","
              "\"host\":\"\",\"port\":5223,\"tls\":\"direct\"},"
              "\"mqtt\":{\"url\":\"mqtts://h:8883\",\"username\":\"\",\"cert_file\":\"c\","
              "\"key_file\":\"k\",\"unsigned_role\":\"viewer\",\"seal\":false,"
              "\"keep_alive\":\"5s\"},"
              "\"users\":[{\"name\":\"x\"}],"
              "\"tasks\":{\"timeout\":\"2h\",\"expires\":\"7d\",\"max_output\":\"64KiB\"}}",
              warnings, NULL);

    (void)state;
    assert_non_null(settings);
    assert_int_equal(warnings->len, 0);
    assert_string_equal(settings->name, "house");
    assert_string_equal(settings->timezone, "Europe/Paris");
    assert_null(settings->state_dir); /* an empty text is none */
    assert_null(settings->xmpp_host);
    assert_null(settings->mqtt_username);
    assert_int_equal(settings->xmpp_port, 5223);
    assert_int_equal(settings->xmpp_tls, SETTINGS_TLS_DIRECT);
    assert_int_equal(settings->mqtt_unsigned_role, ROLE_VIEWER);
    assert_false(settings->mqtt_is_sealed);
    assert_int_equal(settings->mqtt_keep_alive_ms, 5000);
    assert_int_equal(settings->tasks_timeout_ms, 7200000);
    assert_int_equal(settings->tasks_expires_ms, INT64_C(604800000));
    assert_int_equal(settings->tasks_max_output_bytes, 65536);
    assert_int_equal(json_count(settings->users), 1);
}

static void what_is_refused(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *error;
    } rows[] = {
        { "no broker", "{" NO_XMPP "," PEOPLE "}", "mqtt" },
        { "a broker without a URL", "{" NO_XMPP ",\"mqtt\":{}," PEOPLE "}", "mqtt.url: missing" },
        { "nobody may use it", "{" NO_XMPP "," MQTT "}", "users: missing" },
        { "no JID", "{\"xmpp\":{}," MQTT "," PEOPLE "}",
          "xmpp.jid: missing: expected a JID such as agent1@example.org (or \"enabled\": false)" },
        { "no XMPP at all", "{" MQTT "," PEOPLE "}", "xmpp.jid: missing" },
        { "no password", "{\"xmpp\":{\"jid\":\"a@b\"}," MQTT "," PEOPLE "}",
          "xmpp.password_file: missing: expected password, password_file or password_env" },
        { "an empty password", "{\"xmpp\":{\"jid\":\"a@b\",\"password\":\"\"}," MQTT "," PEOPLE "}",
          "xmpp.password_file: missing" },
        { "no server in the JID",
          "{\"xmpp\":{\"jid\":\"a@\",\"password\":\"x\"}," MQTT "," PEOPLE "}",
          "xmpp.jid: \"a@\": expected a JID" },
        { "nobody in the JID", "{\"xmpp\":{\"jid\":\"@b\",\"password\":\"x\"}," MQTT "," PEOPLE "}",
          "xmpp.jid: \"@b\": expected a JID" },
        { "only a resource", "{\"xmpp\":{\"jid\":\"a@/r\",\"password\":\"x\"}," MQTT "," PEOPLE "}",
          "xmpp.jid: \"a@/r\": expected a JID" },
        { "no time at all", WITH("\"tasks\":{\"timeout\":\"0s\"}"), "tasks.timeout" },
        { "a name with a slash", WITH("\"name\":\"a/b\""), "name: \"a/b\": expected 1 to 32" },
        { "a language nobody wrote", WITH("\"language\":\"de\""),
          "language: \"de\": expected en or fr" },
        { "a time of eight days", WITH("\"tasks\":{\"expires\":\"8d\"}"), "tasks.expires" },
        { "a time without a unit", WITH("\"tasks\":{\"expires\":15}"), "tasks.expires" },
        { "a moment to approve", WITH("\"approvals\":{\"expires\":\"59s\"}"), "approvals.expires" },
        { "too little output", WITH("\"tasks\":{\"max_output\":\"1KiB\"}"), "tasks.max_output" },
        { "a certificate without its key",
          "{" NO_XMPP ",\"mqtt\":{\"url\":\"mqtts://h\",\"cert_file\":\"c\"}," PEOPLE "}",
          "mqtt: cert_file and key_file go together" },
        { "a key without its certificate",
          "{" NO_XMPP
          ",\"mqtt\":{\"url\":\"mqtts://h\",\"key_file\":\"k\",\"cert_file\":\"\"}," PEOPLE "}",
          "mqtt: cert_file and key_file go together" },
        { "a role nobody has",
          "{" NO_XMPP ",\"mqtt\":{\"url\":\"mqtt://h\",\"unsigned_role\":\"root\"}," PEOPLE "}",
          "mqtt.unsigned_role: \"root\": expected one of none, viewer, operator, admin" },
        { "a port that is none",
          "{\"xmpp\":{\"enabled\":false,\"port\":65536}," MQTT "," PEOPLE "}", "xmpp.port" },
        { "a text for a switch", "{\"xmpp\":{\"enabled\":\"no\"}," MQTT "," PEOPLE "}",
          "xmpp.enabled" },
        { "an array", "[]", "expected an object" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = parse(rows[i].json, NULL, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "read");
        assert_null(settings);
        assert_non_null(strstr(error->message, rows[i].error));
    }
}

static void what_home_assistant_cannot_be(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *error;
    } rows[] = {
        { "a prefix with a wildcard", WITH("\"homeassistant\":{\"prefix\":\"home/+\"}"),
          "homeassistant.prefix: \"home/+\": expected the discovery prefix" },
        { "a prefix among the network's own topics",
          WITH("\"homeassistant\":{\"prefix\":\"agents/ha\"}"), "homeassistant.prefix" },
        { "a switch for everybody", WITH("\"homeassistant\":{\"role\":\"all\"}"),
          "homeassistant.role: \"all\": expected one of none, viewer, operator, admin" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = parse(rows[i].json, NULL, &error);

        print_message("%s: %s\n", rows[i].what, error ? error->message : "read");
        assert_null(settings);
        assert_non_null(strstr(error->message, rows[i].error));
    }
}

static void a_password_in_clear_over_the_net(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *error;
    } rows[] = {
        { "to the host",
          "{\"xmpp\":{\"jid\":\"a@localhost\",\"password\":\"x\",\"tls\":\"none\","
          "\"host\":\"chat.example.org\"}," MQTT "," PEOPLE "}",
          "xmpp.tls: \"none\" is for a server on this machine only, and chat.example.org is not" },
        { "to the server of the JID",
          "{\"xmpp\":{\"jid\":\"a@example.org/x\",\"password\":\"x\",\"tls\":\"none\"}," MQTT
          "," PEOPLE "}",
          "and example.org is not: the password would be readable on the way" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Settings) settings = parse(rows[i].json, NULL, &error);

        print_message("%s\n", rows[i].what);
        assert_null(settings);
        assert_non_null(strstr(error->message, rows[i].error));
    }
}

static void what_is_warned_of(void **state)
{
    static const struct {
        const char *what;
        const char *json;
        const char *warning; /* NULL: none */
    } rows[] = {
        { "a slip of the pen", WITH("\"languge\":\"fr\""), "language" },
        { "one inside", WITH("\"tasks\":{\"timeot\":\"1m\"}"), "timeout" },
        { "a comment", WITH("\"_why\":\"because\""), NULL },
        { "what comes later", WITH("\"planner\":{\"x\":1},\"llm\":{}"), NULL },
        { "in clear on this machine",
          "{\"xmpp\":{\"jid\":\"a@example.org\",\"password\":\"x\",\"tls\":\"none\","
          "\"host\":\"127.0.0.1\"}," MQTT "," PEOPLE "}",
          NULL },
        { "in clear, but switched off",
          "{\"xmpp\":{\"enabled\":false,\"jid\":\"a@b\",\"tls\":\"none\"}," MQTT "," PEOPLE "}",
          NULL },
        { "no rooms", "{\"xmpp\":{\"enabled\":false,\"rooms\":[]}," MQTT "," PEOPLE "}", NULL },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(Settings) settings = parse(rows[i].json, warnings, NULL);

        print_message("%s\n", rows[i].what);
        assert_non_null(settings);
        assert_int_equal(warnings->len, rows[i].warning != NULL);
        if (rows[i].warning)
            assert_non_null(strstr(warnings->pdata[0], rows[i].warning));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_defaults),      cmocka_unit_test(what_people_set),
        cmocka_unit_test(what_is_refused),   cmocka_unit_test(a_password_in_clear_over_the_net),
        cmocka_unit_test(what_is_warned_of), cmocka_unit_test(what_home_assistant_cannot_be),
    };

    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}

/* The URLs of brokers. */
#include "common/net/mqtt_url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/net/mqtt.h"

#include "common/base/banned.h"

static void test_accepted(void **state)
{
    static const struct {
        const char *text;
        bool is_tls;
        const char *host;
        uint16_t port;
    } rows[] = {
        { "mqtt://127.0.0.1:1884", false, "127.0.0.1", 1884 },
        { "mqtt://localhost", false, "localhost", 1883 },
        { "mqtts://broker.example.org", true, "broker.example.org", 8883 },
        { "mqtts://my_host-1:65535", true, "my_host-1", 65535 },
        { "mqtt://[::1]:1", false, "::1", 1 },
        { "mqtt://[fe80::1:2]", false, "fe80::1:2", 1883 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        MqttUrl url = { 0 };

        print_message("  %s\n", rows[i].text);
        assert_true(mqtt_url_parse(rows[i].text, &url, NULL));
        assert_int_equal(url.is_tls, rows[i].is_tls);
        assert_string_equal(url.host, rows[i].host);
        assert_int_equal(url.port, rows[i].port);
        assert_true(mqtt_url_is_valid(rows[i].text));
        mqtt_url_clear(&url);
        mqtt_url_clear(&url);
    }
}

static void test_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "mqtt",
        "localhost:1883",
        "http://localhost",
        "MQTT://localhost",
        "mqtt://",
        "mqtt://:1883",
        "mqtt://localhost:",
        "mqtt://localhost:0",
        "mqtt://localhost:65536",
        "mqtt://localhost:+1",
        "mqtt://localhost:1883/",
        "mqtt://localhost/path",
        "mqtt://user@localhost",
        "mqtt://local host",
        "mqtt://::1",
        "mqtt://[::1",
        "mqtt://[]:1883",
        "mqtt://[::1]1883",
        "mqtt://h\xc3\xb6st",
    };
    g_autofree char *long_host = g_strnfill(254, 'a');
    g_autofree char *long_url = g_strconcat("mqtt://", long_host, NULL);
    MqttUrl url = { 0 };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        print_message("  %s\n", rows[i]);
        assert_false(mqtt_url_parse(rows[i], &url, &error));
        assert_int_equal(error->code, PROBLEM_VALUE);
        assert_non_null(strstr(error->message, "expected mqtt://host[:port]"));
        assert_null(url.host);
        assert_false(mqtt_url_is_valid(rows[i]));
    }
    assert_false(mqtt_url_is_valid(NULL));
    assert_false(mqtt_url_is_valid(long_url));
}

/* The message is shown on a terminal and in chat. */
static void test_hostile(void **state)
{
    g_autofree char *endless = g_strnfill(100000, 'x');
    const char *rows[] = { "mqtt://h\x1b[2J", "mqtt://\xff", "a\nb", "\xe2\x80\xae", endless };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        MqttUrl url = { 0 };

        assert_false(mqtt_url_parse(rows[i], &url, &error));
        assert_true(text_is_harmless(error->message));
        assert_null(strchr(error->message, '\n'));
        assert_in_range(strlen(error->message), 1, 300);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hostile),
    };

    return cmocka_run_group_tests_name("mqtt_url", tests, NULL, NULL);
}

/* Reasons for people. */
#include "common/net/mqtt_reason.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/banned.h"

static void test_codes(void **state)
{
    static const struct {
        int code;
        const char *in_connack;
        const char *elsewhere;
    } rows[] = {
        { 1, "unsupported protocol version", "the broker refuses with code 1" },
        { 4, "bad user name or password", "the broker refuses with code 4" },
        { 5, "not authorised: check user name and password", "the broker refuses with code 5" },
        { 0x84, "unsupported protocol version", "unsupported protocol version" },
        { 0x86, "bad user name or password", "bad user name or password" },
        { 0x87, "not authorised: check user name and password", "not authorised" },
        { 0x8e, "another client took over this client id",
          "another client took over this client id" },
        { 0xff, "the broker refuses with code 255", "the broker refuses with code 255" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *in_connack = mqtt_reason_of_connack(rows[i].code);
        g_autofree char *elsewhere = mqtt_reason_of_code(rows[i].code);

        print_message("  %d\n", rows[i].code);
        assert_string_equal(in_connack, rows[i].in_connack);
        assert_string_equal(elsewhere, rows[i].elsewhere);
        assert_int_equal(mqtt_reason_is_version(rows[i].code),
                         rows[i].code == 1 || rows[i].code == 0x84);
    }
}

static void test_tls(void **state)
{
    static const struct {
        const char *what;
        const char *lines;
        const char *words;
    } rows[] = {
        { "verification",
          "80FB1:error:0A000086:SSL routines:tls_post_process:certificate verify "
          "failed:s.c:1889:\n",
          "certificate does not verify: no trusted authority signed it, or its time is over" },
        { "an alert, without a function",
          "80FB1:error:0A00045C:SSL routines::tlsv13 alert certificate required:rec.c:1584:\n",
          "TLS fails: tlsv13 alert certificate required" },
        { "something else", "nonsense", "TLS fails" },
        { "cut", "80FB1:error:0A00045C:SSL", "TLS fails" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = mqtt_reason_of_tls(rows[i].lines);

        print_message("  %s\n", rows[i].what);
        assert_string_equal(words, rows[i].words);
    }
}

static void test_trying(void **state)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char host[] = "127.0.0.1";
    MqttUrl url = { .host = host };
    g_autofree char *refused = NULL;

    (void)state;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    url.port = ntohs(address.sin_port);

    refused = mqtt_reason_by_trying(&url);
    assert_string_equal(refused, "connection refused");
    assert_int_equal(listen(fd, 1), 0);
    assert_null(mqtt_reason_by_trying(&url));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_trying),
    };

    return cmocka_run_group_tests_name("mqtt_reason", tests, NULL, NULL);
}

/* Reasons for people. */
#include "common/net/mqtt_reason.h"

#include <errno.h>
#include <glib.h>
#include <mosquitto.h>
#include <openssl/x509_vfy.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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
        { "an alert, without a function",
          "80FB1:error:0A00045C:SSL routines::tlsv13 alert certificate required:rec.c:1584:\n",
          "TLS fails: tlsv13 alert certificate required" },
        { "an end that TLS did not announce",
          "OpenSSL Error[0]: error:0A000126:SSL routines::unexpected eof while reading\n",
          "TLS fails: unexpected eof while reading; perhaps this is no TLS port" },
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

static void test_certificates(void **state)
{
    static const struct {
        long result;
        const char *words;
    } rows[] = {
        { X509_V_ERR_HOSTNAME_MISMATCH, "TLS fails: the certificate is not made for h" },
        { X509_V_ERR_IP_ADDRESS_MISMATCH, "TLS fails: the certificate is not made for h" },
        { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
          "certificate does not verify: no trusted authority signed it" },
        { X509_V_ERR_CERT_HAS_EXPIRED, "certificate does not verify: its time is over" },
        { X509_V_ERR_CERT_REVOKED, "certificate does not verify: certificate revoked" },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = mqtt_reason_of_certificate(rows[i].result, "h");

        print_message("  %ld\n", rows[i].result);
        assert_string_equal(words, rows[i].words);
    }
}

static void test_results(void **state)
{
    static const struct {
        int result;
        int system_error;
        const char *words;
    } rows[] = {
        { MOSQ_ERR_CONN_LOST, 0, "the connection is lost" },
        { MOSQ_ERR_ERRNO, 0, "the connection is lost" },
        { MOSQ_ERR_ERRNO, EPIPE, "the connection is lost" },
        { MOSQ_ERR_ERRNO, ETIMEDOUT, "the connection is lost: the broker is silent" },
        { MOSQ_ERR_KEEPALIVE, 0, "the connection is lost: the broker is silent" },
        { MOSQ_ERR_PROTOCOL, 0, "the broker breaks the protocol" },
    };
    g_autofree char *refused = mqtt_reason_of_errno(ECONNREFUSED);

    (void)state;

    assert_string_equal(refused, "connection refused");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *words = mqtt_reason_of_result(rows[i].result, rows[i].system_error);

        print_message("  %d, %d\n", rows[i].result, rows[i].system_error);
        assert_string_equal(words, rows[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_tls),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_results),
    };

    return cmocka_run_group_tests_name("mqtt_reason", tests, NULL, NULL);
}

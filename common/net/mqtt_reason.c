#include "common/net/mqtt_reason.h"

#include <errno.h>
#include <glib.h>
#include <mosquitto.h>
#include <openssl/x509_vfy.h>
#include <string.h>

#include "common/base/banned.h"

typedef struct CodeWords {
    int code;
    const char *words;
} CodeWords;

static const CodeWords connack_words[] = {
    { 1, "unsupported protocol version" },
    { 2, "client id refused" },
    { 3, "the broker is not available" },
    { 4, "bad user name or password" },
    /* What mosquitto says to a wrong password, too. */
    { 5, "not authorised: check user name and password" },
    { 0x87, "not authorised: check user name and password" },
};

static const CodeWords code_words[] = {
    { 0x80, "the broker gives no reason" },
    { 0x81, "malformed packet" },
    { 0x82, "protocol error" },
    { 0x83, "the broker does not accept this" },
    { 0x84, "unsupported protocol version" },
    { 0x85, "client id refused" },
    { 0x86, "bad user name or password" },
    { 0x87, "not authorised" },
    { 0x88, "the broker is not available" },
    { 0x89, "the broker is busy" },
    { 0x8a, "banned" },
    { 0x8b, "the broker shuts down" },
    { 0x8c, "bad authentication method" },
    { 0x8d, "the broker heard nothing within the keep-alive time" },
    { 0x8e, "another client took over this client id" },
    { 0x8f, "invalid topic filter" },
    { 0x90, "invalid topic" },
    { 0x93, "more publications at once than the broker accepts" },
    { 0x95, "packet too large for the broker" },
    { 0x96, "too many messages for the broker" },
    { 0x97, "quota exceeded" },
    { 0x98, "closed by an administrator" },
    { 0x99, "invalid payload format" },
    { 0x9a, "the broker keeps no retained messages" },
    { 0x9b, "the broker does not support this quality of service" },
    { 0x9c, "the broker asks to use another server" },
    { 0x9d, "the broker has moved" },
    { 0x9f, "too many connections in a short time" },
};

static const char *find_words(const CodeWords *rows, size_t count, int code)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].code == code)
            return rows[i].words;
    }

    return NULL;
}

char *mqtt_reason_of_code(int code)
{
    const char *words = find_words(code_words, G_N_ELEMENTS(code_words), code);

    return words ? g_strdup(words) : g_strdup_printf("the broker refuses with code %d", code);
}

char *mqtt_reason_of_connack(int code)
{
    const char *words = find_words(connack_words, G_N_ELEMENTS(connack_words), code);

    return words ? g_strdup(words) : mqtt_reason_of_code(code);
}

bool mqtt_reason_is_version(int code)
{
    return code == 1 || code == 0x84;
}

/* ---- TLS --------------------------------------------------------------------------------------
 */

/* "…error:0A000086:SSL routines:function:certificate verify failed…" */
char *mqtt_reason_of_tls(const char *openssl_lines)
{
    static const char *const of_other_ports[] = { "wrong version number", "unexpected eof*",
                                                  "packet length too long*" };
    const char *error = strstr(openssl_lines, "error:");
    g_autofree char *line = error ? g_strndup(error, strcspn(error, "\n")) : g_strdup("");
    g_auto(GStrv) parts = g_strsplit(line, ":", 6);

    if (g_strv_length(parts) < 5)
        return g_strdup("TLS fails");
    for (size_t i = 0; i < G_N_ELEMENTS(of_other_ports); i++) {
        if (g_pattern_match_simple(of_other_ports[i], parts[4]))
            return g_strdup_printf("TLS fails: %s; perhaps this is no TLS port", parts[4]);
    }

    return g_strdup_printf("TLS fails: %s", parts[4]);
}

static const CodeWords certificate_words[] = {
    { X509_V_ERR_CERT_HAS_EXPIRED, "its time is over" },
    { X509_V_ERR_CERT_NOT_YET_VALID, "its time has not come; is the clock right?" },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, "no trusted authority signed it" },
    { X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, "no trusted authority signed it" },
    { X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, "no trusted authority signed it" },
    { X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "no trusted authority signed it" },
    { X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, "no trusted authority signed it" },
};

char *mqtt_reason_of_certificate(long verify_result, const char *host)
{
    const char *words;

    if (verify_result == X509_V_ERR_HOSTNAME_MISMATCH ||
        verify_result == X509_V_ERR_IP_ADDRESS_MISMATCH)
        return g_strdup_printf("TLS fails: the certificate is not made for %s", host);

    words = find_words(certificate_words, G_N_ELEMENTS(certificate_words), (int)verify_result);
    return g_strdup_printf("certificate does not verify: %s",
                           words ? words : X509_verify_cert_error_string(verify_result));
}

/* ---- the system and the library ---------------------------------------------------------------
 */

char *mqtt_reason_of_errno(int system_error)
{
    char *words = g_strdup(g_strerror(system_error));

    words[0] = g_ascii_tolower(words[0]);
    return words;
}

static const CodeWords result_words[] = {
    { MOSQ_ERR_PROTOCOL, "the broker breaks the protocol" },
    { MOSQ_ERR_MALFORMED_PACKET, "the broker breaks the protocol" },
    { MOSQ_ERR_MALFORMED_UTF8, "the broker sends a text that is not valid UTF-8" },
    { MOSQ_ERR_NOMEM, "no memory for a packet" },
    { MOSQ_ERR_KEEPALIVE, "the connection is lost: the broker is silent" },
};

char *mqtt_reason_of_result(int result, int system_error)
{
    const char *words = find_words(result_words, G_N_ELEMENTS(result_words), result);

    if (words)
        return g_strdup(words);
    if (result == MOSQ_ERR_ERRNO && system_error == ETIMEDOUT)
        return g_strdup("the connection is lost: the broker is silent");

    /* Whatever else the library calls it: the end of the stream, a reset, a broken TLS record. */
    return g_strdup("the connection is lost");
}

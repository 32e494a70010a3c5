/*
 * What TLS needs: the authorities, our certificate, and the name that the broker's certificate must
 * be made for. The library connects to an address, so OpenSSL itself checks the name of the URL
 * here, and names it to the broker (SNI, RFC 6066).
 */
#ifndef COMMON_NET_MQTT_TLS_H
#define COMMON_NET_MQTT_TLS_H

#include "common/net/mqtt.h"

#include <openssl/ssl.h>

/* To be called before OpenSSL is used in any other way: it then does not take itself apart at the
 * end of the process, which a thread that still reads certificates would not survive. */
void mqtt_tls_prepare(void);

/* Reads the files of the settings, which takes some 30 ms for the system's authorities. On failure
 * NULL, and a problem in words for people, which the caller owns. */
SSL_CTX *mqtt_tls_new(const char *host, const MqttSettings *settings, char **out_problem);

/* Frees a context that nobody uses any more, and references that users of it left behind with it.
 * NULL is allowed. */
void mqtt_tls_free(SSL_CTX *context);

/* Has the result of the check of the broker's certificate (X509_V_…) noted there. */
void mqtt_tls_watch(SSL_CTX *context, long *out_verify_result);

/* After a handshake: frees the authorities, which are megabytes and not needed again. */
void mqtt_tls_forget_authorities(SSL *ssl);

/* Why a handshake failed, from that result and OpenSSL's error lines. The caller owns the words. */
char *mqtt_tls_reason(long verify_result, const char *host, const char *openssl_lines);

#endif

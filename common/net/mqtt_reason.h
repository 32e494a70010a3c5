/* Why a connection did not come about, or ended, in words for people. */
#ifndef COMMON_NET_MQTT_REASON_H
#define COMMON_NET_MQTT_REASON_H

#include <stdbool.h>

/* The words for a code of DISCONNECT, SUBACK or PUBACK (MQTT 5, 2.4: from 0x80 on). The caller owns
 * them. */
char *mqtt_reason_of_code(int code);

/* The words for a code of CONNACK: the same, and 1 to 5 of MQTT 3.1.1 (3.2.2.3). */
char *mqtt_reason_of_connack(int code);

/* True for the two codes that say: this version of MQTT is not spoken here. */
bool mqtt_reason_is_version(int code);

/* The words for the error lines that OpenSSL gave. The caller owns them. */
char *mqtt_reason_of_tls(const char *openssl_lines);

/* The words for what OpenSSL found wrong with the certificate of host (X509_V_ERR_…). The caller
 * owns them. */
char *mqtt_reason_of_certificate(long verify_result, const char *host);

/* "connection refused" for ECONNREFUSED. The caller owns it. */
char *mqtt_reason_of_errno(int system_error);

/* The words for the library's result (MOSQ_ERR_…) on a connection that stood. The caller owns
 * them. */
char *mqtt_reason_of_result(int result, int system_error);

#endif

/*
 * The header field Retry-After (RFC 9110, 10.2.3): seconds, or an HTTP-date in any of its three
 * forms (5.6.7).
 */
#ifndef AGENT1_PROVIDERS_RETRY_AFTER_H
#define AGENT1_PROVIDERS_RETRY_AFTER_H

#include <stdbool.h>
#include <stdint.h>

/* What asks for longer is taken to ask for this. */
#define RETRY_AFTER_MAX_MS (24 * 3600 * INT64_C(1000))

/* How long from now (Unix ms); 0 for a time that has passed. False: it is neither, or NULL. */
bool retry_after_parse(const char *value, int64_t now_ms, int64_t *out_ms);

#endif

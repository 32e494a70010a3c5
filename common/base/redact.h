/*
 * Keeps secrets out of logs and answers: replaces every occurrence of a known secret, and of what
 * follows words such as "password=" or "Bearer ", by "[redacted]". Pure; the list is the caller's.
 */
#ifndef COMMON_BASE_REDACT_H
#define COMMON_BASE_REDACT_H

#include <glib.h>

/* secrets: const char * elements, those shorter than 4 bytes are ignored; may be NULL. The caller
 * owns the result. */
char *redact_text(const char *text, const GPtrArray *secrets);

#endif

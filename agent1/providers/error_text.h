/*
 * What a provider says when it cannot answer, as one harmless line for people.
 */
#ifndef AGENT1_PROVIDERS_ERROR_TEXT_H
#define AGENT1_PROVIDERS_ERROR_TEXT_H

#include "common/data/json.h"

#include <stddef.h>

/* Of a body or record such as {"error": "…"}, {"error": {"type": …, "message": …}},
 * {"message": "…"} or {"detail": "…"}; as it stands there. NULL: it says nothing. The caller owns
 * it. */
char *error_text_of(const Json *json);

/* Of the body of an answer, which may be no JSON at all. NULL: it says nothing that people read.
 * The caller owns it. */
char *error_text_of_body(const char *body, size_t length);

/* Any text of a provider or about it as one short harmless line, in which neither the key stands
 * nor anything that looks like one. secret may be NULL. The caller owns it. */
char *error_text_line(const char *text, const char *secret);

#endif

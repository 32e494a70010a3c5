/*
 * What it means when a provider's server answers with something else than an answer.
 */
#ifndef AGENT1_PROVIDERS_VERDICT_H
#define AGENT1_PROVIDERS_VERDICT_H

#include "agent1/port/model_call.h"
#include "agent1/port/model_settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* So much of what stands behind the head of a refusal is read. */
#define VERDICT_BODY_MAX_BYTES ((size_t)16 * 1024)

typedef struct HttpRefusal {
    unsigned status;
    const char *type;        /* the Content-Type, or NULL */
    const char *retry_after; /* the header field, or NULL */
    const char *body;        /* its beginning */
    size_t body_bytes;
} HttpRefusal;

/* True for an answer that the provider's format can be read from. A type that is not said fits. */
bool verdict_is_answer(int provider, unsigned status, const char *type);

/* The end of a call that was refused so. The caller owns it. */
ModelNews *verdict_make(const char *id, const ModelSettings *settings, const HttpRefusal *refusal,
                        int64_t now_ms);

#endif

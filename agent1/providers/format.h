/*
 * A provider's interface: what is sent, and what comes back record by record. One of these a
 * provider; its file says what it follows.
 */
#ifndef AGENT1_PROVIDERS_FORMAT_H
#define AGENT1_PROVIDERS_FORMAT_H

#include "agent1/port/model_settings.h"
#include "agent1/providers/answer.h"

typedef struct ModelFormat {
    bool is_sse;            /* server-sent events; else lines of JSON */
    const char *media_type; /* of the answer */
    const char *end_mark;   /* the data of a record that is no JSON and the last; NULL: none */

    const char *key_field; /* the header field of the key, and what stands before it */
    const char *key_prefix;
    const char *version_field; /* NULL: none */
    const char *version;

    /* The callers own the results. */
    char *(*make_url)(const char *base_url);
    Json *(*make_body)(const ModelCall *call, const ModelSettings *settings);

    /* The next record; what it does not know it passes over. */
    void (*take)(ProviderAnswer *answer, const Json *record);
} ModelFormat;

#endif

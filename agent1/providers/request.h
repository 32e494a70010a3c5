/*
 * A question to a model as an HTTP request: URL, header fields, body.
 */
#ifndef AGENT1_PROVIDERS_REQUEST_H
#define AGENT1_PROVIDERS_REQUEST_H

#include "agent1/port/model_call.h"
#include "agent1/port/model_settings.h"

#define MODEL_REQUEST_FIELDS_MAX 4

typedef struct ModelRequestField {
    const char *name;
    char *value;
} ModelRequestField;

/* The value of a field may be secret. */
typedef struct ModelRequest {
    char *url;
    char *body; /* JSON */
    ModelRequestField fields[MODEL_REQUEST_FIELDS_MAX];
    unsigned field_count;
} ModelRequest;

ModelRequest *model_request_new(const ModelCall *call, const ModelSettings *settings);
void model_request_free(ModelRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ModelRequest, model_request_free)

#endif

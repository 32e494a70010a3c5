#include "agent1/providers/request.h"

#include "agent1/providers/formats.h"

#include "common/base/banned.h"

static void add_field(ModelRequest *request, const char *name, char *value)
{
    g_assert(request->field_count < MODEL_REQUEST_FIELDS_MAX);
    request->fields[request->field_count++] = (ModelRequestField){ name, value };
}

ModelRequest *model_request_new(const ModelCall *call, const ModelSettings *settings)
{
    const ModelFormat *format = model_format(settings->provider);
    ModelRequest *request = g_new0(ModelRequest, 1);
    g_autoptr(Json) body = format->make_body(call, settings);

    request->url = format->make_url(settings->base_url);
    request->body = json_print(body);
    add_field(request, "Content-Type", g_strdup("application/json"));
    add_field(request, "Accept", g_strdup(format->media_type));
    if (settings->api_key)
        add_field(request, format->key_field,
                  g_strconcat(format->key_prefix, settings->api_key, NULL));
    if (format->version_field)
        add_field(request, format->version_field, g_strdup(format->version));

    return request;
}

void model_request_free(ModelRequest *request)
{
    if (!request)
        return;

    for (unsigned i = 0; i < request->field_count; i++)
        g_free(request->fields[i].value);
    g_free(request->url);
    g_free(request->body);
    g_free(request);
}

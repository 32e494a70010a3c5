#include "agent1/providers/error_text.h"

#include "agent1/providers/stream_json.h"
#include "common/base/redact.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define LINE_MAX_CHARS 200

static const char *text_in(const Json *object, const char *name)
{
    const char *text = json_string(json_member(object, name));

    return text && *text ? text : NULL;
}

char *error_text_of(const Json *json)
{
    static const char *const names[] = { "error", "message", "detail" };
    const Json *error = json_member(json, "error");
    const char *type = text_in(error, "type");
    const char *message = text_in(error, "message");

    if (type && message)
        return g_strdup_printf("%s: %s", type, message);
    if (type || message)
        return g_strdup(type ? type : message);
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (text_in(json, names[i]))
            return g_strdup(text_in(json, names[i]));
    }

    return NULL;
}

char *error_text_of_body(const char *body, size_t length)
{
    g_autoptr(Json) json = stream_json_parse(body, length);
    g_autofree char *text = NULL;

    if (json)
        return error_text_of(json);

    /* Pages of proxies are for browsers; of JSON that is cut nothing is read. */
    text = g_strstrip(text_make_harmless(body, length));
    return *text && !strchr("<{[", *text) ? g_steal_pointer(&text) : NULL;
}

char *error_text_line(const char *text, const char *secret)
{
    g_autoptr(GPtrArray) secrets = g_ptr_array_new();
    g_autofree char *redacted = NULL;

    if (secret)
        g_ptr_array_add(secrets, g_strdup(secret));
    g_ptr_array_set_free_func(secrets, g_free);
    redacted = redact_text(text, secrets);

    return text_make_line(redacted, LINE_MAX_CHARS);
}

#include "common/wire/message.h"

#include "common/base/limits.h"
#include "common/base/name.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/message_fields.h"

#include <string.h>

#include "common/base/banned.h"

#define TYPE_MAX_CHARS 40
#define USUAL_BYTES    1000

static Message *new_empty(MessageKind kind)
{
    Message *message = g_new0(Message, 1);

    message->kind = kind;
    record_init(message_common_fields, message);
    record_init(message_kind_fields[kind], message);
    return message;
}

Message *message_new(MessageKind kind, const char *id, const char *from, int64_t ts_ms)
{
    Message *message = new_empty(kind);

    message->id = g_strdup(id);
    message->from = g_strdup(from);
    message->ts_ms = ts_ms;
    return message;
}

void message_free(Message *message)
{
    if (!message)
        return;

    record_clear(message_kind_fields[message->kind], message);
    record_clear(message_common_fields, message);
    g_free(message);
}

Message *message_copy(const Message *message)
{
    Message *copy = new_empty(message->kind);

    record_copy(message_common_fields, message, copy);
    record_copy(message_kind_fields[message->kind], message, copy);
    return copy;
}

const char *message_kind_name(MessageKind kind)
{
    return message_kind_names[kind];
}

const char *control_action_name(ControlAction action)
{
    return message_control_actions[action];
}

const char *agent_state_name(AgentState state)
{
    return message_agent_states[state];
}

static bool read_kind(const Json *object, MessageKind *out, GError **error)
{
    const char *type = json_string(json_member(object, "type"));
    g_autofree char *shown = NULL;

    if (!type) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "type: expected the name of a message");
        return false;
    }
    for (int kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        if (strcmp(type, message_kind_names[kind]) == 0) {
            *out = (MessageKind)kind;
            return true;
        }
    }

    shown = text_make_line(type, TYPE_MAX_CHARS);
    g_set_error(error, PROBLEM, PROBLEM_VALUE, "type: \"%s\" is no message of this protocol",
                shown);
    return false;
}

Message *message_decode(const char *body, size_t length, GError **error)
{
    g_autoptr(Json) object = json_parse(body, length, BODY_MAX_BYTES, error);
    g_autoptr(Message) message = NULL;
    const char *path;
    MessageKind kind;

    if (!object || !read_kind(object, &kind, error))
        return NULL;

    message = new_empty(kind);
    path = message_kind_names[kind];
    if (!record_read(message_common_fields, message, object, path, NULL, error) ||
        !record_read(message_kind_fields[kind], message, object, path, NULL, error))
        return NULL;
    if (kind != MESSAGE_CHAT && !name_is_ulid(message->id)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.id: \"%s\": expected a ULID", path,
                    message->id);
        return NULL;
    }

    return g_steal_pointer(&message);
}

char *message_print(const Message *message)
{
    GString *out = g_string_sized_new(USUAL_BYTES);

    g_string_append(out, "{\"type\":");
    json_write_text(out, message_kind_names[message->kind]);
    record_append(message_common_fields, message, out);
    record_append(message_kind_fields[message->kind], message, out);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

char *message_encode(const Message *message, GError **error)
{
    g_autofree char *body = message_print(message);
    size_t length = strlen(body);

    if (length > BODY_MAX_BYTES) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                    "a %s of %" G_GSIZE_FORMAT " bytes: expected at most %d",
                    message_kind_names[message->kind], length, BODY_MAX_BYTES);
        return NULL;
    }
    return g_steal_pointer(&body);
}

char *message_without_time(const char *body, size_t length, size_t *out_length)
{
    static const char name[] = "\"ts\"";
    const char *found = memmem(body, length, name, strlen(name));
    size_t end = found ? (size_t)(found - body) + strlen(name) : length;
    GString *stable = g_string_new_len(body, (gssize)end);

    while (end < length && strchr(": \t\r\n", body[end]))
        end++;
    if (end < length && body[end] == '"') {
        for (end++; end < length && body[end] != '"';)
            end++;
    }
    g_string_append_len(stable, body + end, (gssize)(length - end));
    *out_length = stable->len;
    return g_string_free(stable, FALSE);
}

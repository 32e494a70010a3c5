#include "agent1/providers/request_parts.h"

#include "agent1/providers/trigger_tools.h"

#include "common/base/banned.h"

#define BETWEEN_TEXTS "\n\n"

static const char *const roles[] = {
    [MODEL_PERSON] = "user",
    [MODEL_ITSELF] = "assistant",
};

static void append_message(Json *messages, const char *role, const char *text)
{
    Json *message = json_new_object();

    json_set_string(message, "role", role);
    json_set_string(message, "content", text);
    json_append(messages, message);
}

static void append_words(Json *messages, const ModelCall *call)
{
    g_autoptr(GString) text = g_string_new(NULL);
    ModelSpeaker speaker = MODEL_PERSON;

    for (unsigned i = 0; i < call->words->len; i++) {
        const ModelWords *words = call->words->pdata[i];

        if (words->speaker != speaker && text->len > 0) {
            append_message(messages, roles[speaker], text->str);
            g_string_truncate(text, 0);
            speaker = words->speaker;
        }
        if (words->speaker == speaker)
            g_string_append_printf(text, "%s%s", text->len > 0 ? BETWEEN_TEXTS : "", words->text);
    }
    append_message(messages, roles[speaker], text->str);
}

Json *request_messages(const ModelCall *call)
{
    Json *messages = json_new_array();

    append_words(messages, call);
    return messages;
}

Json *request_messages_with_system(const ModelCall *call)
{
    Json *messages = json_new_array();

    if (call->preamble && *call->preamble)
        append_message(messages, "system", call->preamble);
    append_words(messages, call);
    return messages;
}

Json *request_functions(void)
{
    Json *tools = json_new_array();

    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        g_autofree char *name = trigger_tool_name((Trigger)trigger);
        Json *function = json_new_object();
        Json *tool = json_new_object();

        json_set_string(function, "name", name);
        json_set_string(function, "description", trigger_info((Trigger)trigger)->help);
        json_set(function, "parameters", trigger_tool_schema((Trigger)trigger));
        json_set_string(tool, "type", "function");
        json_set(tool, "function", function);
        json_append(tools, tool);
    }

    return tools;
}

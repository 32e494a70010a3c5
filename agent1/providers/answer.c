#include "agent1/providers/answer.h"

#include "common/base/limits.h"

#include <string.h>

#include "common/base/banned.h"

static void tool_free(void *data)
{
    ToolCall *tool = data;

    g_free(tool->name);
    g_string_free(tool->arguments, TRUE);
    g_free(tool);
}

void provider_answer_init(ProviderAnswer *answer)
{
    *answer = (ProviderAnswer){ .fresh = g_string_new(NULL),
                                .tools = g_ptr_array_new_with_free_func(tool_free) };
}

void provider_answer_clear(ProviderAnswer *answer)
{
    g_string_free(answer->fresh, TRUE);
    g_ptr_array_unref(answer->tools);
    g_free(answer->why);
}

void provider_answer_fail(ProviderAnswer *answer, ModelOutcome outcome, const char *format, ...)
{
    va_list arguments;

    if (answer->is_failed)
        return;

    va_start(arguments, format);
    answer->why = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    answer->outcome = outcome;
    answer->is_failed = true;
    answer->is_over = true;
}

static void append(ProviderAnswer *answer, GString *to, const char *text)
{
    size_t length = strlen(text);

    if (length > MODEL_ANSWER_MAX_BYTES - answer->bytes) {
        provider_answer_fail(answer, MODEL_TOO_LARGE, "its answer is longer than %d KiB",
                             MODEL_ANSWER_MAX_BYTES / 1024);
        return;
    }
    answer->bytes += length;
    g_string_append_len(to, text, (gssize)length);
}

/* The text; NULL for none. What is no text breaks the answer. */
static const char *text_of(ProviderAnswer *answer, const Json *json)
{
    const char *text = json_string(json);
    JsonKind kind = json_kind(json);

    if (!text && kind != JSON_ABSENT && kind != JSON_NULL)
        provider_answer_fail(answer, MODEL_BROKEN, "there is %s where its answer has a text",
                             json_kind_name(kind));
    return text;
}

void provider_answer_take_text(ProviderAnswer *answer, const Json *json)
{
    const char *text = text_of(answer, json);

    if (text)
        append(answer, answer->fresh, text);
}

ToolCall *provider_answer_tool(ProviderAnswer *answer, int64_t index)
{
    ToolCall *tool;

    for (unsigned i = 0; index >= 0 && i < answer->tools->len; i++) {
        tool = answer->tools->pdata[i];
        if (tool->index == index)
            return tool;
    }
    if (answer->tools->len >= TRIGGERS_MAX_PER_MESSAGE) {
        provider_answer_fail(answer, MODEL_TOO_LARGE, "it calls more than %d tools",
                             TRIGGERS_MAX_PER_MESSAGE);
        return NULL;
    }

    tool = g_new0(ToolCall, 1);
    tool->index = index;
    tool->arguments = g_string_new(NULL);
    g_ptr_array_add(answer->tools, tool);
    return tool;
}

void provider_answer_take_name(ProviderAnswer *answer, ToolCall *tool, const Json *json)
{
    const char *name = text_of(answer, json);

    if (!name || !*name || g_strcmp0(name, tool->name) == 0)
        return;
    if (tool->name) {
        provider_answer_fail(answer, MODEL_BROKEN, "one of its tool calls has two names");
        return;
    }
    if (strlen(name) > MODEL_ANSWER_MAX_BYTES - answer->bytes)
        provider_answer_fail(answer, MODEL_TOO_LARGE, "the name of a tool is too long");
    answer->bytes += answer->is_failed ? 0 : strlen(name);
    tool->name = g_strdup(name);
}

void provider_answer_take_arguments(ProviderAnswer *answer, ToolCall *tool, const Json *json)
{
    const char *fragment = text_of(answer, json);

    if (fragment)
        append(answer, tool->arguments, fragment);
}

void provider_answer_take_object(ProviderAnswer *answer, ToolCall *tool, const Json *object)
{
    g_autofree char *text = NULL;

    if (json_kind(object) == JSON_ABSENT || json_kind(object) == JSON_NULL)
        return;

    text = json_print(object);
    append(answer, tool->arguments, text);
}

void provider_answer_take_count(int64_t *count, const Json *json)
{
    int64_t value;

    if (json_int(json, &value) && value >= 0)
        *count = value;
}

#include "agent1/providers/ollama.h"

#include "agent1/providers/error_text.h"
#include "agent1/providers/request_parts.h"

#include "common/base/banned.h"

static char *make_url(const char *base_url)
{
    return g_strconcat(base_url, "/api/chat", NULL);
}

static Json *make_body(const ModelCall *call, const ModelSettings *settings)
{
    Json *body = json_new_object();
    Json *options = json_new_object();

    json_set_int(options, "num_predict", call->max_tokens);
    if (settings->context_tokens > 0)
        json_set_int(options, "num_ctx", settings->context_tokens + call->max_tokens);
    json_set_string(body, "model", settings->model);
    json_set(body, "messages", request_messages_with_system(call));
    if (call->has_tools)
        json_set(body, "tools", request_functions());
    json_set_bool(body, "stream", true);
    json_set(body, "options", options);

    return body;
}

static void take_tools(ProviderAnswer *answer, const Json *calls)
{
    for (const Json *node = json_first(calls); node && !answer->is_failed; node = json_next(node)) {
        const Json *function = json_member(node, "function");
        ToolCall *tool = provider_answer_tool(answer, -1);

        if (!tool)
            return;
        provider_answer_take_name(answer, tool, json_member(function, "name"));
        provider_answer_take_object(answer, tool, json_member(function, "arguments"));
    }
}

static void take(ProviderAnswer *answer, const Json *record)
{
    const Json *error = json_member(record, "error");
    const Json *message = json_member(record, "message");

    if (error) {
        g_autofree char *text = error_text_of(record);

        provider_answer_fail(answer, MODEL_FAILED, "%s", text ? text : "an error without words");
        return;
    }

    provider_answer_take_text(answer, json_member(message, "content"));
    take_tools(answer, json_member(message, "tool_calls"));
    if (!json_bool(json_member(record, "done")))
        return;

    provider_answer_take_count(&answer->tokens_in, json_member(record, "prompt_eval_count"));
    provider_answer_take_count(&answer->tokens_out, json_member(record, "eval_count"));
    answer->is_cut = g_strcmp0(json_string(json_member(record, "done_reason")), "length") == 0;
    answer->is_stopped = true;
    answer->is_over = true;
}

const ModelFormat ollama_format = {
    .media_type = "application/x-ndjson",
    .key_field = "Authorization",
    .key_prefix = "Bearer ",
    .make_url = make_url,
    .make_body = make_body,
    .take = take,
};

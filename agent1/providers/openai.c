#include "agent1/providers/openai.h"

#include "agent1/providers/error_text.h"
#include "agent1/providers/request_parts.h"

#include <string.h>

#include "common/base/banned.h"

/* Its newer models refuse max_tokens; other servers know nothing else. */
#define OPENAI_ITSELF "https://api.openai.com"

static char *make_url(const char *base_url)
{
    const char *host = strstr(base_url, "://");
    bool has_path = host && strchr(host + strlen("://"), '/');

    return g_strconcat(base_url, has_path ? "" : "/v1", "/chat/completions", NULL);
}

static Json *make_body(const ModelCall *call, const ModelSettings *settings)
{
    bool is_itself = g_str_has_prefix(settings->base_url, OPENAI_ITSELF);
    Json *body = json_new_object();
    Json *options = json_new_object();

    json_set_bool(options, "include_usage", true);
    json_set_string(body, "model", settings->model);
    json_set(body, "messages", request_messages_with_system(call));
    if (call->has_tools)
        json_set(body, "tools", request_functions());
    json_set_int(body, is_itself ? "max_completion_tokens" : "max_tokens", call->max_tokens);
    json_set_bool(body, "stream", true);
    json_set(body, "stream_options", options);

    return body;
}

/* Some servers leave the index out: a name begins a call then. */
static int64_t index_of(const ProviderAnswer *answer, const Json *node)
{
    const Json *name = json_member(json_member(node, "function"), "name");
    int64_t index;

    if (json_int(json_member(node, "index"), &index) && index >= 0)
        return index;
    if (!name && answer->tools->len > 0)
        return ((const ToolCall *)answer->tools->pdata[answer->tools->len - 1])->index;
    return answer->tools->len;
}

static void take_tools(ProviderAnswer *answer, const Json *calls)
{
    for (const Json *node = json_first(calls); node && !answer->is_failed; node = json_next(node)) {
        const Json *function = json_member(node, "function");
        ToolCall *tool = provider_answer_tool(answer, index_of(answer, node));

        if (!tool)
            return;
        provider_answer_take_name(answer, tool, json_member(function, "name"));
        provider_answer_take_arguments(answer, tool, json_member(function, "arguments"));
    }
}

static void take_reason(ProviderAnswer *answer, const char *reason)
{
    answer->is_stopped = true;
    answer->is_cut = g_str_equal(reason, "length");
    if (g_str_equal(reason, "content_filter"))
        provider_answer_fail(answer, MODEL_FAILED, "its filter stopped the answer");
    else if (g_str_equal(reason, "error"))
        provider_answer_fail(answer, MODEL_FAILED, "an error without words");
}

static void take_choice(ProviderAnswer *answer, const Json *choice)
{
    const Json *delta = json_member(choice, "delta");
    const char *reason = json_string(json_member(choice, "finish_reason"));
    const char *refusal = json_string(json_member(delta, "refusal"));

    if (refusal && *refusal) {
        provider_answer_fail(answer, MODEL_FAILED, "it refused: %s", refusal);
        return;
    }
    provider_answer_take_text(answer, json_member(delta, "content"));
    take_tools(answer, json_member(delta, "tool_calls"));
    if (reason)
        take_reason(answer, reason);
}

static void take(ProviderAnswer *answer, const Json *record)
{
    const Json *error = json_member(record, "error");
    const Json *usage = json_member(record, "usage");
    const Json *choices = json_member(record, "choices");

    if (error && json_kind(error) != JSON_NULL) {
        g_autofree char *text = error_text_of(record);

        provider_answer_fail(answer, MODEL_FAILED, "%s", text ? text : "an error without words");
        return;
    }

    provider_answer_take_count(&answer->tokens_in, json_member(usage, "prompt_tokens"));
    provider_answer_take_count(&answer->tokens_out, json_member(usage, "completion_tokens"));
    if (json_kind(choices) == JSON_ARRAY)
        take_choice(answer, json_first(choices));
}

const ModelFormat openai_format = {
    .is_sse = true,
    .media_type = "text/event-stream",
    .end_mark = "[DONE]",
    .key_field = "Authorization",
    .key_prefix = "Bearer ",
    .make_url = make_url,
    .make_body = make_body,
    .take = take,
};

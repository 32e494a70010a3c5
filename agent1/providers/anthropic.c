#include "agent1/providers/anthropic.h"

#include "agent1/providers/error_text.h"
#include "agent1/providers/request_parts.h"
#include "agent1/providers/trigger_tools.h"

#include "common/base/banned.h"

static char *make_url(const char *base_url)
{
    return g_strconcat(base_url, g_str_has_suffix(base_url, "/v1") ? "" : "/v1", "/messages", NULL);
}

static Json *make_tools(void)
{
    Json *tools = json_new_array();

    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        g_autofree char *name = trigger_tool_name((Trigger)trigger);
        Json *tool = json_new_object();

        json_set_string(tool, "name", name);
        json_set_string(tool, "description", trigger_info((Trigger)trigger)->help);
        json_set(tool, "input_schema", trigger_tool_schema((Trigger)trigger));
        json_append(tools, tool);
    }

    return tools;
}

static Json *make_body(const ModelCall *call, const ModelSettings *settings)
{
    Json *body = json_new_object();

    json_set_string(body, "model", settings->model);
    json_set_int(body, "max_tokens", call->max_tokens);
    if (call->preamble && *call->preamble)
        json_set_string(body, "system", call->preamble);
    json_set(body, "messages", request_messages(call));
    if (call->has_tools)
        json_set(body, "tools", make_tools());
    json_set_bool(body, "stream", true);

    return body;
}

/* ---- one function for each event ---- */

static void take_start(ProviderAnswer *answer, const Json *record)
{
    /* What came from its cache was read, too. */
    static const char *const counts[] = { "input_tokens", "cache_creation_input_tokens",
                                          "cache_read_input_tokens" };
    const Json *usage = json_member(json_member(record, "message"), "usage");

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        int64_t count = 0;

        provider_answer_take_count(&count, json_member(usage, counts[i]));
        answer->tokens_in = MIN(answer->tokens_in + count, MODEL_TOKENS_MAX);
    }
    provider_answer_take_count(&answer->tokens_out, json_member(usage, "output_tokens"));
}

static void take_block(ProviderAnswer *answer, const Json *record)
{
    const Json *block = json_member(record, "content_block");
    const char *type = json_string(json_member(block, "type"));
    int64_t index = -1;
    ToolCall *tool;

    if (g_strcmp0(type, "text") == 0)
        provider_answer_take_text(answer, json_member(block, "text"));
    if (g_strcmp0(type, "tool_use") != 0)
        return;

    json_int(json_member(record, "index"), &index);
    tool = provider_answer_tool(answer, index);
    if (!tool)
        return;
    provider_answer_take_name(answer, tool, json_member(block, "name"));
    /* The fragments follow; an input that stands here whole has none. */
    if (json_first(json_member(block, "input")))
        provider_answer_take_object(answer, tool, json_member(block, "input"));
}

static void take_delta(ProviderAnswer *answer, const Json *record)
{
    const Json *delta = json_member(record, "delta");
    const char *type = json_string(json_member(delta, "type"));
    int64_t index = -1;

    json_int(json_member(record, "index"), &index);
    if (g_strcmp0(type, "text_delta") == 0)
        provider_answer_take_text(answer, json_member(delta, "text"));
    for (unsigned i = 0; i < answer->tools->len && g_strcmp0(type, "input_json_delta") == 0; i++) {
        ToolCall *tool = answer->tools->pdata[i];

        /* Those of its own tools, which are no calls of ours, have none here. */
        if (tool->index == index)
            provider_answer_take_arguments(answer, tool, json_member(delta, "partial_json"));
    }
}

static void take_message_delta(ProviderAnswer *answer, const Json *record)
{
    const char *reason = json_string(json_member(json_member(record, "delta"), "stop_reason"));

    provider_answer_take_count(&answer->tokens_out,
                               json_member(json_member(record, "usage"), "output_tokens"));
    if (!reason)
        return;

    answer->is_stopped = true;
    answer->is_cut =
        g_str_equal(reason, "max_tokens") || g_str_equal(reason, "model_context_window_exceeded");
    if (g_str_equal(reason, "refusal"))
        provider_answer_fail(answer, MODEL_FAILED, "it refused");
}

static void take_stop(ProviderAnswer *answer, const Json *record)
{
    (void)record;
    answer->is_over = true;
}

static void take_error(ProviderAnswer *answer, const Json *record)
{
    g_autofree char *text = error_text_of(record);

    provider_answer_fail(answer, MODEL_FAILED, "%s", text ? text : "an error without words");
}

static void take(ProviderAnswer *answer, const Json *record)
{
    static const struct {
        const char *type;
        void (*take)(ProviderAnswer *answer, const Json *record);
    } events[] = {
        { "message_start", take_start },       { "content_block_start", take_block },
        { "content_block_delta", take_delta }, { "message_delta", take_message_delta },
        { "message_stop", take_stop },         { "error", take_error },
    };
    const char *type = json_string(json_member(record, "type"));

    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
        if (g_strcmp0(events[i].type, type) == 0)
            events[i].take(answer, record);
    }
}

const ModelFormat anthropic_format = {
    .is_sse = true,
    .media_type = "text/event-stream",
    .key_field = "x-api-key",
    .key_prefix = "",
    .version_field = "anthropic-version",
    .version = "2023-06-01",
    .make_url = make_url,
    .make_body = make_body,
    .take = take,
};

#include "agent1/providers/decoder.h"

#include "agent1/providers/error_text.h"
#include "agent1/providers/formats.h"
#include "agent1/providers/sse.h"
#include "agent1/providers/stream_json.h"
#include "agent1/providers/trigger_tools.h"

#include <string.h>

#include "common/base/banned.h"

struct ModelDecoder {
    const ModelFormat *format;
    char *secret; /* NULL: none */
    bool has_tools;
    SseReader events;   /* where the format is one of events */
    LineSplitter lines; /* where it is one of lines */
    ProviderAnswer answer;
};

ModelDecoder *model_decoder_new(const ModelSettings *settings, bool has_tools)
{
    ModelDecoder *decoder = g_new0(ModelDecoder, 1);

    decoder->format = model_format(settings->provider);
    decoder->secret = g_strdup(settings->api_key);
    decoder->has_tools = has_tools;
    provider_answer_init(&decoder->answer);
    if (decoder->format->is_sse)
        sse_init(&decoder->events, MODEL_RECORD_MAX_BYTES);
    else
        line_splitter_init(&decoder->lines, LINE_ENDS_IN_LF, MODEL_RECORD_MAX_BYTES);

    return decoder;
}

void model_decoder_free(ModelDecoder *decoder)
{
    if (!decoder)
        return;

    if (decoder->format->is_sse)
        sse_clear(&decoder->events);
    else
        line_splitter_clear(&decoder->lines);
    provider_answer_clear(&decoder->answer);
    g_free(decoder->secret);
    g_free(decoder);
}

/* ---- records ---- */

static bool is_blank(const GString *record)
{
    return strspn(record->str, " \t\r") == record->len;
}

static void take_record(ModelDecoder *decoder, const GString *record)
{
    const ModelFormat *format = decoder->format;
    g_autoptr(Json) json = NULL;

    if (is_blank(record))
        return;
    if (format->end_mark && g_str_equal(record->str, format->end_mark)) {
        decoder->answer.is_over = true;
        return;
    }

    json = stream_json_parse(record->str, record->len);
    if (json_kind(json) == JSON_OBJECT)
        format->take(&decoder->answer, json);
    else
        provider_answer_fail(&decoder->answer, MODEL_BROKEN,
                             "a part of its answer is no JSON object");
}

static void fail_too_long(ModelDecoder *decoder)
{
    provider_answer_fail(&decoder->answer, MODEL_TOO_LARGE,
                         "a part of its answer is longer than %zu KiB",
                         MODEL_RECORD_MAX_BYTES / 1024);
}

static void feed_events(ModelDecoder *decoder, const char *bytes, size_t length)
{
    while (!decoder->answer.is_over) {
        SseState state = sse_take(&decoder->events, &bytes, &length);

        if (state == SSE_WANTED)
            return;
        if (state == SSE_TOO_LONG)
            fail_too_long(decoder);
        else
            take_record(decoder, decoder->events.data);
    }
}

static void feed_lines(ModelDecoder *decoder, const char *bytes, size_t length)
{
    while (!decoder->answer.is_over) {
        LineState state = line_splitter_take(&decoder->lines, &bytes, &length);

        if (state == LINE_WANTED)
            return;
        if (state == LINE_TOO_LONG)
            fail_too_long(decoder);
        else
            take_record(decoder, decoder->lines.line);
    }
}

void model_decoder_feed(ModelDecoder *decoder, const char *bytes, size_t length)
{
    if (decoder->format->is_sse)
        feed_events(decoder, bytes, length);
    else
        feed_lines(decoder, bytes, length);
}

void model_decoder_finish(ModelDecoder *decoder)
{
    ProviderAnswer *answer = &decoder->answer;

    if (!answer->is_over && decoder->format->is_sse && sse_take_rest(&decoder->events))
        take_record(decoder, decoder->events.data);
    if (!answer->is_over && !decoder->format->is_sse && line_splitter_take_rest(&decoder->lines))
        take_record(decoder, decoder->lines.line);
    answer->is_over = true;
}

bool model_decoder_is_over(const ModelDecoder *decoder)
{
    return decoder->answer.is_over;
}

/* ---- what is told ---- */

char *model_decoder_take_piece(ModelDecoder *decoder)
{
    GString *fresh = decoder->answer.fresh;
    char *piece;

    if (fresh->len == 0)
        return NULL;

    piece = g_strndup(fresh->str, fresh->len);
    g_string_truncate(fresh, 0);
    return piece;
}

bool model_decoder_has_end(const ModelDecoder *decoder)
{
    return decoder->answer.is_stopped || decoder->answer.is_failed;
}

/* Why a call of a tool cannot be a line, or NULL: then it was added. */
static char *add_line(GPtrArray *lines, const ToolCall *tool)
{
    const char *text = tool->arguments->len > 0 ? tool->arguments->str : "{}";
    g_autoptr(Json) arguments = stream_json_parse(text, strlen(text));
    char *why = NULL;
    char *line = trigger_tool_line(tool->name ? tool->name : "", arguments, &why);

    if (line)
        g_ptr_array_add(lines, line);
    return why;
}

static char *make_lines(const ModelDecoder *decoder, GPtrArray *lines)
{
    const GPtrArray *tools = decoder->answer.tools;
    char *why = NULL;

    if (tools->len > 0 && !decoder->has_tools)
        return g_strdup("it calls a tool, and none was offered");
    if (tools->len > 0 && decoder->answer.is_cut)
        return g_strdup("it ran out of tokens in a call of a tool");
    for (unsigned i = 0; i < tools->len && !why; i++)
        why = add_line(lines, tools->pdata[i]);

    return why;
}

static void end_broken(const ModelDecoder *decoder, ModelNews *news, ModelOutcome outcome,
                       const char *why)
{
    news->outcome = outcome;
    news->why = error_text_line(why, decoder->secret);
    g_ptr_array_set_size(news->tool_lines, 0);
}

ModelNews *model_decoder_end(const ModelDecoder *decoder, const char *id)
{
    const ProviderAnswer *answer = &decoder->answer;
    ModelNews *news = model_news_end(id, answer->is_cut ? MODEL_CUT : MODEL_ANSWERED);
    g_autofree char *why = NULL;

    news->tokens_in = MIN(answer->tokens_in, MODEL_TOKENS_MAX);
    news->tokens_out = MIN(answer->tokens_out, MODEL_TOKENS_MAX);
    if (answer->is_failed) {
        end_broken(decoder, news, answer->outcome, answer->why);
        return news;
    }
    if (!answer->is_stopped) {
        end_broken(decoder, news, MODEL_BROKEN, "its answer ends in the middle");
        return news;
    }

    why = make_lines(decoder, news->tool_lines);
    if (why)
        end_broken(decoder, news, MODEL_BROKEN, why);
    return news;
}

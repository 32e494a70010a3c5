#include "agent1/port/model_call.h"

#include "common/base/banned.h"

static const char *const outcome_names[MODEL_OUTCOME_COUNT] = {
    [MODEL_ANSWERED] = "answered",
    [MODEL_CUT] = "cut",
    [MODEL_UNREACHABLE] = "unreachable",
    [MODEL_SILENT] = "silent",
    [MODEL_LIMITED] = "limited",
    [MODEL_FAILED] = "failed",
    [MODEL_MISCONFIGURED] = "misconfigured",
    [MODEL_BROKEN] = "broken",
    [MODEL_TOO_LARGE] = "too_large",
};

const char *model_outcome_name(ModelOutcome outcome)
{
    return outcome_names[outcome];
}

ModelWords *model_words_new(ModelSpeaker speaker, const char *text)
{
    ModelWords *words = g_new0(ModelWords, 1);

    words->speaker = speaker;
    words->text = g_strdup(text);
    return words;
}

void model_words_free(void *words)
{
    if (words)
        g_free(((ModelWords *)words)->text);
    g_free(words);
}

ModelCall *model_call_new(const char *id, unsigned provider)
{
    ModelCall *call = g_new0(ModelCall, 1);

    call->id = g_strdup(id);
    call->provider = provider;
    call->words = g_ptr_array_new_with_free_func(model_words_free);
    return call;
}

void model_call_free(ModelCall *call)
{
    if (!call)
        return;

    g_free(call->id);
    g_free(call->preamble);
    g_ptr_array_unref(call->words);
    g_free(call);
}

ModelNews *model_news_piece(const char *id, const char *piece)
{
    ModelNews *news = g_new0(ModelNews, 1);

    news->id = g_strdup(id);
    news->piece = g_strdup(piece);
    return news;
}

ModelNews *model_news_end(const char *id, ModelOutcome outcome)
{
    ModelNews *news = g_new0(ModelNews, 1);

    news->id = g_strdup(id);
    news->outcome = outcome;
    news->tool_lines = g_ptr_array_new_with_free_func(g_free);
    return news;
}

void model_news_free(ModelNews *news)
{
    if (!news)
        return;

    g_free(news->id);
    g_free(news->piece);
    g_free(news->why);
    if (news->tool_lines)
        g_ptr_array_unref(news->tool_lines);
    g_free(news);
}

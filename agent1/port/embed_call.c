#include "agent1/port/embed_call.h"

#include "common/base/banned.h"

EmbedCall *embed_call_new(const char *id, int64_t timeout_ms)
{
    EmbedCall *call = g_new0(EmbedCall, 1);

    call->id = g_strdup(id);
    call->texts = g_ptr_array_new_with_free_func(g_free);
    call->timeout_ms = timeout_ms;
    return call;
}

void embed_call_free(EmbedCall *call)
{
    if (!call)
        return;

    g_free(call->id);
    g_ptr_array_unref(call->texts);
    g_free(call);
}

EmbedNews *embed_news_new(const char *id, GPtrArray *vectors)
{
    EmbedNews *news = g_new0(EmbedNews, 1);

    news->id = g_strdup(id);
    news->vectors = vectors;
    return news;
}

EmbedNews *embed_news_new_trouble(const char *id, EmbedTrouble trouble, const char *why)
{
    EmbedNews *news = embed_news_new(id, NULL);

    news->trouble = trouble;
    news->why = g_strdup(why);
    return news;
}

void embed_news_free(EmbedNews *news)
{
    if (!news)
        return;

    g_free(news->id);
    if (news->vectors)
        g_ptr_array_unref(news->vectors);
    g_free(news->why);
    g_free(news);
}

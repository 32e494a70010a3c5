#include "agent1/flow/state/pages.h"

#include "common/base/limits.h"
#include "common/base/banned.h"

void pages_free_ask(void *data)
{
    PageAsk *ask = data;

    speaker_free(ask->speaker);
    g_free(ask->id);
    g_free(ask->text);
    g_free(ask);
}

bool pages_ask(Core *core, PageKind kind, const char *text, const Speaker *speaker, PagesDone done)
{
    PageAsk *ask;

    if (g_hash_table_size(core->pages) >= PAGES_AT_ONCE + PAGES_WAITING)
        return false;

    ask = g_new0(PageAsk, 1);
    ask->id = core_new_id(core);
    ask->kind = kind;
    ask->text = g_strdup(text);
    ask->done = done;
    ask->speaker = speaker_copy(speaker);
    g_hash_table_insert(core->pages, ask->id, ask);
    effects_page_call(core->fx, page_call_new(ask->id, kind, text));
    return true;
}

void pages_take(Core *core, const PageNews *news)
{
    PageAsk *ask = g_hash_table_lookup(core->pages, news->id);
    Language before;

    if (!ask)
        return;

    /* Taken out first: the chat counts as answered while it is. */
    g_hash_table_steal(core->pages, news->id);
    before = core_speak_to_speaker(core, ask->speaker);
    ask->done(core, ask, news);
    core_speak(core, before);
    pages_free_ask(ask);
}

/* What is under way for a chat, or NULL. */
static const PageAsk *find_of_chat(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->pages);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const PageAsk *ask = value;

        if (g_strcmp0(ask->speaker->chat_id, chat_id) == 0)
            return ask;
    }
    return NULL;
}

bool pages_has_chat(const Core *core, const char *chat_id)
{
    return chat_id && find_of_chat(core, chat_id);
}

void pages_cancel_chat(Core *core, const char *chat_id)
{
    const PageAsk *ask;

    while ((ask = find_of_chat(core, chat_id))) {
        effects_page_cancel(core->fx, ask->id);
        g_hash_table_remove(core->pages, ask->id);
    }
}

#include "agent1/flow/state/talks.h"

#include <string.h>

#include "agent1/flow/state/history.h"
#include "agent1/flow/state/spending.h"
#include "common/base/banned.h"

Talk *talk_new(const Speaker *speaker, const char *conversation, const char *text)
{
    Talk *talk = g_new0(Talk, 1);

    talk->speaker = speaker_copy(speaker);
    talk->conversation = g_strdup(conversation);
    talk->text = g_strdup(text);
    talk->answer = g_string_new(NULL);
    return talk;
}

void talk_free(void *data)
{
    Talk *talk = data;

    if (!talk)
        return;

    g_free(talk->id);
    speaker_free(talk->speaker);
    g_free(talk->conversation);
    g_free(talk->text);
    g_string_free(talk->answer, TRUE);
    g_free(talk);
}

bool talks_has_chat(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    if (!chat_id)
        return false;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (g_strcmp0(((const Talk *)value)->speaker->chat_id, chat_id) == 0)
            return true;
    }
    return false;
}

Talk *talks_find(const Core *core, const char *conversation)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (strcmp(((const Talk *)value)->conversation, conversation) == 0)
            return value;
    }
    return NULL;
}

void talks_cancel(Core *core, Talk *talk)
{
    g_hash_table_steal(core->talks, talk->id);
    effects_model_cancel(core->fx, talk->id);
    model_chain_forget(core->model_chain, (unsigned)talk->provider);
    spending_add(core, talk->speaker->user, talk->tokens + history_tokens(talk->answer->str));
}

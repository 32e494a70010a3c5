#include "agent1/flow/state/pending.h"

#include "common/base/banned.h"

void pending_free(void *data)
{
    Pending *pending = data;

    speaker_free(pending->speaker);
    message_free(pending->message);
    g_free(pending->sender);
    g_free(pending->argument);
    g_free(pending);
}

static Pending *begin(Core *core, PendingContinue resume, const Speaker *speaker,
                      const char *argument)
{
    Pending *pending = g_new0(Pending, 1);
    uint64_t *cookie = g_new(uint64_t, 1);

    pending->resume = resume;
    pending->speaker = speaker ? speaker_copy(speaker) : NULL;
    pending->argument = g_strdup(argument);
    *cookie = ++core->last_cookie;
    g_hash_table_insert(core->pending, cookie, pending);
    return pending;
}

bool pending_ask(Core *core, PendingContinue resume, const Speaker *speaker, const char *sender,
                 const Message *message, const char *argument, QueryKind kind, const char *text,
                 int64_t number, unsigned limit)
{
    Pending *pending;

    if (g_hash_table_size(core->pending) >= PENDING_MAX)
        return false;

    pending = begin(core, resume, speaker, argument);
    pending->message = message ? message_copy(message) : NULL;
    pending->sender = g_strdup(sender);
    effects_query(core->fx, core->last_cookie, kind, text, number, limit);
    return true;
}

bool pending_ask_query(Core *core, PendingContinue resume, const Speaker *speaker,
                       const char *argument, const EffectQuery *query)
{
    if (g_hash_table_size(core->pending) >= PENDING_MAX)
        return false;

    begin(core, resume, speaker, argument);
    effects_query_all(core->fx, core->last_cookie, query);
    return true;
}

void pending_answer(Core *core, const EventRows *rows)
{
    Language before = core->language;
    void *key;
    void *value;
    Pending *pending;

    /* Taken out first: the chat counts as answered while it is. */
    if (!g_hash_table_steal_extended(core->pending, &rows->cookie, &key, &value))
        return;

    g_free(key);
    pending = value;
    if (pending->speaker)
        before = core_speak_to_speaker(core, pending->speaker);
    pending->resume(core, pending, rows->rows);
    core_speak(core, before);
    pending_free(pending);
}

bool pending_has(const Core *core, PendingContinue resume)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Pending *)value)->resume == resume)
            return true;
    }
    return false;
}

bool pending_has_chat(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    if (!chat_id)
        return false;

    g_hash_table_iter_init(&iter, core->pending);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Pending *pending = value;

        if (pending->speaker && g_strcmp0(pending->speaker->chat_id, chat_id) == 0)
            return true;
    }
    return false;
}

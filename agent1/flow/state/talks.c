#include "agent1/flow/state/talks.h"

#include <string.h>

#include "agent1/flow/state/history.h"
#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/pages.h"
#include "agent1/flow/state/sources.h"
#include "agent1/flow/state/spending.h"
#include "agent1/model/quotation.h"
#include "common/base/banned.h"

/* Of look-ups together: more is not kept, and less of it is shown to a model. */
#define LOOKED_UP_MAX_BYTES ((size_t)64 * 1024)

#define BYTES_OF_A_TOKEN 3

Talk *talk_new(const Speaker *speaker, const char *conversation, const char *text)
{
    g_autofree char *own = quotation_leave_out(text);
    Talk *talk = g_new0(Talk, 1);

    talk->speaker = speaker_copy(speaker);
    talk->conversation = g_strdup(conversation);
    talk->text = g_strdup(text);
    talk->answer = g_string_new(NULL);
    talk->unanswered = g_string_new(NULL);
    talk->thoughts = thoughts_new(false);
    talk->notes = g_ptr_array_new_with_free_func(g_free);
    talk->rounds = g_ptr_array_new_with_free_func(model_words_free);
    talk->found = g_string_new(NULL);
    talk->addresses = g_string_new(own);
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
    g_string_free(talk->unanswered, TRUE);
    thoughts_free(talk->thoughts);
    g_ptr_array_unref(talk->notes);
    g_ptr_array_unref(talk->rounds);
    g_string_free(talk->found, TRUE);
    g_string_free(talk->addresses, TRUE);
    g_free(talk->sums_up);
    stream_free(talk->stream);
    g_free(talk);
}

void talk_begin_answer(Talk *talk)
{
    g_string_truncate(talk->answer, 0);
    thoughts_free(talk->thoughts);
    talk->thoughts = thoughts_new(false);
}

bool talk_is_only_thought(const Talk *talk)
{
    return thoughts_bytes(talk->thoughts) > 0 &&
           talk->answer->str[strspn(talk->answer->str, " \t\r\n")] == '\0';
}

int64_t talk_cost(const Talk *talk)
{
    return talk->tokens + history_tokens(talk->answer->str) +
           (int64_t)thoughts_bytes(talk->thoughts) / BYTES_OF_A_TOKEN;
}

bool talks_has_chat(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    if (!chat_id)
        return false;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Talk *talk = value;

        if (!talk->sums_up && g_strcmp0(talk->speaker->chat_id, chat_id) == 0)
            return true;
    }
    return false;
}

static Talk *find(const Core *core, const char *conversation, bool is_summary)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Talk *talk = value;

        if ((talk->sums_up != NULL) == is_summary && strcmp(talk->conversation, conversation) == 0)
            return talk;
    }
    return NULL;
}

Talk *talks_find(const Core *core, const char *conversation)
{
    return find(core, conversation, false);
}

Talk *talks_find_summary(const Core *core, const char *conversation)
{
    return find(core, conversation, true);
}

void talks_cancel(Core *core, Talk *talk)
{
    g_hash_table_steal(core->talks, talk->id);
    if (talk->is_looking) {
        pages_cancel_chat(core, talk->id);
        return;
    }
    effects_model_cancel(core->fx, talk->id);
    model_chain_forget(core->model_chain, (unsigned)talk->provider);
    spending_add(core, talk->speaker->user, talk_cost(talk));
}

void talks_cancel_summary(Core *core, const char *conversation)
{
    g_autoptr(Talk) summary = talks_find_summary(core, conversation);

    if (summary)
        talks_cancel(core, summary);
}

/* ---- what is looked up for it ---- */

void talks_hear(Core *core, const char *id, const char *text, bool is_outside, bool is_all)
{
    Talk *talk = g_hash_table_lookup(core->talks, id);

    if (!talk || !talk->is_looking)
        return;

    if (talk->found->len < LOOKED_UP_MAX_BYTES && *text)
        g_string_append_printf(talk->found, "%s%s", talk->found->len > 0 ? "\n" : "", text);
    talk->has_outside |= is_outside && *text;
    talk->has_found = is_all;
    core->has_found |= is_all;
}

Talk *talks_take_found(Core *core)
{
    GHashTableIter iter;
    void *value;

    if (!core->has_found)
        return NULL;

    g_hash_table_iter_init(&iter, core->talks);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (((const Talk *)value)->has_found) {
            g_hash_table_iter_steal(&iter);
            return value;
        }
    }
    core->has_found = false;
    return NULL;
}

void talks_note(Core *core, const Talk *talk)
{
    history_add(core, talk->conversation, MODEL_PERSON, talk->text,
                quotation_is_in(talk->text) ? SOURCE_QUOTATION : 0);
    for (unsigned i = 0; i < talk->rounds->len; i++) {
        const ModelWords *words = talk->rounds->pdata[i];

        if (words->speaker == MODEL_ITSELF)
            history_add(core, talk->conversation, MODEL_ITSELF, words->text, talk->sources);
    }
    if (talk->answer->len > 0)
        history_add(core, talk->conversation, MODEL_ITSELF, talk->answer->str, talk->sources);
    notes_write_recalled(core);
}

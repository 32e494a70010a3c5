#include "agent1/flow/state/searches.h"

#include <string.h>

#include "agent1/flow/state/notes.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/vectors.h"
#include "agent1/model/rank_fusion.h"
#include "common/base/banned.h"

enum { BY_WORDS, BY_MEANING, WAYS };

void search_free(void *data)
{
    Search *search = data;

    for (unsigned i = 0; i < WAYS; i++)
        g_clear_pointer(&search->found[i], g_ptr_array_unref);
    g_free(search->id);
    speaker_free(search->speaker);
    g_free(search->argument);
    g_free(search->match);
    g_free(search);
}

/* ---- what is found ---- */

static GPtrArray *ids_of(const GPtrArray *rows)
{
    GPtrArray *ids = g_ptr_array_new();

    for (unsigned i = 0; rows && i < rows->len; i++)
        g_ptr_array_add(ids, (void *)(guintptr)row_text(rows->pdata[i], MEMORIES_ID));
    return ids;
}

static Row *find_row(const Search *search, const char *id)
{
    for (unsigned way = 0; way < WAYS; way++) {
        for (unsigned i = 0; search->found[way] && i < search->found[way]->len; i++) {
            Row *row = search->found[way]->pdata[i];

            if (strcmp(row_text(row, MEMORIES_ID), id) == 0)
                return row;
        }
    }
    return NULL;
}

static bool has_row(const GPtrArray *rows, const Row *wanted)
{
    for (unsigned i = 0; rows && i < rows->len; i++) {
        if (strcmp(row_text(rows->pdata[i], MEMORIES_ID), row_text(wanted, MEMORIES_ID)) == 0)
            return true;
    }
    return false;
}

bool search_found_by_words(const Search *search, const GPtrArray *rows)
{
    for (unsigned i = 0; i < rows->len; i++) {
        if (!has_row(search->found[BY_WORDS], rows->pdata[i]))
            return false;
    }
    return true;
}

static void finish(Core *core, Search *search)
{
    g_autoptr(GPtrArray) words = ids_of(search->found[BY_WORDS]);
    g_autoptr(GPtrArray) meaning = ids_of(search->found[BY_MEANING]);
    const GPtrArray *lists[] = { words, meaning };
    g_autoptr(GPtrArray) ids = rank_fusion(lists, G_N_ELEMENTS(lists));
    g_autoptr(GPtrArray) rows = g_ptr_array_new();
    Language before = core_speak_to_speaker(core, search->speaker);

    for (unsigned i = 0; i < MIN(ids->len, search->limit); i++)
        g_ptr_array_add(rows, find_row(search, ids->pdata[i]));
    /* Taken out first: the chat counts as answered while it is. */
    g_hash_table_steal(core->searches, search->id);
    search->done(core, search, rows);
    core_speak(core, before);
    search_free(search);
}

static void take(Core *core, const Pending *pending, const GPtrArray *rows, unsigned way)
{
    Search *search = g_hash_table_lookup(core->searches, pending->argument);

    if (!search)
        return;

    search->found[way] = g_ptr_array_ref((GPtrArray *)(guintptr)rows);
    if (--search->answers == 0)
        finish(core, search);
}

static void take_words(Core *core, const Pending *pending, const GPtrArray *rows)
{
    take(core, pending, rows, BY_WORDS);
}

static void take_meaning(Core *core, const Pending *pending, const GPtrArray *rows)
{
    take(core, pending, rows, BY_MEANING);
}

/* ---- asking ---- */

/* NULL: whoever. */
static char *writer_of(const Search *search)
{
    return search->is_by_speaker ? search->speaker->user : NULL;
}

static void ask_words(Core *core, Search *search, char *owner)
{
    const EffectQuery query = { .kind = search->kind,
                                .text = search->match,
                                .beside = owner,
                                .writer = writer_of(search),
                                .number = core->now_ms,
                                .limit = search->limit };

    search->answers +=
        search->match && pending_ask_query(core, take_words, NULL, search->id, &query);
}

static void ask_meaning(Core *core, Search *search, char *owner, GBytes *vector)
{
    g_autofree char *model = vectors_model(core);
    const EffectQuery query = { .kind = QUERY_MEMORY_NEAR,
                                .text = model,
                                .beside = owner,
                                .writer = writer_of(search),
                                .number = core->now_ms,
                                .vector = vector,
                                .limit = search->limit };

    if (!model || search->kind == QUERY_MEMORY_OWN)
        return;

    search->lacks_meaning =
        !vector || !pending_ask_query(core, take_meaning, NULL, search->id, &query);
    search->answers += !search->lacks_meaning;
}

/* vector: NULL, there is none. False: the store cannot be asked. */
static bool ask_store(Core *core, Search *search, GBytes *vector)
{
    g_autofree char *owner = g_strdup(notes_owner(search->speaker));

    search->until_ms = 0;
    ask_words(core, search, owner);
    ask_meaning(core, search, owner, vector);
    return search->answers > 0;
}

static void wait_for_vector(Core *core, Search *search, const char *text)
{
    int64_t wait_ms = vectors_wait_ms(core);

    search->until_ms = core->boot_ms + wait_ms;
    core->searches_due_ms = MIN(core->searches_due_ms, core->now_ms + wait_ms);
    vectors_ask(core, search->id, text);
}

bool searches_begin(Core *core, const Search *wanted, const char *text)
{
    Search *search;

    if (g_hash_table_size(core->searches) >= PENDING_MAX)
        return false;

    search = g_new0(Search, 1);
    search->id = core_new_id(core);
    search->done = wanted->done;
    search->speaker = speaker_copy(wanted->speaker);
    search->argument = g_strdup(wanted->argument);
    search->match = g_strdup(wanted->match);
    search->kind = wanted->kind;
    search->is_by_speaker = wanted->is_by_speaker;
    search->limit = wanted->limit;
    g_hash_table_insert(core->searches, search->id, search);
    /* Among the few of one's own no meaning is needed. */
    if (wanted->kind != QUERY_MEMORY_OWN && vectors_can_ask(core)) {
        wait_for_vector(core, search, text);
        return true;
    }
    if (ask_store(core, search, NULL))
        return true;
    g_hash_table_remove(core->searches, search->id);
    return false;
}

/* The vector came, or is not waited for any longer. */
static void go_on(Core *core, Search *search, GBytes *vector)
{
    if (!ask_store(core, search, vector))
        finish(core, search);
}

void searches_take(Core *core, const EmbedNews *news)
{
    Search *search = g_hash_table_lookup(core->searches, news->id);
    bool is_good = news->vectors && news->vectors->len == 1;

    vectors_tell(core, news);
    if (search && search->until_ms > 0)
        go_on(core, search, is_good ? news->vectors->pdata[0] : NULL);
}

bool searches_has_chat(const Core *core, const char *chat_id)
{
    GHashTableIter iter;
    void *value;

    g_hash_table_iter_init(&iter, core->searches);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (chat_id && g_strcmp0(((const Search *)value)->speaker->chat_id, chat_id) == 0)
            return true;
    }
    return false;
}

/* ---- time ---- */

void searches_tick(Core *core)
{
    g_autoptr(GList) all = NULL;

    if (core->now_ms < core->searches_due_ms)
        return;

    core->searches_due_ms = INT64_MAX;
    all = g_hash_table_get_values(core->searches);
    for (const GList *at = all; at; at = at->next) {
        Search *search = at->data;

        if (search->until_ms == 0)
            continue;
        if (search->until_ms <= core->boot_ms)
            go_on(core, search, NULL);
        else
            core->searches_due_ms =
                MIN(core->searches_due_ms, core->now_ms + (search->until_ms - core->boot_ms));
    }
}

int64_t searches_next_deadline(const Core *core)
{
    return core->searches_due_ms;
}

#include "agent1/flow/state/vectors.h"

#include <string.h>

#include "agent1/flow/state/pending.h"
#include "agent1/model/memory.h"
#include "common/base/text.h"
#include "common/data/backoff.h"
#include "common/base/banned.h"

#define REST_MIN_MS    (30 * INT64_C(1000))
#define REST_MAX_MS    (3600 * INT64_C(1000))
#define COMPANY_MS     200                  /* notes come several at a time */
#define NOTES_MS       (60 * INT64_C(1000)) /* of a call for notes: nobody waits */
#define TEXT_MAX_BYTES 2000                 /* models read no more of it, or even refuse it */

char *vectors_model(const Core *core)
{
    const ModelSettings *model = core->settings->talk->embeddings;

    return model ? g_strdup_printf("%s %s", provider_name(model->provider), model->model) : NULL;
}

bool vectors_can_ask(const Core *core)
{
    return core->settings->talk->embeddings && core->boot_ms >= core->vectors.rest_ms;
}

static void add_text(EmbedCall *call, const char *text)
{
    g_ptr_array_add(call->texts, text_head(text, strlen(text), TEXT_MAX_BYTES));
}

void vectors_ask(Core *core, const char *id, const char *text, int64_t timeout_ms)
{
    EmbedCall *call = embed_call_new(id, timeout_ms);

    add_text(call, text);
    effects_embed(core->fx, call);
}

void vectors_tell(Core *core, const EmbedNews *news, bool is_good)
{
    VectorWork *work = &core->vectors;

    if (is_good || news->is_refused) {
        work->failures = 0;
        return;
    }
    if (work->failures == 0)
        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                    "llm.embeddings: %s; notes are found by words alone until it answers again",
                    news->why ? news->why : "");
    work->rest_ms = core->boot_ms + REST_MIN_MS +
                    backoff_wait_ms(work->failures++, REST_MIN_MS, REST_MAX_MS,
                                    ids_random(&core->ids, UINT64_MAX));
    if (work->due_ms != INT64_MAX)
        work->due_ms = MAX(work->due_ms, core->now_ms + (work->rest_ms - core->boot_ms));
}

/* ---- notes ---- */

static void free_row(void *row)
{
    row_free(row);
}

static void begin_anew(Core *core)
{
    VectorWork *work = &core->vectors;

    g_clear_pointer(&work->call, g_free);
    g_clear_pointer(&work->rows, g_ptr_array_unref);
}

static void look_after(Core *core, int64_t ms)
{
    core->vectors.due_ms = core->now_ms + ms;
}

void vectors_look_soon(Core *core)
{
    VectorWork *work = &core->vectors;

    if (core->settings->talk->embeddings && work->due_ms == INT64_MAX)
        look_after(core, MAX(work->rest_ms - core->boot_ms, COMPANY_MS));
}

void vectors_configured(Core *core)
{
    VectorWork *work = &core->vectors;
    g_autofree char *model = vectors_model(core);

    if (g_strcmp0(model, work->model) != 0) {
        begin_anew(core);
        work->alone = 0;
        work->skip = 0;
        g_free(work->model);
        work->model = g_steal_pointer(&model);
    }
    /* People may have mended what it was. */
    work->failures = 0;
    work->rest_ms = core->boot_ms;
    work->due_ms = INT64_MAX;
    vectors_look_soon(core);
}

static Row *prepare_row(const Row *note, const char *model)
{
    Row *row = row_new(TABLE_VECTORS);

    row_set_text(row, VECTORS_ID, row_text(note, MEMORIES_ID));
    row_set_text(row, VECTORS_MODEL, model);
    row_set_int(row, VECTORS_MADE, row_int(note, MEMORIES_CHANGED));
    return row;
}

/* What a note means; of a password its key says it. The caller owns it. */
static char *text_of(const Row *note)
{
    const char *key = row_text(note, MEMORIES_KEY);
    const char *value = row_text(note, MEMORIES_VALUE);

    return memory_is_secret(key, value) ? g_strdup(key) : g_strdup_printf("%s: %s", key, value);
}

static void ask_for(Core *core, const GPtrArray *notes, const char *model)
{
    VectorWork *work = &core->vectors;
    g_autofree char *id = core_new_id(core);
    EmbedCall *call = embed_call_new(id, NOTES_MS);

    begin_anew(core);
    work->call = g_steal_pointer(&id);
    work->rows = g_ptr_array_new_with_free_func(free_row);
    for (unsigned i = 0; i < notes->len; i++) {
        const Row *note = notes->pdata[i];
        g_autofree char *text = text_of(note);

        add_text(call, text);
        g_ptr_array_add(work->rows, prepare_row(note, model));
    }
    effects_embed(core->fx, call);
}

/* Notes without a vector came from the store. */
static void take_bare(Core *core, const Pending *pending, const GPtrArray *rows)
{
    VectorWork *work = &core->vectors;

    work->is_asking = false;
    if (g_strcmp0(pending->argument, work->model) != 0 || !vectors_can_ask(core)) {
        vectors_look_soon(core);
        return;
    }
    if (rows->len > 0) {
        ask_for(core, rows, pending->argument);
        return;
    }
    /* Those that were passed over are tried again, in their time. */
    if (work->skip > 0) {
        work->skip = 0;
        look_after(core, REST_MIN_MS);
    }
}

/* vectors: NULL, the note is refused. */
static void keep_rows(Core *core, const GPtrArray *vectors)
{
    VectorWork *work = &core->vectors;

    for (unsigned i = 0; i < work->rows->len; i++) {
        Row *row = work->rows->pdata[i];

        if (vectors)
            row_set_bytes(row, VECTORS_VECTOR, vectors->pdata[i]);
        /* It may have been forgotten meanwhile. */
        if (ledger_find(core->ledgers[TABLE_MEMO_KEYS], row_text(row, VECTORS_ID)))
            effects_put(core->fx, g_steal_pointer(&work->rows->pdata[i]));
    }
}

/* Which of several it is is not said: each is asked about by itself. */
static void take_failure(Core *core, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;

    if (work->rows->len > 1) {
        work->alone = work->rows->len;
        return;
    }
    if (!news->is_refused) {
        work->skip++;
        return;
    }
    keep_rows(core, NULL);
    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                "llm.embeddings: %s; a note is found by words alone until it changes",
                news->why ? news->why : "");
}

bool vectors_take(Core *core, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;
    bool is_good = news->vectors && work->rows && news->vectors->len == work->rows->len;

    if (g_strcmp0(news->id, work->call) != 0)
        return false;

    work->alone -= work->alone > 0;
    if (is_good)
        keep_rows(core, news->vectors);
    else
        take_failure(core, news);
    begin_anew(core);
    look_after(core, 0);
    vectors_tell(core, news, is_good);
    return true;
}

/* ---- time ---- */

void vectors_tick(Core *core)
{
    VectorWork *work = &core->vectors;
    const EffectQuery query = { .kind = QUERY_MEMORY_BARE,
                                .text = work->model,
                                .number = work->skip,
                                .limit = work->alone > 0 ? 1 : EMBED_TEXTS_MAX };

    if (core->now_ms < work->due_ms)
        return;

    work->due_ms = INT64_MAX;
    if (!core->settings->talk->embeddings || work->call || work->is_asking)
        return;
    if (pending_ask_query(core, take_bare, NULL, work->model, &query))
        work->is_asking = true;
    else
        look_after(core, REST_MIN_MS);
}

int64_t vectors_next_deadline(const Core *core)
{
    return core->vectors.due_ms;
}

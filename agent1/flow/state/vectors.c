#include "agent1/flow/state/vectors.h"

#include <string.h>

#include "agent1/flow/state/pending.h"
#include "agent1/model/memory.h"
#include "common/base/text.h"
#include "common/data/backoff.h"
#include "common/base/banned.h"

#define REST_MIN_MS    (30 * INT64_C(1000))
#define REST_MAX_MS    (10 * 60 * INT64_C(1000))
#define RETRY_MAX_MS   (3600 * INT64_C(1000))
#define COMPANY_MS     200                  /* notes come several at a time */
#define NOTES_MS       (60 * INT64_C(1000)) /* of a call that nobody waits for */
#define TEXT_MAX_BYTES 2000                 /* models read no more of it, or even refuse it */
#define ANY_TEXT       "note"               /* nobody has a reason to refuse it */
#define FORGIVEN_MAX   100                  /* of one look */
#define DOUBTS_MAX     8                    /* notes in a row: any text proves nothing then */

char *vectors_model(const Core *core)
{
    const ModelSettings *model = core->settings->talk->embeddings;

    return model ? g_strdup_printf("%s %s", provider_name(model->provider), model->model) : NULL;
}

bool vectors_can_ask(const Core *core)
{
    return core->settings->talk->embeddings && core->vectors.failures == 0;
}

int64_t vectors_wait_ms(const Core *core)
{
    return core->settings->talk->embeddings->timeout_ms;
}

static void add_text(EmbedCall *call, const char *text)
{
    g_ptr_array_add(call->texts, text_head(text, strlen(text), TEXT_MAX_BYTES));
}

void vectors_ask(Core *core, const char *id, const char *text)
{
    EmbedCall *call = embed_call_new(id, vectors_wait_ms(core));

    add_text(call, text);
    effects_embed(core->fx, call);
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

/* ---- is it well? ---- */

static void note_success(Core *core)
{
    VectorWork *work = &core->vectors;

    if (work->failures > 0) {
        effects_log(core->fx, EFFECT_LOG_NOTICE, NULL, NULL,
                    "llm.embeddings: it answers again; notes are found by what they mean, too");
        look_after(core, 0);
    }
    work->failures = 0;
    work->rest_ms = core->boot_ms;
}

static int64_t draw_rest_ms(Core *core, unsigned times, int64_t max_ms)
{
    return REST_MIN_MS +
           backoff_wait_ms(times, REST_MIN_MS, max_ms, ids_random(&core->ids, UINT64_MAX));
}

/* Host and port of a URL. The caller owns it. */
static char *host_of(const char *url)
{
    const char *start = strstr(url, "://");

    start = start ? start + strlen("://") : url;
    return g_strndup(start, strcspn(start, "/"));
}

/* Nobody is asked until then, and at first only whether it is well. */
static void note_failure(Core *core, EmbedTrouble trouble, const char *why, int64_t rest_ms)
{
    VectorWork *work = &core->vectors;

    if (work->failures == 0)
        work->failed_ms = core->now_ms;
    if (work->failures == 0 || work->trouble != trouble) {
        g_autofree char *host = host_of(core->settings->talk->embeddings->base_url);

        effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                    "llm.embeddings at %s: %s; notes are found by words alone until it answers "
                    "again",
                    host, why ? why : "");
    }
    work->trouble = trouble;
    work->failures++;
    work->rest_ms = core->boot_ms + rest_ms;
    look_after(core, rest_ms);
}

/* The text may be why: who answers at all would answer so, too, if it could do nothing. */
static bool may_be_the_text(const EmbedNews *news)
{
    switch (news->trouble) {
    case EMBED_REFUSED:
    case EMBED_FAILED:
    case EMBED_BROKEN:
        return true;
    case EMBED_UNASKED:
    case EMBED_UNREACHABLE:
    case EMBED_UNTRUSTED:
    case EMBED_SILENT:
    case EMBED_LIMITED:
    case EMBED_MISCONFIGURED:
    case EMBED_TROUBLE_COUNT:
        break;
    }
    return false;
}

void vectors_tell(Core *core, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;

    if (news->vectors) {
        note_success(core);
    } else if (!core->settings->talk->embeddings) {
        return; /* nobody makes any, any more */
    } else if (work->failures > 0) {
        return; /* that is known, and when it is tried again */
    } else if (may_be_the_text(news)) {
        work->is_doubted = true;
        look_after(core, 0);
    } else {
        /* Whoever was slow may only have been waking up. */
        note_failure(core, news->trouble, news->why,
                     news->trouble == EMBED_SILENT ? 0 : draw_rest_ms(core, 0, REST_MAX_MS));
    }
}

static void try_any_text(Core *core)
{
    VectorWork *work = &core->vectors;
    g_autofree char *id = core_new_id(core);
    EmbedCall *call = embed_call_new(id, NOTES_MS);

    work->call = g_steal_pointer(&id);
    add_text(call, ANY_TEXT);
    effects_embed(core->fx, call);
}

/* ---- notes ---- */

static void free_row(void *row)
{
    row_free(row);
}

static void end_doubt(VectorWork *work)
{
    work->is_doubted = false;
    g_clear_pointer(&work->doubted, row_free);
}

static void begin_anew(Core *core)
{
    VectorWork *work = &core->vectors;

    end_doubt(work);
    g_clear_pointer(&work->call, g_free);
    g_clear_pointer(&work->rows, g_ptr_array_unref);
}

void vectors_clear(Core *core)
{
    begin_anew(core);
    g_free(core->vectors.model);
}

void vectors_configured(Core *core)
{
    VectorWork *work = &core->vectors;
    g_autofree char *model = vectors_model(core);

    /* What is under way is asked as it was configured before. */
    begin_anew(core);
    work->doubts = 0;
    if (g_strcmp0(model, work->model) != 0) {
        work->alone = 0;
        work->skip = 0;
        work->passes = 0;
        g_free(work->model);
        work->model = g_steal_pointer(&model);
    }
    /* People may have mended what it was. */
    work->failures = 0;
    work->rest_ms = core->boot_ms;
    work->due_ms = INT64_MAX;
    vectors_look_soon(core);
}

void vectors_try_refused(Core *core)
{
    core->vectors.is_forgiving = true;
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

/* It took any text, and none of these notes: notes show it when it is well again. */
static bool is_tried_with_notes(const VectorWork *work)
{
    return work->failures > 0 && work->doubts >= DOUBTS_MAX;
}

/* Notes without a vector came from the store. */
static void take_bare(Core *core, const Pending *pending, const GPtrArray *rows)
{
    VectorWork *work = &core->vectors;

    work->is_asking = false;
    if (g_strcmp0(pending->argument, work->model) != 0 ||
        (!vectors_can_ask(core) && !is_tried_with_notes(work))) {
        vectors_look_soon(core);
        return;
    }
    if (rows->len > 0) {
        ask_for(core, rows, pending->argument);
        return;
    }
    work->doubts = 0;
    if (work->failures > 0) {
        try_any_text(core);
        return;
    }
    /* Those that were passed over are tried again, in their time. */
    if (work->skip > 0) {
        work->skip = 0;
        look_after(core, draw_rest_ms(core, work->passes++, RETRY_MAX_MS));
    }
}

/* Rows without a vector came from the store. */
static void take_refused(Core *core, const Pending *pending, const GPtrArray *rows)
{
    VectorWork *work = &core->vectors;

    (void)pending;
    work->is_asking = false;
    work->is_forgiving = rows->len == FORGIVEN_MAX;
    for (unsigned i = 0; i < rows->len; i++)
        effects_delete(core->fx, TABLE_VECTORS, row_text(rows->pdata[i], VECTORS_ID));
    look_after(core, 0);
}

/* Takes the row over. The note may have been forgotten meanwhile. */
static void keep_row(Core *core, Row *row)
{
    if (ledger_find(core->ledgers[TABLE_MEMO_KEYS], row_text(row, VECTORS_ID)))
        effects_put(core->fx, row);
    else
        row_free(row);
}

static void take_vectors(Core *core, const GPtrArray *rows, const GPtrArray *vectors)
{
    g_assert(vectors->len == rows->len);
    for (unsigned i = 0; i < rows->len; i++) {
        Row *row = row_copy(rows->pdata[i]);

        row_set_bytes(row, VECTORS_VECTOR, vectors->pdata[i]);
        keep_row(core, row);
    }
    core->vectors.passes = 0;
    core->vectors.doubts = 0;
    note_success(core);
}

/* The note is passed over, so that the next time it is another one. */
static void fail_by_notes(Core *core, EmbedTrouble trouble)
{
    VectorWork *work = &core->vectors;

    work->skip++;
    note_failure(core, trouble, "one note after the other gets no vector",
                 draw_rest_ms(core, work->failures, REST_MAX_MS));
}

/* Which of several it is is not said: each is asked about by itself. Of one it must be seen whether
 * any text would do: else a server that refuses everything would cost every note its vector. */
static void take_trouble(Core *core, const GPtrArray *rows, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;

    if (rows->len > 1) {
        work->alone = rows->len;
    } else if (may_be_the_text(news) && work->doubts >= DOUBTS_MAX) {
        fail_by_notes(core, news->trouble);
    } else if (may_be_the_text(news)) {
        work->is_doubted = true;
        work->doubted = row_copy(rows->pdata[0]);
        work->refusal = news->trouble;
    } else if (news->trouble == EMBED_SILENT) {
        work->skip++;
    }
    if (!may_be_the_text(news))
        note_failure(core, news->trouble, news->why,
                     draw_rest_ms(core, work->failures, REST_MAX_MS));
}

/* Others get vectors: the note has no part in it while it is as it is, or is tried again later.
 * When it is so with one note after the other, the others are not worth much. */
static void judge_doubted(Core *core)
{
    VectorWork *work = &core->vectors;

    if (!work->doubted)
        return;
    work->doubts++;
    if (work->doubts >= DOUBTS_MAX) {
        fail_by_notes(core, work->refusal);
        return;
    }
    if (work->refusal != EMBED_REFUSED) {
        work->skip++;
        return;
    }
    keep_row(core, g_steal_pointer(&work->doubted));
    effects_log(core->fx, EFFECT_LOG_WARNING, NULL, NULL,
                "llm.embeddings: a note is refused; it is found by words alone until it changes");
}

/* Of any text. */
static void take_trial(Core *core, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;

    if (news->vectors) {
        note_success(core);
        judge_doubted(core);
    } else {
        note_failure(core, news->trouble, news->why,
                     draw_rest_ms(core, work->failures, REST_MAX_MS));
    }
    end_doubt(work);
}

bool vectors_take(Core *core, const EmbedNews *news)
{
    VectorWork *work = &core->vectors;
    g_autoptr(GPtrArray) rows = NULL;

    if (g_strcmp0(news->id, work->call) != 0)
        return false;

    g_clear_pointer(&work->call, g_free);
    rows = g_steal_pointer(&work->rows);
    look_after(core, 0);
    if (!rows) {
        take_trial(core, news);
        return true;
    }
    work->alone -= work->alone > 0;
    if (news->vectors)
        take_vectors(core, rows, news->vectors);
    else
        take_trouble(core, rows, news);
    return true;
}

/* ---- time ---- */

/* False: too much is asked already. */
static bool ask_store(Core *core)
{
    const VectorWork *work = &core->vectors;
    bool is_one = work->alone > 0 || work->failures > 0;
    const EffectQuery bare = { .kind = QUERY_MEMORY_BARE,
                               .text = work->model,
                               .number = work->skip,
                               .limit = is_one ? 1 : EMBED_TEXTS_MAX };
    const EffectQuery refused = { .kind = QUERY_VECTORS_REFUSED, .limit = FORGIVEN_MAX };

    return work->is_forgiving ? pending_ask_query(core, take_refused, NULL, NULL, &refused)
                              : pending_ask_query(core, take_bare, NULL, work->model, &bare);
}

void vectors_tick(Core *core)
{
    VectorWork *work = &core->vectors;

    if (core->now_ms < work->due_ms)
        return;

    work->due_ms = INT64_MAX;
    if (!core->settings->talk->embeddings || work->call || work->is_asking)
        return;
    if (work->is_doubted || (work->failures > 0 && !is_tried_with_notes(work)))
        try_any_text(core);
    else if (ask_store(core))
        work->is_asking = true;
    else
        look_after(core, REST_MIN_MS);
}

int64_t vectors_next_deadline(const Core *core)
{
    return core->vectors.due_ms;
}

#include "tests/simulate/errand_truth.h"

#include "tests/simulate/file_share.h"

#include <string.h>

#include "common/base/banned.h"

#define PROMISED "follows as a file)"
#define NO_FILE  "no file of its output"

typedef struct Publication {
    char *topic; /* its own: no other message has it */
    unsigned handed;
    unsigned taken;
    bool is_open;
} Publication;

struct ErrandTruth {
    Sim *sim;
    GHashTable *files;        /* ids of what is promised; set */
    GHashTable *links;        /* link → the id of the saying that told it */
    GHashTable *publications; /* id → Publication * */
};

static void free_publication(void *data)
{
    Publication *publication = data;

    g_free(publication->topic);
    g_free(publication);
}

ErrandTruth *errand_truth_new(Sim *sim)
{
    ErrandTruth *truth = g_new0(ErrandTruth, 1);

    truth->sim = sim;
    truth->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    truth->links = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    truth->publications = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_publication);
    return truth;
}

void errand_truth_free(ErrandTruth *truth)
{
    if (!truth)
        return;
    g_hash_table_unref(truth->files);
    g_hash_table_unref(truth->links);
    g_hash_table_unref(truth->publications);
    g_free(truth);
}

/* What was said and published stays so; what is open is what the older rows say. */
void errand_truth_forgot(ErrandTruth *truth, const RowStore *store)
{
    g_autoptr(GPtrArray) files = row_store_load(store, TABLE_UPLOADS);
    GHashTableIter iter;
    void *id;
    void *value;

    g_hash_table_remove_all(truth->links);
    g_hash_table_remove_all(truth->files);
    for (guint i = 0; i < files->len; i++)
        g_hash_table_add(truth->files, g_strdup(row_text(files->pdata[i], UPLOADS_ID)));
    g_hash_table_iter_init(&iter, truth->publications);
    while (g_hash_table_iter_next(&iter, &id, &value))
        ((Publication *)value)->is_open = row_store_find(store, TABLE_PUBLICATIONS, id) != NULL;
}

/* ---- files ---- */

static bool is_promised(const GPtrArray *batch, const Row *saying)
{
    int64_t number = g_ascii_strtoll(row_text(saying, SAYINGS_TEXT) + 1, NULL, 10);

    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_UPLOADS &&
            row_int(effect->row, UPLOADS_NUMBER) == number &&
            strcmp(row_text(effect->row, UPLOADS_JID), row_text(saying, SAYINGS_JID)) == 0)
            return true;
    }
    return false;
}

static void check_saying(ErrandTruth *truth, const GPtrArray *batch, const Row *saying)
{
    const char *text = row_text(saying, SAYINGS_TEXT);
    const char *id = row_text(saying, SAYINGS_ID);
    const char *before;

    if (text[0] == '#' && strstr(text, PROMISED) && !is_promised(batch, saying))
        sim_break(truth->sim, PROMISE_FILE_TOLD, "a file is promised to %s, and not stored",
                  row_text(saying, SAYINGS_JID));
    if (!g_str_has_prefix(text, FILE_SHARE_URL))
        return;
    before = g_hash_table_lookup(truth->links, text);
    if (before && strcmp(before, id) != 0)
        sim_break(truth->sim, PROMISE_FILE_TOLD, "%s is told twice", text);
    g_hash_table_insert(truth->links, g_strdup(text), g_strdup(id));
}

static bool tells_of(const Row *saying, const Row *promised)
{
    const char *text = row_text(saying, SAYINGS_TEXT);
    g_autofree char *link = g_strconcat(FILE_SHARE_URL, row_text(promised, UPLOADS_ID), "/", NULL);
    g_autofree char *failure =
        g_strdup_printf("#%d %s: " NO_FILE, (int)row_int(promised, UPLOADS_NUMBER),
                        row_text(promised, UPLOADS_AGENT));

    return strcmp(row_text(saying, SAYINGS_JID), row_text(promised, UPLOADS_JID)) == 0 &&
           (g_str_has_prefix(text, link) || g_str_has_prefix(text, failure));
}

static void check_kept(ErrandTruth *truth, const RowStore *store, const GPtrArray *batch,
                       const char *id)
{
    const Row *promised = row_store_find(store, TABLE_UPLOADS, id);
    unsigned told = 0;

    g_hash_table_remove(truth->files, id);
    for (guint i = 0; promised && i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        told += effect->kind == EFFECT_PUT && effect->row->table == TABLE_SAYINGS &&
                tells_of(effect->row, promised);
    }
    if (promised && told != 1)
        sim_break(truth->sim, PROMISE_FILE_TOLD, "of the file of #%d is told %u times",
                  (int)row_int(promised, UPLOADS_NUMBER), told);
}

/* ---- messages ---- */

static void know(ErrandTruth *truth, const Row *row)
{
    const char *id = row_text(row, PUBLICATIONS_ID);
    Publication *publication = g_hash_table_lookup(truth->publications, id);

    if (publication)
        return;
    sim_count(truth->sim, INJECT_PUBLICATION);
    publication = g_new0(Publication, 1);
    publication->topic = g_strdup(row_text(row, PUBLICATIONS_TOPIC));
    publication->is_open = true;
    g_hash_table_insert(truth->publications, g_strdup(id), publication);
}

static const char *find_audit(const GPtrArray *batch, const char *topic)
{
    g_autofree char *beginning = g_strconcat(topic, ": ", NULL);

    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_AUDIT && strcmp(effect->audit.kind, "published") == 0 &&
            g_str_has_prefix(effect->audit.text, beginning))
            return effect->audit.text + strlen(beginning);
    }
    return NULL;
}

static void check_published(ErrandTruth *truth, const GPtrArray *batch, const char *id)
{
    Publication *publication = g_hash_table_lookup(truth->publications, id);
    const char *audit = publication ? find_audit(batch, publication->topic) : NULL;

    if (!publication)
        return;
    if (!publication->is_open || !audit)
        sim_break(truth->sim, PROMISE_PUBLISHED_TOLD, "what became of %s is audited %s",
                  publication->topic, audit ? "twice" : "nowhere");
    else if (g_str_has_prefix(audit, "published") && publication->taken == 0)
        sim_break(truth->sim, PROMISE_PUBLISHED_TOLD, "%s: %s; the broker never had it",
                  publication->topic, audit);
    else if (g_str_has_prefix(audit, "not published") && publication->taken > 0)
        sim_break(truth->sim, PROMISE_PUBLISHED_TOLD, "%s: %s; the broker has it",
                  publication->topic, audit);
    publication->is_open = false;
}

/* ---- all of them ---- */

static void record_put(ErrandTruth *truth, const GPtrArray *batch, const Row *row)
{
    if (row->table == TABLE_SAYINGS) {
        check_saying(truth, batch, row);
    } else if (row->table == TABLE_PUBLICATIONS) {
        know(truth, row);
    } else if (row->table == TABLE_UPLOADS &&
               g_hash_table_add(truth->files, g_strdup(row_text(row, UPLOADS_ID)))) {
        sim_count(truth->sim, INJECT_FILE);
    }
}

void errand_truth_record(ErrandTruth *truth, const RowStore *store, const GPtrArray *batch)
{
    for (guint i = 0; i < batch->len; i++) {
        const Effect *effect = batch->pdata[i];

        if (effect->kind == EFFECT_PUT)
            record_put(truth, batch, effect->row);
        else if (effect->kind == EFFECT_DELETE && effect->removal.table == TABLE_UPLOADS)
            check_kept(truth, store, batch, effect->removal.key);
        else if (effect->kind == EFFECT_DELETE && effect->removal.table == TABLE_PUBLICATIONS)
            check_published(truth, batch, effect->removal.key);
    }
}

static void check_upload(ErrandTruth *truth, const RowStore *store, const XmppAct *act)
{
    const Row *promised = row_store_find(store, TABLE_UPLOADS, act->id);
    const Row *run =
        promised ? row_store_find(store, TABLE_RUNS, row_text(promised, UPLOADS_RUN)) : NULL;

    if (!run || g_strcmp0(row_text(run, RUNS_OUTPUT), act->text) != 0)
        sim_break(truth->sim, PROMISE_STORED_FIRST, "%s leaves, and is not what is stored",
                  act->about);
}

static void check_message(ErrandTruth *truth, const RowStore *store, const EffectPlain *plain)
{
    Publication *publication = g_hash_table_lookup(truth->publications, plain->id);

    if (!publication || !row_store_find(store, TABLE_PUBLICATIONS, plain->id))
        sim_break(truth->sim, PROMISE_STORED_FIRST, "a message on %s leaves, and is not stored",
                  plain->topic);
    else if (++publication->handed > 1)
        sim_break(truth->sim, PROMISE_PUBLISHED_ONCE, "%s leaves again", plain->topic);
}

void errand_truth_leaves(ErrandTruth *truth, const RowStore *store, const Effect *effect)
{
    if (effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_UPLOAD)
        check_upload(truth, store, &effect->act);
    else if (effect->kind == EFFECT_PUBLISH_PLAIN && effect->plain.id)
        check_message(truth, store, &effect->plain);
}

void errand_truth_taken(ErrandTruth *truth, const char *id)
{
    Publication *publication = g_hash_table_lookup(truth->publications, id);

    if (publication && ++publication->taken > 1)
        sim_break(truth->sim, PROMISE_PUBLISHED_ONCE, "the broker has %s twice",
                  publication->topic);
}

char *errand_truth_find_open(const ErrandTruth *truth, Promise *out_promise)
{
    GHashTableIter iter;
    void *id;
    void *value;

    *out_promise = PROMISE_FILE_TOLD;
    g_hash_table_iter_init(&iter, truth->files);
    if (g_hash_table_iter_next(&iter, &id, NULL))
        return g_strdup_printf("nobody heard what became of the file %s", (const char *)id);
    *out_promise = PROMISE_PUBLISHED_TOLD;
    g_hash_table_iter_init(&iter, truth->publications);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const Publication *publication = value;

        if (publication->is_open)
            return g_strdup_printf("nobody heard what became of %s", publication->topic);
    }
    return NULL;
}

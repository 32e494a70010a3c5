#include "agent1/flow/state/history.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

#define KEPT_MS          (24 * 3600 * INT64_C(1000))
#define CONVERSATION_MAX 40
/* So many turns are worth a summary, but for the last ones. */
#define LONG_TURNS 30
#define KEPT_WHOLE 6
/* 16 MiB of texts at most. */
#define ALL_MAX           2000
#define TURN_MAX_BYTES    (8 * 1024)
#define BYTES_PER_TOKEN   3
#define TOKENS_OF_A_FRAME 8

char *history_conversation(const Speaker *speaker)
{
    int length = (int)strcspn(speaker->address, "/");

    if (length == 0 || speaker_is_alone(speaker))
        return g_strdup(speaker->principal);
    return g_strdup_printf("%s in %.*s", speaker->principal, length, speaker->address);
}

int64_t history_tokens(const char *text)
{
    return (int64_t)strlen(text) / BYTES_PER_TOKEN + TOKENS_OF_A_FRAME;
}

/* Those of a conversation, the oldest first; the array is the caller's. */
static GPtrArray *pick(const GPtrArray *all, const char *conversation)
{
    GPtrArray *own = g_ptr_array_new();

    for (unsigned i = 0; i < all->len; i++) {
        if (strcmp(row_text(all->pdata[i], TURNS_CONVERSATION), conversation) == 0)
            g_ptr_array_add(own, all->pdata[i]);
    }
    return own;
}

static GPtrArray *list_turns(const Core *core, const char *conversation)
{
    g_autoptr(GPtrArray) all = ledger_list(core->ledgers[TABLE_TURNS]);

    return pick(all, conversation);
}

static void drop(Core *core, const Row *row)
{
    ledger_remove(core->ledgers[TABLE_TURNS], row_text(row, TURNS_ID), core->fx);
}

/* A number above all others, so that the order of the keys is that of the turns. The caller owns
 * it. */
static char *next_id(const GPtrArray *all)
{
    const Row *last = all->len > 0 ? all->pdata[all->len - 1] : NULL;
    int64_t number = last ? g_ascii_strtoll(row_text(last, TURNS_ID), NULL, 10) : 0;

    return g_strdup_printf("%016" G_GINT64_FORMAT, number + 1);
}

/* Makes room for one more, and gives its id. */
static char *make_room(Core *core, const char *conversation)
{
    g_autoptr(GPtrArray) all = ledger_list(core->ledgers[TABLE_TURNS]);
    g_autoptr(GPtrArray) own = pick(all, conversation);
    char *id = next_id(all);

    for (unsigned i = 0; i + CONVERSATION_MAX <= own->len; i++)
        drop(core, own->pdata[i]);
    if (ledger_count(core->ledgers[TABLE_TURNS]) >= ALL_MAX)
        drop(core, all->pdata[0]);
    return id;
}

static void put(Core *core, const char *id, const char *conversation, const ModelWords *words,
                unsigned sources)
{
    Row *row = row_new(TABLE_TURNS);

    row_set_text(row, TURNS_ID, id);
    row_set_text(row, TURNS_CONVERSATION, conversation);
    row_set_int(row, TURNS_SPEAKER, words->speaker);
    row_set_text(row, TURNS_TEXT, words->text);
    row_set_int(row, TURNS_AT, core->now_ms);
    row_set_int(row, TURNS_IS_TAINTED, sources);
    ledger_put(core->ledgers[TABLE_TURNS], row, core->fx);
}

void history_add(Core *core, const char *conversation, ModelSpeaker speaker, const char *text,
                 unsigned sources)
{
    g_autofree char *id = NULL;
    g_autofree char *head = text_head(text, strlen(text), TURN_MAX_BYTES);

    if (!*head)
        return;

    id = make_room(core, conversation);
    put(core, id, conversation, &(ModelWords){ speaker, head }, sources);
}

static bool is_old(const Core *core, const Row *row)
{
    return core->now_ms - row_int(row, TURNS_AT) > KEPT_MS;
}

/* Where the last turns that fit begin. */
static unsigned find_beginning(const Core *core, const GPtrArray *own, int64_t tokens)
{
    unsigned first = own->len;

    while (first > 0) {
        tokens -= history_tokens(row_text(own->pdata[first - 1], TURNS_TEXT));
        if (tokens < 0 || is_old(core, own->pdata[first - 1]))
            break;
        first--;
    }
    while (first < own->len && row_int(own->pdata[first], TURNS_SPEAKER) != MODEL_PERSON)
        first++;
    return first;
}

/* Adds one turn; its sources. */
static unsigned recall(const Row *row, GPtrArray *words)
{
    ModelSpeaker speaker =
        row_int(row, TURNS_SPEAKER) == MODEL_ITSELF ? MODEL_ITSELF : MODEL_PERSON;

    g_ptr_array_add(words, model_words_new(speaker, row_text(row, TURNS_TEXT)));
    return (unsigned)MAX(row_int(row, TURNS_IS_TAINTED), 0);
}

unsigned history_recall(const Core *core, const char *conversation, int64_t tokens,
                        GPtrArray *words)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);
    unsigned sources = 0;

    for (unsigned i = find_beginning(core, own, tokens); i < own->len; i++)
        sources |= recall(own->pdata[i], words);
    return sources;
}

bool history_is_tainted(const Core *core, const char *conversation)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);

    for (unsigned i = 0; i < own->len; i++) {
        if (row_int(own->pdata[i], TURNS_IS_TAINTED) > 0 && !is_old(core, own->pdata[i]))
            return true;
    }
    return false;
}

/* ---- what is long ---- */

char *history_long(const Core *core, const char *conversation, int64_t tokens)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);
    int64_t all = 0;

    for (unsigned i = 0; i < own->len; i++)
        all += history_tokens(row_text(own->pdata[i], TURNS_TEXT));
    if (own->len <= KEPT_WHOLE || (all <= tokens && own->len < LONG_TURNS))
        return NULL;
    return g_strdup(row_text(own->pdata[own->len - KEPT_WHOLE - 1], TURNS_ID));
}

unsigned history_recall_until(const Core *core, const char *conversation, const char *last_id,
                              int64_t tokens, GPtrArray *words)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);
    unsigned sources = 0;

    while (own->len > 0 && strcmp(row_text(own->pdata[own->len - 1], TURNS_ID), last_id) > 0)
        g_ptr_array_set_size(own, (int)own->len - 1);
    for (unsigned i = find_beginning(core, own, tokens); i < own->len; i++)
        sources |= recall(own->pdata[i], words);
    return sources;
}

static bool is_of(const Core *core, const char *id, const char *conversation)
{
    const Row *row = ledger_find(core->ledgers[TABLE_TURNS], id);

    return row && strcmp(row_text(row, TURNS_CONVERSATION), conversation) == 0;
}

void history_sum_up(Core *core, const char *conversation, const char *last_id, const char *text,
                    unsigned sources)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);
    g_autofree char *head = text_head(text, strlen(text), TURN_MAX_BYTES);
    g_autofree char *id = g_strdup(last_id);

    if (!is_of(core, id, conversation))
        return;
    for (unsigned i = 0; i < own->len; i++) {
        if (strcmp(row_text(own->pdata[i], TURNS_ID), id) <= 0)
            drop(core, own->pdata[i]);
    }
    put(core, id, conversation, &(ModelWords){ MODEL_PERSON, head }, sources);
}

unsigned history_forget(Core *core, const char *conversation)
{
    g_autoptr(GPtrArray) own = list_turns(core, conversation);

    for (unsigned i = 0; i < own->len; i++)
        drop(core, own->pdata[i]);
    return own->len;
}

void history_forget_old(Core *core)
{
    g_autoptr(GPtrArray) all = ledger_list(core->ledgers[TABLE_TURNS]);

    for (unsigned i = 0; i < all->len; i++) {
        if (is_old(core, all->pdata[i]))
            drop(core, all->pdata[i]);
    }
}

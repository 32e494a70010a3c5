#include "agent1/app/refusals.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/wire/run_state.h"

#include "common/base/banned.h"

#define NOT_ACCEPTED "not accepted: the disk of agent1 is full; nothing was done"
/* As long as a copy of a chat may come and be taken. */
#define KEPT_MS     (CHAT_EXPIRES_MAX_MS + 2 * CHAT_CLOCK_SKEW_MAX_MS)
#define REFUSED_MAX 5000

typedef struct Refusal {
    Effect *answer;
    int64_t until_boot_ms;
} Refusal;

struct Refusals {
    GHashTable *by_chat;   /* "<topic of the answers> <id>" → Refusal * */
    GHashTable *unstored;  /* ids of sayings whose rows are not stored yet */
    GHashTable *asking;    /* full JIDs whose chat is open with nothing begun; set */
    GHashTable *spoken_to; /* JIDs to whom the same batch says something; set */
};

static void free_refusal(void *data)
{
    Refusal *refusal = data;

    effect_free(refusal->answer);
    g_free(refusal);
}

Refusals *refusals_new(void)
{
    Refusals *refusals = g_new0(Refusals, 1);

    refusals->by_chat = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_refusal);
    refusals->unstored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    refusals->asking = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    refusals->spoken_to = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return refusals;
}

void refusals_free(Refusals *refusals)
{
    if (!refusals)
        return;

    g_hash_table_unref(refusals->by_chat);
    g_hash_table_unref(refusals->unstored);
    g_hash_table_unref(refusals->asking);
    g_hash_table_unref(refusals->spoken_to);
    g_free(refusals);
}

static char *make_key(const char *topic, const char *id)
{
    return g_strdup_printf("%s %s", topic, id);
}

static gboolean is_over(void *key, void *value, void *boot_ms)
{
    (void)key;
    return ((const Refusal *)value)->until_boot_ms <= *(const int64_t *)boot_ms;
}

static void remember(Refusals *refusals, const EffectPublish *publish, int64_t boot_ms)
{
    const char *chat = publish->message->reply.in_reply_to;
    g_autoptr(Effects) effects = NULL;
    Refusal *refusal;

    g_hash_table_foreach_remove(refusals->by_chat, is_over, &boot_ms);
    if (!chat || g_hash_table_size(refusals->by_chat) >= REFUSED_MAX)
        return;

    effects = effects_new();
    effects_reply(effects, publish->topic, publish->peer, message_copy(publish->message),
                  WORDS_ANSWER);
    refusal = g_new0(Refusal, 1);
    refusal->answer = g_steal_pointer(&effects->list->pdata[0]);
    refusal->until_boot_ms = boot_ms + KEPT_MS;
    g_hash_table_replace(refusals->by_chat, make_key(publish->topic, chat), refusal);
}

static void refuse_reply(MessageReply *reply)
{
    g_free(reply->text);
    g_free(reply->outcome);
    reply->text = g_strdup(NOT_ACCEPTED);
    reply->outcome = g_strdup(OUTCOME_REFUSED);
    reply->is_final = true;
    g_ptr_array_set_size(reply->runs, 0);
}

/* A chat whose answer is still to come, and which made no runs, which would speak for themselves.
 */
static void watch_chat(Refusals *refusals, const Row *row)
{
    const char *conversation = row_text(row, CHATS_CONVERSATION);

    if (conversation && g_str_has_prefix(conversation, "xmpp ") && !row_int(row, CHATS_IS_FINAL) &&
        !row_text(row, CHATS_RUNS)[0])
        g_hash_table_add(refusals->asking, g_strdup(conversation + strlen("xmpp ")));
}

void refusals_watch(Refusals *refusals, const Effect *effect)
{
    if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_SAYINGS)
        g_hash_table_add(refusals->unstored, g_strdup(row_text(effect->row, SAYINGS_ID)));
    else if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_CHATS)
        watch_chat(refusals, effect->row);
    else if (effect->kind == EFFECT_SAY && effect->say.words != WORDS_STORED)
        g_hash_table_add(refusals->spoken_to, g_strdup(effect->say.jid));
    else if (effect->kind == EFFECT_XMPP && effect->act.kind == XMPP_ACT_FORM_DONE)
        g_hash_table_add(refusals->spoken_to, g_strdup(effect->act.jid));
}

void refusals_stored(Refusals *refusals)
{
    g_hash_table_remove_all(refusals->unstored);
    g_hash_table_remove_all(refusals->asking);
    g_hash_table_remove_all(refusals->spoken_to);
}

Effects *refusals_of_unanswered(const Refusals *refusals, int64_t now_ms,
                                const uint8_t seed[IDS_SEED_BYTES])
{
    Effects *sayings = effects_new();
    GHashTableIter iter;
    void *jid;
    Ids ids;

    ids_init(&ids, now_ms, seed);
    g_hash_table_iter_init(&iter, refusals->asking);
    while (g_hash_table_iter_next(&iter, &jid, NULL)) {
        g_autofree char *id = ids_next(&ids);

        if (!g_hash_table_contains(refusals->spoken_to, jid))
            effects_say(sayings, id, jid, NOT_ACCEPTED, WORDS_ANSWER);
    }
    return sayings;
}

static bool rewrite_saying(const Refusals *refusals, EffectSay *say)
{
    if (say->words == WORDS_STORED)
        return !g_hash_table_contains(refusals->unstored, say->id);
    if (say->words == WORDS_NEWS)
        return false;

    g_free(say->text);
    say->text = g_strdup(NOT_ACCEPTED);
    return true;
}

/* Only the answers to forms were asked for; the rest tells of what did not happen, or can wait. */
static bool rewrite_act(XmppAct *act)
{
    if (act->kind != XMPP_ACT_FORM_DONE)
        return false;

    g_free(act->text);
    act->text = g_strdup(NOT_ACCEPTED);
    act->form->is_cancelled = true;
    return true;
}

bool refusals_rewrite(Refusals *refusals, Effect *effect, int64_t boot_ms)
{
    EffectPublish *publish = &effect->publish;

    if (effect->kind == EFFECT_SAY)
        return rewrite_saying(refusals, &effect->say);
    if (effect->kind == EFFECT_XMPP)
        return rewrite_act(&effect->act);
    if (effect->kind != EFFECT_PUBLISH || publish->message->kind != MESSAGE_REPLY)
        return false;
    if (publish->words != WORDS_ANSWER)
        return false;

    refuse_reply(&publish->message->reply);
    remember(refusals, publish, boot_ms);
    return true;
}

const Effect *refusals_find(Refusals *refusals, const Event *event)
{
    const Message *message = event->kind == EVENT_MESSAGE ? event->message.message : NULL;
    g_autofree char *key = NULL;
    const Refusal *refusal;

    if (!message || message->kind != MESSAGE_CHAT || !message->chat.reply_to)
        return NULL;

    key = make_key(message->chat.reply_to, message->id);
    refusal = g_hash_table_lookup(refusals->by_chat, key);
    /* Made for the key that asked: nobody else's message is answered with it. */
    if (!refusal || g_strcmp0(refusal->answer->publish.peer, event->message.sender) != 0 ||
        refusal->until_boot_ms <= event->boot_ms)
        return NULL;
    return refusal->answer;
}

#include "tests/simulate/told.h"

#include "common/wire/topic.h"
#include "tests/simulate/plan_truth.h"
#include "tests/simulate/truth.h"

#include <string.h>

#include "common/wire/approval.h"
#include "common/base/banned.h"

#define NOT_ACCEPTED_PREFIX "not accepted:"

static void check_task(Sim *sim, const RowStore *store, const Message *message)
{
    const MessageTask *task = &message->task;
    const Row *row = row_store_find(store, TABLE_RUNS, task->run);

    if (!row)
        sim_break(sim, PROMISE_STORED_FIRST, "a task of %s leaves; the run is not stored",
                  task->run);
    else if (row_int(row, RUNS_ATTEMPT) == task->attempt &&
             (!row_int(row, RUNS_IS_HANDED) ||
              g_strcmp0(row_text(row, RUNS_JOURNAL), message->journal) != 0))
        sim_break(sim, PROMISE_STORED_FIRST,
                  "a task of %s leaves; that it was handed is not stored", task->run);
    else if (row_int(row, RUNS_ATTEMPT) < task->attempt)
        sim_break(sim, PROMISE_STORED_FIRST, "attempt %d of %s leaves, and is not stored",
                  (int)task->attempt, task->run);
}

static bool is_terminal(const Row *row)
{
    RunState state;

    return run_state_parse(row_text(row, RUNS_STATE), &state) && run_state_is_terminal(state);
}

/* agent1 takes a result over with this word: the agent forgets it. */
static void check_ack(Sim *sim, const RowStore *store, const EffectPublish *publish)
{
    const MessageAck *ack = &publish->message->ack;
    const Row *row = row_store_find(store, TABLE_RUNS, ack->run);
    g_autofree char *agent = NULL;

    topic_parse(publish->topic, &agent);
    /* What an agent says of another one's run does not count. */
    if (row && g_strcmp0(agent, row_text(row, RUNS_AGENT)) != 0)
        return;

    if (ack->state != ACK_DONE || !ack->run || row_store_find(store, TABLE_ORPHANS, ack->run))
        return;
    if (!row || (!is_terminal(row) && row_int(row, RUNS_ATTEMPT) <= ack->attempt))
        sim_break(sim, PROMISE_STORED_FIRST,
                  "the result of %s attempt %d is acknowledged; what is stored is %s", ack->run,
                  (int)ack->attempt, row ? row_text(row, RUNS_STATE) : "nothing");
}

static bool is_over(const RowStore *store, GHashTable *ended, const MessageReply *reply)
{
    for (guint i = 0; reply->runs && i < reply->runs->len; i++) {
        const char *run = reply->runs->pdata[i];
        const Row *row = row_store_find(store, TABLE_RUNS, run);

        if (!(row && is_terminal(row)) && !g_hash_table_contains(ended, run))
            return false;
    }
    return true;
}

void told_watch(Sim *sim, const RowStore *store, const Effects *effects)
{
    g_autoptr(GHashTable) ended = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < effects->list->len; i++) {
        const Effect *effect = effects->list->pdata[i];
        const Message *message = effect->kind == EFFECT_PUBLISH ? effect->publish.message : NULL;

        if (effect->kind == EFFECT_PUT && effect->row->table == TABLE_RUNS &&
            is_terminal(effect->row))
            g_hash_table_add(ended, (char *)(uintptr_t)row_text(effect->row, RUNS_ID));
        else if (message && message->kind == MESSAGE_REPLY &&
                 (!is_over(store, ended, &message->reply) ||
                  plan_truth_is_open(store, effects, message->reply.in_reply_to)))
            truth_made_early(sim->truth, message->id);
    }
}

/* The last word on a chat is one, however often it is said: once nothing of it is open. */
static void check_last_word(Sim *sim, const RowStore *store, const Message *message)
{
    const MessageReply *reply = &message->reply;

    if (truth_was_made_early(sim->truth, message->id) ||
        plan_truth_is_open(store, NULL, reply->in_reply_to))
        return;
    for (guint i = 0; reply->runs && i < reply->runs->len; i++) {
        const Row *row = row_store_find(store, TABLE_RUNS, reply->runs->pdata[i]);

        if (!row || !is_terminal(row))
            return;
    }
    if (reply->is_final && g_str_has_prefix(reply->text, NOT_ACCEPTED_PREFIX))
        truth_answered(sim->truth, reply->in_reply_to, TRUTH_NOT_ACCEPTED);
    else if (reply->is_final)
        truth_answered(sim->truth, reply->in_reply_to, reply->outcome);
}

static void check_reply(Sim *sim, const RowStore *store, const MessageReply *reply)
{
    RunState state;
    bool is_state = reply->is_final && reply->outcome && run_state_parse(reply->outcome, &state) &&
                    run_state_is_terminal(state);
    bool is_found = false;

    for (guint i = 0; reply->runs && i < reply->runs->len; i++) {
        const Row *row = row_store_find(store, TABLE_RUNS, reply->runs->pdata[i]);

        if (!row && !truth_has_forgotten(sim->truth))
            sim_break(sim, PROMISE_STORED_FIRST, "somebody is told of %s, which is not stored",
                      (const char *)reply->runs->pdata[i]);
        is_found |=
            row && strcmp(row_text(row, RUNS_STATE), reply->outcome ? reply->outcome : "") == 0;
    }
    if (is_state && reply->runs && reply->runs->len > 0 && !is_found &&
        !truth_has_forgotten(sim->truth))
        sim_break(sim, PROMISE_STORED_FIRST, "somebody is told \"%s\" (%s), which is not stored",
                  reply->outcome, reply->text);
}

/* "#12 web1: succeeded …": the number, and the state if it is a last one. */
static const Row *find_number(const RowStore *store, int64_t number)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, store->tables[TABLE_RUNS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (row_int(row, RUNS_NUMBER) == number)
            return row;
    }
    return NULL;
}

static void check_line(Sim *sim, const RowStore *store, const char *line)
{
    const char *colon = strstr(line, ": ");
    g_autofree char *word = NULL;
    RunState state;
    const Row *row;

    if (line[0] != '#' || !g_ascii_isdigit(line[1]) || !colon)
        return;
    row = find_number(store, g_ascii_strtoll(line + 1, NULL, 10));
    if (!row) {
        sim_break(sim, PROMISE_STORED_FIRST, "somebody is told \"%s\"; there is no such run", line);
        return;
    }
    word = g_strndup(colon + 2, strspn(colon + 2, "abcdefghijklmnopqrstuvwxyz_"));
    if (run_state_parse(word, &state) && run_state_is_terminal(state) &&
        !strstr(line, "cancelled by") && strcmp(word, row_text(row, RUNS_STATE)) != 0)
        sim_break(sim, PROMISE_STORED_FIRST, "somebody is told \"%s\"; what is stored is %s", line,
                  row_text(row, RUNS_STATE));
}

/* Who is woken while an answer leaves tells it once more, in the digest. */
static bool is_in_digest(const RowStore *store, const EffectSay *say)
{
    GHashTableIter iter;
    void *row;

    g_hash_table_iter_init(&iter, store->tables[TABLE_SAYINGS]);
    while (g_hash_table_iter_next(&iter, NULL, &row)) {
        if (strcmp(row_text(row, SAYINGS_JID), say->jid) == 0 &&
            strstr(row_text(row, SAYINGS_TEXT), say->text))
            return true;
    }
    return false;
}

static void check_saying(Sim *sim, const RowStore *store, const EffectSay *say)
{
    g_auto(GStrv) lines = NULL;

    if (g_str_has_prefix(say->text, NOT_ACCEPTED_PREFIX) || say->words == WORDS_STORED ||
        truth_has_forgotten(sim->truth))
        return;
    if (!row_store_find(store, TABLE_SAYINGS, say->id) && !is_in_digest(store, say))
        sim_break(sim, PROMISE_STORED_FIRST, "\"%s\" is said, and not stored", say->text);
    lines = g_strsplit(say->text, "\n", -1);
    for (unsigned i = 0; lines[i]; i++)
        check_line(sim, store, lines[i]);
}

/* The rule of orchestrator_world.c: its words are told here once more. */
static void check_approved(Sim *sim, const RowStore *store, const Message *message)
{
    const MessageTask *task = &message->task;
    const Row *row = row_store_find(store, TABLE_RUNS, task->run);
    ApprovalSubject subject = { .run = task->run,
                                .agent = task->agent,
                                .task = task->task,
                                .requested_by = task->requested_by,
                                .timeout_s = task->timeout_s,
                                .is_idempotent = task->is_idempotent };
    g_autofree char *hash = approval_hash(&subject);
    bool needs_one = sim->plan.has_policy && strcmp(task->agent, "web1") == 0 &&
                     !g_str_has_prefix(task->task, "sim.");

    if (task->approval_hash && strcmp(task->approval_hash, hash) != 0)
        sim_break(sim, PROMISE_APPROVED, "%s leaves with the approval of another task", task->run);
    if (needs_one && (!task->approval_hash || !row || !row_text(row, RUNS_DECIDED_BY)))
        sim_break(sim, PROMISE_APPROVED, "%s leaves, and nobody approved it", task->run);
}

static void check_task_and_approval(Sim *sim, const RowStore *store, const Message *message)
{
    check_task(sim, store, message);
    check_approved(sim, store, message);
}

void told_check(Sim *sim, const RowStore *store, const Effect *effect)
{
    const Message *message = effect->kind == EFFECT_PUBLISH ? effect->publish.message : NULL;

    if (effect->kind == EFFECT_SAY)
        check_saying(sim, store, &effect->say);
    else if (message && message->kind == MESSAGE_TASK)
        check_task_and_approval(sim, store, message);
    else if (message && message->kind == MESSAGE_ACK)
        check_ack(sim, store, &effect->publish);
    else if (message && message->kind == MESSAGE_REPLY)
        check_reply(sim, store, &message->reply);
    if (message && message->kind == MESSAGE_REPLY)
        check_last_word(sim, store, message);
}

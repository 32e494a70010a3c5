#include "agent1/flow/voice/chats.h"

#include <string.h>

#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/talks.h"
#include "agent1/flow/state/topic_rows.h"
#include "agent1/flow/voice/say.h"
#include "common/base/limits.h"
#include "common/base/banned.h"

#define KEPT_AFTER_FINAL_MS (10 * 60 * INT64_C(1000))
#define SWEEP_MS            (60 * INT64_C(1000))

static const char *const outcome_words[] = { OUTCOME_OK, OUTCOME_REFUSED, OUTCOME_OFFLINE,
                                             OUTCOME_UNCONFIRMED, OUTCOME_AWAITING };

const char *chats_outcome_word(const char *word)
{
    RunState state;
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(outcome_words); i++) {
        if (g_strcmp0(word, outcome_words[i]) == 0)
            return outcome_words[i];
    }
    return word && run_state_parse(word, &state) ? run_state_name(state) : OUTCOME_OK;
}

const char *chats_worse(const char *one, const char *other)
{
    if (strcmp(one, OUTCOME_OK) == 0)
        return other;
    return outcome_exit_code(other) > outcome_exit_code(one) ? other : one;
}

void chats_begin(Core *core, const Speaker *speaker, int64_t until_ms)
{
    g_autofree char *conversation = NULL;
    Row *row;

    if (!speaker->chat_id)
        return;

    conversation = speaker_conversation(speaker);
    row = row_new(TABLE_CHATS);
    row_set_text(row, CHATS_ID, speaker->chat_id);
    row_set_text(row, CHATS_CONVERSATION, conversation);
    row_set_int(row, CHATS_KEPT_UNTIL, until_ms);
    row_set_text(row, CHATS_REPLY, "");
    row_set_text(row, CHATS_OUTCOME, OUTCOME_OK);
    row_set_text(row, CHATS_RUNS, "");
    row_set_int(row, CHATS_IS_FINAL, 0);
    ledger_put(core->ledgers[TABLE_CHATS], row, core->fx);
}

static GPtrArray *split_runs(const char *text)
{
    GPtrArray *runs = g_ptr_array_new_with_free_func(g_free);
    g_autofree char **words = g_strsplit(text ? text : "", " ", -1);
    unsigned i;

    for (i = 0; words[i]; i++)
        g_ptr_array_add(runs, words[i]);
    return runs;
}

GPtrArray *chats_runs(const Core *core, const char *chat_id)
{
    const Row *row = ledger_find(core->ledgers[TABLE_CHATS], chat_id);

    return split_runs(row ? row_text(row, CHATS_RUNS) : NULL);
}

/* A live run that the chat asked for; others it only named. */
static const Run *own_run(const Core *core, const char *chat_id, const char *id)
{
    const Run *run = runs_find(core->runs, id);

    return run && g_strcmp0(run->chat_id, chat_id) == 0 ? run : NULL;
}

bool chats_awaits(const Core *core, const char *chat_id, const GPtrArray *runs)
{
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = own_run(core, chat_id, runs->pdata[i]);

        if (run && !run_waiting_word(run))
            return true;
    }
    return false;
}

static bool is_noted(const char *outcome)
{
    return strcmp(outcome, OUTCOME_UNCONFIRMED) != 0 &&
           strcmp(outcome, run_state_name(RUN_DEFERRED)) != 0;
}

/* What is noted, and what runs wait for now: since they wait no more when they end, that is not
 * noted. */
static const char *outcome_now(const Core *core, const Row *row, const GPtrArray *runs)
{
    const char *worst = chats_outcome_word(row_text(row, CHATS_OUTCOME));
    const char *word;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = own_run(core, row_text(row, CHATS_ID), runs->pdata[i]);

        word = run ? run_waiting_word(run) : NULL;
        if (word)
            worst = chats_worse(worst, word);
    }
    word = plan_news_waiting_word(core, row_text(row, CHATS_ID));
    return word ? chats_worse(worst, word) : worst;
}

/* To agentctl, which waits for the final answer. What had kept nobody waiting may go on by now:
 * then the chat is open again. */
static void answer_again(Core *core, const Speaker *speaker, Row *row)
{
    g_autoptr(GPtrArray) runs = split_runs(row_text(row, CHATS_RUNS));
    Answer answer = { .text = row_text(row, CHATS_REPLY) ? row_text(row, CHATS_REPLY) : "",
                      .is_news = true,
                      .runs = runs };

    if (row_int(row, CHATS_IS_FINAL) && chats_awaits(core, speaker->chat_id, runs)) {
        row_set_int(row, CHATS_IS_FINAL, 0);
        ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
    }
    answer.is_final = row_int(row, CHATS_IS_FINAL) != 0;
    answer.outcome = outcome_now(core, row, runs);
    /* Without words it says that the question is here: else who waits for a model would give up. */
    if (*answer.text || answer.is_final || talks_has_chat(core, speaker->chat_id))
        say_answer(core, speaker, &answer);
}

bool chats_is_answered(const Core *core, const Speaker *speaker)
{
    const Row *row = ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id);

    return row && row_int(row, CHATS_IS_FINAL);
}

bool chats_is_repeat(Core *core, const Speaker *speaker)
{
    Row *row = speaker->chat_id ? ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id) : NULL;

    if (row && speaker->door == DOOR_CLI)
        answer_again(core, speaker, row);
    return row != NULL;
}

static bool has_run(const GPtrArray *runs, const char *id)
{
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        if (strcmp(runs->pdata[i], id) == 0)
            return true;
    }
    return false;
}

static void set_runs(Row *row, const GPtrArray *runs)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < runs->len; i++)
        g_string_append_printf(text, "%s%s", i ? " " : "", (const char *)runs->pdata[i]);
    row_set_text(row, CHATS_RUNS, text->str);
}

const char *chats_note(Core *core, const Speaker *speaker, const char *text, bool is_final,
                       const char *outcome, const GPtrArray *runs, GPtrArray **out_runs)
{
    Row *row = speaker->chat_id ? ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id) : NULL;
    unsigned known;
    unsigned i;

    *out_runs = NULL;
    if (!row)
        return outcome;

    *out_runs = split_runs(row_text(row, CHATS_RUNS));
    known = (*out_runs)->len;
    for (i = 0; i < runs->len; i++) {
        if (!has_run(*out_runs, runs->pdata[i]))
            g_ptr_array_add(*out_runs, g_strdup(runs->pdata[i]));
    }
    if ((*out_runs)->len > known)
        set_runs(row, *out_runs);
    /* Only agentctl can ask for it again; elsewhere the text would only cost room. */
    if (speaker->door == DOOR_CLI && *text)
        row_set_text(row, CHATS_REPLY, text);
    if (is_noted(outcome))
        row_set_text(row, CHATS_OUTCOME,
                     chats_worse(chats_outcome_word(row_text(row, CHATS_OUTCOME)), outcome));
    row_set_text(row, CHATS_SHOWN, NULL);
    row_set_int(row, CHATS_IS_FINAL, is_final);
    if (is_final && row_int(row, CHATS_KEPT_UNTIL) < core->now_ms + KEPT_AFTER_FINAL_MS)
        row_set_int(row, CHATS_KEPT_UNTIL, core->now_ms + KEPT_AFTER_FINAL_MS);
    ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
    return outcome_now(core, row, *out_runs);
}

void chats_show(Core *core, const Speaker *speaker, const char *message_id)
{
    Row *row = speaker->chat_id ? ledger_find(core->ledgers[TABLE_CHATS], speaker->chat_id) : NULL;

    if (!row)
        return;

    row_set_text(row, CHATS_SHOWN, message_id);
    ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
}

/* Nobody could hear the last word while agent1 was away: that time does not count. */
static void keep_longer(Core *core, Row *row)
{
    int64_t until_ms = core->now_ms + KEPT_AFTER_FINAL_MS;

    if (row_int(row, CHATS_KEPT_UNTIL) >= until_ms)
        return;

    row_set_int(row, CHATS_KEPT_UNTIL, until_ms);
    ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
}

static Language speak_to(Core *core, const Speaker *speaker)
{
    const User *user;

    if (speaker->door == DOOR_XMPP)
        return core_speak_to_jid(core, speaker->address);
    user = speaker->key ? users_by_key(core->users, speaker->key) : NULL;
    return core_speak_to(core, user ? user->name : NULL);
}

/* The last word on it. The caller owns it. */
static char *describe_loss(const Core *core, const Row *row, bool has_begun)
{
    const char *said = row_text(row, CHATS_REPLY);

    if (!has_begun)
        return g_strdup(core_words(core, "not answered: I was restarted while I was looking it "
                                         "up; please ask again"));
    return g_strdup_printf("%s%s%s", said ? said : "", said && *said ? "\n" : "",
                           core_words(core, "(not finished: I was restarted; what is told above, "
                                            "or before, was done, and the rest was not)"));
}

/* agentctl repeats what was not answered; nobody else does, and a copy that comes late is one. What
 * it had heard something of is not done again. */
static void end_unanswered(Core *core, Row *row)
{
    const char *id = row_text(row, CHATS_ID);
    g_autoptr(Speaker) speaker = speaker_from_conversation(row_text(row, CHATS_CONVERSATION), id);
    g_autoptr(GPtrArray) runs = split_runs(row_text(row, CHATS_RUNS));
    bool has_begun = runs->len > 0 || (row_text(row, CHATS_REPLY) && *row_text(row, CHATS_REPLY));
    Answer answer = { .is_final = true, .is_news = true, .outcome = OUTCOME_REFUSED, .runs = runs };
    g_autofree char *shown = g_strdup(row_text(row, CHATS_SHOWN));
    g_autofree char *text = NULL;
    Language before;

    if (!speaker || (speaker->door != DOOR_XMPP && !(speaker->door == DOOR_CLI && has_begun))) {
        ledger_remove(core->ledgers[TABLE_CHATS], id, core->fx);
        return;
    }

    before = speak_to(core, speaker);
    text = describe_loss(core, row, has_begun);
    answer.text = text;
    answer.replaces = shown;
    if (speaker->door == DOOR_CLI) {
        row_set_text(row, CHATS_REPLY, text);
        row_set_text(row, CHATS_OUTCOME, OUTCOME_REFUSED);
    }
    say_answer(core, speaker, &answer);
    core_speak(core, before);
    row_set_text(row, CHATS_SHOWN, NULL);
    row_set_int(row, CHATS_IS_FINAL, 1);
    ledger_changed(core->ledgers[TABLE_CHATS], row, core->fx);
    keep_longer(core, row);
}

/* Whether something that is stored goes on for it: a run, a plan, a message on a topic. */
static bool goes_on(const Core *core, const Row *row)
{
    g_autoptr(GPtrArray) runs = split_runs(row_text(row, CHATS_RUNS));

    for (unsigned i = 0; i < runs->len; i++) {
        if (runs_find(core->runs, runs->pdata[i]))
            return true;
    }
    return plan_news_waiting_word(core, row_text(row, CHATS_ID)) ||
           topic_rows_has_chat(core, row_text(row, CHATS_ID));
}

void chats_begin_again(Core *core)
{
    g_autoptr(GPtrArray) rows = ledger_list(core->ledgers[TABLE_CHATS]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        Row *row = rows->pdata[i];

        if (row_int(row, CHATS_IS_FINAL))
            keep_longer(core, row);
        else if (!goes_on(core, row))
            end_unanswered(core, row);
    }
}

void chats_forget_old(Core *core)
{
    Ledger *chats = core->ledgers[TABLE_CHATS];
    GPtrArray *rows;
    unsigned i;

    if (core->now_ms < core->chats_sweep_ms)
        return;

    core->chats_sweep_ms = core->now_ms + SWEEP_MS;
    rows = ledger_list(chats);
    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];
        bool is_open =
            !row_int(row, CHATS_IS_FINAL) &&
            (row_text(row, CHATS_RUNS)[0] || topic_rows_has_chat(core, row_text(row, CHATS_ID)));

        if (!is_open && row_int(row, CHATS_KEPT_UNTIL) <= core->now_ms)
            ledger_remove(chats, row_text(row, CHATS_ID), core->fx);
    }
    g_ptr_array_unref(rows);
}

int64_t chats_next_deadline(const Core *core)
{
    return ledger_count(core->ledgers[TABLE_CHATS]) > 0 ? core->chats_sweep_ms : INT64_MAX;
}

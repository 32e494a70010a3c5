#include "agent1/flow/questions.h"

#include <string.h>

#include "agent1/flow/commands.h"
#include "agent1/flow/delegate.h"
#include "common/base/limits.h"
#include "common/base/banned.h"

#define KEPT_MS       (24 * 3600 * INT64_C(1000))
#define QUESTIONS_MAX 1000

/* Done within this turn, after the line that said yes. */
static void do_line(Core *core, Turn *turn, const char *text)
{
    (void)core;
    g_free(turn->then);
    turn->then = g_strdup(text);
}

/* What a yes does with the question's text. */
static const struct {
    const char *word;
    CommandHandler answer;
} kinds[QUESTION_KIND_COUNT] = {
    [QUESTION_LINE] = { "line", do_line },
    [QUESTION_DEFER] = { "defer", delegate_trigger },
};

/* A person is asked, not a device or a window: the JID without its resource, the key. */
static char *where(const Speaker *speaker)
{
    if (speaker->door == DOOR_XMPP || speaker->door == DOOR_CLI || speaker->door == DOOR_FORM)
        return g_strdup(speaker->principal);
    return speaker_conversation(speaker);
}

/* An older row has no word: it is a line. */
static QuestionKind kind_of(const Row *row)
{
    const char *word = row_text(row, QUESTIONS_KIND);
    int kind;

    for (kind = 0; kind < QUESTION_KIND_COUNT; kind++) {
        if (g_strcmp0(word, kinds[kind].word) == 0)
            return (QuestionKind)kind;
    }
    return QUESTION_LINE;
}

/* The questions this speaker may answer here, oldest first: borrowed; unref the array. */
static GPtrArray *open_here(const Core *core, const Speaker *speaker)
{
    GPtrArray *rows = ledger_list(core->ledgers[TABLE_QUESTIONS]);
    g_autofree char *conversation = where(speaker);
    unsigned i;

    for (i = rows->len; i > 0; i--) {
        const Row *row = rows->pdata[i - 1];

        if (strcmp(row_text(row, QUESTIONS_CONVERSATION), conversation) != 0 ||
            g_strcmp0(row_text(row, QUESTIONS_USER), speaker->user) != 0)
            g_ptr_array_remove_index(rows, i - 1);
    }
    return rows;
}

/* The question meant by "!yes" or "!yes 2"; says what is wrong otherwise. */
static const Row *choose(Turn *turn, const GPtrArray *rows, const char *argument)
{
    uint64_t number = 1;

    if (rows->len == 0) {
        turn_fail(turn, "no question is open here");
        return NULL;
    }
    if (*argument && !g_ascii_string_to_unsigned(argument, 10, 1, rows->len, &number, NULL)) {
        turn_fail(turn, "expected a number from 1 to %u", rows->len);
        return NULL;
    }
    if (!*argument && rows->len > 1) {
        turn_fail(turn, "which one? !yes <number> or !no <number>:");
        for (unsigned i = 0; i < rows->len; i++)
            turn_say(turn, "%u. %s", i + 1, row_text(rows->pdata[i], QUESTIONS_SHOWN));
        return NULL;
    }
    return rows->pdata[number - 1];
}

/* Asked once more: one answer is enough. */
static void drop_same(Core *core, const Speaker *speaker, const Question *question)
{
    g_autoptr(GPtrArray) rows = open_here(core, speaker);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (kind_of(row) == question->kind && question->kind != QUESTION_LINE &&
            g_strcmp0(row_text(row, QUESTIONS_TEXT), question->text) == 0)
            ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
    }
}

bool questions_ask(Core *core, const Speaker *speaker, const Question *question)
{
    g_autofree char *id = core_new_id(core);
    g_autofree char *conversation = where(speaker);
    Row *row;

    drop_same(core, speaker, question);
    if (ledger_count(core->ledgers[TABLE_QUESTIONS]) >= QUESTIONS_MAX)
        return false;

    row = row_new(TABLE_QUESTIONS);
    row_set_text(row, QUESTIONS_ID, id);
    row_set_text(row, QUESTIONS_CONVERSATION, conversation);
    row_set_text(row, QUESTIONS_USER, speaker->user);
    row_set_text(row, QUESTIONS_TEXT, question->text);
    row_set_text(row, QUESTIONS_SHOWN, question->shown);
    row_set_int(row, QUESTIONS_CREATED, core->now_ms);
    row_set_int(row, QUESTIONS_EXPIRES, core->now_ms + KEPT_MS);
    row_set_text(row, QUESTIONS_KIND, kinds[question->kind].word);
    ledger_put(core->ledgers[TABLE_QUESTIONS], row, core->fx);
    return true;
}

void commands_yes(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) rows = open_here(core, turn->speaker);
    const Row *row = choose(turn, rows, arguments);
    g_autofree char *text = NULL;
    QuestionKind kind;

    if (!row)
        return;

    kind = kind_of(row);
    text = g_strdup(row_text(row, QUESTIONS_TEXT));
    ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
    kinds[kind].answer(core, turn, text);
}

void commands_no(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) rows = open_here(core, turn->speaker);
    const Row *row = choose(turn, rows, arguments);

    if (!row)
        return;

    turn_say(turn, "dropped: \"%s\"", row_text(row, QUESTIONS_SHOWN));
    ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
}

unsigned questions_forget(Core *core, const Speaker *speaker)
{
    g_autoptr(GPtrArray) rows = open_here(core, speaker);
    unsigned i;

    for (i = 0; i < rows->len; i++)
        ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(rows->pdata[i], QUESTIONS_ID),
                      core->fx);
    return rows->len;
}

void questions_forget_old(Core *core)
{
    GPtrArray *rows = ledger_list(core->ledgers[TABLE_QUESTIONS]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (row_int(row, QUESTIONS_EXPIRES) <= core->now_ms)
            ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
    }
    g_ptr_array_unref(rows);
}

int64_t questions_next_deadline(const Core *core)
{
    GPtrArray *rows = ledger_list(core->ledgers[TABLE_QUESTIONS]);
    int64_t next_ms = INT64_MAX;
    unsigned i;

    for (i = 0; i < rows->len; i++)
        next_ms = MIN(next_ms, row_int(rows->pdata[i], QUESTIONS_EXPIRES));
    g_ptr_array_unref(rows);
    return next_ms;
}

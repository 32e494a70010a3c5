#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/delegate.h"
#include "agent1/flow/commands/questions.h"
#include "common/base/banned.h"

/* Done within this turn, after the line that said yes. */
static void do_line(Core *core, Turn *turn, const char *text)
{
    (void)core;
    g_free(turn->then);
    turn->then = g_strdup(text);
}

/* What a yes does with the question's text. */
static const CommandHandler answers[QUESTION_KIND_COUNT] = {
    [QUESTION_LINE] = do_line,
    [QUESTION_DEFER] = delegate_trigger,
};

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

void commands_yes(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) rows = questions_open(core, turn->speaker);
    const Row *row = choose(turn, rows, arguments);
    g_autofree char *text = NULL;
    QuestionKind kind;

    if (!row)
        return;

    kind = questions_kind(row);
    text = g_strdup(row_text(row, QUESTIONS_TEXT));
    ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
    answers[kind](core, turn, text);
}

void commands_no(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GPtrArray) rows = questions_open(core, turn->speaker);
    const Row *row = choose(turn, rows, arguments);

    if (!row)
        return;

    turn_say(turn, "dropped: \"%s\"", row_text(row, QUESTIONS_SHOWN));
    ledger_remove(core->ledgers[TABLE_QUESTIONS], row_text(row, QUESTIONS_ID), core->fx);
}

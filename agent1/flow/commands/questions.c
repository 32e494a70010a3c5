#include "agent1/flow/commands/questions.h"

#include <string.h>

#include "agent1/flow/commands/own_approvals.h"
#include "common/base/banned.h"

#define KEPT_MS (24 * 3600 * INT64_C(1000))
/* Of a number that nobody was asked by for so long nobody types the answer any more. */
#define NUMBERS_KEPT_MS KEPT_MS
/* "3 1790000000000" in TABLE_META for each person: the last number, and when a question of theirs
 * was last open. */
#define META_QUESTION "question:"
#define QUESTIONS_MAX 1000
#define NUMBER_MAX    1000000000

static const char *const words[QUESTION_KIND_COUNT] = {
    [QUESTION_LINE] = "line",
    [QUESTION_DEFER] = "defer",
};

/* A person is asked, not a device or a window: the JID without its resource, the key. */
static char *where(const Speaker *speaker)
{
    if (speaker->door == DOOR_XMPP || speaker->door == DOOR_CLI || speaker->door == DOOR_FORM)
        return g_strdup(speaker->principal);
    return speaker_conversation(speaker);
}

/* What was asked alone may be private: it is never named where others read. NULL: alone. */
static const char *place_of(const Speaker *speaker)
{
    return speaker_is_in_room(speaker) ? speaker->address : NULL;
}

QuestionKind questions_kind(const Row *row)
{
    const char *word = row_text(row, QUESTIONS_KIND);
    int kind;

    for (kind = 0; kind < QUESTION_KIND_COUNT; kind++) {
        if (g_strcmp0(word, words[kind]) == 0)
            return (QuestionKind)kind;
    }
    return QUESTION_LINE;
}

/* All that this person may answer somewhere, oldest first. */
static GPtrArray *list_of(const Core *core, const Speaker *speaker)
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

/* Alone a person may hear what was asked anywhere. */
static bool is_of_place(const Row *row, const char *place)
{
    return !place || g_strcmp0(row_text(row, QUESTIONS_PLACE), place) == 0;
}

GPtrArray *questions_open(const Core *core, const Speaker *speaker)
{
    GPtrArray *rows = list_of(core, speaker);
    const char *place = place_of(speaker);

    for (unsigned i = rows->len; i > 0; i--) {
        if (!is_of_place(rows->pdata[i - 1], place))
            g_ptr_array_remove_index(rows, i - 1);
    }
    return rows;
}

bool questions_wait_elsewhere(const Core *core, const Speaker *speaker, uint64_t number)
{
    g_autoptr(GPtrArray) rows = list_of(core, speaker);
    const char *place = place_of(speaker);

    for (unsigned i = 0; i < rows->len; i++) {
        if (!is_of_place(rows->pdata[i], place) &&
            (number == 0 || questions_number(rows, i) == number))
            return true;
    }
    return false;
}

/* Older rows have none: they count by their place. */
unsigned questions_number(const GPtrArray *open, unsigned place)
{
    int64_t number = row_int(open->pdata[place], QUESTIONS_NUMBER);

    return number > 0 ? (unsigned)number : place + 1;
}

char *questions_typed(Core *core, const Speaker *speaker, unsigned number)
{
    g_autoptr(GPtrArray) runs = own_approvals_list(core, speaker);

    return g_strdup_printf("%s%u", own_approvals_find(runs, number) ? "q" : "", number);
}

/* The last number of this person's, and when a question of theirs was last open; 0: never. */
static unsigned read_last(const Core *core, const char *conversation, int64_t *out_at_ms)
{
    g_autofree char *name = g_strconcat(META_QUESTION, conversation, NULL);
    const char *stored = core_meta(core, name);
    char *end = NULL;
    uint64_t number = stored ? g_ascii_strtoull(stored, &end, 10) : 0;

    *out_at_ms = stored ? g_ascii_strtoll(end, NULL, 10) : 0;
    return (unsigned)MIN(number, NUMBER_MAX);
}

static void keep_number(Core *core, const char *conversation, unsigned number)
{
    g_autofree char *name = g_strconcat(META_QUESTION, conversation, NULL);
    g_autofree char *value = g_strdup_printf("%u %" G_GINT64_FORMAT, number, core->now_ms);

    core_set_meta(core, name, value);
}

void questions_close(Core *core, const Row *row, ProposalEnd end)
{
    const char *id = row_text(row, QUESTIONS_ID);
    const char *conversation = row_text(row, QUESTIONS_CONVERSATION);
    unsigned number = (unsigned)CLAMP(row_int(row, QUESTIONS_NUMBER), 0, NUMBER_MAX);
    int64_t at_ms;
    unsigned last = read_last(core, conversation, &at_ms);

    keep_number(core, conversation, MAX(number, last));

    proposals_end(core, id, end);
    ledger_remove(core->ledgers[TABLE_QUESTIONS], id, core->fx);
}

/* Above all that a message may still show, open or over: what was read as !yes 2 never means
 * another. runs: the person's own that wait, whose numbers are left out. */
static unsigned next_number(const Core *core, const Speaker *speaker, const GPtrArray *runs)
{
    g_autoptr(GPtrArray) open = list_of(core, speaker);
    g_autofree char *conversation = where(speaker);
    int64_t at_ms;
    unsigned last = read_last(core, conversation, &at_ms);
    bool is_past = open->len == 0 && core->now_ms - at_ms >= NUMBERS_KEPT_MS;
    unsigned number = is_past || last == NUMBER_MAX ? 1 : last + 1;

    for (unsigned i = 0; i < open->len; i++)
        number = MAX(number, questions_number(open, i) + 1);
    while (own_approvals_find(runs, number))
        number++;
    return number;
}

unsigned questions_renew(Core *core, Turn *turn, const Question *question, unsigned *out_sources)
{
    g_autoptr(GPtrArray) rows = list_of(core, turn->speaker);
    const char *place = place_of(turn->speaker);

    for (unsigned i = 0; i < rows->len; i++) {
        Row *row = rows->pdata[i];
        unsigned number = questions_number(rows, i);
        unsigned sources = (unsigned)row_int(row, QUESTIONS_SOURCES) | question->sources;

        if (questions_kind(row) != question->kind ||
            g_strcmp0(row_text(row, QUESTIONS_PLACE), place) != 0 ||
            g_strcmp0(row_text(row, QUESTIONS_TEXT), question->text) != 0)
            continue;
        row_set_int(row, QUESTIONS_EXPIRES, core->now_ms + KEPT_MS);
        row_set_int(row, QUESTIONS_SOURCES, sources);
        ledger_changed(core->ledgers[TABLE_QUESTIONS], row, core->fx);
        turn_asks(turn, row_text(row, QUESTIONS_ID), number);
        if (out_sources)
            *out_sources = sources;
        return number;
    }
    return 0;
}

bool questions_stands(Core *core, Turn *turn, const Question *question)
{
    unsigned number = questions_renew(core, turn, question, NULL);

    if (number > 0)
        turn_say(turn, "That is question %u already: !yes %u or !no %u", number, number, number);
    return number > 0;
}

char *questions_ask(Core *core, Turn *turn, const Question *question)
{
    const Speaker *speaker = turn->speaker;
    g_autofree char *id = core_new_id(core);
    g_autofree char *conversation = where(speaker);
    g_autoptr(GPtrArray) runs = own_approvals_list(core, speaker);
    g_autoptr(GPtrArray) runs_here = own_approvals_here(runs, speaker);
    g_autoptr(GPtrArray) open = NULL;
    unsigned number;
    Row *row;

    if (ledger_count(core->ledgers[TABLE_QUESTIONS]) >= QUESTIONS_MAX)
        return NULL;

    open = questions_open(core, speaker);
    number = next_number(core, speaker, runs);
    row = row_new(TABLE_QUESTIONS);
    row_set_text(row, QUESTIONS_ID, id);
    row_set_text(row, QUESTIONS_CONVERSATION, conversation);
    row_set_text(row, QUESTIONS_USER, speaker->user);
    row_set_text(row, QUESTIONS_TEXT, question->text);
    row_set_text(row, QUESTIONS_SHOWN, question->shown);
    row_set_int(row, QUESTIONS_CREATED, core->now_ms);
    row_set_int(row, QUESTIONS_EXPIRES, core->now_ms + KEPT_MS);
    row_set_text(row, QUESTIONS_KIND, words[question->kind]);
    row_set_int(row, QUESTIONS_NUMBER, number);
    row_set_text(row, QUESTIONS_PLACE, place_of(speaker));
    row_set_int(row, QUESTIONS_SOURCES, question->sources);
    ledger_put(core->ledgers[TABLE_QUESTIONS], row, core->fx);
    keep_number(core, conversation, number);
    turn_asks(turn, id, number);
    return open->len + runs_here->len > 0 ? g_strdup_printf(" %u", number) : g_strdup("");
}

void questions_too_many(Turn *turn)
{
    turn_fail(
        turn,
        "Too many questions are open everywhere, so nothing was done; !no drops one of yours, "
        "!reset all of this conversation.");
}

unsigned questions_forget(Core *core, const Speaker *speaker)
{
    g_autoptr(GPtrArray) rows = questions_open(core, speaker);
    unsigned i;

    for (i = 0; i < rows->len; i++)
        questions_close(core, rows->pdata[i], PROPOSAL_FORGOTTEN);
    return rows->len;
}

void questions_forget_old(Core *core)
{
    GPtrArray *rows = ledger_list(core->ledgers[TABLE_QUESTIONS]);
    unsigned i;

    for (i = 0; i < rows->len; i++) {
        const Row *row = rows->pdata[i];

        if (row_int(row, QUESTIONS_EXPIRES) <= core->now_ms)
            questions_close(core, row, PROPOSAL_EXPIRED);
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

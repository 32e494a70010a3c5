/* !yes and !no: answers to what is open to a person, which are questions, and approvals that he may
 * give to himself. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/delegate.h"
#include "agent1/flow/commands/own_approvals.h"
#include "agent1/flow/commands/questions.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define TASK_CHARS 60
/* Of a list that is longer nobody picks one. */
#define LISTED_MAX 20

#define NOTHING_OPEN WORDS_LATER("no question is open here")

/* Done within this turn, after the line that said yes. */
static void do_line(Core *core, Turn *turn, const char *text)
{
    (void)core;
    turn_release(turn, text);
}

/* What a yes does with the question's text. */
static const CommandHandler answers[QUESTION_KIND_COUNT] = {
    [QUESTION_LINE] = do_line,
    [QUESTION_DEFER] = delegate_trigger,
};

/* What is open to whoever speaks. */
typedef struct Open {
    GPtrArray *questions; /* Row *, of TABLE_QUESTIONS */
    GPtrArray *all_runs;  /* Run *, of his own, that wait for nobody but him */
    GPtrArray *runs;      /* those of them that may be named here */
} Open;

static void open_clear(Open *open)
{
    g_ptr_array_unref(open->questions);
    g_ptr_array_unref(open->runs);
    g_ptr_array_unref(open->all_runs);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Open, open_clear)

/* One of them. */
typedef struct Choice {
    const Row *question;
    const Run *run;
} Choice;

static Open list_open(Core *core, const Speaker *speaker)
{
    GPtrArray *runs = own_approvals_list(core, speaker);

    return (Open){
        .questions = questions_open(core, speaker),
        .all_runs = runs,
        .runs = own_approvals_here(runs, speaker),
    };
}

static void say_question(Turn *turn, const Row *question, unsigned number)
{
    turn_say(turn, "%u. %s", number, row_text(question, QUESTIONS_SHOWN));
}

static void say_run(Turn *turn, const Run *run)
{
    g_autofree char *task = text_make_line(run->task, TASK_CHARS);

    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", run->number, run->agent, task);
}

static void say_open(Turn *turn, const Open *open)
{
    for (unsigned i = 0; i < open->questions->len; i++)
        say_question(turn, open->questions->pdata[i], questions_number(open->questions, i));
    for (unsigned i = 0; i < MIN(open->runs->len, LISTED_MAX); i++)
        say_run(turn, open->runs->pdata[i]);
    if (open->runs->len > LISTED_MAX)
        turn_say(turn, "and %u more; !pending lists them", open->runs->len - LISTED_MAX);
}

/* The number that is typed: 0 when it is none. */
static uint64_t read_number(const char *digits)
{
    uint64_t number;

    return g_ascii_string_to_unsigned(digits, 10, 1, G_MAXINT64, &number, NULL) ? number : 0;
}

/* "#2" is the run of that number, "q2" the question, "2" either, or both. */
static bool find_named(const Open *open, const char *argument, Choice *out)
{
    bool is_run = *argument == '#';
    bool is_question = g_ascii_tolower(*argument) == 'q';
    uint64_t number = read_number(argument + (is_run || is_question));

    if (number == 0)
        return false;
    for (unsigned i = 0; i < open->questions->len && !is_run; i++) {
        if (questions_number(open->questions, i) == number)
            out->question = open->questions->pdata[i];
    }
    if (!is_question)
        out->run = own_approvals_find(open->runs, number);
    return out->question || out->run;
}

/* The argument names a question and a run: says how to name one of them. */
static void say_both(Turn *turn, const Choice *choice)
{
    unsigned number = (unsigned)choice->run->number;

    turn_fail(turn, "which one? q%u is the question, #%u your task:", number, number);
    say_question(turn, choice->question, number);
    say_run(turn, choice->run);
}

/* Nothing is open here: says so where something is elsewhere, without its words, since others read
 * here. */
static bool is_all_elsewhere(Core *core, Turn *turn, const Open *open)
{
    if (!questions_wait_elsewhere(core, turn->speaker, 0) && open->all_runs->len == open->runs->len)
        return false;
    turn_fail(turn,
              "no question of this room is open to you; what I asked you elsewhere, answer me "
              "alone");
    return true;
}

/* The same of the question of that number. */
static bool is_question_elsewhere(Core *core, Turn *turn, const char *argument)
{
    const char *digits = argument + (g_ascii_tolower(*argument) == 'q');
    uint64_t number = read_number(digits);

    if (number == 0 || !questions_wait_elsewhere(core, turn->speaker, number))
        return false;
    turn_fail(turn, "question %s was not asked in this room: answer me alone", digits);
    return true;
}

/* The same of the task of that number. */
static bool is_run_elsewhere(Turn *turn, const Open *open, const char *argument)
{
    const char *digits = argument + (*argument == '#');
    uint64_t number = read_number(digits);

    if (number == 0 || !own_approvals_find(open->all_runs, number))
        return false;
    turn_fail(turn, "task #%s was not asked for in this room: answer me alone", digits);
    return true;
}

static bool choose_named(Core *core, Turn *turn, const Open *open, const char *argument,
                         Choice *out)
{
    g_autofree char *shown = text_make_line(argument, TASK_CHARS);

    if (is_question_elsewhere(core, turn, argument))
        return false;
    if (find_named(open, argument, out)) {
        if (out->question && out->run)
            say_both(turn, out);
        return !out->question || !out->run;
    }
    if (is_run_elsewhere(turn, open, argument))
        return false;
    if (open->questions->len + open->runs->len == 0) {
        turn_fail(turn, NOTHING_OPEN);
        return false;
    }
    turn_fail(turn, "%s is none of what is open here:", shown);
    say_open(turn, open);
    return false;
}

/* What is meant by "!yes", "!yes 2", "!yes q2" or "!yes #12"; says what is wrong otherwise. */
static bool choose(Core *core, Turn *turn, const Open *open, const char *argument, Choice *out)
{
    unsigned count = open->questions->len + open->runs->len;

    if (*argument)
        return choose_named(core, turn, open, argument, out);
    if (count == 0) {
        if (!is_all_elsewhere(core, turn, open))
            turn_fail(turn, NOTHING_OPEN);
        return false;
    }
    if (count > 1) {
        turn_fail(turn, "which one? !yes <number> or !no <number>:");
        say_open(turn, open);
        return false;
    }
    if (open->runs->len > 0)
        out->run = open->runs->pdata[0];
    else
        out->question = open->questions->pdata[0];
    return true;
}

/* As typed: with its rights, its audit and its words. */
static void type(Core *core, Turn *turn, Command command, const Run *run)
{
    g_autofree char *line =
        g_strdup_printf("%s %" G_GINT64_FORMAT, command_info(command)->name, run->number);

    do_line(core, turn, line);
}

void commands_yes(Core *core, Turn *turn, const char *arguments)
{
    g_auto(Open) open = list_open(core, turn->speaker);
    Choice choice = { NULL, NULL };
    g_autofree char *text = NULL;
    QuestionKind kind;

    if (!choose(core, turn, &open, arguments, &choice))
        return;
    if (choice.run) {
        type(core, turn, COMMAND_APPROVE, choice.run);
        return;
    }

    kind = questions_kind(choice.question);
    text = g_strdup(row_text(choice.question, QUESTIONS_TEXT));
    questions_close(core, choice.question, PROPOSAL_YES);
    answers[kind](core, turn, text);
}

/* Questions alone: a task that waits is rejected by its number. */
static void drop_all(Core *core, Turn *turn, const Open *open)
{
    const GPtrArray *questions = open->questions;

    if (questions->len == 0 && !is_all_elsewhere(core, turn, open))
        turn_fail(turn, NOTHING_OPEN);
    if (questions->len == 0)
        return;
    for (unsigned i = 0; i < questions->len; i++)
        questions_close(core, questions->pdata[i], PROPOSAL_NO);
    turn_say(turn, "dropped: %u open question%s", questions->len,
             core_plural(core, questions->len));
}

void commands_no(Core *core, Turn *turn, const char *arguments)
{
    g_auto(Open) open = list_open(core, turn->speaker);
    Choice choice = { NULL, NULL };

    if (g_ascii_strcasecmp(arguments, "all") == 0) {
        drop_all(core, turn, &open);
        return;
    }
    if (!choose(core, turn, &open, arguments, &choice))
        return;
    if (choice.run) {
        type(core, turn, COMMAND_REJECT, choice.run);
        return;
    }

    turn_say(turn, "dropped: \"%s\"", row_text(choice.question, QUESTIONS_SHOWN));
    questions_close(core, choice.question, PROPOSAL_NO);
}

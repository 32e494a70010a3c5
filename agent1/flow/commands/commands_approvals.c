/* !pending, !approve, !reject and !defer: what waits for a person, and a person's answer. */
#include "agent1/flow/commands/commands.h"

#include <string.h>

#include "agent1/flow/commands/decide.h"
#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/commands/moment.h"
#include "agent1/flow/commands/questions.h"
#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/gate/gate_facts.h"
#include "agent1/flow/runs/launch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/runs/plans.h"
#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/state/rows.h"
#include "agent1/model/plan.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/base/banned.h"

/* In a list each task has so much room; by itself all of it is shown. */
#define LIST_TASK_BYTES 1000
#define LISTED_MAX      20
#define WHY_MAX_CHARS   200

/* ---- !pending ---- */

static void say_hold(Turn *turn, const Run *run)
{
    g_autofree char *hold = hold_of_run(turn->core, run);

    if (hold)
        turn_say(turn, "  %s", hold);
}

static void say_approval(Core *core, Turn *turn, const Run *run, const Row *row, size_t max_bytes)
{
    g_autofree char *line = approvals_describe(core, run, row);
    g_autofree char *task = approvals_task_text(core, run, max_bytes);

    turn_say(turn, "%s\n%s", line, task);
    say_hold(turn, run);
}

static void say_waiting(Turn *turn, const Run *run)
{
    g_autofree char *state = reason_words_run(turn->core, run);
    g_autofree char *task = text_make_line(run->task, 60);

    turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s · %s", run->number, run->agent, state, task);
    say_hold(turn, run);
}

/* Runs of one state, oldest first: the rows of ledger and runs are in order of their ULIDs. */
static unsigned say_all(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, NULL);
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];
        const Row *row = run->state == RUN_AWAITING_APPROVAL ? approvals_find(core, run) : NULL;

        if (!row && run->state != RUN_DEFERRED)
            continue;
        count++;
        if (count > LISTED_MAX)
            continue;
        if (row)
            say_approval(core, turn, run, row, LIST_TASK_BYTES);
        else
            say_waiting(turn, run);
    }
    return count;
}

/* Only to whoever was asked: what was asked alone is not named in a room. */
static unsigned say_questions(Core *core, Turn *turn)
{
    g_autoptr(GPtrArray) open = questions_open(core, turn->speaker);

    for (unsigned i = 0; i < open->len && i < LISTED_MAX; i++) {
        const Row *row = open->pdata[i];
        unsigned number = questions_number(open, i);
        g_autofree char *typed = questions_typed(core, turn->speaker, number);
        g_autofree char *until = core_local_time(core, row_int(row, QUESTIONS_EXPIRES));

        turn_say(turn, "question %u to you, \"%s\": !yes %s or !no %s; until %s", number,
                 row_text(row, QUESTIONS_SHOWN), typed, typed, until);
    }
    if (open->len > LISTED_MAX)
        turn_say(turn, "and %u more questions", open->len - LISTED_MAX);
    return open->len;
}

void commands_pending(Core *core, Turn *turn, const char *arguments)
{
    int64_t number;
    const char *id;
    const Run *run;
    const Row *row;

    if (!*arguments) {
        unsigned count = say_all(core, turn);

        if (count > LISTED_MAX)
            turn_say(turn, "and %u more; !pending <id> shows one of them", count - LISTED_MAX);
        if (say_questions(core, turn) + count == 0)
            turn_say(turn, "nothing waits for a person or for a window");
        return;
    }
    if (!commands_read_id(turn, arguments, "!pending [id]", &number, &id))
        return;
    run = commands_find_live(core, number, id);
    row = run ? approvals_find(core, run) : NULL;
    if (row)
        say_approval(core, turn, run, row, BODY_MAX_BYTES);
    else
        turn_fail(turn, "%s: no approval waits of that run; !pending lists what waits", arguments);
}

/* ---- answers ---- */

/* The first word, which names a run, and what follows. */
static bool read_answer(Turn *turn, const char *arguments, const char *usage, char **out_word,
                        int64_t *out_number, const char **out_id, const char **out_rest)
{
    size_t length = strcspn(arguments, " \t");

    *out_word = g_strndup(arguments, length);
    *out_rest = arguments + length + strspn(arguments + length, " \t");
    return commands_read_id(turn, *out_word, usage, out_number, out_id);
}

/* Somebody was quicker, or nobody was: said of a run that waits for no approval (any more). */
static void say_late(Core *core, Turn *turn, const Run *run)
{
    g_autofree char *state = reason_words_run(core, run);
    g_autofree char *at = core_local_time(core, run->decided_ms);

    if (run->decided_by)
        turn_fail(turn, "#%" G_GINT64_FORMAT " %s: %s already by %s at %s; its state: %s",
                  run->number, run->agent,
                  core_words(core, run->state == RUN_DENIED ? "denied" : "approved"),
                  run->decided_by, at, state);
    else
        turn_fail(turn, "#%" G_GINT64_FORMAT " %s: waits for no approval; its state: %s",
                  run->number, run->agent, state);
}

static void show_late(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Run) run = lookup_begin(core, pending, rows, LOOKUP_HINT_PENDING, &turn);

    if (run)
        say_late(core, &turn, run);
    turn_finish(&turn);
}

/* The run that an answer is about, when it is live; else its record answers. */
static Run *find_answered(Core *core, Turn *turn, const char *word, int64_t number, const char *id)
{
    Run *run = commands_find_live(core, number, id);

    if (!run)
        lookup_ask_run(core, turn, show_late, word, number, id);
    return run;
}

/* The line of a decision, unless the run's own conversation, which is told, is this one. */
static void say_decided(Turn *turn, int64_t number, const char *agent, const char *conversation,
                        const char *text)
{
    g_autofree char *here = speaker_conversation(turn->speaker);

    if (g_strcmp0(conversation, here) != 0 || turn->speaker->door == DOOR_CLI)
        turn_say(turn, "#%" G_GINT64_FORMAT " %s: %s", number, agent, text);
}

static void approve(Core *core, Turn *turn, Run *run, const Row *row)
{
    const char *objection = decide_objection(core, turn->speaker, run, row);
    g_autofree char *agent = g_strdup(run->agent);
    g_autofree char *conversation = g_strdup(run->conversation);
    int64_t number = run->number;
    g_autofree char *text = NULL;

    if (objection) {
        turn_refuse_run(turn, run, RULE_POLICY, objection);
        return;
    }
    text = decide_approve(core, turn->speaker, run, row);
    say_decided(turn, number, agent, conversation, text);
}

void commands_approve(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *word = NULL;
    const char *rest;
    const char *id;
    int64_t number;
    Run *run;
    Row *row;

    if (plan_parse_id(arguments, &number)) {
        commands_approve_plan(core, turn, number);
        return;
    }
    if (!read_answer(turn, arguments, "!approve <id>", &word, &number, &id, &rest))
        return;
    run = find_answered(core, turn, word, number, id);
    if (!run)
        return;
    row = run->state == RUN_AWAITING_APPROVAL ? approvals_find(core, run) : NULL;
    if (row)
        approve(core, turn, run, row);
    else
        say_late(core, turn, run);
}

static void reject(Core *core, Turn *turn, Run *run, const char *why)
{
    g_autofree char *agent = g_strdup(run->agent);
    g_autofree char *conversation = g_strdup(run->conversation);
    int64_t number = run->number;

    outcome_is_answered(run, turn->speaker);
    decide_reject(core, turn->speaker, run, why);
    say_decided(turn, number, agent, conversation, "denied");
}

void commands_reject(Core *core, Turn *turn, const char *arguments)
{
    g_autofree char *word = g_strndup(arguments, strcspn(arguments, " \t"));
    const char *rest = arguments + strlen(word) + strspn(arguments + strlen(word), " \t");
    g_autofree char *why = text_make_line(rest, WHY_MAX_CHARS);
    const char *id;
    int64_t number;
    Run *run;

    if (plan_parse_id(word, &number)) {
        commands_reject_plan(core, turn, number, why);
        return;
    }
    if (!commands_read_id(turn, word, "!reject <id> [why]", &number, &id))
        return;
    run = find_answered(core, turn, word, number, id);
    if (run && run->state == RUN_AWAITING_APPROVAL)
        reject(core, turn, run, why);
    else if (run)
        say_late(core, turn, run);
}

/* ---- !defer ---- */

/* Its window is not met before then. */
static void put_off_run(Core *core, Run *run, int64_t until_ms)
{
    launch_put_off(core, run, until_ms);
    effects_put(core->fx, rows_of_run(run));
}

/* What really happens then: an approval is asked for again, and closed hours stay closed. The
 * caller owns it. */
static char *describe_then(Core *core, const Run *run, int64_t until_ms, const char *user)
{
    bool is_approval = run->state == RUN_AWAITING_APPROVAL;
    g_auto(Verdict) verdict = { 0 };
    g_autofree char *why = NULL;
    g_autofree char *starts = NULL;
    GateAsk ask;

    gate_facts_of_run(core, run, &ask);
    ask.at_ms = until_ms;
    ask.approved_by = user;
    gate_facts_judge(core, &ask, &verdict);
    if (verdict.kind != GATE_LATER || verdict.next_ms <= until_ms || verdict.next_ms == INT64_MAX)
        return g_strdup(is_approval ? core_words(core, "; then I ask again, and nothing starts "
                                                       "without a yes")
                                    : "");
    why = reason_words(core, verdict.reason);
    starts = core_local_time_with_zone(core, verdict.next_ms);
    return g_strdup_printf(
        core_words(core, is_approval ? "; then I ask again, but it is closed then (%s): with a yes "
                                       "it starts %s"
                                     : "; but it is closed then (%s): it starts %s"),
        why, starts);
}

static void tell_put_off(Core *core, const Run *run, int64_t until_ms, const char *user)
{
    Language before = core_speak_to(core, run->user);
    g_autofree char *until = core_local_time(core, until_ms);
    g_autofree char *then = describe_then(core, run, until_ms, user);
    g_autofree char *text =
        g_strdup_printf(core_words(core, "#%" G_GINT64_FORMAT " %s: put off until %s by %s%s"),
                        run->number, run->agent, until, user, then);

    outcome_tell(core, run, text, run_state_name(run->state));
    core_speak(core, before);
}

static void put_off(Core *core, Turn *turn, Run *run, int64_t until_ms)
{
    Row *row = run->state == RUN_AWAITING_APPROVAL ? approvals_find(core, run) : NULL;
    const char *user = turn->speaker->user;
    g_autofree char *until = core_local_time(core, until_ms);
    g_autofree char *put_off = g_strdup_printf(core_words(core, "put off until %s"), until);
    g_autofree char *then = NULL;
    g_autofree char *decision = NULL;
    g_autofree char *noted = timestamp_local(until_ms, core->now_ms, core->zone);

    if (row) {
        approvals_put_off(core, run, row, until_ms);
    } else if (run->state == RUN_DEFERRED) {
        put_off_run(core, run, until_ms);
    } else {
        say_late(core, turn, run);
        return;
    }
    effects_audit(core->fx, core->now_ms, "approval", turn->speaker->principal, run->agent, run->id,
                  "#%" G_GINT64_FORMAT " %s: put off until %s by %s", run->number, run->agent,
                  noted, user);
    then = describe_then(core, run, until_ms, user);
    decision = g_strconcat(put_off, then, NULL);
    say_decided(turn, run->number, run->agent, run->conversation, decision);
    outcome_is_answered(run, turn->speaker);
    tell_put_off(core, run, until_ms, user);
    run->is_told = false;
}

/* Its parts wait each for their own reason, and a time for all of them would be none of these. */
static void refuse_plan(Core *core, Turn *turn, int64_t number, const char *rest)
{
    const Plan *plan = plans_find(core, number);
    g_autofree char *id = g_strdup_printf("p%" G_GINT64_FORMAT, number);
    g_autofree char *time = text_make_line(*rest ? rest : "20m", WHY_MAX_CHARS);

    for (unsigned i = 0; plan && i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        const Run *run = step->run ? runs_find(core->runs, step->run) : NULL;

        if (run && (run->state == RUN_AWAITING_APPROVAL || run->state == RUN_DEFERRED)) {
            turn_fail(turn,
                      "%s: a plan cannot be put off, only a run of it that waits: "
                      "!defer %" G_GINT64_FORMAT " %s",
                      id, run->number, time);
            return;
        }
    }
    turn_fail(turn,
              "%s: a plan cannot be put off, only a run of it that waits, and none does; "
              "!pending lists what waits",
              id);
}

void commands_defer(Core *core, Turn *turn, const char *arguments)
{
    g_autoptr(GError) problem = NULL;
    g_autofree char *word = NULL;
    int64_t until_ms;
    const char *rest;
    const char *id;
    int64_t number;
    Run *run;
    size_t length = strcspn(arguments, " \t");
    g_autofree char *first = g_strndup(arguments, length);

    if (plan_parse_id(first, &number)) {
        refuse_plan(core, turn, number, arguments + length + strspn(arguments + length, " \t"));
        return;
    }
    if (!read_answer(turn, arguments, "!defer <id> <time>", &word, &number, &id, &rest))
        return;
    if (!moment_parse(core, rest, &until_ms, &problem)) {
        g_autofree char *shown = text_make_line(problem->message, WHY_MAX_CHARS);

        turn_fail(turn, "!defer %s: %s", word, shown);
        return;
    }
    run = find_answered(core, turn, word, number, id);
    if (run)
        put_off(core, turn, run, until_ms);
}

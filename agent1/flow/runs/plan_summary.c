#include "agent1/flow/runs/plan_summary.h"

#include <string.h>

#include "agent1/flow/runs/launch.h"
#include "agent1/flow/state/plan_news.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/flow/voice/chats.h"
#include "agent1/model/target.h"
#include "common/base/text.h"
#include "common/base/banned.h"

/* What is shown at once. */
#define XMPP_SHOWN_BYTES 6000
#define CLI_SHOWN_BYTES  (48 * 1024)
#define BLOCK_MIN_BYTES  200

#define IN_FULL     10 /* failures, and outputs, that are shown with a block */
#define LINES_SHOWN 50
#define NAMES_SHOWN 10
#define TASK_CHARS  60

/* ---- kinds of ends ---- */

typedef enum {
    END_SUCCEEDED,
    END_FAILED,
    END_CANCELLED,
    END_REFUSED,
    END_WAITING, /* deferred, awaiting an approval, unconfirmed, or still at work */
    END_NOT_RUN,
    END_COUNT,
} EndKind;

static EndKind kind_of(const PlanStep *step)
{
    static const char *const refusals[] = { OUTCOME_REFUSED, OUTCOME_OFFLINE, "rejected", NULL };

    switch (step->state) {
    case STEP_WAITING:
    case STEP_BEGUN:
        return END_WAITING;
    case STEP_NOT_RUN:
        return END_NOT_RUN;
    case STEP_ENDED:
    case STEP_STATE_COUNT:
        break;
    }
    if (strcmp(step->outcome, run_state_name(RUN_SUCCEEDED)) == 0)
        return END_SUCCEEDED;
    if (strcmp(step->outcome, run_state_name(RUN_CANCELLED)) == 0)
        return END_CANCELLED;
    return g_strv_contains(refusals, step->outcome) ? END_REFUSED : END_FAILED;
}

/* The steps of a kind, in their order: borrowed; g_ptr_array_unref() frees the array. */
static GPtrArray *steps_of_kind(const Plan *plan, EndKind kind)
{
    GPtrArray *steps = g_ptr_array_new();
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        if (kind_of(plan->steps->pdata[i]) == kind)
            g_ptr_array_add(steps, plan->steps->pdata[i]);
    }
    return steps;
}

/* "web1, web2 and 9 more" from the step at `from` on. The caller owns it. */
static char *names_from(const GPtrArray *steps, unsigned from)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    unsigned i;

    for (i = from; i < steps->len; i++)
        g_ptr_array_add(names, ((PlanStep *)steps->pdata[i])->agent);
    return target_list_text(names, NAMES_SHOWN);
}

/* ---- lines ---- */

char *plan_summary_stage(const Core *core, const Plan *plan, unsigned stage)
{
    return g_strdup_printf(
        core_words(core, plan->kind == PLAN_SEQUENCE ? "step %u of %u" : "batch %u of %u"),
        stage + 1, plan_stages(plan));
}

static char *describe_waiting(const Core *core, const PlanStep *step)
{
    const Run *run = step->run ? runs_find(core->runs, step->run) : NULL;

    if (!run)
        return g_strdup(core_words(core, "waits for its turn"));
    if (run->is_unconfirmed)
        return g_strdup(core_words(core, "unconfirmed (past its time and its agent is silent)"));
    return reason_words_run(core, run);
}

char *plan_summary_line(const Core *core, const Plan *plan, const PlanStep *step)
{
    g_autofree char *task = text_make_line(plan_task(plan, step), TASK_CHARS);
    g_autofree char *text = NULL;

    if (step->state == STEP_NOT_RUN)
        return g_strdup_printf(core_words(core, "%s | %s: not run"), step->agent, task);
    text = step->state == STEP_ENDED ? reason_words(core, step->text ? step->text : step->outcome)
                                     : describe_waiting(core, step);
    if (!step->run)
        return g_strdup_printf("%s: %s", step->agent, text);
    return g_strdup_printf("#%" G_GINT64_FORMAT " %s: %s", step->number, step->agent, text);
}

static void say_line(Turn *turn, const Plan *plan, const PlanStep *step)
{
    g_autofree char *line = plan_summary_line(turn->core, plan, step);

    turn_say(turn, "%s", line);
}

/* The end of a text that may be shown, in a block. */
static void say_block(Turn *turn, const char *tail, size_t max_bytes)
{
    g_autofree char *end = text_last_lines(tail, PLAN_NEWS_TAIL_LINES, max_bytes);
    g_autofree char *block = text_fence(end);

    turn_say(turn, "%s", block);
}

/* Each with a line, the first ones with their output; the others are named. */
static void say_steps(Turn *turn, const Plan *plan, const GPtrArray *steps, const char *word,
                      size_t block_bytes)
{
    unsigned i;

    for (i = 0; i < steps->len && i < LINES_SHOWN; i++) {
        const PlanStep *step = steps->pdata[i];

        say_line(turn, plan, step);
        if (i < IN_FULL && step->tail)
            say_block(turn, step->tail, block_bytes);
    }
    if (steps->len > LINES_SHOWN) {
        g_autofree char *names = names_from(steps, LINES_SHOWN);

        turn_say(turn, "and %u more %s: %s", steps->len - LINES_SHOWN, core_words(turn->core, word),
                 names);
    }
}

/* ---- what went well ---- */

static void free_steps(void *steps)
{
    g_ptr_array_unref(steps);
}

/* The steps by what they printed, in the order of the first of each: GPtrArray of PlanStep *. */
static GPtrArray *group_by_output(const GPtrArray *steps)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(free_steps);
    g_autoptr(GHashTable) by_output = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned i;

    for (i = 0; i < steps->len; i++) {
        PlanStep *step = steps->pdata[i];
        char *output = step->tail ? step->tail : (char *)"";
        GPtrArray *group = g_hash_table_lookup(by_output, output);

        if (!group) {
            group = g_ptr_array_new();
            g_ptr_array_add(groups, group);
            g_hash_table_insert(by_output, output, group);
        }
        g_ptr_array_add(group, step);
    }
    return groups;
}

static void say_group(Turn *turn, const Plan *plan, const GPtrArray *group, size_t block_bytes)
{
    const PlanStep *first = group->pdata[0];
    g_autofree char *names = NULL;

    if (group->len == 1) {
        say_line(turn, plan, first);
    } else {
        names = names_from(group, 0);
        turn_say(turn, "%s (%u): succeeded%s", names, group->len,
                 first->tail ? "" : core_words(turn->core, ", without output"));
    }
    if (first->tail)
        say_block(turn, first->tail, block_bytes);
}

/* Those that printed the same stand together. */
static void say_succeeded(Turn *turn, const Plan *plan, const GPtrArray *steps, size_t block_bytes)
{
    g_autoptr(GPtrArray) groups = group_by_output(steps);
    unsigned left = 0;
    unsigned i;

    for (i = 0; i < groups->len; i++) {
        const GPtrArray *group = groups->pdata[i];

        if (i < IN_FULL)
            say_group(turn, plan, group, block_bytes);
        else
            left += group->len;
    }
    if (left > 0)
        turn_say(turn, "and %u more succeeded, with other outputs; !run %s lists them", left,
                 plan->id);
}

/* ---- the whole ---- */

static void add_total(GString *text, unsigned count, const char *word)
{
    if (count > 0)
        g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", count, word);
}

/* " (offline, paused)". */
static void add_rules(GString *text, const GPtrArray *refused)
{
    const char *between = " (";
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    unsigned i;

    for (i = 0; i < refused->len; i++) {
        PlanStep *step = refused->pdata[i];

        if (!step->rule || !g_hash_table_add(seen, step->rule))
            continue;
        g_string_append_printf(text, "%s%s", between, step->rule);
        between = ", ";
    }
    if (between[0] == ',')
        g_string_append_c(text, ')');
}

/* Why it ended before its end, or "". The caller owns it. */
static char *describe_end(const Core *core, const Plan *plan)
{
    if (plan->cancelled_by)
        return g_strdup_printf(core_words(core, "cancelled by %s: "), plan->cancelled_by);
    return g_strdup(plan->is_stopping ? core_words(core, "stopped: ") : "");
}

static void say_totals(Turn *turn, const Plan *plan, GPtrArray *const *steps)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *duration = core_duration(turn->core, turn->core->now_ms - plan->created_ms);
    g_autofree char *end = describe_end(turn->core, plan);

    add_total(text, steps[END_SUCCEEDED]->len, "succeeded");
    add_total(text, steps[END_FAILED]->len, "failed");
    add_total(text, steps[END_CANCELLED]->len, "cancelled");
    add_total(text, steps[END_REFUSED]->len, "refused");
    add_rules(text, steps[END_REFUSED]);
    add_total(text, steps[END_WAITING]->len, core_words(turn->core, "not over yet"));
    add_total(text, steps[END_NOT_RUN]->len, core_words(turn->core, "not run"));
    turn_say(turn, "%s: %s%s; %s", plan->id, end, text->str, duration);
}

static void count_outcomes(Turn *turn, const Plan *plan)
{
    unsigned i;

    for (i = 0; i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];

        if (step->state == STEP_ENDED)
            turn_outcome(turn, chats_outcome_word(step->outcome));
    }
}

/* All blocks share what fits a message. */
static size_t block_size(const Turn *turn, GPtrArray *const *steps)
{
    size_t shown = turn->speaker->door == DOOR_CLI ? CLI_SHOWN_BYTES : XMPP_SHOWN_BYTES;
    size_t blocks = MIN(steps[END_FAILED]->len, IN_FULL) + MIN(steps[END_SUCCEEDED]->len, IN_FULL);

    return MAX(shown / MAX(blocks, 1), BLOCK_MIN_BYTES);
}

void plan_summary_say(Turn *turn, const Plan *plan)
{
    GPtrArray *steps[END_COUNT];
    size_t bytes;
    int kind;

    for (kind = 0; kind < END_COUNT; kind++)
        steps[kind] = steps_of_kind(plan, (EndKind)kind);
    bytes = block_size(turn, steps);
    say_steps(turn, plan, steps[END_FAILED], "failed", bytes);
    say_steps(turn, plan, steps[END_CANCELLED], "cancelled", bytes);
    say_steps(turn, plan, steps[END_REFUSED], "refused", bytes);
    say_steps(turn, plan, steps[END_WAITING], "not over yet", bytes);
    /* What one after the other did is told so. */
    if (plan->kind == PLAN_SEQUENCE)
        say_steps(turn, plan, steps[END_SUCCEEDED], "succeeded", bytes);
    else
        say_succeeded(turn, plan, steps[END_SUCCEEDED], bytes);
    say_steps(turn, plan, steps[END_NOT_RUN], "not run", bytes);
    say_totals(turn, plan, steps);
    count_outcomes(turn, plan);
    for (kind = 0; kind < END_COUNT; kind++)
        g_ptr_array_unref(steps[kind]);
}

/* ---- what begins ---- */

static bool is_offline(const Core *core, const Run *run)
{
    const FleetAgent *agent = fleet_find(core->fleet, run->agent);

    return run->state == RUN_QUEUED && (!agent || !core_is_reachable(core, agent));
}

/* "p8: 12 agents: web1, web2 and 10 more (3 offline)", and for more than one stage which. */
static void say_agents(Turn *turn, const Plan *plan, const GPtrArray *runs)
{
    unsigned stage = plan_find_run(plan, ((const Run *)runs->pdata[0])->id)->stage;
    g_autofree char *stage_text =
        plan_stages(plan) > 1 ? plan_summary_stage(turn->core, plan, stage) : g_strdup("");
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *list = NULL;
    g_autofree char *note = NULL;
    unsigned offline = 0;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        g_ptr_array_add(names, run->agent);
        offline += is_offline(turn->core, run);
    }
    list = target_list_text(names, NAMES_SHOWN);
    note = offline > 0 ? g_strdup_printf(core_words(turn->core, " (%u offline)"), offline)
                       : g_strdup("");
    turn_say(turn, "%s: %s%s%u agent%s: %s%s", plan->id, stage_text, *stage_text ? ": " : "",
             runs->len, core_plural(turn->core, runs->len), list, note);
}

/* Runs that wait for a person or for a time are named, with what they wait for. */
static void say_waiting(Turn *turn, const GPtrArray *runs)
{
    unsigned count = 0;
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        const Run *run = runs->pdata[i];

        if (!run_waiting_word(run))
            continue;
        if (count < IN_FULL)
            launch_say(turn, run);
        count++;
    }
    if (count > IN_FULL)
        turn_say(turn, "and %u more wait", count - IN_FULL);
}

static bool has_waiting(const GPtrArray *runs)
{
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        if (run_waiting_word(runs->pdata[i]))
            return true;
    }
    return false;
}

void plan_summary_say_begun(Turn *turn, const Plan *plan, const GPtrArray *runs, bool is_first)
{
    bool is_spoken = is_first || turn->speaker->door == DOOR_CLI || has_waiting(runs);

    if (!is_spoken)
        return;
    if (runs->len > 1 || plan->kind == PLAN_FAN_OUT) {
        say_agents(turn, plan, runs);
        say_waiting(turn, runs);
    } else {
        const Run *run = runs->pdata[0];
        g_autofree char *stage =
            plan_summary_stage(turn->core, plan, plan_find_run(plan, run->id)->stage);

        turn_say(turn, "%s: %s", plan->id, stage);
        launch_say(turn, run);
    }
}

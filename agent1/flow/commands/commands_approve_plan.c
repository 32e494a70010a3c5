/* !approve p8 and !reject p8: whatever of a plan waits for a person now. */
#include "agent1/flow/commands/commands.h"

#include "agent1/flow/commands/decide.h"
#include "agent1/flow/commands/lookup.h"
#include "agent1/flow/gate/approvals.h"
#include "agent1/flow/runs/plans.h"
#include "common/base/banned.h"

static void say_nothing_waits(Turn *turn, int64_t number)
{
    turn_fail(turn,
              "p%" G_GINT64_FORMAT
              ": nothing of it waits for an approval; !pending lists what waits",
              number);
}

/* It is not live: it is over, or never was. */
static void show_late(Core *core, const Pending *pending, const GPtrArray *rows)
{
    Turn turn;
    g_autoptr(Plan) plan = lookup_begin_plan(core, pending, rows, &turn);

    if (plan)
        say_nothing_waits(&turn, plan->number);
    turn_finish(&turn);
}

/* The ids (char *) of its runs that wait for an approval; says so when there is none. The caller
 * unrefs the array. */
static GPtrArray *list_waiting(Core *core, Turn *turn, int64_t number)
{
    const Plan *plan = plans_find(core, number);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    unsigned i;

    for (i = 0; plan && i < plan->steps->len; i++) {
        const PlanStep *step = plan->steps->pdata[i];
        const Run *run = step->run ? runs_find(core->runs, step->run) : NULL;

        if (run && run->state == RUN_AWAITING_APPROVAL && approvals_find(core, run))
            g_ptr_array_add(ids, g_strdup(run->id));
    }
    if (!plan)
        lookup_ask_plan(core, turn, show_late, number);
    else if (ids->len == 0)
        say_nothing_waits(turn, number);
    return ids;
}

void commands_approve_plan(Core *core, Turn *turn, int64_t number)
{
    g_autoptr(GPtrArray) ids = list_waiting(core, turn, number);
    g_autofree char *plan = g_strdup_printf("p%" G_GINT64_FORMAT, number);
    const char *objection = NULL;
    unsigned approved = 0;
    unsigned i;

    for (i = 0; i < ids->len; i++) {
        Run *run = runs_find(core->runs, ids->pdata[i]);
        const Row *row = approvals_find(core, run);
        const char *own = decide_objection(core, turn->speaker, run, row);

        if (own) {
            objection = own;
            continue;
        }
        g_free(decide_approve(core, turn->speaker, run, row));
        approved++;
    }
    if (approved > 0)
        turn_say(turn, "%s: %u of %u approved", plan, approved, ids->len);
    if (objection)
        turn_refuse(turn, plan, RULE_POLICY, objection, 0);
}

void commands_reject_plan(Core *core, Turn *turn, int64_t number, const char *why)
{
    g_autoptr(GPtrArray) ids = list_waiting(core, turn, number);
    unsigned i;

    for (i = 0; i < ids->len; i++)
        decide_reject(core, turn->speaker, runs_find(core->runs, ids->pdata[i]), why);
    if (ids->len > 0)
        turn_say(turn, "p%" G_GINT64_FORMAT ": %u denied", number, ids->len);
}

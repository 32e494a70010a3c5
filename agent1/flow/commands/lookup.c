#include "agent1/flow/commands/lookup.h"

#include "agent1/flow/state/plan_rows.h"
#include "agent1/flow/state/rows.h"
#include "common/base/banned.h"

void lookup_say_busy(Turn *turn)
{
    turn_fail(turn, "too many questions wait for the database; try again in a moment");
}

void lookup_ask(Core *core, Turn *turn, const Lookup *lookup)
{
    if (!pending_ask(core, lookup->resume, turn->speaker, NULL, NULL, lookup->argument,
                     lookup->kind, lookup->text, lookup->number, lookup->limit))
        lookup_say_busy(turn);
}

void lookup_ask_run(Core *core, Turn *turn, PendingContinue resume, const char *argument,
                    int64_t number, const char *id)
{
    const Lookup lookup = { .resume = resume,
                            .argument = argument,
                            .kind = id ? QUERY_RUN_BY_ID : QUERY_RUN_BY_NUMBER,
                            .text = id,
                            .number = number,
                            .limit = 1 };

    lookup_ask(core, turn, &lookup);
}

void lookup_ask_plan(Core *core, Turn *turn, PendingContinue resume, int64_t number)
{
    g_autofree char *id = g_strdup_printf("p%" G_GINT64_FORMAT, number);
    const Lookup lookup = {
        .resume = resume, .argument = id, .kind = QUERY_PLAN, .text = id, .limit = 1
    };

    lookup_ask(core, turn, &lookup);
}

Run *lookup_begin(Core *core, const Pending *pending, const GPtrArray *rows, const char *hint,
                  Turn *turn)
{
    Run *run = rows->len > 0 ? rows_to_run(rows->pdata[0]) : NULL;

    turn_init(turn, core, pending->speaker);
    if (!run)
        turn_fail(turn, "%s: no such run; %s", pending->argument, core_words(core, hint));
    return run;
}

Plan *lookup_begin_plan(Core *core, const Pending *pending, const GPtrArray *rows, Turn *turn)
{
    Plan *plan = rows->len > 0 ? plan_rows_to_plan(rows->pdata[0]) : NULL;

    turn_init(turn, core, pending->speaker);
    if (!plan)
        turn_fail(turn, "%s: no such plan; !runs lists the last runs", pending->argument);
    return plan;
}

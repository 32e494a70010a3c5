#include "tests/simulate/gate_truth.h"

#include "agent1/model/hours.h"
#include "agent1/model/run.h"
#include "tests/simulate/orchestrator.h"

#include "common/base/banned.h"

static bool is_waiting(RunState state)
{
    return state == RUN_PROPOSED || state == RUN_AWAITING_APPROVAL || state == RUN_DEFERRED;
}

/* By agent1's own clock, as it stood when it decided. */
static bool is_closed(Sim *sim, int64_t at_ms)
{
    const Json *json = orchestrator_blackouts(sim->agent1);
    g_autoptr(GPtrArray) blackouts = hours_parse_blackouts(json, NULL, NULL);
    Hours hours = { .blackouts = blackouts, .zone = zones_find(sim->zones, "UTC") };
    HoursView view;

    hours_look(&hours, at_ms, &view);
    return view.blackout != NULL;
}

void gate_truth_record(Sim *sim, const Row *old, const Row *row)
{
    RunState before = RUN_PROPOSED;
    RunState state = RUN_PROPOSED;

    if (old)
        run_state_parse(row_text(old, RUNS_STATE), &before);
    run_state_parse(row_text(row, RUNS_STATE), &state);
    if (!is_waiting(before) || state != RUN_QUEUED || !sim->plan.has_window)
        return;
    sim->counts->gate_passed += before == RUN_DEFERRED;
    if (is_closed(sim, row_int(row, RUNS_CHANGED)))
        sim_break(sim, PROMISE_GATE, "%s was %s and is let go inside a window",
                  row_text(row, RUNS_ID), old ? run_state_name(before) : "not there");
}

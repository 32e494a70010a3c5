#include "agent1/flow/voice/run_data.h"

#include "agent1/flow/state/hold.h"
#include "agent1/flow/state/reason_words.h"
#include "agent1/model/failure_line.h"
#include "common/base/banned.h"

#define LIST "runs"

static void set_number(Json *item, const char *name, int64_t number)
{
    if (number != RUN_ABSENT)
        json_set_int(item, name, number);
}

static void set_outcome(Json *item, const RunOutcome *outcome)
{
    answer_data_set_time(item, "started", outcome->started_ms);
    if (outcome->started_ms == RUN_ABSENT)
        return;

    answer_data_set_time(item, "finished", outcome->finished_ms);
    json_set_int(item, "duration_ms", outcome->duration_ms);
    set_number(item, "exit_code", outcome->exit_code);
    set_number(item, "signal", outcome->signal);
    json_set_int(item, "output_bytes", outcome->output_bytes);
}

static void set_why(const Core *core, Json *item, const Run *run)
{
    const char *reason = run_reason(run);
    g_autofree char *worded = reason ? reason_words(core, reason) : NULL;
    g_autofree char *line =
        run_state_is_failure(run->state) ? failure_line(run->outcome.output) : NULL;
    g_autofree char *hold = hold_of_run(core, run);

    answer_data_set_text(item, "rule", run->outcome.rule);
    answer_data_set_text(item, "reason", worded);
    answer_data_set_text(item, "failure", line);
    answer_data_set_text(item, "hold", hold);
    if (run->is_unconfirmed)
        json_set_bool(item, "unconfirmed", true);
    if (run->contradiction)
        json_set_bool(item, "contradicted", true);
}

static Json *make(const Core *core, const Run *run)
{
    Json *item = json_new_object();

    json_set_string(item, "type", "run");
    json_set_string(item, "run", run->id);
    json_set_int(item, "number", run->number);
    json_set_int(item, "attempt", run->attempt);
    json_set_string(item, "agent", run->agent);
    json_set_string(item, "task", run->task);
    json_set_string(item, "state", run_state_name(run->state));
    json_set_string(item, "user", run->user);
    answer_data_set_time(item, "created", run->created_ms);
    answer_data_set_text(item, "plan", run->plan);
    answer_data_set_text(item, "schedule", run->schedule);
    if (run_state_is_terminal(run->state))
        set_outcome(item, &run->outcome);
    else
        answer_data_set_time(item, "expires", run->expires_ms);
    set_why(core, item, run);
    return item;
}

void run_data_add(Turn *turn, const Run *run, bool has_output)
{
    Json *item;

    if (!turn_tells_programs(turn))
        return;

    item = make(turn->core, run);
    if (has_output)
        answer_data_set_text(item, "output", run->outcome.output);
    answer_data_add(&turn->data, LIST, item);
}

void run_data_count(Turn *turn, int64_t more)
{
    if (turn_tells_programs(turn))
        answer_data_count(&turn->data, LIST, more);
}

#include "agent1/flow/state/rows.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/banned.h"

static void set_present(Row *row, unsigned column, int64_t number)
{
    if (number != RUN_ABSENT)
        row_set_int(row, column, number);
}

static int64_t get_present(const Row *row, unsigned column)
{
    return row_is_set(row, column) ? row_int(row, column) : RUN_ABSENT;
}

static void set_outcome(Row *row, const RunOutcome *outcome)
{
    set_present(row, RUNS_EXIT_CODE, outcome->exit_code);
    set_present(row, RUNS_SIGNAL, outcome->signal);
    row_set_text(row, RUNS_OUTPUT, outcome->output);
    row_set_int(row, RUNS_OUTPUT_BYTES, outcome->output_bytes);
    row_set_int(row, RUNS_IS_TRUNCATED, outcome->is_truncated);
    set_present(row, RUNS_STARTED, outcome->started_ms);
    set_present(row, RUNS_FINISHED, outcome->finished_ms);
    row_set_int(row, RUNS_DURATION_MS, outcome->duration_ms);
    row_set_int(row, RUNS_USER_MS, outcome->user_ms);
    row_set_int(row, RUNS_SYS_MS, outcome->sys_ms);
    row_set_int(row, RUNS_MAX_RSS_KIB, outcome->max_rss_kib);
    row_set_text(row, RUNS_RULE, outcome->rule);
    row_set_text(row, RUNS_REASON, outcome->reason);
}

/* Columns that were added later: the rows of before have none of them. */
static void set_later_columns(Row *row, const Run *run)
{
    row_set_text(row, RUNS_PLAN, run->plan);
    row_set_int(row, RUNS_WAIT_UNTIL, run->wait_until_ms);
    row_set_int(row, RUNS_NOT_BEFORE, run->not_before_ms);
    row_set_text(row, RUNS_APPROVAL, run->approval);
    row_set_text(row, RUNS_APPROVED_HASH, run->approved_hash);
    row_set_text(row, RUNS_DECIDED_BY, run->decided_by);
    row_set_int(row, RUNS_DECIDED, run->decided_ms);
    row_set_text(row, RUNS_SCHEDULE, run->schedule);
    /* Not set for what no schedule made: an occurrence is unique. */
    if (run->nominal_ms > 0)
        row_set_int(row, RUNS_NOMINAL, run->nominal_ms);
    if (run->schedule)
        row_set_int(row, RUNS_TURN, run->turn);
    row_set_text(row, RUNS_AFTER, run->after);
}

static void get_later_columns(const Row *row, Run *run)
{
    run->plan = g_strdup(row_text(row, RUNS_PLAN));
    run->wait_until_ms = row_int(row, RUNS_WAIT_UNTIL);
    run->not_before_ms = row_int(row, RUNS_NOT_BEFORE);
    run->approval = g_strdup(row_text(row, RUNS_APPROVAL));
    run->approved_hash = g_strdup(row_text(row, RUNS_APPROVED_HASH));
    run->decided_by = g_strdup(row_text(row, RUNS_DECIDED_BY));
    run->decided_ms = row_int(row, RUNS_DECIDED);
    run->schedule = g_strdup(row_text(row, RUNS_SCHEDULE));
    run->nominal_ms = row_int(row, RUNS_NOMINAL);
    run->turn = row_int(row, RUNS_TURN);
    run->after = g_strdup(row_text(row, RUNS_AFTER));
}

Row *rows_of_run(const Run *run)
{
    Row *row = row_new(TABLE_RUNS);

    row_set_text(row, RUNS_ID, run->id);
    row_set_int(row, RUNS_NUMBER, run->number);
    row_set_int(row, RUNS_ATTEMPT, run->attempt);
    row_set_text(row, RUNS_STATE, run_state_name(run->state));
    row_set_text(row, RUNS_AGENT, run->agent);
    row_set_text(row, RUNS_TASK, run->task);
    row_set_text(row, RUNS_SKILL, run->skill);
    row_set_text(row, RUNS_USER, run->user);
    row_set_text(row, RUNS_PRINCIPAL, run->principal);
    row_set_text(row, RUNS_CONVERSATION, run->conversation);
    row_set_text(row, RUNS_CHAT_ID, run->chat_id);
    row_set_int(row, RUNS_CREATED, run->created_ms);
    row_set_int(row, RUNS_CHANGED, run->changed_ms);
    row_set_int(row, RUNS_EXPIRES, run->expires_ms);
    row_set_int(row, RUNS_TIMEOUT_MS, run->timeout_ms);
    row_set_int(row, RUNS_IS_IDEMPOTENT, run->is_idempotent);
    row_set_int(row, RUNS_IS_HANDED, run->is_handed);
    row_set_text(row, RUNS_JOURNAL, run->journal);
    row_set_text(row, RUNS_CANCELLED_BY, run->cancelled_by);
    row_set_int(row, RUNS_IS_UNCONFIRMED, run->is_unconfirmed);
    set_outcome(row, &run->outcome);
    row_set_text(row, RUNS_CONTRADICTION, run->contradiction);
    set_later_columns(row, run);
    return row;
}

static void get_outcome(const Row *row, RunOutcome *outcome)
{
    outcome->exit_code = get_present(row, RUNS_EXIT_CODE);
    outcome->signal = get_present(row, RUNS_SIGNAL);
    outcome->output = g_strdup(row_text(row, RUNS_OUTPUT));
    outcome->output_bytes = row_int(row, RUNS_OUTPUT_BYTES);
    outcome->is_truncated = row_int(row, RUNS_IS_TRUNCATED) != 0;
    outcome->started_ms = get_present(row, RUNS_STARTED);
    outcome->finished_ms = get_present(row, RUNS_FINISHED);
    outcome->duration_ms = row_int(row, RUNS_DURATION_MS);
    outcome->user_ms = row_int(row, RUNS_USER_MS);
    outcome->sys_ms = row_int(row, RUNS_SYS_MS);
    outcome->max_rss_kib = row_int(row, RUNS_MAX_RSS_KIB);
    outcome->rule = g_strdup(row_text(row, RUNS_RULE));
    outcome->reason = g_strdup(row_text(row, RUNS_REASON));
}

Run *rows_to_run(const Row *row)
{
    const char *state_name = row_text(row, RUNS_STATE);
    RunState state;
    Run *run;

    if (!state_name || !run_state_parse(state_name, &state))
        return NULL;

    run = run_new(row_text(row, RUNS_ID), row_int(row, RUNS_NUMBER));
    run->state = state;
    run->attempt = row_int(row, RUNS_ATTEMPT);
    run->agent = g_strdup(row_text(row, RUNS_AGENT));
    run->task = g_strdup(row_text(row, RUNS_TASK));
    run->skill = g_strdup(row_text(row, RUNS_SKILL));
    run->user = g_strdup(row_text(row, RUNS_USER));
    run->principal = g_strdup(row_text(row, RUNS_PRINCIPAL));
    run->conversation = g_strdup(row_text(row, RUNS_CONVERSATION));
    run->chat_id = g_strdup(row_text(row, RUNS_CHAT_ID));
    run->created_ms = row_int(row, RUNS_CREATED);
    run->changed_ms = row_int(row, RUNS_CHANGED);
    run->expires_ms = row_int(row, RUNS_EXPIRES);
    run->timeout_ms = row_int(row, RUNS_TIMEOUT_MS);
    run->is_idempotent = row_int(row, RUNS_IS_IDEMPOTENT) != 0;
    run->is_handed = row_int(row, RUNS_IS_HANDED) != 0;
    run->journal = g_strdup(row_text(row, RUNS_JOURNAL));
    run->cancelled_by = g_strdup(row_text(row, RUNS_CANCELLED_BY));
    run->is_unconfirmed = row_int(row, RUNS_IS_UNCONFIRMED) != 0;
    get_outcome(row, &run->outcome);
    run->contradiction = g_strdup(row_text(row, RUNS_CONTRADICTION));
    get_later_columns(row, run);
    return run;
}

Row *rows_of_outbox(const OutboxItem *item)
{
    Row *row = row_new(TABLE_OUTBOX);

    row_set_text(row, OUTBOX_ID, item->id);
    row_set_text(row, OUTBOX_AGENT, item->agent);
    row_set_text(row, OUTBOX_KIND, outbox_kind_name(item->kind));
    row_set_text(row, OUTBOX_RUN, item->run);
    row_set_int(row, OUTBOX_ATTEMPT, item->attempt);
    row_set_int(row, OUTBOX_SEQ, item->seq);
    row_set_int(row, OUTBOX_CREATED, item->created_ms);
    return row;
}

bool rows_to_outbox(const Row *row, Outbox *outbox, int64_t now_ms)
{
    OutboxItem *item;
    OutboxKind kind;

    if (!outbox_kind_parse(row_text(row, OUTBOX_KIND), &kind))
        return false;
    if ((kind == OUTBOX_TASK || kind == OUTBOX_CANCEL) && !row_text(row, OUTBOX_RUN))
        return false;

    item = outbox_add(outbox, row_text(row, OUTBOX_ID), row_text(row, OUTBOX_AGENT), kind,
                      row_text(row, OUTBOX_RUN), row_int(row, OUTBOX_ATTEMPT),
                      row_int(row, OUTBOX_SEQ), now_ms);
    item->created_ms = row_int(row, OUTBOX_CREATED);
    return true;
}

static char *print_news(const UpdateNews *news)
{
    g_autoptr(Json) data = update_news_print(news);

    return json_print(data);
}

static UpdateNews *parse_news(const char *text)
{
    g_autoptr(Json) data = json_parse(text, strlen(text), BODY_MAX_BYTES, NULL);

    return update_news_read(data);
}

Row *rows_of_agent(const FleetAgent *agent)
{
    g_autofree char *skills = agent->skills ? json_print(agent->skills) : NULL;
    g_autofree char *update = agent->update ? print_news(agent->update) : NULL;
    Row *row = row_new(TABLE_AGENTS);

    row_set_text(row, AGENTS_NAME, agent->name);
    row_set_text(row, AGENTS_KEY, agent->key);
    row_set_text(row, AGENTS_JOURNAL, agent->journal);
    row_set_int(row, AGENTS_SESSION, agent->session);
    row_set_int(row, AGENTS_SEQ, agent->seq);
    row_set_text(row, AGENTS_STATE, agent_state_name(agent->state));
    row_set_int(row, AGENTS_SINCE, agent->since_ms);
    row_set_int(row, AGENTS_HEARD, agent->heard_ms);
    row_set_int(row, AGENTS_CONTROL_SEQ, agent->control_seq);
    row_set_int(row, AGENTS_IS_PAUSE_WISHED, agent->is_pause_wished);
    row_set_text(row, AGENTS_VERSION, agent->version);
    row_set_text(row, AGENTS_HOST, agent->host);
    row_set_text(row, AGENTS_SKILLS, skills);
    row_set_text(row, AGENTS_POLICY_HASH, agent->policy_hash);
    row_set_text(row, AGENTS_BOOT_ID, agent->boot_id);
    row_set_text(row, AGENTS_FORMER, agent->former);
    row_set_int(row, AGENTS_REGISTERED_SESSION, agent->registered_session);
    row_set_int(row, AGENTS_REGISTERED_SEQ, agent->registered_seq);
    row_set_int(row, AGENTS_TOLD, agent->told_ms);
    row_set_int(row, AGENTS_UNREPORTED, agent->unreported_day);
    row_set_text(row, AGENTS_UPDATE, update);
    row_set_text(row, AGENTS_PAUSED_BY, agent->paused_by);
    row_set_int(row, AGENTS_PAUSED, agent->paused_ms);
    return row;
}

static AgentState parse_agent_state(const char *name)
{
    static const AgentState states[] = { AGENT_ONLINE, AGENT_PAUSED };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_strcmp0(name, agent_state_name(states[i])) == 0)
            return states[i];
    }
    return AGENT_OFFLINE;
}

void rows_to_agent(const Row *row, Fleet *fleet)
{
    FleetAgent *agent = fleet_get(fleet, row_text(row, AGENTS_NAME));
    const char *skills = row_text(row, AGENTS_SKILLS);
    const char *update = row_text(row, AGENTS_UPDATE);

    agent->key = g_strdup(row_text(row, AGENTS_KEY));
    agent->journal = g_strdup(row_text(row, AGENTS_JOURNAL));
    agent->session = row_int(row, AGENTS_SESSION);
    agent->seq = row_int(row, AGENTS_SEQ);
    agent->state = parse_agent_state(row_text(row, AGENTS_STATE));
    agent->since_ms = row_int(row, AGENTS_SINCE);
    agent->heard_ms = row_int(row, AGENTS_HEARD);
    agent->control_seq = row_int(row, AGENTS_CONTROL_SEQ);
    agent->is_pause_wished = row_int(row, AGENTS_IS_PAUSE_WISHED) != 0;
    agent->version = g_strdup(row_text(row, AGENTS_VERSION));
    agent->host = g_strdup(row_text(row, AGENTS_HOST));
    agent->policy_hash = g_strdup(row_text(row, AGENTS_POLICY_HASH));
    agent->boot_id = g_strdup(row_text(row, AGENTS_BOOT_ID));
    agent->former = g_strdup(row_text(row, AGENTS_FORMER));
    agent->registered_session = row_int(row, AGENTS_REGISTERED_SESSION);
    agent->registered_seq = row_int(row, AGENTS_REGISTERED_SEQ);
    agent->told_ms = row_int(row, AGENTS_TOLD);
    agent->unreported_day = row_int(row, AGENTS_UNREPORTED);
    agent->paused_by = g_strdup(row_text(row, AGENTS_PAUSED_BY));
    agent->paused_ms = row_int(row, AGENTS_PAUSED);
    if (skills)
        agent->skills = json_parse(skills, strlen(skills), BODY_MAX_BYTES, NULL);
    if (update)
        agent->update = parse_news(update);
}

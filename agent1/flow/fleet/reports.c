#include "agent1/flow/fleet/reports.h"

#include <string.h>

#include "agent1/flow/fleet/unheard.h"
#include "agent1/flow/fleet/updates.h"
#include "agent1/flow/runs/dispatch.h"
#include "agent1/flow/runs/outcome.h"
#include "agent1/flow/state/pending.h"
#include "agent1/flow/state/progress.h"
#include "agent1/flow/state/rows.h"
#include "agent1/flow/voice/live_message.h"
#include "agent1/flow/voice/notices.h"
#include "agent1/flow/voice/say.h"
#include "common/base/text.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

#define ALARM_MS (60 * INT64_C(1000))
/* The same error of an agent is told so often. */
#define SAME_ERROR_MS      (3600 * INT64_C(1000))
#define REASON_MAX_CHARS   500
#define SEVERITY_MAX_CHARS 20

/* The live run that an agent may speak of, or NULL. */
static Run *own_run(const Core *core, const FleetAgent *agent, const char *id, int64_t attempt)
{
    Run *run = id ? runs_find(core->runs, id) : NULL;

    if (!run || strcmp(run->agent, agent->name) != 0 || run->attempt != attempt)
        return NULL;
    return run;
}

static bool is_same_journal(const Run *run, const Message *message)
{
    return run->is_handed && g_strcmp0(run->journal, message->journal) == 0;
}

/* ---- ack ---- */

static void drop_task(Core *core, const Run *run)
{
    g_autoptr(GPtrArray) items = outbox_of_run(core->outbox, run->agent, run->id);
    unsigned i;

    for (i = 0; i < items->len; i++) {
        const OutboxItem *item = items->pdata[i];

        if (item->kind == OUTBOX_TASK)
            dispatch_acknowledge(core, run->agent, item->id);
    }
}

static void take_rejection(Core *core, Run *run, const MessageAck *ack)
{
    g_autofree char *reason = ack->reason ? text_make_line(ack->reason, REASON_MAX_CHARS) : NULL;
    bool is_expired = g_strcmp0(ack->rule, rule_name(RULE_EXPIRED)) == 0;

    /* An attempt that showed progress cannot have been refused before it: its result tells. */
    if (run->state == RUN_RUNNING)
        return;
    g_free(run->outcome.rule);
    run->outcome.rule = ack->rule ? text_make_line(ack->rule, 40) : NULL;
    outcome_apply(core, run, is_expired ? RUN_EVENT_EXPIRED : RUN_EVENT_REFUSED, reason);
}

void reports_take_ack(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageAck *ack = &message->ack;
    Run *run = own_run(core, agent, ack->run, ack->attempt);

    if (run)
        g_clear_pointer(&run->query_id, g_free);
    if (ack->state == ACK_DONE) {
        dispatch_acknowledge(core, agent->name, ack->in_reply_to);
        return;
    }
    /* Whatever it says of a task, it came. */
    unheard_end(core, agent);
    /* Another journal's word about this attempt means nothing: register settles it (rule 6). */
    if (!run || !is_same_journal(run, message))
        return;
    /* A copy from an earlier life of agent1 came late: the present one's is answered by itself. */
    if (ack->state == ACK_REJECTED && ack->epoch != MESSAGE_ABSENT && ack->epoch < core->epoch)
        return;
    if (ack->state == ACK_REJECTED) {
        take_rejection(core, run, ack);
        return;
    }
    drop_task(core, run);
    outcome_apply(core, run, RUN_EVENT_ACCEPTED, NULL);
}

/* ---- answer to a query ---- */

/* Outcomes that carry nothing but themselves; the others come as a result. */
static bool is_bare_outcome(RunState state)
{
    return state == RUN_CANCELLED || state == RUN_EXPIRED || state == RUN_UNKNOWN;
}

static void take_state(Core *core, FleetAgent *agent, Run *run, const Message *message,
                       RunState state)
{
    RunEvent event;

    if (!is_same_journal(run, message))
        return;
    if (state == RUN_NOT_KNOWN) {
        /* An answer that was overtaken by the agent's ack tells of the time before it. */
        if (g_strcmp0(message->answer.in_reply_to, run->query_id) != 0)
            return;
        /* Never received; its task still repeats until its time, or its cancel until it is heard:
         * harmless. */
        if (run->state == RUN_QUEUED)
            unheard_note(core, agent, run);
        else if (!dispatch_was_unheard(core, run))
            outcome_lose(core, run, reason_format(REASON_ATTEMPT_UNKNOWN));
        return;
    }
    if (!run_event_of_state(state, &event))
        return;
    /* A query of before that is answered only now would tell of the time before this word. */
    g_clear_pointer(&run->query_id, g_free);
    if (!run_state_is_terminal(state)) {
        drop_task(core, run);
        outcome_apply(core, run, event, NULL);
    } else if (is_bare_outcome(state)) {
        outcome_apply(core, run, event, NULL);
    }
}

/* Applies what the answer lists; the ids of the runs it names go into `named`. */
static void take_listed(Core *core, FleetAgent *agent, const Message *message, GHashTable *named)
{
    const Json *list = json_member(message->answer.data, "runs");
    const Json *node;

    for (node = json_first(list); node; node = json_next(node)) {
        const char *id = json_string(json_member(node, "run"));
        const char *state_word = json_string(json_member(node, "state"));
        int64_t attempt = 0;
        RunState state;
        Run *run;

        if (!id || !state_word || !json_int(json_member(node, "attempt"), &attempt))
            continue;
        g_hash_table_add(named, g_strdup(id));
        run = own_run(core, agent, id, attempt);
        if (run && run_state_parse(state_word, &state))
            take_state(core, agent, run, message, state);
    }
}

/* What the agent may hold but did not list is asked for one by one: its claim decides, not silence.
 */
static void ask_for_missing(Core *core, const FleetAgent *agent, GHashTable *named)
{
    g_autoptr(GPtrArray) runs = runs_list(core->runs, agent->name);
    unsigned i;

    for (i = 0; i < runs->len; i++) {
        Run *run = runs->pdata[i];
        bool is_due = run->state != RUN_QUEUED || core->now_ms > run->expires_ms;

        if (run->is_handed && is_due && !g_hash_table_contains(named, run->id))
            dispatch_query_run(core, run);
    }
}

void reports_take_answer(Core *core, FleetAgent *agent, const Message *message)
{
    g_autoptr(GHashTable) named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bool is_general = g_strcmp0(message->answer.in_reply_to, agent->query_id) == 0;

    if (updates_take_answer(core, agent, message))
        return;
    dispatch_acknowledge(core, agent->name, message->answer.in_reply_to);
    if (g_strcmp0(agent->journal, message->journal) != 0)
        return;

    take_listed(core, agent, message, named);
    if (is_general) {
        agent->query_due_ms = INT64_MAX;
        g_clear_pointer(&agent->query_id, g_free);
        ask_for_missing(core, agent, named);
    }
}

/* ---- progress ---- */

void reports_take_progress(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageProgress *progress = &message->progress;
    Run *run = own_run(core, agent, progress->run, progress->attempt);
    g_autoptr(Speaker) speaker = NULL;

    if (!run || !is_same_journal(run, message) || !progress_take(core, run, progress))
        return;

    drop_task(core, run);
    g_clear_pointer(&run->query_id, g_free);
    outcome_apply(core, run, RUN_EVENT_RUNNING, NULL);
    live_news(core, run);
    speaker = speaker_from_conversation(run->conversation, run->chat_id);
    if (speaker)
        say_object(core, speaker, message);
}

/* ---- result ---- */

static void copy_outcome(Run *run, const MessageResult *result)
{
    RunOutcome *outcome = &run->outcome;

    outcome->exit_code = result->exit_code;
    outcome->signal = result->signal;
    g_free(outcome->output);
    outcome->output =
        result->output ? text_make_harmless(result->output, strlen(result->output)) : NULL;
    outcome->output_bytes = result->output_bytes;
    outcome->is_truncated = result->is_truncated;
    outcome->started_ms = result->started_ms;
    outcome->finished_ms = result->finished_ms;
    outcome->duration_ms = result->duration_ms;
    outcome->user_ms = result->user_ms;
    outcome->sys_ms = result->sys_ms;
    outcome->max_rss_kib = result->max_rss_kib;
    g_free(outcome->rule);
    outcome->rule = result->rule ? text_make_line(result->rule, 40) : NULL;
    g_free(outcome->reason);
    outcome->reason = result->reason ? text_make_line(result->reason, REASON_MAX_CHARS) : NULL;
}

/* The event of a result; a success that does not prove itself is a failure to report. */
static bool result_event(const MessageResult *result, RunEvent *out)
{
    RunState state;

    if (!result->state || !run_state_parse(result->state, &state) ||
        !run_event_of_state(state, out))
        return false;
    if (*out == RUN_EVENT_SUCCEEDED && result->exit_code != 0)
        return false;
    return run_state_is_terminal(state) || state == RUN_DEFERRED;
}

/* False for an agent that floods: its message is not taken, nor acknowledged. */
static bool may_note(Core *core, FleetAgent *agent)
{
    if (bucket_take(&agent->notes, core->boot_ms))
        return true;

    core->refused_count++;
    return false;
}

static void acknowledge(Core *core, const FleetAgent *agent, const Message *message)
{
    dispatch_ack(core, agent->name, agent->key, message, ACK_DONE, NULL, NULL);
}

static void alarm_about(Core *core, const char *run, const char *agent, const char *text)
{
    effects_audit(core->fx, core->now_ms, "alarm", agent, agent, run, "%s", text);
    effects_log(core->fx, EFFECT_LOG_ERROR, run, agent, "%s", text);
}

static void note_orphan(Core *core, const FleetAgent *agent, const Message *message)
{
    g_autofree char *body = message_encode(message, NULL);
    Row *row = row_new(TABLE_ORPHANS);

    row_set_text(row, ORPHANS_ID, message->result.run);
    row_set_text(row, ORPHANS_AGENT, agent->name);
    row_set_int(row, ORPHANS_ATTEMPT, message->result.attempt);
    row_set_text(row, ORPHANS_STATE, message->result.state);
    row_set_text(row, ORPHANS_BODY, body);
    row_set_int(row, ORPHANS_SEEN, core->now_ms);
    effects_put(core->fx, row);
    alarm_about(core, message->result.run, agent->name,
                "a result for a run that is not in this database is kept as an orphan");
}

static void note_contradiction(Core *core, Run *run, const Message *message)
{
    const MessageResult *result = &message->result;
    g_autoptr(Speaker) speaker = speaker_from_conversation(run->conversation, NULL);
    g_autofree char *text = NULL;

    if (run->contradiction)
        return;

    run->contradiction = message_encode(message, NULL);
    effects_put(core->fx, rows_of_run(run));
    text = g_strdup_printf("#%" G_GINT64_FORMAT " %s: recorded as %s; the agent now reports %s "
                           "(attempt %" G_GINT64_FORMAT "). The record stands.",
                           run->number, run->agent, run_state_name(run->state), result->state,
                           result->attempt);
    alarm_about(core, run->id, run->agent, text);
    if (speaker && speaker->door == DOOR_XMPP)
        say_xmpp(core, speaker->address, text);
}

/* The run is not live: the store knows whether this repeats its outcome or contradicts it. */
static void settle_ended(Core *core, const Pending *pending, const GPtrArray *rows)
{
    const Message *message = pending->message;
    FleetAgent *agent = fleet_find(core->fleet, pending->sender);
    g_autoptr(Run) run = rows->len > 0 ? rows_to_run(rows->pdata[0]) : NULL;
    RunEvent event;
    bool is_believable = result_event(&message->result, &event);

    g_assert(is_believable); /* or the store would not have been asked */
    if (!agent || !core_is_trusted(core, agent))
        return;
    if (!run) {
        if (!may_note(core, agent))
            return;
        note_orphan(core, agent, message);
        acknowledge(core, agent, message);
        return;
    }
    if (strcmp(run->agent, agent->name) != 0) {
        if (!may_note(core, agent))
            return;
        alarm_about(core, run->id, agent->name,
                    "a result for another agent's run does not count: do two agents have each "
                    "other's journal?");
        acknowledge(core, agent, message);
        return;
    }
    /* Ahead of us, as after a restored backup: it is taken when this attempt leaves, and repeats.
     */
    if (!run_state_is_terminal(run->state) && message->result.attempt >= run->attempt)
        return;
    if (run_state_is_terminal(run->state) && event != RUN_EVENT_WINDOW_CLOSED &&
        (message->result.attempt != run->attempt ||
         run_apply(run, event, core->now_ms) == RUN_CONTRADICTED))
        note_contradiction(core, run, message);
    acknowledge(core, agent, message);
}

/* It showed progress and says now that it never started: one of the two is wrong. */
static void lose_contradictory(Core *core, Run *run)
{
    alarm_about(core, run->id, run->agent,
                "the agent reports that a run never started which it showed at work");
    g_clear_pointer(&run->outcome.reason, g_free);
    outcome_apply(core, run, RUN_EVENT_LOST, reason_format(REASON_CONTRADICTS));
}

void reports_take_result(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageResult *result = &message->result;
    Run *run = own_run(core, agent, result->run, result->attempt);
    g_autoptr(Speaker) speaker = NULL;
    RunEvent event;

    if (!result->run || !result_event(result, &event)) {
        core->refused_count++;
        if (say_is_due(core, "unbelievable", ALARM_MS))
            effects_log(core->fx, EFFECT_LOG_WARNING, result->run, agent->name,
                        "a result without a believable state is refused");
        return;
    }
    if (!run || run->state < RUN_QUEUED) {
        pending_ask(core, settle_ended, NULL, agent->name, message, NULL, QUERY_RUN_BY_ID,
                    result->run, 0, 1);
        return;
    }
    /* Another journal never had this attempt, whatever it says: a cancel, which names no journal,
     * may have made it bury the attempt. Its register settles the run (rule 6), and it repeats
     * this. */
    if (run->is_handed && !is_same_journal(run, message))
        return;
    acknowledge(core, agent, message);
    copy_outcome(run, result);
    speaker = speaker_from_conversation(run->conversation, run->chat_id);
    if (speaker)
        say_object(core, speaker, message);
    if (outcome_apply(core, run, event, NULL) == RUN_TOO_LATE)
        lose_contradictory(core, run);
}

/* ---- error ---- */

/* The same error again is no news, unless it has become critical. */
static bool is_news(Core *core, const FleetAgent *agent, const char *text, bool is_critical)
{
    g_autofree char *what = g_strdup_printf("error %s %s", agent->name, text);
    g_autofree char *worse = g_strdup_printf("critical %s", what);
    bool is_new = say_is_due(core, what, SAME_ERROR_MS);

    return (is_critical && say_is_due(core, worse, SAME_ERROR_MS)) || is_new;
}

void reports_take_error(Core *core, FleetAgent *agent, const Message *message)
{
    const MessageError *error = &message->error;
    bool is_critical = g_strcmp0(error->severity, "critical") == 0;
    g_autofree char *text = text_make_line(error->text ? error->text : "", REASON_MAX_CHARS);
    g_autofree char *severity =
        text_make_line(error->severity ? error->severity : "error", SEVERITY_MAX_CHARS);

    if (!may_note(core, agent))
        return;
    effects_audit(core->fx, core->now_ms, "error", agent->name, agent->name, error->run, "%s",
                  text);
    if (is_news(core, agent, text, is_critical))
        notices_tell(core, is_critical ? NOTICE_URGENT : NOTICE_NEWS, "%s: %s: %s", agent->name,
                     severity, text);
}

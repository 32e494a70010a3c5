#include "agent1/model/run.h"

#include "common/base/quantity.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

/*
 * STAY: the event says what is known already. LATE: it is about a stage that is over, as a repeated
 * message of QoS 1 may be. Everything not listed for a terminal state contradicts it.
 */
typedef enum {
    NONE,
    STAY,
    LATE,
    TO, /* + a state */
} Step;

#define GO(state) (TO + (int)(state))
#define ANY_OUTCOME                                                                                \
    [RUN_EVENT_SUCCEEDED] = GO(RUN_SUCCEEDED), [RUN_EVENT_FAILED] = GO(RUN_FAILED),                \
    [RUN_EVENT_TIMED_OUT] = GO(RUN_TIMED_OUT), [RUN_EVENT_CANCELLED] = GO(RUN_CANCELLED),          \
    [RUN_EVENT_LOST] = GO(RUN_UNKNOWN)
#define NOT_STARTED [RUN_EVENT_REFUSED] = GO(RUN_REJECTED), [RUN_EVENT_EXPIRED] = GO(RUN_EXPIRED)
#define OLD_NEWS                                                                                   \
    [RUN_EVENT_ACCEPTED] = LATE, [RUN_EVENT_RUNNING] = LATE, [RUN_EVENT_CANCEL_ASKED] = LATE

static const int steps[RUN_STATE_COUNT][RUN_EVENT_COUNT] = {
    [RUN_PROPOSED] = {
        [RUN_EVENT_ALLOWED] = GO(RUN_QUEUED),
        [RUN_EVENT_ASKED] = GO(RUN_AWAITING_APPROVAL),
        [RUN_EVENT_LATER] = GO(RUN_DEFERRED),
        [RUN_EVENT_REFUSED] = GO(RUN_REJECTED),
        [RUN_EVENT_MISSED] = GO(RUN_MISSED),
        [RUN_EVENT_SKIPPED] = GO(RUN_SKIPPED),
    },
    [RUN_AWAITING_APPROVAL] = {
        [RUN_EVENT_ALLOWED] = GO(RUN_QUEUED),
        [RUN_EVENT_ASKED] = STAY,
        [RUN_EVENT_LATER] = GO(RUN_DEFERRED),
        [RUN_EVENT_REFUSED] = GO(RUN_REJECTED),
        [RUN_EVENT_DENIED] = GO(RUN_DENIED),
        [RUN_EVENT_EXPIRED] = GO(RUN_EXPIRED),
        [RUN_EVENT_CANCELLED] = GO(RUN_CANCELLED),
    },
    [RUN_DEFERRED] = {
        [RUN_EVENT_ALLOWED] = GO(RUN_QUEUED),
        [RUN_EVENT_ASKED] = GO(RUN_AWAITING_APPROVAL),
        [RUN_EVENT_LATER] = STAY,
        [RUN_EVENT_REFUSED] = GO(RUN_REJECTED),
        [RUN_EVENT_MISSED] = GO(RUN_MISSED),
        [RUN_EVENT_CANCELLED] = GO(RUN_CANCELLED),
        /* The agent's word that it did not start came twice. */
        [RUN_EVENT_WINDOW_CLOSED] = STAY,
    },
    [RUN_QUEUED] = {
        [RUN_EVENT_ALLOWED] = STAY,
        [RUN_EVENT_ACCEPTED] = GO(RUN_ACCEPTED),
        [RUN_EVENT_RUNNING] = GO(RUN_RUNNING),
        [RUN_EVENT_WINDOW_CLOSED] = GO(RUN_DEFERRED),
        [RUN_EVENT_CANCEL_ASKED] = GO(RUN_CANCELLING),
        [RUN_EVENT_REQUEUED] = STAY,
        NOT_STARTED,
        ANY_OUTCOME,
    },
    [RUN_ACCEPTED] = {
        [RUN_EVENT_ACCEPTED] = STAY,
        [RUN_EVENT_RUNNING] = GO(RUN_RUNNING),
        [RUN_EVENT_WINDOW_CLOSED] = GO(RUN_DEFERRED),
        [RUN_EVENT_CANCEL_ASKED] = GO(RUN_CANCELLING),
        [RUN_EVENT_REQUEUED] = GO(RUN_QUEUED),
        NOT_STARTED,
        ANY_OUTCOME,
    },
    [RUN_RUNNING] = {
        [RUN_EVENT_ACCEPTED] = LATE,
        [RUN_EVENT_RUNNING] = STAY,
        [RUN_EVENT_CANCEL_ASKED] = GO(RUN_CANCELLING),
        [RUN_EVENT_REQUEUED] = GO(RUN_QUEUED),
        ANY_OUTCOME,
    },
    [RUN_CANCELLING] = {
        [RUN_EVENT_ACCEPTED] = LATE,
        [RUN_EVENT_RUNNING] = LATE,
        [RUN_EVENT_CANCEL_ASKED] = STAY,
        /* Not started and cancelled: the person's wish is fulfilled. */
        [RUN_EVENT_WINDOW_CLOSED] = GO(RUN_CANCELLED),
        NOT_STARTED,
        ANY_OUTCOME,
    },
    [RUN_SUCCEEDED] = { OLD_NEWS, [RUN_EVENT_SUCCEEDED] = STAY },
    [RUN_FAILED] = { OLD_NEWS, [RUN_EVENT_FAILED] = STAY },
    [RUN_TIMED_OUT] = { OLD_NEWS, [RUN_EVENT_TIMED_OUT] = STAY },
    [RUN_CANCELLED] = { OLD_NEWS, [RUN_EVENT_CANCELLED] = STAY, [RUN_EVENT_WINDOW_CLOSED] = STAY },
    [RUN_REJECTED] = { OLD_NEWS, [RUN_EVENT_REFUSED] = STAY },
    [RUN_EXPIRED] = { OLD_NEWS, [RUN_EVENT_EXPIRED] = STAY },
    [RUN_DENIED] = { OLD_NEWS, [RUN_EVENT_DENIED] = STAY },
    [RUN_MISSED] = { OLD_NEWS, [RUN_EVENT_MISSED] = STAY },
    [RUN_SKIPPED] = { OLD_NEWS, [RUN_EVENT_SKIPPED] = STAY },
    [RUN_UNKNOWN] = { OLD_NEWS, [RUN_EVENT_LOST] = STAY },
};

Run *run_new(const char *id, int64_t number)
{
    Run *run = g_new0(Run, 1);

    run->id = g_strdup(id);
    run->number = number;
    run->attempt = 1;
    run->outcome.exit_code = RUN_ABSENT;
    run->outcome.signal = RUN_ABSENT;
    run->outcome.started_ms = RUN_ABSENT;
    run->outcome.finished_ms = RUN_ABSENT;
    return run;
}

void run_free(Run *run)
{
    if (!run)
        return;

    g_free(run->id);
    g_free(run->agent);
    g_free(run->task);
    g_free(run->skill);
    g_free(run->user);
    g_free(run->principal);
    g_free(run->conversation);
    g_free(run->chat_id);
    g_free(run->journal);
    g_free(run->cancelled_by);
    g_free(run->outcome.output);
    g_free(run->outcome.rule);
    g_free(run->outcome.reason);
    g_free(run->contradiction);
    g_free(run->plan);
    g_free(run->approval);
    g_free(run->approved_hash);
    g_free(run->decided_by);
    g_free(run->schedule);
    g_free(run->after);
    g_free(run->query_id);
    g_free(run);
}

void run_wait_for(Run *run, const Run *before)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, before->number);
    char *after = g_strdup(before->id);

    g_free(run->after);
    run->after = after;
    g_free(run->outcome.reason);
    run->outcome.reason = reason_make(REASON_AFTER_RUN, number, NULL);
}

RunApplied run_apply(Run *run, RunEvent event, int64_t now_ms)
{
    int step = steps[run->state][event];

    if (step == STAY)
        return RUN_REPEATED;
    if (step == LATE)
        return RUN_TOO_LATE;
    if (step == NONE)
        return run_state_is_terminal(run->state) ? RUN_CONTRADICTED : RUN_TOO_LATE;

    g_assert(!run_state_is_terminal(run->state));
    run->state = (RunState)(step - TO);
    run->changed_ms = now_ms;
    if (run->state == RUN_SUCCEEDED)
        g_assert(run->outcome.exit_code == 0);
    return RUN_APPLIED;
}

bool run_event_of_state(RunState state, RunEvent *out)
{
    static const struct {
        RunState state;
        RunEvent event;
    } rows[] = {
        { RUN_ACCEPTED, RUN_EVENT_ACCEPTED },      { RUN_RUNNING, RUN_EVENT_RUNNING },
        { RUN_CANCELLING, RUN_EVENT_RUNNING },     { RUN_SUCCEEDED, RUN_EVENT_SUCCEEDED },
        { RUN_FAILED, RUN_EVENT_FAILED },          { RUN_TIMED_OUT, RUN_EVENT_TIMED_OUT },
        { RUN_CANCELLED, RUN_EVENT_CANCELLED },    { RUN_REJECTED, RUN_EVENT_REFUSED },
        { RUN_EXPIRED, RUN_EVENT_EXPIRED },        { RUN_UNKNOWN, RUN_EVENT_LOST },
        { RUN_DEFERRED, RUN_EVENT_WINDOW_CLOSED },
    };
    unsigned i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].state == state) {
            *out = rows[i].event;
            return true;
        }
    }
    return false;
}

const char *run_reason(const Run *run)
{
    const char *reason = run->outcome.reason;

    return reason || run->state != RUN_REJECTED ? reason : reason_format(REASON_NONE_GIVEN);
}

/* As the gate words it, whoever refused. */
static char *describe_refusal(const RunOutcome *outcome, const char *reason)
{
    if (!outcome->rule)
        return g_strdup_printf("refused: %s", reason);
    return g_strdup_printf("refused (%s): %s", outcome->rule, reason);
}

/* At work, a reason would be an older one. */
static bool shows_reason(RunState state)
{
    return run_state_is_terminal(state) || state == RUN_DEFERRED || state == RUN_AWAITING_APPROVAL;
}

char *run_describe(const Run *run)
{
    return run_describe_as(run, run_reason(run));
}

char *run_describe_as(const Run *run, const char *reason)
{
    const RunOutcome *outcome = &run->outcome;
    GString *text = g_string_new(run_state_name(run->state));
    const char *between = " (";

    if (run->state == RUN_REJECTED) {
        g_string_free(text, TRUE);
        return describe_refusal(outcome, reason);
    }
    if (outcome->exit_code != RUN_ABSENT) {
        g_string_append_printf(text, "%sexit %" G_GINT64_FORMAT, between, outcome->exit_code);
        between = ", ";
    }
    if (outcome->signal != RUN_ABSENT) {
        g_string_append_printf(text, "%ssignal %" G_GINT64_FORMAT, between, outcome->signal);
        between = ", ";
    }
    if (outcome->started_ms != RUN_ABSENT && run_state_is_terminal(run->state)) {
        g_autofree char *duration = duration_format(outcome->duration_ms);

        g_string_append_printf(text, "%s%s", between, duration);
        between = ", ";
    }
    if (shows_reason(run->state) && reason) {
        g_string_append_printf(text, "%s%s", between, reason);
        between = ", ";
    }
    if (between[0] == ',')
        g_string_append_c(text, ')');
    return g_string_free(text, FALSE);
}

const char *run_waiting_word(const Run *run)
{
    if (run->is_unconfirmed)
        return OUTCOME_UNCONFIRMED;
    if (run->state == RUN_AWAITING_APPROVAL)
        return OUTCOME_AWAITING;
    return run->state == RUN_DEFERRED ? run_state_name(run->state) : NULL;
}

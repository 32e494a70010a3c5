/*
 * One run: a task given to one agent, from proposal to outcome, and the table of its states
 * (README, "The wire", run states). An outcome is written once; what contradicts it later is told
 * to the caller, never applied.
 */
#ifndef AGENT1_MODEL_RUN_H
#define AGENT1_MODEL_RUN_H

#include "common/wire/run_state.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define RUN_ABSENT INT64_C(-1)

typedef enum {
    RUN_EVENT_ALLOWED,       /* the gate said yes */
    RUN_EVENT_ASKED,         /* the gate wants an approval */
    RUN_EVENT_LATER,         /* the gate said later */
    RUN_EVENT_REFUSED,       /* the gate, or the agent by its claim, said no */
    RUN_EVENT_ACCEPTED,      /* the agent has it in its journal */
    RUN_EVENT_RUNNING,       /* the agent showed progress */
    RUN_EVENT_WINDOW_CLOSED, /* the agent did not start it: a window closed before the claim */
    RUN_EVENT_EXPIRED,       /* its time passed before it started */
    RUN_EVENT_CANCEL_ASKED,  /* a person cancels what an agent may hold already */
    RUN_EVENT_CANCELLED,     /* it did not run, or was killed, on request */
    RUN_EVENT_SUCCEEDED,
    RUN_EVENT_FAILED,
    RUN_EVENT_TIMED_OUT,
    RUN_EVENT_LOST,     /* nobody can tell what became of it */
    RUN_EVENT_REQUEUED, /* safe to hand out again: idempotent */
    RUN_EVENT_DENIED,   /* a person refused the approval */
    RUN_EVENT_MISSED,   /* deferred past its wait, or not begun at its schedule's time */
    RUN_EVENT_SKIPPED,  /* its schedule wants it not done at all rather than late, or twice */
    RUN_EVENT_COUNT,
} RunEvent;

typedef enum {
    RUN_APPLIED,      /* the state changed */
    RUN_REPEATED,     /* says what is known already; no error */
    RUN_TOO_LATE,     /* about a stage that is over; no error */
    RUN_CONTRADICTED, /* the outcome stands and this is another one */
} RunApplied;

typedef struct RunOutcome {
    int64_t exit_code; /* RUN_ABSENT: it did not exit by itself */
    int64_t signal;    /* RUN_ABSENT */
    char *output;
    int64_t output_bytes;
    bool is_truncated;
    int64_t started_ms; /* RUN_ABSENT: never started */
    int64_t finished_ms;
    int64_t duration_ms;
    int64_t user_ms;
    int64_t sys_ms;
    int64_t max_rss_kib;
    char *rule;   /* of a refusal */
    char *reason; /* as common/wire/reason.h says, or as the agent did */
} RunOutcome;

typedef struct Run {
    char *id;        /* ULID */
    int64_t number;  /* what people see: #42 */
    int64_t attempt; /* from 1 */
    RunState state;
    char *agent;
    char *task;
    char *skill; /* the skill's name; "shell" for free text */
    char *user;
    char *principal;
    char *conversation; /* where answers go (agent1/flow/state/speaker.h) */
    char *chat_id;      /* the message that asked for it; NULL: none waits */
    int64_t created_ms;
    int64_t changed_ms;
    int64_t expires_ms;
    int64_t timeout_ms;
    bool is_idempotent;
    bool is_handed;      /* this attempt may have left for the broker */
    char *journal;       /* the agent's journal it was handed to; NULL until then */
    char *cancelled_by;  /* NULL: nobody asked */
    bool is_unconfirmed; /* past its time and the agent is silent */
    int64_t asked_ms;    /* when the agent was last asked for it alone; not stored */
    char *query_id;      /* that question, while nothing was heard since; NULL: none; not stored */
    RunOutcome outcome;
    char *contradiction;   /* a later report that differed */
    char *plan;            /* the plan it is a step of; NULL: none */
    int64_t wait_until_ms; /* deferred: until when it waits for its gate; 0: nothing was said */
    int64_t not_before_ms; /* deferred: put off by a person; 0: as soon as the gate opens */
    char *approval;        /* the id of its approval, open or given; NULL: none was needed */
    char *approved_hash;   /* what a person approved (common/wire/approval.h); NULL: nothing */
    char *decided_by;      /* the user who approved or rejected it; NULL: nobody */
    int64_t decided_ms;    /* when; 0 */
    char *schedule;        /* the schedule that made it; NULL: a person's word did */
    int64_t nominal_ms;    /* the time of the schedule that it stands for; 0: fired by hand */
    int64_t turn;          /* how often the schedule's times had begun anew */
    char *after;           /* deferred: until this run has ended; NULL: for no run */
    bool is_told;          /* whoever asked for it reads its end in another answer; not stored */
} Run;

Run *run_new(const char *id, int64_t number);
void run_free(Run *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Run, run_free)

/* Applies an event by the table and sets the state; the only function that does. A terminal state
 * keeps the invariants: succeeded has exit code 0 (asserted by the caller's order: set the outcome
 * first). */
RunApplied run_apply(Run *run, RunEvent event, int64_t now_ms);

/* It is deferred until a live run has ended, and says so. */
void run_wait_for(Run *run, const Run *before);

/* The event that a state reported by an agent stands for. False for states no agent reports. */
bool run_event_of_state(RunState state, RunEvent *out);

/* The word for a run that keeps nobody waiting though it is not over; NULL: it has none. */
const char *run_waiting_word(const Run *run);

/* "succeeded (exit 0, 0.4 s)", "queued", "deferred (why)", "unknown (why)", and for a
 * rejected one "refused (skill): why", as every refusal reads. The caller owns it. */
char *run_describe(const Run *run);

/* Its reason; that of a refusal without one says so. NULL: none. Borrowed. */
const char *run_reason(const Run *run);

/* The same with run_reason() in other words, for who reads another language than rows keep. */
char *run_describe_as(const Run *run, const char *reason);

#endif

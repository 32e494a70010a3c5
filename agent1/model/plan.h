/*
 * A plan: a task, or several, given to several agents, as one thing that people see as p7. Its
 * steps stand in stages: the steps of a stage begin together, and a stage begins when all before it
 * is over and went well. PLAN: has a stage for each of its steps; a task for several agents is one
 * stage, or with --batch several. Pure: which run a step became is told to it, and what became of
 * that run.
 */
#ifndef AGENT1_MODEL_PLAN_H
#define AGENT1_MODEL_PLAN_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    PLAN_OPEN,    /* nothing of it began */
    PLAN_RUNNING, /* from the first step on */
    /* From here on it is over. */
    PLAN_DONE,      /* every step was begun or refused by itself */
    PLAN_STOPPED,   /* a step did not go well, and what stood behind it was not run */
    PLAN_CANCELLED, /* a person stopped it */
    PLAN_STATE_COUNT,
} PlanState;

/* "open", "running", "done", "stopped", "cancelled". */
const char *plan_state_name(PlanState state);
bool plan_state_parse(const char *name, PlanState *out);

typedef enum {
    PLAN_SEQUENCE, /* whatever is no success stops it */
    PLAN_FAN_OUT,  /* one task for several agents: what is refused to one does not stop it */
} PlanKind;

typedef enum {
    STEP_WAITING, /* its stage has not come */
    STEP_BEGUN,   /* it is a run that has no outcome yet */
    STEP_ENDED,   /* it has an outcome; without a run when it was refused */
    STEP_NOT_RUN, /* the plan was over before its stage came */
    STEP_STATE_COUNT,
} StepState;

/* "waiting", "begun", "ended", "not_run". */
const char *step_state_name(StepState state);
bool step_state_parse(const char *name, StepState *out);

typedef struct PlanStep {
    unsigned position; /* from 0 */
    unsigned stage;    /* from 0, never falling */
    char *agent;
    char *task;    /* NULL: the plan's */
    bool is_now;   /* refused rather than queued for an agent that is offline */
    bool may_wait; /* where the gate opens later it becomes a run that waits */
    bool is_later; /* refused, but only for now; not stored */
    StepState state;
    char *run;        /* ULID; NULL: it is none */
    int64_t number;   /* of the run */
    char *outcome;    /* ENDED: a word of common/wire/run_state.h */
    char *rule;       /* of a refusal, or NULL */
    char *text;       /* ENDED: "failed (exit 2, 0.4 s)", for people */
    char *tail;       /* ENDED: the last lines of its output, or NULL */
    bool is_wait_new; /* its run waits since this moment; not stored */
} PlanStep;

typedef struct Plan {
    char *id; /* "p7" */
    int64_t number;
    PlanState state;
    PlanKind kind;
    char *task; /* FAN_OUT; NULL: each step has its own */
    char *user;
    char *principal;
    char *conversation; /* where it is told of */
    char *chat_id;      /* the message that asked for it, or NULL */
    char *cancelled_by; /* NULL: nobody asked */
    bool is_stopping;   /* nothing of it begins any more */
    bool is_told;       /* its summary was said: what still ends speaks for itself */
    int64_t created_ms;
    int64_t changed_ms;       /* when its state last changed */
    GPtrArray *steps;         /* PlanStep *, owned */
    int64_t retry_ms;         /* when it is worth a look; INT64_MAX: nothing is known to come; not
                                 stored */
    int64_t patient_until_ms; /* until when an agent may take to resume; not stored */
    bool is_held;             /* it was said that it waits for agent1 to wake; not stored */
} Plan;

Plan *plan_new(int64_t number, PlanKind kind);
void plan_free(Plan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Plan, plan_free)

/* Adds a step behind the others. task NULL: the plan's. Borrowed result. */
PlanStep *plan_add_step(Plan *plan, unsigned stage, const char *agent, const char *task);

/* What the step does. */
const char *plan_task(const Plan *plan, const PlanStep *step);

unsigned plan_count(const Plan *plan, StepState state);
unsigned plan_stages(const Plan *plan);

/* The first step that may begin now, or NULL. */
PlanStep *plan_next(const Plan *plan);

/* The step that became this run, or NULL. */
PlanStep *plan_find_run(const Plan *plan, const char *run);

/* The step is this run from now on. */
void plan_begin_step(Plan *plan, PlanStep *step, const char *run, int64_t number, int64_t now_ms);

/* Texts are copied; all but the outcome may be NULL. */
typedef struct StepEnd {
    const char *outcome;
    const char *rule;
    const char *text;
    const char *tail;
} StepEnd;

/* The step is over. Unless that went well, the stages behind it may not be run any more. */
void plan_end_step(Plan *plan, PlanStep *step, const StepEnd *end);

/* Nothing of it begins any more, on a person's word: its waiting steps are not run. */
void plan_cancel(Plan *plan, const char *by);

/* Gives the plan its last state when no step of it waits or is at work; true when it is over. */
bool plan_finish(Plan *plan, int64_t now_ms);

/* "p7" and "P7" are plans' names. */
bool plan_parse_id(const char *text, int64_t *out_number);

#endif

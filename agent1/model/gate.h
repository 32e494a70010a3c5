/*
 * The gate: the one place that says yes, ask, later or no, at every door: chat, trigger, deferred
 * run, and whatever doors come later. A pure function of facts that the caller gathered; the worker
 * judges once more with its own (agent2/model).
 *
 * The rules are asked in the order of the table in gate.c; the first that objects decides, and its
 * name stands in the answer. To add a rule: a function and a row there, a word in
 * common/wire/run_state.h.
 */
#ifndef AGENT1_MODEL_GATE_H
#define AGENT1_MODEL_GATE_H

#include "common/wire/command.h"
#include "common/wire/run_state.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    GATE_ALLOW,
    GATE_ASK,   /* a person must approve */
    GATE_LATER, /* not now; from next_ms on it would pass */
    GATE_DENY,
} GateKind;

typedef enum {
    RISK_READ,
    RISK_LOW,
    RISK_GUARDED,
    RISK_HIGH,
    RISK_COUNT,
} Risk;

/* "read", "low", "guarded", "high". */
const char *risk_name(Risk risk);
bool risk_parse(const char *name, Risk *out);

/* Everything is borrowed; texts fill the places of reasons (common/wire/reason.h). */
typedef struct GateRequest {
    Role role; /* of the user who acts */
    Role needed_role;
    bool is_asleep;

    const char *agent;
    bool is_known;
    const char *nearest; /* unknown: "web1, web2", or NULL */
    bool is_accepted;
    bool is_revoked;
    const char *revoked_by; /* NULL: nobody knows */
    const char *revoked_at; /* as offline_since */
    bool is_paused;
    const char *paused_by; /* the user; NULL: it says so itself */
    const char *paused_since;
    bool is_offline;
    bool is_now;               /* refuse rather than queue for an offline agent */
    const char *offline_since; /* "14:02", as records write it; NULL when it was never seen */

    bool is_offered;           /* the agent has the skill, or a shell for free text */
    const char *complaint;     /* a reason: what is wrong with the call of a skill, or NULL */
    const char *nearest_skill; /* to what is not offered, or NULL */
    const char *skills_text;   /* "apt.update, apt.upgrade", or NULL: none known */

    const char *policy;        /* a reason: what speaks of it, as "rule 2 of policy.json" */
    const char *policy_reason; /* in the file's words, or NULL */
    bool is_forbidden;         /* by policy, whoever would approve it */
    bool needs_approval;
    bool needs_second; /* the one who asked cannot approve it */
    bool is_approved;  /* by somebody who may */

    const char *blackout; /* the blackout now, described; NULL: none */
    bool is_outside_work;
    const char *work_hours; /* described */
    int64_t opens_ms;       /* INT64_MAX: not within two weeks */

    unsigned queued; /* runs that wait for this agent */
    unsigned queue_max;
} GateRequest;

typedef struct Verdict {
    GateKind kind;
    Rule rule;         /* RULE_NONE when allowed */
    char *reason;      /* its English text (common/wire/reason.h); NULL when allowed */
    int64_t next_ms;   /* LATER: when it would pass, INT64_MAX when that is not known; else 0 */
    bool needs_second; /* ASK: somebody else than who asked must approve */
} Verdict;

/* The caller clears the result with verdict_clear(). */
void gate_judge(const GateRequest *request, Verdict *out);
void verdict_clear(Verdict *verdict);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Verdict, verdict_clear)

/* True of a denial that a person's word ends at any time: it is no end of what may wait. */
bool verdict_passes_by_a_word(const Verdict *verdict);

#endif

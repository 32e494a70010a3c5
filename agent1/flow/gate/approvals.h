/*
 * Approvals: runs that wait for a person's yes, bound to exactly what would be started
 * (common/wire/approval.h). An approval is open, or put off until a time; it ends with its run's
 * waiting: approved, denied, expired, cancelled. Who decided, and when, stays in the run's row.
 * Durable; each expires after a while, with one reminder before.
 */
#ifndef AGENT1_FLOW_GATE_APPROVALS_H
#define AGENT1_FLOW_GATE_APPROVALS_H

#include "agent1/flow/state/core_state.h"
#include "agent1/model/gate.h"

/* Opens an approval of the run, whose row the caller stores. Those who may answer hear of it at the
 * end of this step (approval_notices.h). */
void approvals_open(Core *core, Run *run, const Verdict *verdict);

/* The open or put-off approval of a run; NULL: none waits. Borrowed. */
Row *approvals_find(const Core *core, const Run *run);

/* True when the run is still what was shown to people. */
bool approvals_fits(const Run *run, const Row *row);

/* Puts the question off: it opens anew at that time, and expires counted from then. */
void approvals_put_off(Core *core, Run *run, Row *row, int64_t until_ms);

/* The run waits no more: there is nothing to answer. */
void approvals_close(Core *core, const Run *run);

/* What time brings: questions that open again, reminders. The result has the runs (Run *) whose
 * approval expired, for the caller to end; NULL: none. The caller owns the array. */
GPtrArray *approvals_tick(Core *core);

/* Why the run waits, without how to answer. The caller owns it. */
char *approvals_why(const Run *run);

/* The task exactly, what is hidden in it shown as <U+202E>, in a fenced block of at most max_bytes
 * of it. The caller owns it. */
char *approvals_task_text(const Core *core, const Run *run, size_t max_bytes);

/* "ana, oskar": those who may approve what this user asks for; "nobody". The caller owns it. */
char *approvals_who(const Core *core, const char *asked_by, bool needs_second);

/* The users (const User *) who may approve it, but for the one who asked; NULL leaves nobody out.
 * The caller unrefs the array. */
GPtrArray *approvals_others(const Core *core, const char *asked_by);

void approvals_free_news(void *data);

/* "ana asks, work of high risk …; !approve 12; expires 15:13": one line. The caller owns it. */
char *approvals_describe(const Core *core, const Run *run, const Row *row);

#endif

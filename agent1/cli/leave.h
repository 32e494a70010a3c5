/*
 * What is told of questions that are left: by whoever leaves the conversation altogether, and since
 * agent1 does not answer.
 */
#ifndef AGENT1_CLI_LEAVE_H
#define AGENT1_CLI_LEAVE_H

#include "agent1/cli/printer.h"

/* Says of each question that is still at work what becomes of it. now_ms: wall time. */
void leave_tell(const Printer *printer, const GPtrArray *asks, int64_t now_ms);

/* Why there is no answer, and whether it may still be done. */
void leave_unanswered(const Ask *ask, bool was_connected, int64_t now_ms);

#endif

/*
 * A run on one line, as lists and reports show it.
 */
#ifndef AGENT1_FLOW_VOICE_RUN_LINE_H
#define AGENT1_FLOW_VOICE_RUN_LINE_H

#include "agent1/flow/state/core_state.h"

/* "#12 web1: failed (exit 2, 3 s) · 14:02 · apt update". The caller owns it. */
char *run_line(const Core *core, const Run *run);

/* The same, and why: the line of its output that tells it, where there is one
 * (model/failure_line.h). */
char *run_line_with_why(const Core *core, const Run *run);

#endif

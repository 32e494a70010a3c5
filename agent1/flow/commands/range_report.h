/*
 * What ended in a range of time: the figures, and the last runs of it.
 */
#ifndef AGENT1_FLOW_COMMANDS_RANGE_REPORT_H
#define AGENT1_FLOW_COMMANDS_RANGE_REPORT_H

#include "agent1/flow/commands/report_line.h"

/* Answers a line that has a range; is_failures: with those that failed, and what they said. */
void range_report_ask(Core *core, Turn *turn, const ReportLine *line, bool is_failures);

#endif

/*
 * What stands behind REPORT: and its like: "[agent] [| <time>]".
 */
#ifndef AGENT1_FLOW_COMMANDS_REPORT_LINE_H
#define AGENT1_FLOW_COMMANDS_REPORT_LINE_H

#include "agent1/flow/voice/turn.h"
#include "agent1/model/report_range.h"

typedef struct ReportLine {
    char *agent;    /* as agents are written; NULL: all */
    bool has_range; /* a time was given */
    ReportRange range;
} ReportLine;

/* False, with an error that shows how it is written, when it is none; `word` is "REPORT:" and the
 * like. Clear it afterwards in both cases. */
bool report_line_read(Turn *turn, const char *word, const char *rest, ReportLine *out);
void report_line_clear(ReportLine *line);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ReportLine, report_line_clear)

#endif

/*
 * reports_schedule.json: when each agent is asked for its report of the day, and when the compiled
 * one goes out. Times are of the installation's wall clock. Does not know what was asked or sent.
 */
#ifndef AGENT1_MODEL_REPORT_TIMES_H
#define AGENT1_MODEL_REPORT_TIMES_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>

typedef struct ReportTime {
    int minute; /* after local midnight, 0 … 1439; -1: none was set */
    bool is_enabled;
} ReportTime;

typedef struct ReportTimes ReportTimes;

/* NULL: nothing is scheduled. Warnings as in record_read(). Errors name the path. */
ReportTimes *report_times_parse(const Json *object, GPtrArray *warnings, GError **error);
void report_times_free(ReportTimes *times);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReportTimes, report_times_free)

/* Borrowed; NULL: the file does not name this agent. */
const ReportTime *report_times_of(const ReportTimes *times, const char *agent);
const ReportTime *report_times_daily(const ReportTimes *times);

/* The agents that the file names, in order of the alphabet: const char *, borrowed;
 * g_ptr_array_unref() frees the array. */
GPtrArray *report_times_agents(const ReportTimes *times);

/* Sets one as the file will say it; agent NULL: the compiled report. A minute of -1 switches it off
 * and keeps its time. */
void report_times_set(ReportTimes *times, const char *agent, int minute);

/* The same as members of the file's object (of the agent's, or of the root). */
Json *report_times_members(bool is_daily, int minute);

/* What such members say, read back; false when they are none. */
bool report_times_read_members(const Json *members, int *out_minute);

/* "22:30". The caller owns it. */
char *report_time_print(int minute);

#endif

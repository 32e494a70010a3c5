/*
 * The log: one line per fact, structured, to the journal when standard error is one
 * (JOURNAL_STREAM) and as text to standard error otherwise. Secrets are redacted here, at the sink.
 *
 *     const LogField fields[] = { { "RUN", run->id }, { "AGENT", agent } };
 *     log_write(LOG_LEVEL_INFO, fields, 2, "task accepted");
 *
 * Any thread may log and add secrets; log_init() comes before other threads. A reader of standard
 * error that does not read costs lines, which are counted, not time.
 */
#ifndef COMMON_SYS_LOG_H
#define COMMON_SYS_LOG_H

#include <glib.h>

typedef enum {
    LOG_LEVEL_ERROR,   /* somebody must act */
    LOG_LEVEL_WARNING, /* wrong, but handled */
    LOG_LEVEL_NOTICE,  /* rare and worth knowing */
    LOG_LEVEL_INFO,    /* normal life */
    LOG_LEVEL_DEBUG,   /* for developers */
} LogLevel;

/* program: "agent1". Takes over GLib's log writer. is_debug also shows LOG_LEVEL_DEBUG. */
void log_init(const char *program, gboolean is_debug);

/* One line: the message by printf, with fields (name, value pairs; names in upper case; a NULL
 * value leaves the pair out). At most 8 pairs. */
typedef struct LogField {
    const char *name;
    const char *value;
} LogField;

void log_write(LogLevel level, const LogField *fields, unsigned field_count, const char *format,
               ...) G_GNUC_PRINTF(4, 5);

/* The same without fields. */
#define log_line(level, ...) log_write((level), NULL, 0, __VA_ARGS__)

/* Adds a secret that must never appear; copied. */
void log_redact(const char *secret);

#endif

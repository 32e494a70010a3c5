/*
 * The end of a run, as the shim writes it: the only source of succeeded, failed, timed_out, and of
 * cancelled after a start. A run that was not started has a claim that says why, and no exit. Pure,
 * without GLib.
 */
#ifndef AGENT2_FOLDER_EXIT_H
#define AGENT2_FOLDER_EXIT_H

#include "agent2/folder/lines.h"
#include "agent2/folder/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_EXIT_MAX_BYTES    2048 /* as much is reserved on disk before the start */
#define RUN_EXIT_REASON_BYTES 256

typedef enum {
    END_EXITED,       /* by itself: exit_code */
    END_SIGNALLED,    /* by a signal that was not the shim's: signal */
    END_TIMED_OUT,    /* the shim ended it, its time was up */
    END_CANCELLED,    /* the shim ended it, `cancel` was there */
    END_START_FAILED, /* claimed, but the command could not be run: reason */
    END_KIND_COUNT,
} EndKind;

/* "exited", "signalled", … */
const char *end_kind_name(EndKind kind);

typedef struct RunExit {
    EndKind kind;
    int64_t exit_code; /* 0..255; -1: it did not exit */
    int64_t signal;    /* 1..64; 0: no signal ended it */
    int64_t started_ms;
    int64_t finished_ms; /* Unix ms; may lie before started_ms when the clock was set */
    int64_t duration_ms; /* by CLOCK_BOOTTIME */
    int64_t user_ms;     /* of the command and everything that it started */
    int64_t sys_ms;
    int64_t max_rss_kib;
    int64_t output_bytes; /* all that it wrote, kept or not */
    int64_t kept_bytes;   /* of them, what was written to disk and not rotated away */
    int64_t survivors;    /* processes that even KILL did not end in time; 0 but in sad cases */
    char reason[RUN_EXIT_REASON_BYTES]; /* END_START_FAILED: "exec: No such file or directory" */
} RunExit;

/* False when it is not valid or does not fit. RUN_EXIT_MAX_BYTES are always enough. */
bool run_exit_print(const RunExit *end, char *buffer, size_t size, size_t *out_length);

/* Reads a text of length bytes and a NUL, which it changes; *out borrows nothing and is of use only
 * with LINES_OK. */
LinesVerdict run_exit_parse(char *text, size_t length, RunExit *out);

#endif

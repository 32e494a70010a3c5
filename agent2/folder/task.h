/*
 * The frozen order in a run folder: what the shim runs, how, and until when; and what agent2 wants
 * to remember of the task beyond that, which the shim does not look at: a file of its own would
 * cost each task as much as the order. Pure, without GLib.
 */
#ifndef AGENT2_FOLDER_TASK_H
#define AGENT2_FOLDER_TASK_H

#include "agent2/folder/lines.h"
#include "agent2/folder/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RUN_TASK_MAX_BYTES (512 * 1024) /* of the file */
#define RUN_ARGS_MAX       256
#define RUN_ENV_MAX        128
#define RUN_GROUPS_MAX     64
#define RUN_TIMEOUT_MAX_MS (INT64_C(31) * 24 * 3600 * 1000)
#define RUN_GRACE_MAX_MS   (INT64_C(3600) * 1000)
#define RUN_OUTPUT_MIN     (112 * 1024) /* a head of 16 KiB and two tails of 48 KiB */
#define RUN_OUTPUT_MAX     (INT64_C(1024) * 1024 * 1024)
#define RUN_OUTPUT_DEFAULT (8 * 1024 * 1024)
#define RUN_NO_WINDOW      INT64_MAX
#define RUN_AS_NOBODY_ELSE (-1)

/* The texts are borrowed: of the caller when printing, of the parsed text afterwards. */
typedef struct RunTask {
    const char *run; /* ULID */
    int64_t attempt; /* 1..RUN_ATTEMPT_MAX */
    const char *boot_id;
    int64_t expires_ms;    /* Unix ms by this host's clock: not started at or after it */
    int64_t window_end_ms; /* the same for the window that is open now; RUN_NO_WINDOW */
    int64_t timeout_ms;    /* of CLOCK_BOOTTIME from the start; 0: none */
    int64_t kill_grace_ms; /* between TERM and KILL */
    int64_t max_output;    /* bytes kept on disk, RUN_OUTPUT_MIN..RUN_OUTPUT_MAX */
    int64_t uid;           /* RUN_AS_NOBODY_ELSE: as the shim itself, and gid and groups unused */
    int64_t gid;
    unsigned group_count; /* supplementary groups, already looked up */
    int64_t groups[RUN_GROUPS_MAX];
    const char *cwd; /* absolute */
    unsigned env_count;
    const char *env[RUN_ENV_MAX]; /* NAME=value: all of the environment but RUN_COOKIE */
    unsigned arg_count;           /* at least 1 */
    char *args[RUN_ARGS_MAX + 1]; /* args[0] with a slash, or searched in the task's own PATH; ends
                                     with NULL, as execve(2) wants it */
    const char *meta;             /* agent2's own; NULL: none */
} RunTask;

/* True when run_task_print() would print it: every text and number within its bounds. */
bool run_task_is_valid(const RunTask *task);

/* Prints into the buffer; false when the task is not valid or does not fit in size (at most
 * RUN_TASK_MAX_BYTES are ever read again). No NUL is added. */
bool run_task_print(const RunTask *task, char *buffer, size_t size, size_t *out_length);

/* Reads a text of length bytes and a NUL, which it changes, and which *out then borrows.
 * *out_problem (may be NULL) gets a constant text when the answer is not LINES_OK; *out is of no
 * use then. */
LinesVerdict run_task_parse(char *text, size_t length, RunTask *out, const char **out_problem);

#endif

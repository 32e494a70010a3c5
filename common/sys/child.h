/*
 * One program run to its end, and what it wrote: for a thread that may wait (common/sys/errand.h),
 * never for a main loop. No shell. The program stands in a session of its own, so that neither it
 * nor what it starts can ask at a terminal; it reads what the order says and has no descriptor of
 * ours. At its time, and when it is cancelled, its whole process group is killed.
 */
#ifndef COMMON_SYS_CHILD_H
#define COMMON_SYS_CHILD_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of what it writes so much is kept, from the beginning, of each of the two, unless an order says
 * otherwise. */
#define CHILD_OUTPUT_MAX_BYTES (16 * 1024)

typedef struct ChildOrder {
    const char *const *argv;        /* the program is looked for along our own PATH */
    const char *const *environment; /* NAME=value; all that it gets */
    const char *folder;             /* where it begins; NULL: where we are */
    const char *input;              /* what it reads; NULL: nothing */
    size_t output_max_bytes;        /* so much is kept; 0: CHILD_OUTPUT_MAX_BYTES */
    int64_t deadline_boot_ms;       /* CLOCK_BOOTTIME */
    int cancel_fd; /* readable, or closed at its other end: it is cancelled; -1: nothing does */
} ChildOrder;

typedef enum {
    CHILD_EXITED,
    CHILD_SIGNALLED,
    CHILD_TIMED_OUT,
    CHILD_CANCELLED,
    CHILD_MISSING,     /* there is no such program */
    CHILD_NOT_STARTED, /* for want of descriptors or memory: errors says why */
} ChildKind;

typedef struct ChildEnd {
    ChildKind kind;
    int exit_code; /* EXITED */
    char *output;  /* of its standard output; any bytes but NUL, "" at least */
    char *errors;  /* the same of its standard error */
} ChildEnd;

/* Waits until it has ended. out is to be cleared. */
void child_run(const ChildOrder *order, ChildEnd *out);

void child_end_clear(ChildEnd *end);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ChildEnd, child_end_clear)

#endif

/*
 * Landlock, the kernel's own fences for a process that gives up rights, by its bare calls: what of
 * it this kernel has is used. See landlock(7).
 */
#ifndef AGENT1_READER_LANDLOCK_H
#define AGENT1_READER_LANDLOCK_H

#include <glib.h>
#include <stdbool.h>

typedef enum {
    LANDLOCK_ON,
    LANDLOCK_ABSENT, /* this kernel has none, or it is switched off */
    LANDLOCK_FAILED, /* errno says why */
} LandlockState;

/* From now on this process may read files in and below these paths, connect to these TCP ports
 * (where the kernel judges them), and nothing else. Paths that are not there are left out. */
LandlockState landlock_begin(const char *const *paths, const GArray *ports);

#endif

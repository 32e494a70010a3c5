/*
 * What a git repository on this machine says of newer versions: fetches from its remote and
 * compares. Waits for git and the network: for a thread that may (common/sys/errand.h). Nothing in
 * the work tree changes; no hook runs, nothing is asked at a terminal, nothing is cleaned up.
 */
#ifndef COMMON_SYS_REPOSITORY_H
#define COMMON_SYS_REPOSITORY_H

#include "common/wire/update_news.h"

#include <glib.h>
#include <stdint.h>

/* Everything is borrowed. */
typedef struct RepositoryPlace {
    const char *path;         /* a folder in the repository */
    const char *branch;       /* of the remote; NULL: of the same name as what is checked out */
    int64_t deadline_boot_ms; /* CLOCK_BOOTTIME: git is killed then */
    int cancel_fd;            /* readable, or closed at its other end: git is killed; -1: never */
} RepositoryPlace;

/* The caller owns the result. */
UpdateNews *repository_check(const RepositoryPlace *place);

#endif

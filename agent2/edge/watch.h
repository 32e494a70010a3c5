/*
 * Watches run folders from the main loop: has the shim ended, did the output grow. The end is seen
 * at once, because the kernel closes the shim's `lock` however it dies; once a second, and only
 * while something is watched, it also looks at the sizes and tries the locks.
 *
 * Says nothing about how a run ended: read the folder (run_folder_read) and decide.
 */
#ifndef AGENT2_EDGE_WATCH_H
#define AGENT2_EDGE_WATCH_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A lock that nobody has taken this long after watch_add() counts as a shim that never lived. */
#define WATCH_START_LIMIT_MS 10000

typedef struct Watch Watch;

typedef struct WatchHandlers {
    /* The output has this many bytes now (of which not all may be kept); at most once a second. */
    void (*grew)(const char *path, int64_t output_end, void *data);
    /* No shim holds the lock (any more). Called once; the folder is not watched any longer. */
    void (*settled)(const char *path, void *data);
} WatchHandlers;

/* The handlers are called on the default main context, and may add and remove. */
Watch *watch_new(const WatchHandlers *handlers, void *data, GError **error);
void watch_free(Watch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Watch, watch_free)

/* Before launcher_start(), with is_starting; or for a folder found with its lock held, without: if
 * the lock is free by now, `settled` follows from the loop. Adding twice is fine. */
bool watch_add(Watch *watch, const char *path, bool is_starting, GError **error);
void watch_remove(Watch *watch, const char *path);

unsigned watch_count(const Watch *watch);

#endif

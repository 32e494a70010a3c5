/*
 * Tells, on the main loop, that a person has saved one of some files of a folder: written and
 * closed, or moved into its place. Or, where it is asked for, that one of them has become another,
 * which is how links change. A moment later, so that files saved together are one change. Does not
 * read them, and does not see that what a link points to has changed.
 */
#ifndef AGENT1_EDGE_FOLDER_WATCH_H
#define AGENT1_EDGE_FOLDER_WATCH_H

#include <glib.h>

typedef struct FolderWatch FolderWatch;

typedef enum {
    FOLDER_WATCH_SAVES,
    FOLDER_WATCH_NAMES, /* saves, and names that are made or removed */
} FolderWatchKind;

/* names ends with NULL and outlives the watch. changed is called once for files saved together. */
FolderWatch *folder_watch_new(const char *folder, const char *const *names, FolderWatchKind kind,
                              void (*changed)(void *data), void *data, GError **error);
void folder_watch_free(FolderWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderWatch, folder_watch_free)

#endif

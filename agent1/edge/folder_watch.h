/*
 * Tells, on the main loop, that a person has saved one of some files of a folder: written and
 * closed, or moved into its place. A moment later, so that files saved together are one change.
 * Does not read them, and does not see what a link in the folder points to.
 */
#ifndef AGENT1_EDGE_FOLDER_WATCH_H
#define AGENT1_EDGE_FOLDER_WATCH_H

#include <glib.h>

typedef struct FolderWatch FolderWatch;

/* names ends with NULL and outlives the watch. changed is called once for files saved together. */
FolderWatch *folder_watch_new(const char *folder, const char *const *names,
                              void (*changed)(void *data), void *data, GError **error);
void folder_watch_free(FolderWatch *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FolderWatch, folder_watch_free)

#endif

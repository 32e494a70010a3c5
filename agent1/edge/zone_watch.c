#include "agent1/edge/zone_watch.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent1/edge/folder_watch.h"

#include "common/base/banned.h"

/* Poll tells when it changes; nobody reads it. */
#define MOUNTS "/proc/self/mountinfo"

struct ZoneWatch {
    char *folder;
    char *name;
    const char *names[2]; /* name, NULL */
    void (*changed)(void *data);
    void *data;
    FolderWatch *links; /* NULL: the folder is not there */
    struct stat is;     /* the folder that is watched */
    int mounts;
    guint source;
};

static bool begin(ZoneWatch *watch, GError **error)
{
    g_clear_pointer(&watch->links, folder_watch_free);
    watch->links = folder_watch_new(watch->folder, watch->names, FOLDER_WATCH_NAMES, watch->changed,
                                    watch->data, error);
    return watch->links != NULL;
}

/* True when the folder is another one than before. */
static bool look(ZoneWatch *watch)
{
    struct stat before = watch->is;

    if (stat(watch->folder, &watch->is) < 0)
        watch->is = (struct stat){ 0 };
    return before.st_dev != watch->is.st_dev || before.st_ino != watch->is.st_ino;
}

static gboolean on_mounted(gint fd, GIOCondition condition, gpointer data)
{
    ZoneWatch *watch = data;

    (void)fd;
    (void)condition;
    if (look(watch)) {
        begin(watch, NULL);
        watch->changed(watch->data);
    }
    return G_SOURCE_CONTINUE;
}

ZoneWatch *zone_watch_new(const char *link, void (*changed)(void *data), void *data, GError **error)
{
    g_autoptr(ZoneWatch) watch = g_new0(ZoneWatch, 1);

    watch->folder = g_path_get_dirname(link);
    watch->name = g_path_get_basename(link);
    watch->names[0] = watch->name;
    watch->changed = changed;
    watch->data = data;
    watch->mounts = open(MOUNTS, O_RDONLY | O_CLOEXEC);
    look(watch);
    if (!begin(watch, error))
        return NULL;
    if (watch->mounts >= 0)
        watch->source = g_unix_fd_add(watch->mounts, G_IO_PRI, on_mounted, watch);
    return g_steal_pointer(&watch);
}

void zone_watch_free(ZoneWatch *watch)
{
    if (!watch)
        return;

    g_clear_handle_id(&watch->source, g_source_remove);
    if (watch->mounts >= 0)
        close(watch->mounts);
    folder_watch_free(watch->links);
    g_free(watch->folder);
    g_free(watch->name);
    g_free(watch);
}

#include "agent1/edge/folder_watch.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/loop.h"

#include "common/base/banned.h"

/* Editors and copies save several files, or one in several steps. */
#define TOGETHER_MS 300
/* A name is at most NAME_MAX bytes long. */
#define READ_BYTES (16 * (sizeof(struct inotify_event) + 256))

struct FolderWatch {
    const char *const *names;
    void (*changed)(void *data);
    void *data;
    int inotify;
    guint source;
    guint soon; /* 0: nothing was saved */
};

static gboolean on_soon(gpointer data)
{
    FolderWatch *watch = data;

    watch->soon = 0;
    watch->changed(watch->data);
    return G_SOURCE_REMOVE;
}

static bool concerns(const FolderWatch *watch, const struct inotify_event *event)
{
    if (event->mask & IN_Q_OVERFLOW)
        return true;
    return event->len > 0 && g_strv_contains(watch->names, event->name);
}

static void take(FolderWatch *watch, const char *bytes, size_t length)
{
    size_t at = 0;

    while (at + sizeof(struct inotify_event) <= length) {
        const struct inotify_event *event = (const void *)(bytes + at);

        /* Counted from the first: who saves without end does not put it off. */
        if (watch->soon == 0 && concerns(watch, event))
            watch->soon = g_timeout_add(TOGETHER_MS, on_soon, watch);
        at += sizeof(*event) + event->len;
    }
}

static gboolean on_event(gint fd, GIOCondition condition, gpointer data)
{
    /* The kernel aligns what it writes. */
    _Alignas(struct inotify_event) char bytes[READ_BYTES];
    ssize_t length;

    (void)condition;
    while ((length = read(fd, bytes, sizeof(bytes))) > 0)
        take(data, bytes, (size_t)length);
    return G_SOURCE_CONTINUE;
}

FolderWatch *folder_watch_new(const char *folder, const char *const *names, FolderWatchKind kind,
                              void (*changed)(void *data), void *data, GError **error)
{
    static const uint32_t events[] = {
        [FOLDER_WATCH_SAVES] = IN_CLOSE_WRITE | IN_MOVED_TO,
        [FOLDER_WATCH_NAMES] = IN_CLOSE_WRITE | IN_MOVE | IN_CREATE | IN_DELETE,
    };
    g_autoptr(FolderWatch) watch = g_new0(FolderWatch, 1);

    watch->names = names;
    watch->changed = changed;
    watch->data = data;
    watch->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->inotify < 0 ||
        inotify_add_watch(watch->inotify, folder, events[kind] | IN_ONLYDIR) < 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", folder, g_strerror(errno));
        return NULL;
    }
    watch->source = loop_watch(watch->inotify, on_event, watch);
    return g_steal_pointer(&watch);
}

void folder_watch_free(FolderWatch *watch)
{
    if (!watch)
        return;

    g_clear_handle_id(&watch->soon, g_source_remove);
    g_clear_handle_id(&watch->source, g_source_remove);
    if (watch->inotify >= 0)
        close(watch->inotify);
    g_free(watch);
}

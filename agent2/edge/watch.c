#include "agent2/edge/watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "agent2/edge/run_folder.h"
#include "common/base/problem.h"
#include "common/sys/clock.h"
#include "common/sys/loop.h"

#include "common/base/banned.h"

/* The kernel tells of the closed lock a moment before it frees it. */
#define SECOND_LOOK_MS 10

typedef struct Entry {
    char *path;
    int wd;           /* -1: without inotify */
    bool is_starting; /* and its lock was not yet seen held */
    bool is_suspect;  /* its lock was closed, or it is new: to be looked at soon */
    int64_t added_ms; /* CLOCK_BOOTTIME */
    int64_t output_end;
} Entry;

struct Watch {
    WatchHandlers handlers;
    void *data;
    int inotify;
    guint source;
    guint tick;        /* once a second while there are entries; 0: not running */
    guint second_look; /* 0: none is due */
    GHashTable *by_path;
    GHashTable *by_wd;
};

static void entry_free(Entry *entry)
{
    g_free(entry->path);
    g_free(entry);
}

unsigned watch_count(const Watch *watch)
{
    return g_hash_table_size(watch->by_path);
}

/* ---- looking ----------------------------------------------------------------------------------
 */

static void settle(Watch *watch, const Entry *entry)
{
    g_autofree char *path = g_strdup(entry->path);

    watch_remove(watch, path);
    watch->handlers.settled(path, watch->data);
}

/* Whether a free lock means that there is no shim: not before it had the time to take it. */
static bool is_over(const Entry *entry)
{
    return !entry->is_starting || entry->is_suspect ||
           clock_boot_ms() - entry->added_ms >= WATCH_START_LIMIT_MS;
}

static void look_at_output(Watch *watch, Entry *entry)
{
    int64_t output_end = run_folder_output_end(entry->path);

    if (output_end == entry->output_end)
        return;
    entry->output_end = output_end;
    watch->handlers.grew(entry->path, output_end, watch->data);
}

static void look_at_lock(Watch *watch, Entry *entry)
{
    if (run_folder_is_locked(entry->path))
        entry->is_starting = false;
    else if (is_over(entry))
        settle(watch, entry);
}

/* The paths of all entries, or of the suspects: handlers may change the tables meanwhile. */
static GPtrArray *paths_of(const Watch *watch, bool only_suspects)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer entry;

    g_hash_table_iter_init(&iter, watch->by_path);
    while (g_hash_table_iter_next(&iter, NULL, &entry)) {
        if (!only_suspects || ((const Entry *)entry)->is_suspect)
            g_ptr_array_add(paths, g_strdup(((const Entry *)entry)->path));
    }

    return paths;
}

static gboolean on_tick(gpointer data)
{
    Watch *watch = data;
    g_autoptr(GPtrArray) paths = paths_of(watch, false);

    for (guint i = 0; i < paths->len; i++) {
        Entry *entry = g_hash_table_lookup(watch->by_path, paths->pdata[i]);

        if (entry)
            look_at_output(watch, entry);
        /* Looked up again: the handler may have removed it. */
        entry = g_hash_table_lookup(watch->by_path, paths->pdata[i]);
        if (entry)
            look_at_lock(watch, entry);
    }

    return G_SOURCE_CONTINUE;
}

static gboolean on_second_look(gpointer data)
{
    Watch *watch = data;
    g_autoptr(GPtrArray) paths = paths_of(watch, true);

    watch->second_look = 0;
    for (guint i = 0; i < paths->len; i++) {
        Entry *entry = g_hash_table_lookup(watch->by_path, paths->pdata[i]);

        if (!entry)
            continue;
        look_at_lock(watch, entry);
        entry = g_hash_table_lookup(watch->by_path, paths->pdata[i]);
        if (entry)
            entry->is_suspect = false;
    }

    return G_SOURCE_REMOVE;
}

static void plan_second_look(Watch *watch, guint after_ms)
{
    if (watch->second_look == 0)
        watch->second_look = g_timeout_add(after_ms, on_second_look, watch);
}

/* ---- events -----------------------------------------------------------------------------------
 */

static void suspect(Watch *watch, Entry *entry)
{
    entry->is_suspect = true;
    plan_second_look(watch, SECOND_LOOK_MS);
    look_at_lock(watch, entry);
}

static void on_event(Watch *watch, const struct inotify_event *event)
{
    Entry *entry = g_hash_table_lookup(watch->by_wd, GINT_TO_POINTER(event->wd));
    bool is_lock = event->len > 0 && strcmp(event->name, RUN_FILE_LOCK) == 0;

    if (event->mask & IN_Q_OVERFLOW)
        on_tick(watch); /* something was lost: look at all */
    else if (entry && (is_lock || (event->mask & IN_IGNORED)))
        suspect(watch, entry);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    Watch *watch = data;
    char buffer[16 * 1024] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t length = read(fd, buffer, sizeof(buffer));
    ssize_t at = 0;

    (void)condition;

    while (at < length) {
        const struct inotify_event *event = (const void *)(buffer + at);

        on_event(watch, event);
        at += (ssize_t)(sizeof(*event) + event->len);
    }

    return G_SOURCE_CONTINUE;
}

/* ---- life -------------------------------------------------------------------------------------
 */

Watch *watch_new(const WatchHandlers *handlers, void *data, GError **error)
{
    Watch *watch;
    int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    if (inotify < 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "cannot watch files: %s", g_strerror(errno));
        return NULL;
    }

    watch = g_new0(Watch, 1);
    watch->handlers = *handlers;
    watch->data = data;
    watch->inotify = inotify;
    watch->by_path =
        g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)entry_free);
    watch->by_wd = g_hash_table_new(NULL, NULL);
    watch->source = loop_watch(inotify, on_readable, watch);
    return watch;
}

static void clear_source(guint *source)
{
    if (*source != 0)
        g_source_remove(*source);
    *source = 0;
}

void watch_free(Watch *watch)
{
    if (!watch)
        return;

    clear_source(&watch->source);
    clear_source(&watch->tick);
    clear_source(&watch->second_look);
    g_hash_table_unref(watch->by_wd);
    g_hash_table_unref(watch->by_path);
    close(watch->inotify);
    g_free(watch);
}

bool watch_add(Watch *watch, const char *path, bool is_starting, GError **error)
{
    Entry *entry;
    int wd;

    if (g_hash_table_contains(watch->by_path, path))
        return true;
    wd = inotify_add_watch(watch->inotify, path, IN_CLOSE_WRITE | IN_ONLYDIR);
    /* ENOSPC: this user has no more watches. Then it is looked at once a second, and no more. */
    if (wd < 0 && errno != ENOSPC) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: cannot watch it: %s", path, g_strerror(errno));
        return false;
    }

    entry = g_new0(Entry, 1);
    entry->path = g_strdup(path);
    entry->wd = wd;
    entry->is_starting = is_starting;
    entry->is_suspect = !is_starting;
    entry->added_ms = clock_boot_ms();
    g_hash_table_insert(watch->by_path, entry->path, entry);
    if (wd >= 0)
        g_hash_table_insert(watch->by_wd, GINT_TO_POINTER(wd), entry);

    if (!is_starting)
        plan_second_look(watch, 0);
    if (watch->tick == 0)
        watch->tick = g_timeout_add_seconds(1, on_tick, watch);
    return true;
}

void watch_remove(Watch *watch, const char *path)
{
    const Entry *entry = g_hash_table_lookup(watch->by_path, path);

    if (!entry)
        return;

    if (entry->wd >= 0) {
        inotify_rm_watch(watch->inotify, entry->wd);
        g_hash_table_remove(watch->by_wd, GINT_TO_POINTER(entry->wd));
    }
    g_hash_table_remove(watch->by_path, path);
    if (watch_count(watch) == 0)
        clear_source(&watch->tick);
}

/*
 * Removing a tree that a stranger may have built: of any depth, with folders nobody may enter.
 *
 * Nothing recurses and at most two folders are open: what lies deeper is first moved up into the
 * root of the tree, a level at a time, until the root holds no folder that holds anything.
 */
#include "common/sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define DEPTH_MAX 100000 /* passes over the root; each takes at least one level away */

typedef DIR Folder;
static void folder_close(Folder *folder)
{
    closedir(folder);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Folder, folder_close)

/* Opens a folder, never through a link. A task may have left it without the rights to go in. */
static Folder *folder_open(int parent_fd, const char *name)
{
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int fd = openat(parent_fd, name, flags);
    Folder *folder;

    if (fd < 0 && errno == EACCES && fchmodat(parent_fd, name, 0700, 0) == 0)
        fd = openat(parent_fd, name, flags);
    if (fd < 0)
        return NULL;

    folder = fchmod(fd, 0700) == 0 ? fdopendir(fd) : NULL;
    if (!folder)
        close(fd);
    return folder;
}

/* The next entry but "." and "..", NULL at the end (errno 0) or on failure. */
static const char *folder_next(Folder *folder)
{
    const struct dirent *entry;

    do {
        errno = 0;
        entry = readdir(folder);
    } while (entry && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));

    return entry ? entry->d_name : NULL;
}

/* Removes a file or an empty folder. */
static bool remove_entry(int fd, const char *name)
{
    return unlinkat(fd, name, 0) == 0 || (errno == EISDIR && unlinkat(fd, name, AT_REMOVEDIR) == 0);
}

/* Moves a folder up into the root, under the next name that is free there. */
static bool move_up(int from_fd, const char *name, int root_fd, unsigned *number)
{
    do {
        char fresh[sizeof("-4294967295")];

        g_snprintf(fresh, sizeof(fresh), "-%u", (*number)++);
        if (renameat2(from_fd, name, root_fd, fresh, RENAME_NOREPLACE) == 0)
            return true;
    } while (errno == EEXIST && *number != 0);

    return false;
}

/* Empties one folder of the root and removes it; what is in its folders moves up. */
static bool dissolve(int root_fd, const char *name, unsigned *number)
{
    g_autoptr(Folder) folder = folder_open(root_fd, name);
    const char *entry;

    if (!folder)
        return false;
    while ((entry = folder_next(folder))) {
        int fd = dirfd(folder);

        if (remove_entry(fd, entry))
            continue;
        if (errno != ENOTEMPTY && errno != EEXIST)
            return false;
        /* ".." of a folder without the right to write cannot be changed: not even to move it. */
        if (fchmodat(fd, entry, 0700, 0) != 0 || !move_up(fd, entry, root_fd, number))
            return false;
    }

    return errno == 0 && unlinkat(root_fd, name, AT_REMOVEDIR) == 0;
}

/* One look at all entries of the root. *out_is_empty: there was nothing left to remove. */
static bool remove_level(int root_fd, unsigned *number, bool *out_is_empty)
{
    g_autoptr(Folder) root = folder_open(root_fd, ".");
    const char *entry;

    *out_is_empty = true;
    if (!root)
        return false;
    while ((entry = folder_next(root))) {
        *out_is_empty = false;
        if (remove_entry(root_fd, entry))
            continue;
        if ((errno != ENOTEMPTY && errno != EEXIST) || !dissolve(root_fd, entry, number))
            return false;
    }

    return errno == 0;
}

static bool empty_root(int root_fd)
{
    unsigned number = 0;

    for (int pass = 0; pass < DEPTH_MAX; pass++) {
        bool is_empty;

        if (!remove_level(root_fd, &number, &is_empty))
            return false;
        if (is_empty)
            return true;
    }

    errno = ELOOP;
    return false;
}

bool file_remove_tree(const char *path, GError **error)
{
    g_autoptr(Folder) root = folder_open(AT_FDCWD, path);
    bool is_gone;

    if (!root && errno == ENOENT)
        return true;

    is_gone = root && empty_root(dirfd(root)) && rmdir(path) == 0;
    if (!is_gone)
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: cannot remove the folder: %s", path,
                    g_strerror(errno));
    return is_gone;
}

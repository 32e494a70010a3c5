#include "common/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/crash_point.h"

#include "common/base/banned.h"

/* Of one read. */
#define READ_MIN_BYTES 1024
#define READ_MAX_BYTES (64 * 1024)

Problem file_problem(int system_error)
{
    if (system_error == ENOSPC || system_error == EDQUOT)
        return PROBLEM_FULL;
    return system_error == EMFILE || system_error == ENFILE ? PROBLEM_BUSY : PROBLEM_IO;
}

/* Sets the error from errno and returns false, so that callers can end with it. */
static bool fail(GError **error, const char *path, const char *what)
{
    int system_error = errno;

    g_set_error(error, PROBLEM, (int)file_problem(system_error), "%s: cannot %s: %s", path, what,
                g_strerror(system_error));
    return false;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* A descriptor that closes itself at the end of its scope. */
#define AUTO_FD __attribute__((cleanup(close_fd))) int

/* ---- reading ----------------------------------------------------------------------------------
 */

/* size: what the file is said to have, 0 for those of /proc. Most files are small, and read often.
 */
static bool read_all(int fd, const char *path, off_t size, size_t max_bytes, GString *text,
                     GError **error)
{
    size_t chunk = (size_t)CLAMP(size + 1, READ_MIN_BYTES, READ_MAX_BYTES);

    for (;;) {
        size_t had = text->len;
        ssize_t got;

        g_string_set_size(text, had + chunk);
        got = read(fd, text->str + had, chunk);
        g_string_set_size(text, had + (got > 0 ? (size_t)got : 0));

        if (got == 0)
            return true;
        if (got < 0 && errno != EINTR)
            return fail(error, path, "read");
        if (text->len > max_bytes) {
            g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%s: more than the allowed %zu bytes", path,
                        max_bytes);
            return false;
        }
    }
}

char *file_read(const char *path, size_t max_bytes, size_t *out_length, GError **error)
{
    /* O_NONBLOCK, because opening a FIFO would wait for its writer. */
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    g_autoptr(GString) text = NULL;
    struct stat status;

    if (fd < 0) {
        if (errno == ENOENT)
            g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s: no such file", path);
        else
            fail(error, path, "open");
        return NULL;
    }
    if (fstat(fd, &status) != 0) {
        fail(error, path, "look at");
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: not a regular file", path);
        return NULL;
    }

    text = g_string_new(NULL);
    if (!read_all(fd, path, status.st_size, max_bytes, text, error))
        return NULL;

    if (out_length)
        *out_length = text->len;
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* ---- writing ----------------------------------------------------------------------------------
 */

bool file_write_all(int fd, const char *content, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, content, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        content += written;
        length -= (size_t)written;
    }

    return true;
}

/* Writes a new file beside path, durable but for its name. The caller owns the returned path. */
static char *write_beside(const char *path, const char *content, size_t length, mode_t mode,
                          GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *temporary = g_strconcat(folder, "/.new-XXXXXX", NULL);
    AUTO_FD fd = mkostemp(temporary, O_CLOEXEC);

    if (fd < 0) {
        fail(error, path, "create a file beside it");
        return NULL;
    }
    if (fchmod(fd, mode) != 0 || !file_write_all(fd, content, length) || fsync(fd) != 0) {
        fail(error, path, "write");
        unlink(temporary);
        return NULL;
    }

    crash_point("file.written");
    return g_steal_pointer(&temporary);
}

static int open_parent(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        fail(error, path, "open its folder");
    return fd;
}

static bool sync_parent(int fd, const char *path, GError **error)
{
    bool is_durable;

    crash_point("file.named");
    is_durable = file_sync_open_folder(fd, path, error);
    crash_point("file.durable");
    return is_durable;
}

void file_stamp(const char *path, FileStamp *out)
{
    struct stat found;

    *out = (FileStamp){ 0 };
    if (stat(path, &found) != 0)
        return;
    out->inode = found.st_ino;
    out->changed_ns = found.st_mtim.tv_sec * INT64_C(1000000000) + found.st_mtim.tv_nsec;
    out->size = found.st_size;
}

static bool is_still(const char *path, const FileStamp *was)
{
    FileStamp is;

    file_stamp(path, &is);
    return file_stamp_is_equal(&is, was);
}

bool file_replace(const char *path, const FileStamp *was, const char *content, size_t length,
                  mode_t mode, FileStamp *out_is, GError **error)
{
    AUTO_FD fd = open_parent(path, error);
    g_autofree char *temporary = fd < 0 ? NULL : write_beside(path, content, length, mode, error);
    FileStamp is;

    if (!temporary)
        return false;
    file_stamp(temporary, &is);
    if (was && !is_still(path, was)) {
        g_set_error(error, PROBLEM, PROBLEM_CHANGED, "%s: it was changed meanwhile", path);
        unlink(temporary);
        return false;
    }
    if (rename(temporary, path) != 0) {
        fail(error, path, "replace");
        unlink(temporary);
        return false;
    }
    if (!sync_parent(fd, path, error))
        return false;

    *out_is = is;
    return true;
}

bool file_write_atomic(const char *path, const char *content, size_t length, mode_t mode,
                       GError **error)
{
    FileStamp unused;

    return file_replace(path, NULL, content, length, mode, &unused, error);
}

bool file_create_exclusive(const char *path, const char *content, size_t length, mode_t mode,
                           bool *out_existed, GError **error)
{
    AUTO_FD fd = open_parent(path, error);
    g_autofree char *temporary = fd < 0 ? NULL : write_beside(path, content, length, mode, error);

    *out_existed = false;
    if (!temporary)
        return false;
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) != 0) {
        *out_existed = errno == EEXIST;
        fail(error, path, "create");
        unlink(temporary);
        return false;
    }

    return sync_parent(fd, path, error);
}

bool file_sync_content(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return fail(error, path, "open");
    if (fsync(fd) != 0)
        return fail(error, path, "sync");

    return true;
}

/* ---- folders ----------------------------------------------------------------------------------
 */

int file_open_folder(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        fail(error, path, "open");
    return fd;
}

bool file_sync_open_folder(int fd, const char *path, GError **error)
{
    if (fsync(fd) == 0)
        return true;

    g_set_error(error, PROBLEM, PROBLEM_IO, "%s: cannot sync: %s", path, g_strerror(errno));
    return false;
}

bool file_sync_folder(const char *path, GError **error)
{
    AUTO_FD fd = file_open_folder(path, error);

    if (fd < 0)
        return false;
    if (fsync(fd) != 0)
        return fail(error, path, "sync");

    return true;
}

bool file_make_folder(const char *path, mode_t mode, GError **error)
{
    if (g_mkdir_with_parents(path, (int)mode) != 0)
        return fail(error, path, "create the folder");

    return true;
}

/* ---- what a path lies on ----------------------------------------------------------------------
 */

typedef struct FileSystem {
    uint32_t magic;
    const char *name;
    bool is_local;
} FileSystem;

/* statfs(2) lists the numbers; those without a name in linux/magic.h stand here as they are. */
static const FileSystem file_systems[] = {
    { EXT4_SUPER_MAGIC, "ext4", true },   { XFS_SUPER_MAGIC, "xfs", true },
    { BTRFS_SUPER_MAGIC, "btrfs", true }, { F2FS_SUPER_MAGIC, "f2fs", true },
    { TMPFS_MAGIC, "tmpfs", true },       { OVERLAYFS_SUPER_MAGIC, "overlay", true },
    { 0x2fc12fc1, "zfs", true },          { NFS_SUPER_MAGIC, "nfs", false },
    { SMB_SUPER_MAGIC, "smb", false },    { SMB2_SUPER_MAGIC, "smb", false },
    { CIFS_SUPER_MAGIC, "smb", false },   { FUSE_SUPER_MAGIC, "fuse", false },
    { V9FS_MAGIC, "9p", false },          { AFS_SUPER_MAGIC, "afs", false },
    { AFS_FS_MAGIC, "afs", false },       { CEPH_SUPER_MAGIC, "ceph", false },
    { CODA_SUPER_MAGIC, "coda", false },  { OCFS2_SUPER_MAGIC, "ocfs2", false },
    { 0x01161970, "gfs2", false },        { 0x0bd00bd0, "lustre", false },
    { 0x47504653, "gpfs", false },        { 0x786f4256, "vboxsf", false },
    { 0xbacbacbc, "vmhgfs", false },
};

bool file_is_local(const char *path, bool *out_is_local, const char **out_type, GError **error)
{
    struct statfs status;

    if (statfs(path, &status) != 0)
        return fail(error, path, "ask for its file system");

    *out_is_local = true;
    *out_type = "other";
    for (size_t i = 0; i < G_N_ELEMENTS(file_systems); i++) {
        if (file_systems[i].magic == (uint32_t)status.f_type) {
            *out_is_local = file_systems[i].is_local;
            *out_type = file_systems[i].name;
        }
    }

    return true;
}

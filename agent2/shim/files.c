#include "agent2/shim/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent2/folder/names.h"

#include "common/base/banned.h"

/* agent2 tries the lock now and then, for an instant: only who fails for longer met a shim. */
#define LOCK_TRIES    20
#define LOCK_PAUSE_NS (5 * 1000 * 1000)

#define LOG_MAX_BYTES (64 * 1024)

static bool take_lock(int fd)
{
    const struct timespec pause = { .tv_nsec = LOCK_PAUSE_NS };

    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK && errno != EINTR)
            return false;
        nanosleep(&pause, NULL);
    }

    errno = EWOULDBLOCK;
    return false;
}

int files_open_locked(const char *path, int *out_lock)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int lock;

    if (folder < 0)
        return -1;

    lock = openat(folder, RUN_FILE_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock < 0 || !take_lock(lock)) {
        int problem = errno;

        if (lock >= 0)
            close(lock);
        close(folder);
        errno = problem;
        return -1;
    }

    *out_lock = lock;
    return folder;
}

bool files_exists(int folder, const char *name)
{
    struct stat status;

    /* Whatever cannot be looked at is taken to be there: a claim is obeyed when in doubt. */
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

ssize_t files_read(int folder, const char *name, char *buffer, size_t size)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    size_t length = 0;
    ssize_t got = 1;

    if (fd < 0)
        return -1;
    while (length < size && got != 0) {
        got = read(fd, buffer + length, size - length);
        if (got < 0 && errno != EINTR)
            break;
        length += got > 0 ? (size_t)got : 0;
    }
    close(fd);

    if (got < 0)
        return -1;
    if (length == size) {
        errno = EFBIG;
        return -1;
    }
    buffer[length] = '\0';
    return (ssize_t)length;
}

/* Writes the content from the beginning. */
static bool write_all(int fd, const char *content, size_t length)
{
    size_t done = 0;

    while (done < length) {
        ssize_t written = pwrite(fd, content + done, length - done, (off_t)done);

        if (written < 0 && errno != EINTR)
            return false;
        done += written > 0 ? (size_t)written : 0;
    }

    return true;
}

static void temporary_name(char out[NAME_MAX], const char *name)
{
    snprintf(out, NAME_MAX, "%s.new", name);
}

/* A leftover of a shim that was killed is nobody's: this one holds the lock. */
static int create_temporary(int folder, const char *name)
{
    unlinkat(folder, name, 0);
    return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* Spares whoever reads it the syncs; without it they are made. */
static void say_durable(int fd)
{
    (void)fchmod(fd, S_IRUSR);
}

/* Named first and synced then, so that content and name are one commit of the file system. Before
 * both are on disk a power cut may leave the name without its content, which no reader takes for
 * one, and the caller has done nothing yet. */
bool files_create_once(int folder, const char *name, const char *content, size_t length,
                       bool *out_is_there)
{
    char temporary[NAME_MAX];
    bool is_synced;
    int problem;
    int fd;

    temporary_name(temporary, name);
    *out_is_there = false;
    fd = create_temporary(folder, temporary);
    if (fd < 0)
        return false;

    /* A link, because unlike a rename it fails when the name is taken. */
    *out_is_there =
        write_all(fd, content, length) && linkat(folder, temporary, folder, name, 0) == 0;
    problem = errno;
    unlinkat(folder, temporary, 0);
    errno = problem;
    is_synced = *out_is_there && fsync(fd) == 0 && fsync(folder) == 0;
    if (is_synced)
        say_durable(fd);
    problem = errno;
    close(fd);
    errno = problem;
    return is_synced;
}

int files_reserve(int folder, const char *name, size_t bytes)
{
    char temporary[NAME_MAX];
    int problem;
    int fd;

    temporary_name(temporary, name);
    fd = create_temporary(folder, temporary);
    if (fd < 0)
        return -1;

    problem = posix_fallocate(fd, 0, (off_t)bytes);
    if (problem != 0) {
        close(fd);
        unlinkat(folder, temporary, 0);
        errno = problem;
        return -1;
    }

    return fd;
}

bool files_finish(int folder, int fd, const char *name, const char *content, size_t length)
{
    char temporary[NAME_MAX];

    temporary_name(temporary, name);
    if (ftruncate(fd, (off_t)length) != 0 || !write_all(fd, content, length) ||
        renameat(folder, temporary, folder, name) != 0 || fsync(fd) != 0 || fsync(folder) != 0)
        return false;

    say_durable(fd);
    return true;
}

void files_release(int folder, int fd, const char *name)
{
    char temporary[NAME_MAX];

    temporary_name(temporary, name);
    unlinkat(folder, temporary, 0);
    close(fd);
}

void files_log(int folder, const char *what, int system_error)
{
    int fd =
        openat(folder, RUN_FILE_LOG, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct stat status;

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_size < LOG_MAX_BYTES)
        dprintf(fd, "%lld %s%s%s\n", (long long)time(NULL), what, system_error ? ": " : "",
                system_error ? strerror(system_error) : "");
    close(fd);
}

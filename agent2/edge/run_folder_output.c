/*
 * The output of a run, while its shim may be writing and rotating. A part never changes but at its
 * end, and its name says where it begins; so a listing is either right or, when a part is gone or
 * two overlap, out of date: then it is made again.
 */
#include "agent2/edge/run_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

/* A shim rotates once in 48 KiB at the most: ten times in a row it will not be faster. */
#define TRIES_MAX 10

typedef enum {
    READ_DONE,
    READ_CHANGED, /* the folder changed meanwhile */
    READ_FAILED,
} ReadResult;

static ReadResult add_part(int folder, const char *name, OutputMap *map)
{
    int64_t start = 0;
    struct stat status;

    if (strcmp(name, RUN_FILE_HEAD) != 0 && !tail_name_parse(name, &start))
        return READ_DONE;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? READ_CHANGED : READ_FAILED;
    if (!S_ISREG(status.st_mode))
        return READ_DONE;

    return output_map_add(map, name, start, status.st_size) ? READ_DONE : READ_CHANGED;
}

static ReadResult list_parts(DIR *dir, OutputMap *map)
{
    ReadResult result = READ_DONE;
    const struct dirent *entry;

    *map = (OutputMap){ .count = 0 };
    while (result == READ_DONE && (entry = readdir(dir)))
        result = add_part(dirfd(dir), entry->d_name, map);
    return result;
}

static ReadResult read_part(int folder, const OutputPart *part, int64_t offset, GString *bytes,
                            size_t max_bytes)
{
    int64_t from = offset - part->start;
    size_t wanted = MIN((size_t)(part->bytes - from), max_bytes - bytes->len);
    size_t had = bytes->len;
    ssize_t got;
    int fd;

    fd = openat(folder, part->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? READ_CHANGED : READ_FAILED;
    g_string_set_size(bytes, had + wanted);
    got = pread(fd, bytes->str + had, wanted, from);
    close(fd);

    g_string_set_size(bytes, had + (got > 0 ? (size_t)got : 0));
    return got < 0 ? READ_FAILED : READ_DONE;
}

/* Reads from the offset to the first gap. */
static ReadResult read_parts(int folder, const OutputMap *map, int64_t offset, GString *bytes,
                             size_t max_bytes, int64_t *out_offset)
{
    int64_t next = offset;
    ReadResult result = READ_DONE;

    *out_offset = offset;
    while (result == READ_DONE && bytes->len < max_bytes) {
        int64_t found;
        size_t had = bytes->len;
        const OutputPart *part = output_map_find(map, next, &found);

        if (!part || (had > 0 && found != next))
            break;
        if (had == 0)
            *out_offset = found;
        result = read_part(folder, part, found, bytes, max_bytes);
        next = found + (int64_t)(bytes->len - had);
        if (bytes->len == had)
            break;
    }

    return result;
}

/* Where the last max_bytes begin, or the last gap ends. */
static int64_t tail_start(const OutputMap *map, size_t max_bytes)
{
    int64_t end = output_map_end(map);
    int64_t start = end;

    for (unsigned i = map->count; i > 0; i--) {
        const OutputPart *part = &map->parts[i - 1];

        if (part->start + part->bytes != start)
            break;
        start = part->start;
    }

    return MAX(start, end - (int64_t)max_bytes);
}

/* offset < 0: the tail. */
static ReadResult try_read(DIR *dir, int64_t offset, size_t max_bytes, GString *bytes,
                           int64_t *out_offset)
{
    OutputMap map;
    ReadResult result;

    rewinddir(dir);
    g_string_truncate(bytes, 0);
    result = list_parts(dir, &map);
    if (result != READ_DONE)
        return result;

    if (offset < 0)
        offset = tail_start(&map, max_bytes);
    return read_parts(dirfd(dir), &map, offset, bytes, max_bytes, out_offset);
}

static char *read_output(const char *path, int64_t offset, size_t max_bytes, int64_t *out_offset,
                         size_t *out_length, GError **error)
{
    DIR *dir = opendir(path);
    g_autoptr(GString) bytes = g_string_new(NULL);
    ReadResult result = dir ? READ_CHANGED : READ_FAILED;
    int system_error;

    for (int i = 0; result == READ_CHANGED && i < TRIES_MAX; i++)
        result = try_read(dir, offset, max_bytes, bytes, out_offset);
    system_error = result == READ_FAILED ? errno : EAGAIN;
    if (result != READ_DONE)
        g_set_error(error, PROBLEM, (int)file_problem(system_error),
                    "%s: cannot read the output: %s", path,
                    result == READ_FAILED ? g_strerror(system_error) : "it changes too fast");
    if (dir)
        closedir(dir);
    if (result != READ_DONE)
        return NULL;

    *out_length = bytes->len;
    return g_string_free(g_steal_pointer(&bytes), FALSE);
}

char *run_folder_read_output(const char *path, int64_t offset, size_t max_bytes,
                             int64_t *out_offset, size_t *out_length, GError **error)
{
    g_return_val_if_fail(offset >= 0, NULL);

    return read_output(path, offset, max_bytes, out_offset, out_length, error);
}

char *run_folder_read_tail(const char *path, size_t max_bytes, int64_t *out_offset,
                           size_t *out_length, GError **error)
{
    return read_output(path, -1, max_bytes, out_offset, out_length, error);
}

int64_t run_folder_output_end(const char *path)
{
    DIR *dir = opendir(path);
    OutputMap map = { .count = 0 };
    ReadResult result = READ_CHANGED;

    for (int i = 0; dir && result == READ_CHANGED && i < TRIES_MAX; i++) {
        rewinddir(dir);
        result = list_parts(dir, &map);
    }
    if (dir)
        closedir(dir);

    return output_map_end(&map);
}

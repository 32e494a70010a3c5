#include "agent2/shim/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/banned.h"

#define COMMAND_GROUP "command"

/* Where version 2 is mounted, alone or beside version 1. */
static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

/* Reads a small file of the kernel as a text; false when there is none or it is long. */
static bool read_small(int folder, const char *name, char *out, size_t size)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return false;
    length = read(fd, out, size - 1);
    close(fd);
    if (length < 0 || (size_t)length == size - 1)
        return false;

    out[length] = '\0';
    return true;
}

/* The line of version 2 in /proc/self/cgroup is "0::<path>". */
static bool own_path(char *out, size_t size)
{
    char text[PATH_MAX];
    char *line;

    if (!read_small(AT_FDCWD, "/proc/self/cgroup", text, sizeof(text)))
        return false;
    line = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
    if (!line)
        return false;

    line = strchr(line, '/');
    if (!line)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return snprintf(out, size, "%s", line) < (int)size;
}

static int open_own(void)
{
    char path[PATH_MAX];
    char full[PATH_MAX + 64];

    if (!own_path(path, sizeof(path)))
        return -1;
    for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
        int fd;

        snprintf(full, sizeof(full), "%s%s", mounts[i], path);
        fd = open(full, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd >= 0 && faccessat(fd, "cgroup.procs", F_OK, 0) == 0 &&
            faccessat(fd, "cgroup.controllers", F_OK, 0) == 0)
            return fd;
        if (fd >= 0)
            close(fd);
    }

    return -1;
}

/* True when this process is the only one in the group: it is the shim's and nobody else's. */
static bool is_alone(int own)
{
    char text[64];
    char *end;

    return read_small(own, "cgroup.procs", text, sizeof(text)) &&
           strtol(text, &end, 10) == getpid() && strcmp(end, "\n") == 0;
}

void cgroup_init(Cgroup *cgroup)
{
    *cgroup = (Cgroup){ .own = open_own(), .entry = -1, .kill = -1 };
    if (cgroup->own < 0 || !is_alone(cgroup->own))
        return;

    if (mkdirat(cgroup->own, COMMAND_GROUP, 0755) != 0)
        return;
    cgroup->entry = openat(cgroup->own, COMMAND_GROUP "/cgroup.procs", O_WRONLY | O_CLOEXEC);
    cgroup->kill = openat(cgroup->own, COMMAND_GROUP "/cgroup.kill", O_WRONLY | O_CLOEXEC);
}

void cgroup_enter(const Cgroup *cgroup)
{
    /* Without success it stays in the shim's group, where its descent still tells. */
    if (cgroup->entry >= 0 && cgroup->kill >= 0 && write(cgroup->entry, "0", 1) != 1)
        return;
}

bool cgroup_kill(const Cgroup *cgroup)
{
    return cgroup->kill >= 0 && write(cgroup->kill, "1", 1) == 1;
}

void cgroup_clear(Cgroup *cgroup)
{
    const int descriptors[] = { cgroup->own, cgroup->entry, cgroup->kill };

    if (cgroup->entry >= 0)
        unlinkat(cgroup->own, COMMAND_GROUP, AT_REMOVEDIR);
    for (size_t i = 0; i < sizeof(descriptors) / sizeof(descriptors[0]); i++) {
        if (descriptors[i] >= 0)
            close(descriptors[i]);
    }
    *cgroup = (Cgroup){ .own = -1, .entry = -1, .kill = -1 };
}

#include "agent2/app/state_lock.h"

#include "common/base/problem.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/banned.h"

int state_lock_take(const char *state_dir, GError **error)
{
    g_autofree char *path = g_build_filename(state_dir, "lock", NULL);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;

    g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path,
                errno == EWOULDBLOCK ? "another agent2 works with this folder" : g_strerror(errno));
    state_lock_release(fd);
    return -1;
}

void state_lock_release(int fd)
{
    if (fd >= 0)
        close(fd);
}

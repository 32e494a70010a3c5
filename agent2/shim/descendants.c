#include "agent2/shim/descendants.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/base/banned.h"

#define PROCESSES_MAX 65536 /* of the whole host, looked at in one go */
#define PASSES_MAX    64    /* generations whose process ids do not rise */

typedef struct Process {
    pid_t pid;
    pid_t parent;
    char state;
    unsigned long long start; /* with the id, this names a process for good */
    bool is_ours;
} Process;

typedef struct Table {
    size_t count;
    Process rows[PROCESSES_MAX];
} Table;

/* Reads /proc/<pid>/stat, proc(5): pid (name) state parent …, the 22nd being the start time. */
static bool read_process(pid_t pid, Process *out)
{
    char path[32];
    char text[1024];
    const char *rest;
    ssize_t length;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    length = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (length <= 0)
        return false;

    /* A name may hold anything, parentheses and newlines too; nothing after it does. */
    text[length] = '\0';
    rest = strrchr(text, ')');
    *out = (Process){ .pid = pid };
    /* NOLINTNEXTLINE(cert-err34-c): the kernel wrote it, so the numbers fit */
    return rest && sscanf(rest,
                          ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d "
                          "%*d %*d %llu",
                          &out->state, &out->parent, &out->start) == 3;
}

static void read_all(Table *table)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;

    table->count = 0;
    if (!proc)
        return;
    while (table->count < PROCESSES_MAX && (entry = readdir(proc))) {
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10); /* 0 for what is no process */

        if (pid > 0 && read_process(pid, &table->rows[table->count]))
            table->count++;
    }
    closedir(proc);
}

static int compare_pids(const void *a, const void *b)
{
    pid_t left = ((const Process *)a)->pid;
    pid_t right = ((const Process *)b)->pid;

    return (left > right) - (left < right);
}

static bool is_child_of_ours(const Table *table, const Process *process, pid_t self)
{
    const Process wanted = { .pid = process->parent };
    const Process *parent;

    if (process->parent == self)
        return true;
    parent = bsearch(&wanted, table->rows, table->count, sizeof(wanted), compare_pids);
    return parent && parent->is_ours;
}

static void mark_ours(Table *table)
{
    pid_t self = getpid();
    bool has_changed = true;

    qsort(table->rows, table->count, sizeof(table->rows[0]), compare_pids);
    for (int pass = 0; has_changed && pass < PASSES_MAX; pass++) {
        has_changed = false;
        for (size_t i = 0; i < table->count; i++) {
            Process *process = &table->rows[i];

            if (!process->is_ours && is_child_of_ours(table, process, self)) {
                process->is_ours = true;
                has_changed = true;
            }
        }
    }
}

/* Signals the process that was seen, not one that took over its id since. Where no pidfd can be
 * had (old kernel, sandbox, memcheck, no descriptor left) the moment after the look is open. */
static void signal_process(const Process *process, int signal_number)
{
    Process now;
    int pidfd = pidfd_open(process->pid, 0);

    if (read_process(process->pid, &now) && now.start == process->start) {
        if (pidfd >= 0)
            (void)pidfd_send_signal(pidfd, signal_number, NULL, 0);
        else
            (void)kill(process->pid, signal_number);
    }
    if (pidfd >= 0)
        close(pidfd);
}

unsigned descendants_signal(int signal_number)
{
    Table *table = malloc(sizeof(*table));
    unsigned count = 0;

    if (!table)
        return 0;
    read_all(table);
    mark_ours(table);
    for (size_t i = 0; i < table->count; i++) {
        const Process *process = &table->rows[i];

        if (process->is_ours && process->state != 'Z' && process->state != 'X') {
            signal_process(process, signal_number);
            count++;
        }
    }
    free(table);

    return count;
}

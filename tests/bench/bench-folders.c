/*
 * The least that a durable task needs, without any of the product but its shim: run folders are
 * made ready beforehand; then shims are started, at most the round's window at a time, and each
 * takes its claim, runs `/bin/sh -c true` and writes its exit marker.
 *
 *     bench-folders FOLDER SHIM [journal]   journal: making the folder durable counts, too
 */
#include "agent2/folder/task.h"
#include "common/base/ids.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/random.h"
#include "tests/bench/link.h"
#include "tests/bench/load.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIFE_MS (15 * 60 * 1000)

typedef struct Round {
    const char *folder;
    const char *shim;
    bool is_journal;
    Load load;
    Ids ids;
    char **paths;
    GHashTable *shims; /* pid -> question + 1 */
} Round;

static void make_folder(Round *round, const char *path)
{
    static char boot_id[64];
    g_autofree char *run = g_path_get_basename(path);
    g_autofree char *file = g_build_filename(path, RUN_FILE_TASK, NULL);
    g_autofree char *text = g_malloc(RUN_TASK_MAX_BYTES);
    RunTask task = { .attempt = 1,
                     .boot_id = boot_id,
                     .expires_ms = clock_now_ms() + LIFE_MS,
                     .window_end_ms = RUN_NO_WINDOW,
                     .timeout_ms = LIFE_MS,
                     .kill_grace_ms = 1000,
                     .max_output = RUN_OUTPUT_DEFAULT,
                     .uid = RUN_AS_NOBODY_ELSE,
                     .cwd = "/",
                     .arg_count = 3,
                     .args = { (char[]){ "/bin/sh" }, (char[]){ "-c" }, (char[]){ "true" } } };
    bool existed;
    size_t length;

    if (!*boot_id) {
        g_autofree char *read = file_read("/proc/sys/kernel/random/boot_id", 64, NULL, NULL);

        g_strlcpy(boot_id, g_strchomp(read), sizeof boot_id);
    }
    run[RUN_ID_CHARS] = '\0';
    task.run = run;
    if (mkdir(path, 0700) != 0 || !run_task_print(&task, text, RUN_TASK_MAX_BYTES, &length))
        bench_fail("%s: cannot be made", path);
    if (!round->is_journal) {
        int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

        if (fd < 0 || write(fd, text, length) != (ssize_t)length)
            bench_fail("%s: cannot be written", file);
        close(fd);
        return;
    }
    if (!file_create_exclusive(file, text, length, 0600, &existed, NULL) ||
        !file_sync_folder(round->folder, NULL))
        bench_fail("%s: cannot be made durable", path);
}

static void prepare(Round *round)
{
    round->paths = g_new0(char *, round->load.count + 1);
    for (unsigned i = 0; i < round->load.count; i++) {
        g_autofree char *id = ids_next(&round->ids);

        round->paths[i] = g_strdup_printf("%s/%s.1", round->folder, id);
        if (!round->is_journal)
            make_folder(round, round->paths[i]);
    }
    round->load.began_us = load_now_us();
}

static void start(Round *round, unsigned question)
{
    char *const argv[] = { (char *)(gsize)round->shim, round->paths[question], NULL };
    char *const environment[] = { (char[]){ "PATH=/usr/bin:/bin" }, NULL };
    pid_t pid;

    if (round->is_journal)
        make_folder(round, round->paths[question]);
    if (posix_spawn(&pid, round->shim, NULL, NULL, argv, environment) != 0)
        bench_fail("%s: cannot be run", round->shim);
    g_hash_table_insert(round->shims, GINT_TO_POINTER(pid), GUINT_TO_POINTER(question + 1));
}

/* The folders stay: where many files were just deleted, ext4 is slow to create new ones. */
static void check(Round *round)
{
    for (unsigned i = 0; i < round->load.count; i++) {
        g_autofree char *marker = g_build_filename(round->paths[i], RUN_FILE_EXIT, NULL);

        if (access(marker, F_OK) != 0)
            bench_fail("%s: there is none", marker);
    }
    g_strfreev(round->paths);
}

static void do_round(Round *round)
{
    int question;

    prepare(round);
    while (!load_is_over(&round->load)) {
        pid_t pid;

        while ((question = load_next(&round->load)) >= 0)
            start(round, (unsigned)question);
        pid = waitpid(-1, NULL, 0);
        load_answer(&round->load,
                    GPOINTER_TO_UINT(g_hash_table_lookup(round->shims, GINT_TO_POINTER(pid))) - 1);
        g_hash_table_remove(round->shims, GINT_TO_POINTER(pid));
    }
    load_print(&round->load);
    check(round);
}

int main(int argc, char **argv)
{
    Round round = { .is_journal = argc > 3 };
    uint8_t seed[IDS_SEED_BYTES];

    if (argc < 3)
        bench_fail("usage: bench-folders FOLDER SHIM [journal]");
    round.folder = argv[1];
    round.shim = argv[2];
    round.shims = g_hash_table_new(NULL, NULL);
    random_fill(seed, sizeof seed);
    ids_init(&round.ids, clock_now_ms(), seed);
    puts("ready");
    fflush(stdout);

    while (load_next_round(&round.load))
        do_round(&round);
    return EXIT_SUCCESS;
}

/*
 * The raw legs of a task's path that need no network, one kind a round:
 *
 *     bench-legs FOLDER shim SHIM     posix_spawn of the shim's program, and its end
 *     bench-legs FOLDER task          posix_spawn of `/bin/sh -c true`, and its end
 *     bench-legs FOLDER commit ROWS   one SQLite transaction of so many rows, WAL, synchronous FULL
 *     bench-legs FOLDER marker        a small file in a folder of its own is written, and it and
 * the folder are synced bench-legs FOLDER entry         a folder with one small file is made,
 * synced and given its name, which is synced, too
 */
#include "tests/bench/link.h"
#include "tests/bench/load.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROW_BYTES    300
#define MARKER_BYTES 100

static const char *folder;

/* ---- processes ---- */

static void run(const char *const argv[])
{
    posix_spawn_file_actions_t actions;
    char *const environment[] = { NULL };
    int status = -1;
    pid_t pid;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, argv[0], &actions, NULL, (char *const *)(gsize)argv, environment) != 0 ||
        waitpid(pid, &status, 0) != pid || status != 0)
        bench_fail("%s: cannot be run", argv[0]);
    posix_spawn_file_actions_destroy(&actions);
}

static void do_shim(const char *shim, unsigned number)
{
    const char *const argv[] = { shim, "--version", NULL };

    (void)number;
    run(argv);
}

static void do_task(const char *unused, unsigned number)
{
    const char *const argv[] = { "/bin/sh", "-c", "true", NULL };

    (void)unused;
    (void)number;
    run(argv);
}

/* ---- the disk ---- */

static sqlite3 *database;
static sqlite3_stmt *insert;

static void sql(int result)
{
    if (result != SQLITE_OK && result != SQLITE_DONE)
        bench_fail("SQLite: %s", sqlite3_errmsg(database));
}

static void open_database(void)
{
    g_autofree char *path = g_build_filename(folder, "legs.db", NULL);

    sql(sqlite3_open(path, &database));
    sql(sqlite3_exec(database,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT) STRICT",
                     NULL, NULL, NULL));
    sql(sqlite3_prepare_v2(database, "INSERT OR REPLACE INTO rows VALUES (?, ?)", -1, &insert,
                           NULL));
}

static void do_commit(const char *rows, unsigned number)
{
    g_autofree char *body = g_strnfill(ROW_BYTES, 'x');

    if (!database)
        open_database();
    sql(sqlite3_exec(database, "BEGIN", NULL, NULL, NULL));
    for (int i = 0; i < atoi(rows); i++) {
        char id[32];

        g_snprintf(id, sizeof id, "%u.%d", number, i);
        sql(sqlite3_bind_text(insert, 1, id, -1, SQLITE_TRANSIENT));
        sql(sqlite3_bind_text(insert, 2, body, ROW_BYTES, SQLITE_STATIC));
        sql(sqlite3_step(insert));
        sql(sqlite3_reset(insert));
    }
    sql(sqlite3_exec(database, "COMMIT", NULL, NULL, NULL));
}

static void sync_path(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0)
        bench_fail("%s: %s", path, strerror(errno));
    close(fd);
}

static void write_marker(const char *path)
{
    static const char text[MARKER_BYTES] = "";
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, text, sizeof text) != sizeof text || fsync(fd) != 0)
        bench_fail("%s: %s", path, strerror(errno));
    close(fd);
}

/* What was made stays, as the product's does. */
static char *next_path(const char *kind)
{
    static unsigned made;

    return g_strdup_printf("%s/%s.%u", folder, kind, made++);
}

static char *fresh; /* the folder of the next marker; of the time that is measured it is no part */

static void make_fresh(void)
{
    g_free(fresh);
    fresh = next_path("folder");
    if (mkdir(fresh, 0700) != 0)
        bench_fail("%s: %s", fresh, strerror(errno));
    sync_path(fresh);
    sync_path(folder);
}

static void do_marker(const char *unused, unsigned number)
{
    g_autofree char *path = g_build_filename(fresh, "marker", NULL);

    (void)unused;
    (void)number;
    write_marker(path);
    sync_path(fresh);
}

static void do_entry(const char *unused, unsigned number)
{
    g_autofree char *temporary = next_path("new");
    g_autofree char *path = next_path("entry");
    g_autofree char *file = g_build_filename(temporary, "marker", NULL);

    (void)unused;
    (void)number;
    if (mkdir(temporary, 0700) != 0)
        bench_fail("%s: %s", temporary, strerror(errno));
    write_marker(file);
    sync_path(temporary);
    if (rename(temporary, path) != 0)
        bench_fail("%s: %s", path, strerror(errno));
    sync_path(folder);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(const char *argument, unsigned number);
        void (*prepare)(void); /* NULL: nothing */
    } kinds[] = {
        { "shim", do_shim, NULL },           { "task", do_task, NULL },
        { "commit", do_commit, NULL },       { "entry", do_entry, NULL },
        { "marker", do_marker, make_fresh },
    };
    Load load = { 0 };
    unsigned kind = 0;

    if (argc < 3)
        bench_fail("usage: bench-legs FOLDER shim|task|commit|entry|marker [ARGUMENT]");
    folder = argv[1];
    while (strcmp(argv[2], kinds[kind].name) != 0) {
        if (++kind == G_N_ELEMENTS(kinds))
            bench_fail("%s: no such leg", argv[2]);
    }
    puts("ready");
    fflush(stdout);

    while (load_next_round(&load)) {
        while (!load_is_over(&load)) {
            int number;

            if (kinds[kind].prepare)
                kinds[kind].prepare();
            number = load_next(&load);
            kinds[kind].run(argc > 3 ? argv[3] : NULL, (unsigned)number);
            load_answer(&load, (unsigned)number);
        }
        load_print(&load);
    }
    return EXIT_SUCCESS;
}

/*
 * A folder for runs, made for each test and removed after it, and a run folder in it. To be
 * included once, after cmocka.h.
 */
#ifndef TESTS_UNIT_AGENT2_RUN_FOLDER_FIXTURE_H
#define TESTS_UNIT_AGENT2_RUN_FOLDER_FIXTURE_H

#include "agent2/edge/run_folder.h"
#include "common/sys/file.h"

#define RUN   "01JD6Q8W3MZX5T4R7V9B2C0DFG"
#define BOOT  "3b2a1c4d-0000-4e5f-8a9b-0123456789ab"
#define OTHER "ffffffff-0000-4e5f-8a9b-0123456789ab"

static char command[] = "/bin/true";

/* Every test has a folder for runs of its own. */
static char *runs;

static inline int make_runs(void **state)
{
    (void)state;
    runs = g_dir_make_tmp("test-run_folder-XXXXXX", NULL);
    return runs ? 0 : -1;
}

static inline int remove_runs(void **state)
{
    bool is_gone = file_remove_tree(runs, NULL);

    (void)state;
    g_clear_pointer(&runs, g_free);
    return is_gone ? 0 : -1;
}

static inline RunTask make_task(void)
{
    return (RunTask){
        .run = RUN,
        .attempt = 1,
        .boot_id = BOOT,
        .expires_ms = 1732150000000,
        .window_end_ms = RUN_NO_WINDOW,
        .max_output = RUN_OUTPUT_MIN,
        .uid = RUN_AS_NOBODY_ELSE,
        .gid = RUN_AS_NOBODY_ELSE,
        .cwd = "/",
        .arg_count = 1,
        .args = { command },
    };
}

static inline char *create(void)
{
    RunTask task = make_task();
    bool existed = true;

    task.meta = "meta\n";
    assert_true(run_folder_create(runs, &task, &existed, NULL));
    assert_false(existed);
    return run_folder_path(runs, RUN, 1);
}

static inline void put(const char *path, const char *name, const char *content)
{
    g_autofree char *file = g_build_filename(path, name, NULL);

    assert_true(g_file_set_contents(file, content, -1, NULL));
}

static inline unsigned count_entries(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;

    assert_non_null(dir);
    while (g_dir_read_name(dir))
        count++;
    return count;
}

#endif

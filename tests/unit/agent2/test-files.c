/* The shim's files: what is durable when, and what a failing device leaves behind. */
#include "agent2/shim/files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent2/folder/names.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

static char *path;
static int folder;

/* The device of this test: writes down in which order things became durable, and fails one of the
 * syncs as it is told. */
static GString *steps;
static int failing_sync = INT_MAX; /* the first is 0 */
static int sync_number;

int fsync(int fd)
{
    struct stat status;

    if (sync_number++ == failing_sync) {
        errno = EIO;
        return -1;
    }
    if (steps && fstat(fd, &status) == 0)
        g_string_append(steps, S_ISDIR(status.st_mode) ? "sync-folder " : "sync-file ");

    return (int)syscall(SYS_fsync, fd);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    if (steps)
        g_string_append_printf(steps, "%s ", to);

    return (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    if (steps)
        g_string_append_printf(steps, "%s ", to);

    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, 0);
}

static int set_up(void **state)
{
    (void)state;
    path = g_dir_make_tmp("test-files-XXXXXX", NULL);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    steps = g_string_new(NULL);
    sync_number = 0;
    failing_sync = INT_MAX;
    return folder >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(folder);
    g_string_free(steps, TRUE);
    steps = NULL;
    failing_sync = INT_MAX;
    file_remove_tree(path, NULL);
    g_clear_pointer(&path, g_free);
    return 0;
}

static char *content_of(const char *name)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    char *text = NULL;

    g_file_get_contents(file, &text, NULL, NULL);
    return text;
}

static unsigned count_entries(void)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;

    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void test_create_once(void **state)
{
    g_autofree char *text = NULL;
    bool is_there = false;

    (void)state;

    assert_true(files_create_once(folder, "claim", "mine", 4, &is_there));
    assert_true(is_there);
    assert_string_equal(steps->str, "claim sync-file sync-folder ");

    assert_false(files_create_once(folder, "claim", "other", 5, &is_there));
    assert_int_equal(errno, EEXIST);
    assert_false(is_there);
    text = content_of("claim");
    assert_string_equal(text, "mine");
    assert_int_equal(count_entries(), 1);
}

static void test_create_once_on_a_failing_device(void **state)
{
    static const struct {
        const char *what;
        int failing_sync;
    } rows[] = {
        { "the file: it has its name, perhaps with no content for good", 0 },
        { "the folder: it has its name, perhaps not for good", 1 },
    };

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_there = false;

        print_message("  %s\n", rows[i].what);
        sync_number = 0;
        failing_sync = rows[i].failing_sync;
        assert_false(files_create_once(folder, "claim", "mine", 4, &is_there));
        assert_int_equal(errno, EIO);
        assert_true(is_there);
        assert_true(files_exists(folder, "claim"));
        assert_int_equal(count_entries(), 1);
        assert_int_equal(unlinkat(folder, "claim", 0), 0);
    }
}

/* A shim was killed while it wrote: its successor is not stopped by what it left. */
static void test_a_leftover_is_replaced(void **state)
{
    g_autofree char *text = NULL;
    bool is_there;
    int fd;

    (void)state;

    assert_int_equal(symlinkat("/nowhere", folder, "claim.new"), 0);
    assert_true(files_create_once(folder, "claim", "mine", 4, &is_there));
    text = content_of("claim");
    assert_string_equal(text, "mine");

    assert_int_equal(symlinkat("/nowhere", folder, "exit.new"), 0);
    fd = files_reserve(folder, "exit", 100);
    assert_true(fd >= 0);
    files_release(folder, fd, "exit");
}

static void test_reserve_and_finish(void **state)
{
    g_autofree char *text = NULL;
    struct stat status;
    int fd = files_reserve(folder, "exit", 2048);

    (void)state;

    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    assert_int_equal(status.st_size, 2048);
    assert_true(status.st_blocks * 512 >= 2048);
    assert_false(files_exists(folder, "exit"));

    assert_true(files_finish(folder, fd, "exit", "the end", 7));
    assert_string_equal(steps->str, "exit sync-file sync-folder ");
    files_release(folder, fd, "exit");
    text = content_of("exit");
    assert_string_equal(text, "the end");
    assert_int_equal(count_entries(), 1);

    fd = files_reserve(folder, "other", 2048);
    assert_true(fd >= 0);
    files_release(folder, fd, "other");
    assert_int_equal(count_entries(), 1);
}

static void test_read(void **state)
{
    static const struct {
        const char *what;
        const char *content;
        size_t size;
        ssize_t length;
    } rows[] = {
        { "empty", "", 1, 0 },
        { "with room for the NUL", "abc", 4, 3 },
        { "without", "abc", 3, -1 },
    };
    char buffer[16];

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *file = g_build_filename(path, "task", NULL);

        print_message("  %s\n", rows[i].what);
        assert_true(g_file_set_contents(file, rows[i].content, -1, NULL));
        memset(buffer, '#', sizeof(buffer));
        assert_int_equal(files_read(folder, "task", buffer, rows[i].size), rows[i].length);
        if (rows[i].length >= 0)
            assert_string_equal(buffer, rows[i].content);
        assert_int_equal(buffer[rows[i].size], '#');
    }

    assert_int_equal(files_read(folder, "absent", buffer, sizeof(buffer)), -1);
    assert_int_equal(mkfifoat(folder, "fifo", 0600), 0);
    assert_int_equal(files_read(folder, "fifo", buffer, sizeof(buffer)), 0); /* does not wait */
    assert_int_equal(symlinkat("task", folder, "link"), 0);
    assert_int_equal(files_read(folder, "link", buffer, sizeof(buffer)), -1);
}

static void test_exists(void **state)
{
    (void)state;

    assert_false(files_exists(folder, "claim"));
    assert_int_equal(symlinkat("/nowhere", folder, "claim"), 0);
    assert_true(files_exists(folder, "claim"));
    /* What cannot be asked for is taken to be there. */
    assert_true(files_exists(-2, "claim"));
}

static void test_lock(void **state)
{
    int first_lock = -1;
    int lock = -1;
    int first = files_open_locked(path, &first_lock);

    (void)state;

    assert_true(first >= 0 && first_lock >= 0);
    assert_int_equal(files_open_locked(path, &lock), -1);
    assert_int_equal(errno, EWOULDBLOCK);
    assert_int_equal(lock, -1);
    assert_true(fcntl(first_lock, F_GETFD) & FD_CLOEXEC);
    close(first_lock);
    close(first);

    first = files_open_locked(path, &first_lock);
    assert_true(first >= 0);
    close(first_lock);
    close(first);
    assert_int_equal(files_open_locked("/nowhere", &lock), -1);
    assert_int_equal(errno, ENOENT);
}

static void test_log(void **state)
{
    g_autofree char *text = NULL;

    (void)state;

    files_log(folder, "no room", ENOSPC);
    files_log(folder, "task", 0);
    text = content_of(RUN_FILE_LOG);
    assert_non_null(strstr(text, " no room: No space left on device\n"));
    assert_true(g_str_has_suffix(text, " task\n"));

    /* A shim that is started again and again does not fill the disk with its log. */
    for (int i = 0; i < 20000; i++)
        files_log(folder, "again", 0);
    g_free(text);
    text = content_of(RUN_FILE_LOG);
    assert_true(strlen(text) < 66000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_create_once_on_a_failing_device, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_leftover_is_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reserve_and_finish, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_exists, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_log, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}

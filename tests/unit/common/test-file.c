/* Files: caps, atomic replacement, exclusive creation, trees of strangers, kinds of failure. */
#include "common/sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

static char *folder;

/* The device of this test: fails as it is told, and otherwise takes 1,000 bytes at a time. */
static int write_error;
static int fsync_error;

ssize_t write(int fd, const void *content, size_t length)
{
    if (write_error != 0) {
        errno = write_error;
        return -1;
    }

    return syscall(SYS_write, fd, content, length < 1000 ? length : 1000);
}

int fsync(int fd)
{
    if (fsync_error != 0) {
        errno = fsync_error;
        return -1;
    }

    return (int)syscall(SYS_fsync, fd);
}

static char *inside(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void assert_problem(GError **error, Problem code, const char *path)
{
    assert_non_null(*error);
    assert_true((*error)->domain == PROBLEM);
    assert_int_equal((*error)->code, code);
    assert_true(g_str_has_prefix((*error)->message, path));
    g_clear_error(error);
}

static unsigned count_entries(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    unsigned count = 0;

    assert_non_null(dir);
    while (g_dir_read_name(dir))
        count++;
    return count;
}

static void test_read(void **state)
{
    static const struct {
        const char *what;
        const char *content;
        size_t length;
        size_t max_bytes;
        bool is_read;
    } rows[] = {
        { "empty", "", 0, 0, true },
        { "exactly the limit", "abcd", 4, 4, true },
        { "one more", "abcd", 4, 3, false },
        { "NUL inside", "a\0b", 3, 10, true },
    };
    g_autofree char *path = inside("read");

    (void)state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        size_t length = 12345;

        print_message("  %s\n", rows[i].what);
        assert_true(file_write_atomic(path, rows[i].content, rows[i].length, 0600, &error));
        text = file_read(path, rows[i].max_bytes, &length, &error);
        if (rows[i].is_read) {
            assert_non_null(text);
            assert_int_equal(length, rows[i].length);
            assert_memory_equal(text, rows[i].content, rows[i].length + 1);
        } else {
            assert_null(text);
            assert_int_equal(length, 12345);
            assert_problem(&error, PROBLEM_LIMIT, path);
        }
    }
}

static void test_read_large(void **state)
{
    g_autofree char *path = inside("large");
    g_autofree char *content = g_malloc(300000);
    g_autofree char *text = NULL;
    size_t length = 0;

    (void)state;

    for (size_t i = 0; i < 300000; i++)
        content[i] = (char)(i % 251);
    assert_true(file_write_atomic(path, content, 300000, 0600, NULL));
    text = file_read(path, 300000, &length, NULL);
    assert_int_equal(length, 300000);
    assert_memory_equal(text, content, 300000);
}

static void test_read_refuses(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *absent = inside("absent");
    g_autofree char *fifo = inside("fifo");

    (void)state;

    assert_null(file_read(absent, 10, NULL, &error));
    assert_problem(&error, PROBLEM_MISSING, absent);
    assert_null(file_read(folder, 10, NULL, &error));
    assert_problem(&error, PROBLEM_IO, folder);
    assert_null(file_read("/dev/zero", 10, NULL, &error));
    assert_problem(&error, PROBLEM_IO, "/dev/zero");

    /* Nobody writes into it: a plain open would wait for ever. */
    assert_int_equal(mkfifo(fifo, 0600), 0);
    assert_null(file_read(fifo, 10, NULL, &error));
    assert_problem(&error, PROBLEM_IO, fifo);
}

static void test_write_atomic(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *own = inside("own");
    g_autofree char *path = g_build_filename(own, "file", NULL);
    g_autofree char *text = NULL;
    struct stat status;

    (void)state;

    assert_true(file_make_folder(own, 0700, &error));
    assert_true(file_write_atomic(path, "old", 3, 0600, &error));
    assert_true(file_write_atomic(path, "newer", 5, 0640, &error));
    text = file_read(path, 100, NULL, &error);
    assert_string_equal(text, "newer");
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(count_entries(own), 1);

    /* A folder in its place: the failure leaves no temporary file. */
    assert_int_equal(unlink(path), 0);
    assert_true(file_make_folder(path, 0700, &error));
    assert_false(file_write_atomic(path, "x", 1, 0600, &error));
    assert_problem(&error, PROBLEM_IO, path);
    assert_int_equal(count_entries(own), 1);
}

static void test_failing_device(void **state)
{
    static const struct {
        const char *what;
        int write_error;
        int fsync_error;
        Problem code;
    } rows[] = {
        { "no space left", ENOSPC, 0, PROBLEM_FULL },
        { "quota used up", EDQUOT, 0, PROBLEM_FULL },
        { "no space left for what was buffered", 0, ENOSPC, PROBLEM_FULL },
        { "device error", EIO, 0, PROBLEM_IO },
        { "device error at the sync", 0, EIO, PROBLEM_IO },
    };
    g_autofree char *path = inside("kept");
    unsigned before;

    (void)state;

    assert_true(file_write_atomic(path, "old", 3, 0600, NULL));
    before = count_entries(folder);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        bool is_written;

        print_message("  %s\n", rows[i].what);
        write_error = rows[i].write_error;
        fsync_error = rows[i].fsync_error;
        is_written = file_write_atomic(path, "new", 3, 0600, &error);
        write_error = 0;
        fsync_error = 0;

        assert_false(is_written);
        assert_problem(&error, rows[i].code, path);
        text = file_read(path, 10, NULL, &error);
        assert_string_equal(text, "old");
        assert_int_equal(count_entries(folder), before);
    }
}

static void test_create_exclusive(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = inside("claim");
    g_autofree char *lost = inside("no-folder/claim");
    g_autofree char *text = NULL;
    unsigned before = count_entries(folder);
    bool existed = true;

    (void)state;

    assert_true(file_create_exclusive(path, "first", 5, 0600, &existed, &error));
    assert_false(existed);
    assert_false(file_create_exclusive(path, "second", 6, 0600, &existed, &error));
    assert_true(existed);
    assert_problem(&error, PROBLEM_IO, path);
    assert_false(file_create_exclusive(lost, "x", 1, 0600, &existed, &error));
    assert_false(existed);
    assert_problem(&error, PROBLEM_IO, lost);

    text = file_read(path, 100, NULL, &error);
    assert_string_equal(text, "first");
    assert_int_equal(count_entries(folder), before + 1);
}

static void test_make_folder(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *deep = inside("a/b/c");
    g_autofree char *file = inside("a/file");
    g_autofree char *below = inside("a/file/d");

    (void)state;

    assert_true(file_make_folder(deep, 0700, &error));
    assert_true(file_make_folder(deep, 0700, &error));
    assert_true(file_sync_folder(deep, &error));
    assert_true(file_write_atomic(file, "", 0, 0600, &error));
    assert_false(file_make_folder(below, 0700, &error));
    assert_problem(&error, PROBLEM_IO, below);
    assert_false(file_sync_folder(file, &error));
    assert_problem(&error, PROBLEM_IO, file);
}

/* Builds depth folders one in another, deeper than a path may be long, with a file in each. */
static void build_deep(const char *path, unsigned depth)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    assert_true(fd >= 0);
    for (unsigned i = 0; i < depth; i++) {
        int next;
        int file = openat(fd, "file", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

        assert_true(file >= 0);
        close(file);
        assert_int_equal(mkdirat(fd, "a-folder-with-a-longer-name", 0700), 0);
        next = openat(fd, "a-folder-with-a-longer-name", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        assert_true(next >= 0);
        close(fd);
        fd = next;
    }
    close(fd);
}

static void test_remove_tree(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *tree = inside("tree");
    g_autofree char *outside = inside("outside");
    g_autofree char *kept = inside("outside/kept");
    g_autofree char *link = inside("tree/link");
    g_autofree char *closed = inside("tree/closed");
    g_autofree char *closed_inner = inside("tree/closed/inner");
    g_autofree char *closed_file = inside("tree/closed/inner/file");
    g_autofree char *taken = inside("tree/-0");

    (void)state;

    assert_true(file_remove_tree(tree, &error)); /* absent */

    assert_true(file_make_folder(outside, 0700, &error));
    assert_true(file_write_atomic(kept, "", 0, 0600, &error));
    assert_true(file_make_folder(tree, 0700, &error));
    assert_int_equal(symlink(outside, link), 0);
    assert_true(file_make_folder(closed_inner, 0700, &error));
    assert_true(file_write_atomic(closed_file, "", 0, 0400, &error));
    assert_int_equal(chmod(closed_inner, 0), 0);
    assert_int_equal(chmod(closed, 0500), 0);
    assert_true(file_write_atomic(taken, "", 0, 0600, &error));
    build_deep(tree, 500);
    assert_true(file_remove_tree(tree, &error));
    assert_false(g_file_test(tree, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(kept, G_FILE_TEST_IS_REGULAR));

    /* A link to a folder, and a file, are not folders. */
    assert_int_equal(symlink(outside, tree), 0);
    assert_false(file_remove_tree(tree, &error));
    assert_problem(&error, PROBLEM_IO, tree);
    assert_false(file_remove_tree(kept, &error));
    assert_problem(&error, PROBLEM_IO, kept);
    assert_true(g_file_test(kept, G_FILE_TEST_IS_REGULAR));
}

static void test_is_local(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *absent = inside("absent");
    const char *type = NULL;
    bool is_local = false;

    (void)state;

    assert_true(file_is_local("/dev/shm", &is_local, &type, &error));
    assert_true(is_local);
    assert_string_equal(type, "tmpfs");
    assert_false(file_is_local(absent, &is_local, &type, &error));
    assert_problem(&error, PROBLEM_IO, absent);
}

static int make_test_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("test-file-XXXXXX", NULL);
    return folder ? 0 : -1;
}

static int remove_test_folder(void **state)
{
    bool is_gone = file_remove_tree(folder, NULL);

    (void)state;
    g_clear_pointer(&folder, g_free);
    return is_gone ? 0 : -1;
}

/* A file that somebody else wrote, replaced or removed since it was looked at stays his. */
static void test_replacing_what_was_looked_at(void **state)
{
    g_autofree char *path = inside("looked-at");
    g_autofree char *content = NULL;
    g_autoptr(GError) error = NULL;
    FileStamp none;
    FileStamp first;
    FileStamp second;
    FileStamp is;

    (void)state;
    file_stamp(path, &none);
    assert_true(file_replace(path, &none, "one", 3, 0600, &is, NULL));
    file_stamp(path, &first);
    assert_true(file_stamp_is_equal(&is, &first));
    assert_false(file_stamp_is_equal(&is, &none));
    assert_false(file_replace(path, &none, "two", 3, 0600, &is, &error));
    assert_problem(&error, PROBLEM_CHANGED, path);
    assert_true(file_replace(path, &first, "two", 3, 0600, &is, NULL));
    file_stamp(path, &second);
    assert_false(file_replace(path, &first, "six", 3, 0600, &is, &error));
    assert_problem(&error, PROBLEM_CHANGED, path);
    assert_int_equal(unlink(path), 0);
    assert_false(file_replace(path, &second, "six", 3, 0600, &is, &error));
    assert_problem(&error, PROBLEM_CHANGED, path);
    assert_true(file_write_atomic(path, "ten", 3, 0600, NULL));
    content = file_read(path, 10, NULL, NULL);
    assert_string_equal(content, "ten");
    assert_int_equal(unlink(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replacing_what_was_looked_at),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_large),
        cmocka_unit_test(test_read_refuses),
        cmocka_unit_test(test_write_atomic),
        cmocka_unit_test(test_failing_device),
        cmocka_unit_test(test_create_exclusive),
        cmocka_unit_test(test_make_folder),
        cmocka_unit_test(test_remove_tree),
        cmocka_unit_test(test_is_local),
    };

    return cmocka_run_group_tests_name("file", tests, make_test_folder, remove_test_folder);
}

/* The output in a run folder, read while a shim writes it. */
#include "agent2/edge/run_folder.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent2/run_folder_fixture.h"

#include "common/base/banned.h"

static void test_output(void **state)
{
    static const struct {
        const char *what;
        int64_t offset;
        size_t max_bytes;
        int64_t found;
        const char *bytes;
    } rows[] = {
        { "from the beginning", 0, 100, 0, "0123456789" },
        { "a little", 2, 3, 2, "234" },
        { "nothing asked", 0, 0, 0, "" },
        { "in the gap", 12, 100, 20, "abcdefghijKLM" },
        { "across two parts", 28, 4, 28, "ijKL" },
        { "the rest", 31, 100, 31, "LM" },
        { "at the end", 33, 100, 33, "" },
        { "beyond it", 1000, 100, 1000, "" },
    };
    g_autofree char *path = create();

    (void)state;

    assert_int_equal(run_folder_output_end(path), 0);
    put(path, "head", "0123456789");
    assert_int_equal(run_folder_output_end(path), 10);
    put(path, "tail.30", "KLM");
    put(path, "tail.20", "abcdefghij");
    put(path, "tail.x", "not a part");
    assert_int_equal(run_folder_output_end(path), 33);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bytes = NULL;
        int64_t found = -1;
        size_t length = 999;

        print_message("  %s\n", rows[i].what);
        bytes =
            run_folder_read_output(path, rows[i].offset, rows[i].max_bytes, &found, &length, NULL);
        assert_non_null(bytes);
        assert_int_equal(found, rows[i].found);
        assert_int_equal(length, strlen(rows[i].bytes));
        assert_string_equal(bytes, rows[i].bytes);
    }
}

static void test_tail(void **state)
{
    static const struct {
        const char *what;
        size_t max_bytes;
        int64_t found;
        const char *bytes;
    } rows[] = {
        { "within the last part", 2, 31, "LM" },
        { "over two parts", 5, 28, "ijKLM" },
        { "not over the gap", 100, 20, "abcdefghijKLM" },
    };
    g_autofree char *path = create();
    g_autofree char *none = NULL;
    int64_t found;
    size_t length;

    (void)state;

    none = run_folder_read_tail(path, 10, &found, &length, NULL);
    assert_non_null(none);
    assert_int_equal(length, 0);

    put(path, "head", "0123456789");
    put(path, "tail.20", "abcdefghij");
    put(path, "tail.30", "KLM");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *bytes = NULL;

        print_message("  %s\n", rows[i].what);
        bytes = run_folder_read_tail(path, rows[i].max_bytes, &found, &length, NULL);
        assert_non_null(bytes);
        assert_int_equal(found, rows[i].found);
        assert_string_equal(bytes, rows[i].bytes);
        assert_int_equal(length, strlen(bytes));
    }
}

/* A process that rotates as fast as it can, as a shim would, 64 bytes a part. Byte n of the output
 * is 'a' + n % 26. */
static void rotate_until_killed(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char names[2][RUN_TAIL_SIZE] = { "", "" };

    for (int64_t start = 0;; start += 64) {
        char bytes[64];
        char *name = names[start / 64 % 2];
        int fd;

        for (int i = 0; i < 64; i++)
            bytes[i] = (char)('a' + (start + i) % 26);
        unlinkat(folder, name, 0);
        tail_name_print(name, start);
        fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, bytes, 30) != 30 || write(fd, bytes + 30, 34) != 34)
            _exit(1);
        close(fd);
    }
}

static void test_output_while_it_rotates(void **state)
{
    g_autofree char *path = create();
    int64_t last = 0;
    unsigned read = 0;
    pid_t pid = fork();

    (void)state;

    assert_true(pid >= 0);
    if (pid == 0)
        rotate_until_killed(path);
    while (run_folder_output_end(path) == 0)
        ;
    for (int i = 0; i < 3000; i++) {
        g_autofree char *bytes = NULL;
        int64_t offset;
        size_t length;

        /* Such a speed it may well give up on, but what it returns is right. */
        bytes = run_folder_read_tail(path, 100, &offset, &length, NULL);
        if (!bytes)
            continue;
        read++;
        assert_true(offset + (int64_t)length >= last);
        last = offset + (int64_t)length;
        for (size_t at = 0; at < length; at++)
            assert_int_equal(bytes[at], 'a' + (offset + (int64_t)at) % 26);
    }
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_true(read > 100);
    assert_true(last > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_output, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_tail, make_runs, remove_runs),
        cmocka_unit_test_setup_teardown(test_output_while_it_rotates, make_runs, remove_runs),
    };

    alarm(60); /* the end of any wait for another process */
    return cmocka_run_group_tests_name("run_folder_output", tests, NULL, NULL);
}

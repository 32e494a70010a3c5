/* What is kept of an output, byte by byte, when the disk is large, small, full, and free again. */
#include "agent2/shim/recorder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib.h>

#include <cmocka.h>

#include "common/sys/file.h"

#include "common/base/banned.h"

#define HEAD 10
#define TAIL 20

static char *path;
static int folder;

/* The disk of this test: so many bytes fit, and a write takes at most 7 of them. */
static size_t space;

ssize_t write(int fd, const void *bytes, size_t length)
{
    size_t taken = MIN(length, 7);

    if (folder < 0)
        return syscall(SYS_write, fd, bytes, length);
    if (space == 0) {
        errno = ENOSPC;
        return -1;
    }
    taken = MIN(taken, space);
    space -= taken;
    return syscall(SYS_write, fd, bytes, taken);
}

static int set_up(void **state)
{
    (void)state;
    path = g_dir_make_tmp("test-recorder-XXXXXX", NULL);
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    space = SIZE_MAX;
    return folder >= 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    close(folder);
    folder = -1;
    file_remove_tree(path, NULL);
    g_clear_pointer(&path, g_free);
    return 0;
}

/* Adds count bytes, in chunks, byte n of the whole being 'a' + n % 26. */
static void add(Recorder *recorder, int64_t count, int64_t chunk)
{
    char bytes[200];

    while (count > 0) {
        int64_t length = MIN(count, chunk);

        for (int64_t i = 0; i < length; i++)
            bytes[i] = (char)('a' + (recorder->total_bytes + i) % 26);
        recorder_add(recorder, bytes, (size_t)length);
        count -= length;
    }
}

/* Checks every byte on disk and that the numbers agree with it; returns the map. */
static OutputMap check(const Recorder *recorder)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    OutputMap map = { .count = 0 };
    int64_t start = 0;
    const char *name;

    while ((name = g_dir_read_name(dir))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        g_autofree char *text = NULL;
        size_t length;

        if (strcmp(name, RUN_FILE_HEAD) == 0)
            start = 0;
        else
            assert_true(tail_name_parse(name, &start));
        assert_true(g_file_get_contents(file, &text, &length, NULL));
        for (size_t i = 0; i < length; i++)
            assert_int_equal(text[i], 'a' + (start + (int64_t)i) % 26);
        assert_true(output_map_add(&map, name, start, (int64_t)length));
    }

    assert_int_equal(output_map_kept(&map), recorder->kept_bytes);
    assert_true(output_map_end(&map) <= recorder->total_bytes);
    return map;
}

static void test_every_length(void **state)
{
    static const int64_t chunks[] = { 1, 3, 13, 30, 200 };

    (void)state;

    for (size_t c = 0; c < G_N_ELEMENTS(chunks); c++) {
        for (int64_t length = 0; length <= 130; length++) {
            Recorder recorder;
            OutputMap map;

            assert_int_equal(tear_down(state), 0);
            assert_int_equal(set_up(state), 0);
            recorder_init(&recorder, folder, (OutputPlan){ HEAD, TAIL });
            add(&recorder, length, chunks[c]);
            map = check(&recorder);
            recorder_clear(&recorder);

            assert_int_equal(recorder.total_bytes, length);
            assert_int_equal(output_map_end(&map), length);
            assert_true(recorder.kept_bytes <= HEAD + 2 * TAIL);
            if (length <= HEAD + 2 * TAIL) {
                assert_int_equal(recorder.kept_bytes, length);
            } else {
                assert_string_equal(map.parts[0].name, RUN_FILE_HEAD);
                assert_int_equal(map.parts[0].bytes, HEAD);
                assert_true(recorder.kept_bytes >= HEAD + TAIL);
            }
        }
    }
}

static void test_full_disk(void **state)
{
    static const struct {
        const char *what;
        int64_t before; /* bytes while there is room */
        size_t space;   /* then so many fit */
        int64_t during;
        int64_t after; /* and then there is room again */
        int64_t kept;
        int64_t last_start; /* where the last part begins */
    } rows[] = {
        { "from the first byte", 0, 0, 50, 0, 0, -1 },
        { "in the head", 5, 0, 50, 0, 5, 0 },
        { "in the middle of a write", 5, 2, 50, 0, 7, 0 },
        { "in a tail", 25, 0, 50, 0, 25, 10 },
        { "in the head, free again", 5, 0, 50, 8, 13, 55 },
        { "in a tail, free again", 25, 0, 50, 8, 33, 75 },
        { "free again for long: the plan holds", 25, 0, 50, 95, 45, 155 },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Recorder recorder;
        OutputMap map;

        print_message("  %s\n", rows[i].what);
        assert_int_equal(tear_down(state), 0);
        assert_int_equal(set_up(state), 0);
        recorder_init(&recorder, folder, (OutputPlan){ HEAD, TAIL });
        add(&recorder, rows[i].before, 13);
        space = rows[i].space;
        add(&recorder, rows[i].during, 13);
        space = SIZE_MAX;
        add(&recorder, rows[i].after, 13);
        map = check(&recorder);
        recorder_clear(&recorder);

        assert_int_equal(recorder.total_bytes, rows[i].before + rows[i].during + rows[i].after);
        assert_int_equal(recorder.kept_bytes, rows[i].kept);
        if (rows[i].last_start >= 0)
            assert_int_equal(map.parts[map.count - 1].start, rows[i].last_start);
        else
            assert_int_equal(map.count, 0);
    }
}

/* Not even a file can be made: the folder is gone. */
static void test_no_folder(void **state)
{
    Recorder recorder;

    (void)state;

    assert_true(file_remove_tree(path, NULL));
    recorder_init(&recorder, folder, (OutputPlan){ HEAD, TAIL });
    add(&recorder, 100, 13);
    recorder_clear(&recorder);
    assert_int_equal(recorder.total_bytes, 100);
    assert_int_equal(recorder.kept_bytes, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_folder, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("recorder", tests, NULL, NULL);
}

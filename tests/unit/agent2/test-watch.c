/* Watching run folders: the end at once, growth at most once a second, and nothing when idle. */
#include "agent2/edge/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent2/folder/names.h"
#include "common/sys/clock.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

#define PATIENCE_MS 20000

/* What the handlers heard, and what they are to do. */
typedef struct Heard {
    Watch *watch;
    GPtrArray *settled; /* char * */
    int64_t output_end;
    unsigned grew;
    const char *remove_when_grew;
} Heard;

typedef struct Scene {
    char *folder;
    Heard heard;
    Watch *watch;
} Scene;

static void on_grew(const char *path, int64_t output_end, void *data)
{
    Heard *heard = data;

    (void)path;
    heard->output_end = output_end;
    heard->grew++;
    if (heard->remove_when_grew)
        watch_remove(heard->watch, heard->remove_when_grew);
}

static void on_settled(const char *path, void *data)
{
    Heard *heard = data;

    g_ptr_array_add(heard->settled, g_strdup(path));
}

static int set_up(void **state)
{
    static const WatchHandlers handlers = { on_grew, on_settled };
    Scene *scene = g_new0(Scene, 1);

    scene->folder = g_dir_make_tmp("test-watch-XXXXXX", NULL);
    scene->heard.settled = g_ptr_array_new_with_free_func(g_free);
    scene->watch = watch_new(&handlers, &scene->heard, NULL);
    scene->heard.watch = scene->watch;
    *state = scene;
    return scene->folder && scene->watch ? 0 : -1;
}

static int tear_down(void **state)
{
    Scene *scene = *state;
    bool is_gone = file_remove_tree(scene->folder, NULL);

    watch_free(scene->watch);
    g_ptr_array_unref(scene->heard.settled);
    g_free(scene->folder);
    g_free(scene);
    return is_gone ? 0 : -1;
}

static char *make_run(const Scene *scene, const char *name)
{
    char *path = g_build_filename(scene->folder, name, NULL);

    assert_true(file_make_folder(path, 0700, NULL));
    return path;
}

static int take_lock(const char *path)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_LOCK, NULL);
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    return fd;
}

/* Turns the loop until so many folders have settled; returns how long that took. */
static int64_t wait_settled(Scene *scene, unsigned count)
{
    int64_t began = clock_boot_ms();

    while (scene->heard.settled->len < count) {
        assert_true(clock_boot_ms() - began < PATIENCE_MS);
        g_main_context_iteration(NULL, scene->heard.settled->len < count);
    }
    assert_int_equal(scene->heard.settled->len, count);
    return clock_boot_ms() - began;
}

static void wait_grown(const Scene *scene, int64_t output_end)
{
    int64_t began = clock_boot_ms();

    while (scene->heard.output_end < output_end) {
        assert_true(clock_boot_ms() - began < PATIENCE_MS);
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
}

static gboolean set_flag(gpointer flag)
{
    *(bool *)flag = true;
    return G_SOURCE_REMOVE;
}

static void turn_for(unsigned ms)
{
    bool is_over = false;

    g_timeout_add(ms, set_flag, &is_over);
    while (!is_over)
        g_main_context_iteration(NULL, TRUE);
}

/* The end of a shim, orderly or not: a process that takes the lock and is then killed. */
static void test_a_killed_shim(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    int64_t took;
    int status;
    pid_t pid;
    int ready[2];
    char byte;

    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_true(watch_add(scene->watch, path, true, NULL));
    assert_true(watch_add(scene->watch, path, true, NULL)); /* twice is fine */
    assert_int_equal(watch_count(scene->watch), 1);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        take_lock(path);
        if (write(ready[1], "", 1) == 1)
            pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    close(ready[1]);

    turn_for(1200); /* a look once a second finds it locked */
    assert_int_equal(scene->heard.settled->len, 0);
    kill(pid, SIGKILL);
    took = wait_settled(scene, 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_string_equal(scene->heard.settled->pdata[0], path);
    assert_int_equal(watch_count(scene->watch), 0);
    assert_true(took < 800); /* not by the look once a second */
}

static void test_an_orderly_end(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    int lock;

    assert_true(watch_add(scene->watch, path, true, NULL));
    lock = take_lock(path);
    flock(lock, LOCK_UN);
    close(lock);
    assert_true(wait_settled(scene, 1) < 800);
}

/* Another shim comes, finds the lock held, and goes. */
static void test_somebody_else_closes_the_lock(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    g_autofree char *file = g_build_filename(path, RUN_FILE_LOCK, NULL);
    int lock = take_lock(path);
    int other;

    assert_true(watch_add(scene->watch, path, false, NULL));
    other = open(file, O_RDWR | O_CLOEXEC);
    assert_true(other >= 0);
    close(other);
    turn_for(300);
    assert_int_equal(scene->heard.settled->len, 0);
    close(lock);
    wait_settled(scene, 1);
}

static void test_what_was_over_before(void **state)
{
    Scene *scene = *state;
    g_autofree char *never = make_run(scene, "never");
    g_autofree char *ended = make_run(scene, "ended");
    g_autofree char *starting = make_run(scene, "starting");

    close(take_lock(ended));
    assert_true(watch_add(scene->watch, never, false, NULL));
    assert_true(watch_add(scene->watch, ended, false, NULL));
    assert_true(watch_add(scene->watch, starting, true, NULL));
    assert_int_equal(scene->heard.settled->len, 0); /* from the loop, not from inside */
    assert_true(wait_settled(scene, 2) < 800);

    /* For this one a shim is on its way. */
    turn_for(1500);
    assert_int_equal(scene->heard.settled->len, 2);
    assert_int_equal(watch_count(scene->watch), 1);
}

static void test_a_shim_that_never_lived(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    int64_t took;

    assert_true(watch_add(scene->watch, path, true, NULL));
    took = wait_settled(scene, 1);
    assert_true(took >= WATCH_START_LIMIT_MS - 1000);
}

static void append(const char *path, const char *name, size_t bytes)
{
    g_autofree char *file = g_build_filename(path, name, NULL);
    g_autofree char *content = g_strnfill(bytes, 'x');
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, content, bytes), bytes);
    close(fd);
}

static void test_growth(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    int lock = take_lock(path);
    int64_t began = clock_boot_ms();
    int64_t written = 0;

    assert_true(watch_add(scene->watch, path, false, NULL));
    while (clock_boot_ms() - began < 2500) {
        append(path, RUN_FILE_HEAD, 10);
        written += 10;
        turn_for(20);
    }
    assert_true(scene->heard.grew <= 3);
    wait_grown(scene, written);
    assert_int_equal(scene->heard.output_end, written);

    /* No growth, no word. */
    scene->heard.grew = 0;
    turn_for(1200);
    assert_int_equal(scene->heard.grew, 0);

    append(path, "tail.5000000", 7);
    wait_grown(scene, 5000007);
    assert_int_equal(scene->heard.output_end, 5000007);
    close(lock);
}

static void test_a_handler_that_removes(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    int lock = take_lock(path);

    scene->heard.remove_when_grew = path;
    append(path, RUN_FILE_HEAD, 1);
    assert_true(watch_add(scene->watch, path, false, NULL));
    wait_grown(scene, 1);
    assert_int_equal(scene->heard.grew, 1);
    assert_int_equal(watch_count(scene->watch), 0);
    close(lock);
    turn_for(100);
    assert_int_equal(scene->heard.settled->len, 0);
}

static void test_a_folder_that_goes(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");

    assert_true(watch_add(scene->watch, path, true, NULL));
    turn_for(50);
    assert_int_equal(scene->heard.settled->len, 0);
    assert_true(file_remove_tree(path, NULL));
    assert_true(wait_settled(scene, 1) < 800);
}

static void test_no_such_folder(void **state)
{
    Scene *scene = *state;
    g_autoptr(GError) error = NULL;

    assert_false(watch_add(scene->watch, "/nowhere/run", true, &error));
    assert_non_null(error);
    watch_remove(scene->watch, "/nowhere/run");
    assert_int_equal(watch_count(scene->watch), 0);
}

/* With nothing to watch the loop has nothing to wake up for. */
static void test_silence(void **state)
{
    Scene *scene = *state;
    g_autofree char *path = make_run(scene, "run");
    GMainContext *context = g_main_context_default();
    gint timeout = 0;
    gint priority;
    GPollFD fds[16];

    assert_true(watch_add(scene->watch, path, true, NULL));
    watch_remove(scene->watch, path);
    turn_for(50);
    assert_true(g_main_context_acquire(context));
    g_main_context_prepare(context, &priority);
    g_main_context_query(context, priority, &timeout, fds, G_N_ELEMENTS(fds));
    g_main_context_release(context);
    assert_int_equal(timeout, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_killed_shim, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_an_orderly_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_somebody_else_closes_the_lock, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_was_over_before, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_shim_that_never_lived, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_growth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_handler_that_removes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_folder_that_goes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_such_folder, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_silence, set_up, tear_down),
    };

    alarm(120); /* the end of any wait for another process */
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}

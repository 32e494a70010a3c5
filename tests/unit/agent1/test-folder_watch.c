/* What is told of a folder that people edit. */
#include "agent1/edge/folder_watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "common/base/banned.h"

static const char *const names[] = { "config.json", "blackout_hours.json", NULL };

typedef struct Seen {
    char *folder;
    FolderWatch *watch;
    unsigned count;
} Seen;

static void on_changed(void *data)
{
    ((Seen *)data)->count++;
}

static void save(const Seen *seen, const char *name)
{
    g_autofree char *path = g_build_filename(seen->folder, name, NULL);

    assert_true(g_file_set_contents_full(path, "{}", 2, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void move(const Seen *seen, const char *from, const char *to)
{
    g_autofree char *from_path = g_build_filename(seen->folder, from, NULL);
    g_autofree char *to_path = g_build_filename(seen->folder, to, NULL);

    assert_int_equal(g_rename(from_path, to_path), 0);
}

/* Until it was told so often, or what could be told would have been. */
static void wait_for(Seen *seen, unsigned count)
{
    int64_t deadline_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    while (seen->count < count && g_get_monotonic_time() < deadline_us)
        g_main_context_iteration(NULL, TRUE);
    assert_int_equal(seen->count, count);
}

static int setup(void **state)
{
    Seen *seen = g_new0(Seen, 1);

    seen->folder = g_dir_make_tmp("folder-watch-XXXXXX", NULL);
    seen->watch = folder_watch_new(seen->folder, names, FOLDER_WATCH_SAVES, on_changed, seen, NULL);
    assert_non_null(seen->watch);
    *state = seen;
    return 0;
}

static int teardown(void **state)
{
    Seen *seen = *state;
    static const char *const left[] = { "config.json", "blackout_hours.json", "other.json", NULL };
    unsigned i;

    folder_watch_free(seen->watch);
    for (i = 0; left[i]; i++) {
        g_autofree char *path = g_build_filename(seen->folder, left[i], NULL);

        g_unlink(path);
    }
    g_rmdir(seen->folder);
    g_free(seen->folder);
    g_free(seen);
    return 0;
}

static void what_is_saved_together_is_told_once(void **state)
{
    Seen *seen = *state;

    save(seen, "config.json");
    save(seen, "blackout_hours.json");
    save(seen, "config.json");
    wait_for(seen, 1);
    save(seen, "config.json");
    wait_for(seen, 2);
}

static void other_files_are_passed_over(void **state)
{
    Seen *seen = *state;

    save(seen, "other.json");
    move(seen, "other.json", "config.json"); /* as editors save */
    wait_for(seen, 1);
    save(seen, "other.json");
    save(seen, "config.json");
    wait_for(seen, 2);
}

/* Every 50 ms: each would put the moment off if it began anew. */
static gboolean save_again(gpointer data)
{
    save(data, "config.json");
    return G_SOURCE_CONTINUE;
}

static void who_saves_without_end_is_told_of(void **state)
{
    Seen *seen = *state;
    guint source = g_timeout_add(50, save_again, seen);

    wait_for(seen, 1);
    g_source_remove(source);
}

/* As timedatectl and ln -sf do. */
static void links_are_told_of_where_that_is_asked(void **state)
{
    static const char *const link_names[] = { "localtime", NULL };
    g_autofree char *folder = g_dir_make_tmp("folder-watch-XXXXXX", NULL);
    g_autofree char *link = g_build_filename(folder, "localtime", NULL);
    g_autofree char *other = g_build_filename(folder, ".other", NULL);
    Seen seen = { .folder = folder };

    (void)state;
    seen.watch = folder_watch_new(folder, link_names, FOLDER_WATCH_NAMES, on_changed, &seen, NULL);
    assert_int_equal(symlink("/nonexistent", link), 0);
    wait_for(&seen, 1);
    assert_int_equal(symlink("/nonexistent", other), 0);
    assert_int_equal(g_rename(other, link), 0);
    wait_for(&seen, 2);
    g_unlink(link);
    wait_for(&seen, 3);
    folder_watch_free(seen.watch);
    g_rmdir(folder);
}

static void a_folder_that_is_not_there(void **state)
{
    g_autoptr(GError) error = NULL;

    (void)state;
    assert_null(
        folder_watch_new("/nonexistent", names, FOLDER_WATCH_SAVES, on_changed, NULL, &error));
    assert_non_null(error);
    folder_watch_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_saved_together_is_told_once, setup, teardown),
        cmocka_unit_test_setup_teardown(other_files_are_passed_over, setup, teardown),
        cmocka_unit_test_setup_teardown(who_saves_without_end_is_told_of, setup, teardown),
        cmocka_unit_test(links_are_told_of_where_that_is_asked),
        cmocka_unit_test(a_folder_that_is_not_there),
    };

    return cmocka_run_group_tests_name("folder_watch", tests, NULL, NULL);
}

/* A real git, a real remote in a folder of its own: each way in which a newer version is not known,
 * then those in which it is. */
#include "common/sys/repository.h"

#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/sys/clock.h"
#include "common/sys/file.h"
#include "common/sys/update_checker.h"

#include "common/base/banned.h"

#define LIMIT_MS 20000
#define NOBODY   65534

/* A bare remote, the work of somebody who commits to it, and what is installed. */
typedef struct Place {
    char *folder;
    char *remote;
    char *work;
    char *installed;
} Place;

static char *git_in(const char *folder, const char *arguments)
{
    g_autofree char *line = g_strdup_printf(
        "git -C %s -c user.name=n -c user.email=e@example.org -c init.defaultBranch=main %s",
        folder, arguments);
    g_autofree char *errors = NULL;
    char *output = NULL;
    int status = -1;

    if (!g_spawn_command_line_sync(line, &output, &errors, &status, NULL) || status != 0)
        fail_msg("%s: %s", line, errors);
    return g_strchomp(output);
}

static void git(const char *folder, const char *format, ...)
{
    g_autofree char *arguments = NULL;
    va_list values;

    va_start(values, format);
    arguments = g_strdup_vprintf(format, values);
    va_end(values);
    g_free(git_in(folder, arguments));
}

/* One commit more in the remote. */
static void publish(const Place *place, const char *tag)
{
    git(place->work, "commit -q --allow-empty -m change");
    if (tag)
        git(place->work, "tag %s", tag);
    git(place->work, "push -q origin main --tags");
}

static int setup(void **state)
{
    Place *place = g_new0(Place, 1);

    place->folder = g_dir_make_tmp("repository-XXXXXX", NULL);
    place->remote = g_build_filename(place->folder, "remote.git", NULL);
    place->work = g_build_filename(place->folder, "work", NULL);
    place->installed = g_build_filename(place->folder, "installed", NULL);
    g_setenv("HOME", place->folder, TRUE);
    git(place->folder, "init -q --bare %s", place->remote);
    git(place->folder, "clone -q %s %s", place->remote, place->work);
    publish(place, NULL);
    git(place->folder, "clone -q %s %s", place->remote, place->installed);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    Place *place = *state;

    file_remove_tree(place->folder, NULL);
    g_free(place->folder);
    g_free(place->remote);
    g_free(place->work);
    g_free(place->installed);
    g_free(place);
    return 0;
}

static UpdateNews *check(const char *path, const char *branch)
{
    const RepositoryPlace place = { .path = path,
                                    .branch = branch,
                                    .deadline_boot_ms = clock_boot_ms() + LIMIT_MS,
                                    .cancel_fd = -1 };

    return repository_check(&place);
}

static void expect(const char *path, const char *branch, UpdateState state, const char *subject)
{
    g_autoptr(UpdateNews) news = check(path, branch);

    if (news->state != state || (subject && g_strcmp0(news->subject, subject) != 0))
        fail_msg("expected %s about %s, found %s about %s: %s", update_state_name(state), subject,
                 update_state_name(news->state), news->subject, news->detail);
    assert_true(news->checked_ms > 0);
}

static void expect_detail(const char *path, UpdateState state, const char *detail)
{
    g_autoptr(UpdateNews) news = check(path, NULL);

    assert_int_equal(news->state, state);
    if (!news->detail || !strstr(news->detail, detail))
        fail_msg("expected \"%s\", found \"%s\"", detail, news->detail);
}

/* ---- where it is not known ---- */

static void test_no_repository(void **state)
{
    const Place *place = *state;
    g_autofree char *none = g_build_filename(place->folder, "none", NULL);
    g_autofree char *empty = g_build_filename(place->folder, "empty", NULL);

    expect(none, NULL, UPDATE_NO_FOLDER, none);
    expect("-c", NULL, UPDATE_NO_FOLDER, "-c");
    expect(place->folder, NULL, UPDATE_NO_REPOSITORY, place->folder);
    git(place->folder, "init -q %s", empty);
    expect_detail(empty, UPDATE_FAILED, "nothing was committed");
}

static void test_no_git(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_strdup(g_getenv("PATH"));

    g_setenv("PATH", place->folder, TRUE);
    expect(place->installed, NULL, UPDATE_NO_GIT, NULL);
    g_setenv("PATH", path, TRUE);
}

static void write_script(const char *path, const char *text)
{
    assert_true(g_file_set_contents(path, text, -1, NULL));
    assert_int_equal(g_chmod(path, 0700), 0);
}

static void test_git_is_killed(void **state)
{
    const Place *place = *state;
    g_autofree char *path = g_strdup(g_getenv("PATH"));
    g_autofree char *script = g_build_filename(place->folder, "git", NULL);

    write_script(script, "#!/bin/sh\nkill -9 $$\n");
    g_setenv("PATH", place->folder, TRUE);
    expect_detail(place->installed, UPDATE_FAILED, "git was ended by a signal");
    g_setenv("PATH", path, TRUE);
}

static void test_of_another_user(void **state)
{
    const Place *place = *state;
    g_autofree char *inner = g_build_filename(place->installed, ".git", NULL);

    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(place->installed, NOBODY, NOBODY), 0);
    assert_int_equal(chown(inner, NOBODY, NOBODY), 0);
    expect(place->installed, NULL, UPDATE_FOREIGN, place->installed);
    git(place->folder, "config --global --add safe.directory %s", place->installed);
    expect(place->installed, NULL, UPDATE_KNOWN, NULL);
}

static void test_branches(void **state)
{
    static const char *const rows[] = {
        "release", "", "-main", "--upload-pack=x", "main:main", "m*", "../main", "a b", "main\n",
    };
    const Place *place = *state;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        expect(place->installed, rows[i], UPDATE_NO_BRANCH, NULL);
    git(place->installed, "checkout -q --detach");
    expect_detail(place->installed, UPDATE_FAILED, "no branch is checked out");
    expect(place->installed, "main", UPDATE_KNOWN, NULL);
}

static void test_remotes(void **state)
{
    const Place *place = *state;

    git(place->installed, "remote set-url origin %s/gone.git", place->folder);
    expect(place->installed, NULL, UPDATE_UNREACHABLE, "origin");
    expect_detail(place->installed, UPDATE_UNREACHABLE, "gone.git");
    git(place->installed, "remote set-url origin git://user:secret@127.0.0.1:1/x.git");
    expect_detail(place->installed, UPDATE_UNREACHABLE, " …@127.0.0.1");
    git(place->installed, "remote remove origin");
    expect(place->installed, NULL, UPDATE_NO_REMOTE, "origin");
}

static void test_it_may_not_write(void **state)
{
    const Place *place = *state;
    g_autofree char *head = g_build_filename(place->installed, ".git/FETCH_HEAD", NULL);

    /* Not even root can write into a folder. */
    assert_int_equal(g_mkdir(head, 0700), 0);
    expect(place->installed, NULL, UPDATE_NO_WRITE, place->installed);
}

static void test_its_time_is_over(void **state)
{
    const Place *place = *state;
    g_autofree char *script = g_build_filename(place->folder, "hangs", NULL);
    RepositoryPlace limited = { .path = place->installed,
                                .deadline_boot_ms = clock_boot_ms() + 1500,
                                .cancel_fd = -1 };
    g_autoptr(UpdateNews) news = NULL;

    write_script(script, "#!/bin/sh\nsleep 1000\n");
    git(place->installed, "config remote.origin.uploadpack %s", script);
    news = repository_check(&limited);
    assert_int_equal(news->state, UPDATE_TIMED_OUT);
}

/* ---- where it is ---- */

static void expect_versions(const Place *place, const char *installed, const char *newest,
                            int64_t behind, int64_t ahead)
{
    g_autoptr(UpdateNews) news = check(place->installed, NULL);

    if (news->state != UPDATE_KNOWN || strcmp(news->installed, installed) != 0 ||
        strcmp(news->newest, newest) != 0 || news->behind != behind || news->ahead != ahead)
        fail_msg("found %s (%s): %s, %s, %d behind, %d ahead", update_state_name(news->state),
                 news->detail, news->installed, news->newest, (int)news->behind, (int)news->ahead);
    assert_string_equal(news->branch, "main");
    assert_string_equal(news->remote, "origin");
}

static void test_commits_and_tags(void **state)
{
    const Place *place = *state;
    g_autofree char *first = git_in(place->installed, "rev-parse --short HEAD");
    g_autofree char *second = NULL;

    expect_versions(place, first, first, 0, 0);
    publish(place, NULL);
    second = git_in(place->work, "rev-parse --short HEAD");
    expect_versions(place, first, second, 1, 0);
    publish(place, "v1.0");
    expect_versions(place, first, "v1.0", 2, 0);
    git(place->installed, "merge -q --ff-only origin/main");
    expect_versions(place, "v1.0", "v1.0", 0, 0);
    git(place->installed, "commit -q --allow-empty -m own");
    publish(place, "v1.1");
    g_free(second);
    second = git_in(place->installed, "describe --tags");
    expect_versions(place, second, "v1.1", 1, 1);
}

/* History of the remote that was written anew is followed, and not believed to be a merge. */
static void test_a_rewritten_branch(void **state)
{
    const Place *place = *state;

    publish(place, "v1.0");
    git(place->installed, "fetch -q --tags origin");
    git(place->installed, "merge -q --ff-only origin/main");
    git(place->work, "commit -q --amend --allow-empty -m other");
    git(place->work, "tag v2.0");
    git(place->work, "push -q -f origin main --tags");
    expect_versions(place, "v1.0", "v2.0", 1, 1);
}

/* Whatever the repository says: no hook runs, and no file of the work tree changes. */
static void test_nothing_changes(void **state)
{
    const Place *place = *state;
    g_autofree char *hook =
        g_build_filename(place->installed, ".git/hooks/reference-transaction", NULL);
    g_autofree char *mark = g_build_filename(place->folder, "mark", NULL);
    g_autofree char *monitor = g_build_filename(place->folder, "monitor", NULL);
    g_autofree char *text = g_strdup_printf("#!/bin/sh\ntouch %s\n", mark);
    g_autofree char *own = g_build_filename(place->installed, "own", NULL);
    g_autofree char *before = git_in(place->installed, "rev-parse HEAD");
    g_autofree char *after = NULL;
    g_autofree char *status = NULL;

    write_script(hook, text);
    write_script(monitor, text);
    git(place->work, "commit -q --allow-empty -m change");
    git(place->work, "push -q origin main");
    git(place->installed, "config core.fsmonitor %s", monitor);
    write_script(own, "kept\n");
    expect(place->installed, NULL, UPDATE_KNOWN, NULL);
    assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
    git(place->installed, "config --unset core.fsmonitor");
    after = git_in(place->installed, "rev-parse HEAD");
    assert_string_equal(before, after);
    status = git_in(place->installed, "status --porcelain");
    assert_string_equal(status, "?? own");
}

/* ---- beside the main loop ---- */

static void on_news(const UpdateNews *news, void *data)
{
    *(UpdateNews **)data = update_news_copy(news);
}

static void test_one_at_a_time(void **state)
{
    const Place *place = *state;
    g_autoptr(UpdateNews) news = NULL;
    g_autoptr(UpdateChecker) checker = update_checker_new(on_news, &news);

    assert_true(update_checker_start(checker, place->installed, NULL));
    assert_false(update_checker_start(checker, place->installed, NULL));
    while (!news)
        g_main_context_iteration(NULL, TRUE);
    assert_int_equal(news->state, UPDATE_KNOWN);
    assert_true(update_checker_start(checker, place->installed, "main"));
    g_clear_pointer(&checker, update_checker_free); /* and nobody waits for it */
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_repository),      TEST(test_no_git),           TEST(test_git_is_killed),
        TEST(test_of_another_user),    TEST(test_branches),         TEST(test_remotes),
        TEST(test_it_may_not_write),   TEST(test_its_time_is_over), TEST(test_commits_and_tags),
        TEST(test_a_rewritten_branch), TEST(test_nothing_changes),  TEST(test_one_at_a_time),
    };

    return cmocka_run_group_tests_name("repository", tests, NULL, NULL);
}

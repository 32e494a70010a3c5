/* Making, claiming and removing run folders. Reading them: run_folder_read.c, run_folder_output.c.
 */
#include "agent2/edge/run_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/crash_point.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

/* Names that count for nothing: a folder before it is whole, and one that is going. */
#define NEW_PREFIX ".new-"
#define OLD_PREFIX ".old-"

#define FILE_MODE 0600

static bool fail(GError **error, const char *path, const char *what)
{
    int system_error = errno;

    g_set_error(error, PROBLEM, (int)file_problem(system_error), "%s: cannot %s: %s", path, what,
                g_strerror(system_error));
    return false;
}

char *run_folder_path(const char *runs, const char *run, int64_t attempt)
{
    char name[RUN_NAME_SIZE];

    run_name_print(name, run, attempt);
    return g_build_filename(runs, name, NULL);
}

bool run_folder_boot_id(char out[RUN_BOOT_ID_CHARS + 1], GError **error)
{
    const char *path = "/proc/sys/kernel/random/boot_id";
    g_autofree char *text = file_read(path, 64, NULL, error);

    if (!text)
        return false;
    g_strchomp(text);
    if (!boot_id_is_valid(text)) {
        g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "%s: not a boot id", path);
        return false;
    }

    memcpy(out, text, RUN_BOOT_ID_CHARS + 1);
    return true;
}

/* ---- creating ---------------------------------------------------------------------------------
 */

#define CONTENTS 2 /* files of a new folder at the most */

/* One file of a folder that is being made. */
typedef struct Content {
    const char *name; /* NULL: none */
    const char *bytes;
    size_t length;
} Content;

/* Plain, because nobody sees the folder yet: its name is what must appear at once. Returns the
 * descriptor of what is written and not yet durable; -1 on errors. */
static int write_content(const char *folder, const Content *content, GError **error)
{
    g_autofree char *path = g_build_filename(folder, content->name, NULL);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);

    if (fd < 0) {
        fail(error, path, "create");
        return -1;
    }
    if (!file_write_all(fd, content->bytes, content->length)) {
        fail(error, path, "write");
        close(fd);
        return -1;
    }
    return fd;
}

/* Gives a folder that is whole and durable its name, unless that is taken. */
static bool publish(const char *temporary, const char *path, bool *out_existed, GError **error)
{
    crash_point("folder.filled");
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return true;
    if (errno != EEXIST)
        return fail(error, path, "create");

    *out_existed = true;
    return file_remove_tree(temporary, error);
}

/* A second name costs the file system far less than a file. */
static bool add_name(const char *folder, const char *of, const char *name, GError **error)
{
    g_autofree char *from = g_build_filename(folder, of, NULL);
    g_autofree char *to = g_build_filename(folder, name, NULL);

    return link(from, to) == 0 || errno == EEXIST || fail(error, to, "create");
}

/* Where something may run, there is something to lock. */
static bool name_lock(const char *folder, const Content contents[CONTENTS], GError **error)
{
    return g_strcmp0(contents[0].name, RUN_FILE_TASK) != 0 ||
           add_name(folder, RUN_FILE_TASK, RUN_FILE_LOCK, error);
}

/* All is written before anything is synced: then it is one commit of the file system. */
static bool fill(const char *temporary, const Content contents[CONTENTS], GError **error)
{
    int fds[CONTENTS] = { -1, -1 };
    bool is_durable = true;

    for (size_t i = 0; i < CONTENTS && contents[i].name && is_durable; i++) {
        fds[i] = write_content(temporary, &contents[i], error);
        is_durable = fds[i] >= 0;
    }
    for (size_t i = 0; i < CONTENTS && contents[i].name && is_durable; i++) {
        is_durable = fsync(fds[i]) == 0;
        if (!is_durable)
            fail(error, temporary, "write");
    }
    for (size_t i = 0; i < CONTENTS; i++) {
        if (fds[i] >= 0)
            close(fds[i]);
    }

    crash_point("folder.written");
    return is_durable && name_lock(temporary, contents, error) &&
           file_sync_folder(temporary, error);
}

/* Once the folder has its name, "nothing has changed, try later" would not be true any more: what
 * can run out is there before, and what fails then is the disk. */
static bool create(const char *runs, const char *path, const Content contents[CONTENTS],
                   bool *out_existed, GError **error)
{
    g_autofree char *temporary = g_build_filename(runs, NEW_PREFIX "XXXXXX", NULL);
    int fd = file_open_folder(runs, error);
    bool is_there;

    if (fd < 0)
        return false;

    *out_existed = is_there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (!is_there) {
        is_there = mkdtemp(temporary) ? fill(temporary, contents, error) &&
                                            publish(temporary, path, out_existed, error)
                                      : fail(error, path, "create a folder beside it");
    }
    crash_point("folder.named");
    /* For one that existed, too: who made it may have crashed before this. */
    is_there = is_there && file_sync_open_folder(fd, runs, error);
    /* Before the removal, which may need the descriptor. */
    close(fd);
    if (!is_there)
        file_remove_tree(temporary, NULL);
    return is_there;
}

static bool meta_is_small(const char *path, size_t meta_bytes, GError **error)
{
    if (meta_bytes <= RUN_META_MAX_BYTES)
        return true;

    g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%s: %zu bytes of meta are more than %d", path,
                meta_bytes, RUN_META_MAX_BYTES);
    return false;
}

bool run_folder_create(const char *runs, const RunTask *task, bool *out_existed, GError **error)
{
    g_autofree char *path = run_folder_path(runs, task->run, task->attempt);
    g_autofree char *text = g_malloc(RUN_TASK_MAX_BYTES);
    Content contents[CONTENTS] = { { RUN_FILE_TASK, text, 0 } };

    if (task->meta && !meta_is_small(path, strlen(task->meta), error))
        return false;
    if (!run_task_print(task, text, RUN_TASK_MAX_BYTES, &contents[0].length)) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%s: not a task that may run", path);
        return false;
    }

    return create(runs, path, contents, out_existed, error);
}

/* The claim's text; NULL with an error when it is not one that an agent makes. */
static char *print_claim(const char *path, const RunClaim *claim, size_t *out_length,
                         GError **error)
{
    g_autofree char *text = g_malloc(RUN_CLAIM_MAX_BYTES);

    if (claim->kind == CLAIM_STARTED ||
        !run_claim_print(claim, text, RUN_CLAIM_MAX_BYTES, out_length)) {
        g_set_error(error, PROBLEM, PROBLEM_INTERNAL, "%s: not a claim that an agent makes: %s",
                    path, claim_kind_name(claim->kind));
        return NULL;
    }

    return g_steal_pointer(&text);
}

bool run_folder_create_tombstone(const char *runs, const char *run, int64_t attempt,
                                 const RunClaim *claim, const char *meta, size_t meta_bytes,
                                 bool *out_existed, GError **error)
{
    g_autofree char *path = run_folder_path(runs, run, attempt);
    g_autofree char *text = NULL;
    Content contents[CONTENTS] = { { RUN_FILE_CLAIM, NULL, 0 },
                                   { RUN_FILE_META, meta, meta_bytes } };

    if (!meta_is_small(path, meta_bytes, error))
        return false;
    contents[0].bytes = text = print_claim(path, claim, &contents[0].length, error);
    return text && create(runs, path, contents, out_existed, error);
}

/* ---- deciding and telling ---------------------------------------------------------------------
 */

/* Creates the claim; somebody's before is as good, and made durable. */
static bool create_or_find_claim(const char *path, const char *text, size_t length,
                                 bool *out_existed, GError **error)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_CLAIM, NULL);
    g_autoptr(GError) problem = NULL;

    if (file_create_exclusive(file, text, length, FILE_MODE, out_existed, &problem))
        return true;
    if (*out_existed)
        return file_sync_content(path, RUN_FILE_CLAIM, error) && file_sync_folder(path, error);

    g_propagate_error(error, g_steal_pointer(&problem));
    return false;
}

bool run_folder_claim(const char *path, const RunClaim *claim, bool *out_is_mine,
                      RunClaim *out_claim, GError **error)
{
    g_autofree char *file = g_build_filename(path, RUN_FILE_CLAIM, NULL);
    g_autofree char *text = NULL;
    g_autofree char *found = NULL;
    bool existed = false;
    size_t length;

    text = print_claim(path, claim, &length, error);
    if (!text || !create_or_find_claim(path, text, length, &existed, error))
        return false;

    *out_is_mine = !existed;
    *out_claim = *claim;
    if (!existed)
        return true;

    found = file_read(file, RUN_CLAIM_MAX_BYTES, &length, NULL);
    if (!found || run_claim_parse(found, length, out_claim) != LINES_OK)
        *out_claim = (RunClaim){ .kind = CLAIM_UNREADABLE };
    return true;
}

/* A file that says all by its name; one that is there is as good. In a tombstone and in a damaged
 * folder there is no task that could take the name. */
static bool mark(const char *path, const char *name, GError **error)
{
    g_autofree char *file = NULL;
    int fd;

    if (add_name(path, RUN_FILE_TASK, name, NULL))
        return true;
    file = g_build_filename(path, name, NULL);
    fd = open(file, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (fd < 0)
        return fail(error, file, "create");
    close(fd);
    return true;
}

bool run_folder_cancel(const char *path, GError **error)
{
    int fd = file_open_folder(path, error);
    bool is_durable =
        fd >= 0 && mark(path, RUN_FILE_CANCEL, error) && file_sync_open_folder(fd, path, error);

    if (fd >= 0)
        close(fd);
    return is_durable;
}

bool run_folder_mark_done(const char *path, GError **error)
{
    return mark(path, RUN_FILE_DONE, error);
}

/* ---- all of them ------------------------------------------------------------------------------
 */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_leftover(const char *name)
{
    return g_str_has_prefix(name, NEW_PREFIX) || g_str_has_prefix(name, OLD_PREFIX);
}

GPtrArray *run_folder_list(const char *runs, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) dir = NULL;
    g_autoptr(GError) problem = NULL;
    const char *name;

    dir = g_dir_open(runs, 0, &problem);
    if (!dir) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", runs, problem->message);
        return NULL;
    }

    while ((name = g_dir_read_name(dir))) {
        char run[RUN_ID_CHARS + 1];
        int64_t attempt;

        if (is_leftover(name)) {
            g_autofree char *leftover = g_build_filename(runs, name, NULL);

            /* What stays is in nobody's way; the next start tries again. */
            file_remove_tree(leftover, NULL);
        } else if (run_name_parse(name, run, &attempt)) {
            g_ptr_array_add(names, g_strdup(name));
        }
    }

    g_ptr_array_sort(names, compare_names);
    return g_steal_pointer(&names);
}

/* Out of sight, durably; true too when it is not there. */
static bool hide(const char *runs, const char *path, const char *going, GError **error)
{
    int fd = file_open_folder(runs, error);
    bool is_hidden = fd >= 0;

    if (is_hidden && rename(path, going) == 0) {
        crash_point("folder.going");
        is_hidden = file_sync_open_folder(fd, runs, error);
    } else if (is_hidden && errno != ENOENT) {
        is_hidden = fail(error, path, "remove");
    }
    if (fd >= 0)
        close(fd);
    return is_hidden;
}

bool run_folder_remove(const char *path, GError **error)
{
    g_autofree char *runs = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *going = g_strconcat(runs, "/" OLD_PREFIX, name, NULL);

    if (!file_remove_tree(going, error) || !hide(runs, path, going, error))
        return false;

    /* What stays is in nobody's way; the next start tries again. */
    file_remove_tree(going, NULL);
    return true;
}

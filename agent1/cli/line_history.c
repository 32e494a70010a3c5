#include "agent1/cli/line_history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/base/problem.h"
#include "common/sys/file.h"

#include "common/base/banned.h"

/* Twice the lines that are kept, of the greatest length. */
#define FILE_MAX_BYTES (2 * LINE_HISTORY_LINES_MAX * (LINE_HISTORY_LINE_MAX_BYTES + 1))

char *line_history_default_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "agentctl", "history", NULL);
}

static bool shorten(const char *path, const GPtrArray *lines, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (const char *)g_ptr_array_index(lines, i));

    return file_write_atomic(path, text->str, text->len, 0600, error);
}

GPtrArray *line_history_load(const char *path, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) problem = NULL;
    g_autofree char *text = file_read(path, FILE_MAX_BYTES, NULL, &problem);
    g_auto(GStrv) all = NULL;
    unsigned count;

    if (!text && g_error_matches(problem, PROBLEM, PROBLEM_MISSING))
        return g_steal_pointer(&lines);
    if (!text) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }

    all = g_strsplit(text, "\n", -1);
    count = g_strv_length(all);
    for (unsigned i = count - MIN(count, LINE_HISTORY_LINES_MAX + 1); i < count; i++) {
        if (*all[i] != '\0' && g_utf8_validate(all[i], -1, NULL))
            g_ptr_array_add(lines, g_strdup(all[i]));
    }
    if (count > 2 * LINE_HISTORY_LINES_MAX && !shorten(path, lines, error))
        return NULL;

    return g_steal_pointer(&lines);
}

bool line_history_append(const char *path, const char *line, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    size_t length = strlen(text);
    bool is_written;
    int saved;
    int fd;

    if (length > LINE_HISTORY_LINE_MAX_BYTES + 1)
        return true;
    if (!file_make_folder(folder, 0700, error))
        return false;

    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path, g_strerror(errno));
        return false;
    }
    is_written = write(fd, text, length) == (ssize_t)length;
    saved = errno;
    close(fd);
    if (!is_written)
        g_set_error(error, PROBLEM, PROBLEM_IO, "%s: %s", path, g_strerror(saved));

    return is_written;
}

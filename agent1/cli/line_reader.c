#include "agent1/cli/line_reader.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "common/base/problem.h"

#include "common/base/banned.h"

#define CHUNK_BYTES 4096

struct LineReader {
    int fd;
    size_t max_bytes;
    GString *held;    /* read, but not yet given out */
    unsigned number;  /* of the line that held begins with, from 1 */
    bool is_too_long; /* held is the rest of a line that was refused */
    bool is_at_end;
};

LineReader *line_reader_new(int fd, size_t max_bytes)
{
    LineReader *reader = g_new0(LineReader, 1);

    reader->fd = fd;
    reader->max_bytes = max_bytes;
    reader->held = g_string_new(NULL);
    reader->number = 1;

    return reader;
}

void line_reader_free(LineReader *reader)
{
    if (!reader)
        return;

    g_string_free(reader->held, TRUE);
    g_free(reader);
}

static gboolean on_readable(gint fd, GIOCondition condition, gpointer data)
{
    bool *is_readable = data;

    (void)fd;
    (void)condition;
    *is_readable = true;

    return G_SOURCE_REMOVE;
}

/* Turns the main loop until there is input, or somebody wakes us. */
static bool wait_for_input(int fd, const bool *is_woken)
{
    bool is_readable = false;
    guint source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &is_readable);

    while (!is_readable && !*is_woken)
        g_main_context_iteration(NULL, TRUE);
    if (!is_readable)
        g_source_remove(source);

    return is_readable && !*is_woken;
}

/* How long the first line is that is held, as far as it has come. */
static size_t first_length(const LineReader *reader)
{
    const char *newline = memchr(reader->held->str, '\n', reader->held->len);

    return newline ? (size_t)(newline - reader->held->str) : reader->held->len;
}

static char *take_line(LineReader *reader)
{
    size_t length = first_length(reader);
    bool has_newline = length < reader->held->len;
    char *line;

    if (!has_newline && (!reader->is_at_end || length == 0))
        return NULL;

    line = g_strndup(reader->held->str, length);
    g_string_erase(reader->held, 0, (gssize)(length + (has_newline ? 1 : 0)));
    reader->number++;
    return line;
}

/* Drops what is held of a line that was refused; it is over with its newline. */
static void skip_rest(LineReader *reader)
{
    size_t length = first_length(reader);
    bool has_newline = length < reader->held->len;

    g_string_erase(reader->held, 0, (gssize)(length + (has_newline ? 1 : 0)));
    reader->is_too_long = !has_newline;
    reader->number += has_newline ? 1 : 0;
}

static void refuse_line(LineReader *reader, GError **error)
{
    g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                "standard input: line %u has more than %" G_GSIZE_FORMAT " bytes; it is not sent",
                reader->number, reader->max_bytes);
    skip_rest(reader);
}

static bool read_more(LineReader *reader, GError **error)
{
    char chunk[CHUNK_BYTES];
    ssize_t got = read(reader->fd, chunk, sizeof(chunk));

    if (got < 0 && errno != EINTR && errno != EAGAIN) {
        g_set_error(error, PROBLEM, PROBLEM_IO, "standard input: %s", g_strerror(errno));
        return false;
    }
    if (got == 0)
        reader->is_at_end = true;
    if (got > 0)
        g_string_append_len(reader->held, chunk, got);

    return true;
}

char *line_reader_next(LineReader *reader, const bool *is_woken, GError **error)
{
    for (;;) {
        char *line;

        if (reader->is_too_long)
            skip_rest(reader);
        if (first_length(reader) > reader->max_bytes) {
            refuse_line(reader, error);
            return NULL;
        }

        line = take_line(reader);
        if (line || reader->is_at_end || !wait_for_input(reader->fd, is_woken) ||
            !read_more(reader, error))
            return line;
    }
}

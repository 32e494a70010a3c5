#include "common/sys/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION /* it would name this file in every entry */
#include <systemd/sd-journal.h>

#include "common/base/limits.h"
#include "common/base/redact.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"
#include "common/sys/clock.h"

#include "common/base/banned.h"

#define FIELDS_MAX        8
#define RAW_MAX_BYTES     ((size_t)16 * 1024) /* of a text before it is redacted */
#define MESSAGE_MAX_CHARS 2000
#define VALUE_MAX_CHARS   200
#define STDERR_WAIT_MS    100

typedef struct LevelName {
    const char *word;
    const char *priority; /* syslog(3) */
} LevelName;

static const LevelName levels[] = {
    [LOG_LEVEL_ERROR] = { "error", "3" },   [LOG_LEVEL_WARNING] = { "warning", "4" },
    [LOG_LEVEL_NOTICE] = { "notice", "5" }, [LOG_LEVEL_INFO] = { "info", "6" },
    [LOG_LEVEL_DEBUG] = { "debug", "7" },
};

/*
 * Set up by log_init() before other threads exist, but for the secrets and the count of lost lines.
 * Those are used only with the stream lock of stderr held (flockfile(3)), which also keeps two
 * threads from waiting for its reader at the same time.
 */
static struct {
    char *program;
    bool is_debug;
    bool is_journal;
    GPtrArray *secrets;
    unsigned lost_lines;
} sink;

/* ---- making texts fit to be seen --------------------------------------------------------------
 */

/*
 * Redacts and makes harmless what begins at raw, on one line. Where the text had to be cut, the cut
 * may go through a secret, whose beginning nobody would recognise: so as much as the longest secret
 * is left out of what was redacted.
 */
static char *clean(const char *raw, bool is_cut, size_t max_chars)
{
    g_autofree char *text = NULL;

    flockfile(stderr);
    text = redact_text(raw, sink.secrets);
    funlockfile(stderr);

    if (is_cut) {
        size_t length = strlen(text);

        text[length > SECRET_MAX_BYTES ? length - SECRET_MAX_BYTES : 0] = '\0';
    }

    return text_make_line(text, max_chars);
}

static char *clean_value(const char *value)
{
    size_t length = strnlen(value, RAW_MAX_BYTES);
    g_autofree char *raw = g_strndup(value, length);

    return clean(raw, length == RAW_MAX_BYTES, VALUE_MAX_CHARS);
}

/* ---- the two sinks ----------------------------------------------------------------------------
 */

static void write_journal(LogLevel level, const char *message, char *const *fields, unsigned count)
{
    g_autofree char *first = g_strconcat("MESSAGE=", message, NULL);
    g_autofree char *second = g_strconcat("PRIORITY=", levels[level].priority, NULL);
    g_autofree char *third = g_strconcat("SYSLOG_IDENTIFIER=", sink.program, NULL);
    char *texts[3 + FIELDS_MAX] = { first, second, third };
    struct iovec entry[3 + FIELDS_MAX];

    for (unsigned i = 0; i < count; i++)
        texts[3 + i] = fields[i];
    for (unsigned i = 0; i < 3 + count; i++)
        entry[i] = (struct iovec){ .iov_base = texts[i], .iov_len = strlen(texts[i]) };

    sd_journal_sendv(entry, (int)(3 + count));
}

/* Writes one line of less than PIPE_BUF bytes, which a pipe takes whole or not at all. Waits a
 * moment for a slow reader, and not again before that reader has moved. */
static bool write_stderr(const char *line, size_t length)
{
    struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };

    if (poll(&fd, 1, sink.lost_lines > 0 ? 0 : STDERR_WAIT_MS) != 1 || !(fd.revents & POLLOUT))
        return false;

    return write(STDERR_FILENO, line, length) == (ssize_t)length;
}

/* Ends the line within PIPE_BUF bytes, between two characters. */
static void end_line(GString *line)
{
    if (line->len >= PIPE_BUF) {
        const char *end = g_utf8_find_prev_char(line->str, line->str + PIPE_BUF - 1);

        g_string_truncate(line, (gsize)(end - line->str));
    }
    g_string_append_c(line, '\n');
}

static void write_text(LogLevel level, const char *message, char *const *fields, unsigned count)
{
    g_autofree char *now = timestamp_format(clock_now_ms());
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "%s %s %s: %s", now, sink.program ? sink.program : "?",
                    levels[level].word, message);
    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(line, "%s%s", i == 0 ? " (" : " ", fields[i]);
    if (count > 0)
        g_string_append_c(line, ')');
    end_line(line);

    flockfile(stderr);
    if (sink.lost_lines > 0) {
        g_autofree char *notice = g_strdup_printf(
            "%s %s warning: %u lines lost: nobody read them\n", now, sink.program, sink.lost_lines);

        if (write_stderr(notice, strlen(notice)))
            sink.lost_lines = 0;
    }
    if (sink.lost_lines > 0 || !write_stderr(line->str, line->len))
        sink.lost_lines++;
    funlockfile(stderr);
}

static void emit(LogLevel level, const LogField *fields, unsigned field_count, const char *raw,
                 bool is_cut)
{
    g_autofree char *message = clean(raw, is_cut, MESSAGE_MAX_CHARS);
    char *texts[FIELDS_MAX] = { NULL };
    unsigned count = 0;

    for (unsigned i = 0; i < field_count && count < FIELDS_MAX; i++) {
        g_autofree char *value = fields[i].value ? clean_value(fields[i].value) : NULL;

        if (value)
            texts[count++] = g_strconcat(fields[i].name, "=", value, NULL);
    }

    if (sink.is_journal)
        write_journal(level, message, texts, count);
    else
        write_text(level, message, texts, count);

    for (unsigned i = 0; i < count; i++)
        g_free(texts[i]);
}

/* ---- messages of GLib and of libraries on it --------------------------------------------------
 */

static LogLevel level_of(GLogLevelFlags flags)
{
    static const struct {
        GLogLevelFlags flag;
        LogLevel level;
    } rows[] = {
        { G_LOG_LEVEL_ERROR, LOG_LEVEL_ERROR },
        { G_LOG_LEVEL_CRITICAL, LOG_LEVEL_ERROR },
        { G_LOG_LEVEL_WARNING, LOG_LEVEL_WARNING },
        { G_LOG_LEVEL_MESSAGE, LOG_LEVEL_NOTICE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (flags & rows[i].flag)
            return rows[i].level;
    }

    return LOG_LEVEL_DEBUG;
}

static GLogWriterOutput write_glib(GLogLevelFlags flags, const GLogField *fields, gsize count,
                                   gpointer data)
{
    LogField domain = { "GLIB_DOMAIN", NULL };
    g_autofree char *message = NULL;
    bool is_cut = false;

    (void)data;

    if (level_of(flags) == LOG_LEVEL_DEBUG && !sink.is_debug)
        return G_LOG_WRITER_HANDLED;

    for (gsize i = 0; i < count; i++) {
        if (strcmp(fields[i].key, "GLIB_DOMAIN") == 0 && fields[i].length < 0) {
            domain.value = fields[i].value;
        } else if (strcmp(fields[i].key, "MESSAGE") == 0 && !message) {
            size_t length = fields[i].length < 0 ? RAW_MAX_BYTES : (size_t)fields[i].length;

            message = g_strndup(fields[i].value, MIN(length, RAW_MAX_BYTES));
            is_cut = strlen(message) == RAW_MAX_BYTES;
        }
    }
    emit(level_of(flags), &domain, 1, message ? message : "", is_cut);

    return G_LOG_WRITER_HANDLED;
}

/* ---- what others call -------------------------------------------------------------------------
 */

/* Standard error is the journal's when its device and inode are those of JOURNAL_STREAM
 * (systemd.exec(5)); the variable alone is also inherited by whom it does not concern. */
static bool is_stderr_journal(void)
{
    const char *stream = g_getenv("JOURNAL_STREAM");
    g_autofree char *own = NULL;
    struct stat status;

    if (!stream || fstat(STDERR_FILENO, &status) != 0)
        return false;

    own = g_strdup_printf("%ju:%ju", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    return strcmp(own, stream) == 0;
}

void log_init(const char *program, gboolean is_debug)
{
    bool is_first = !sink.program;

    g_free(sink.program);
    sink.program = g_strdup(program);
    sink.is_debug = is_debug;
    sink.is_journal = is_stderr_journal();

    /* GLib takes a writer only once. */
    if (is_first)
        g_log_set_writer_func(write_glib, NULL, NULL);
}

void log_write(LogLevel level, const LogField *fields, unsigned field_count, const char *format,
               ...)
{
    /* Not cleared first, as -ftrivial-auto-var-init would: lines are short. */
    char raw[RAW_MAX_BYTES] __attribute__((uninitialized));
    va_list arguments;
    int length;

    if (level == LOG_LEVEL_DEBUG && !sink.is_debug)
        return;

    va_start(arguments, format);
    length = g_vsnprintf(raw, sizeof(raw), format, arguments);
    va_end(arguments);

    emit(level, fields, field_count, raw, length < 0 || (size_t)length >= sizeof(raw));
}

void log_redact(const char *secret)
{
    flockfile(stderr);
    if (!sink.secrets)
        sink.secrets = g_ptr_array_new_with_free_func(g_free);
    if (!g_ptr_array_find_with_equal_func(sink.secrets, secret, g_str_equal, NULL))
        g_ptr_array_add(sink.secrets, g_strdup(secret));
    funlockfile(stderr);
}

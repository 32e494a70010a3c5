#include "agent2/folder/exit.h"

#include <string.h>

#include "common/base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const kind_names[END_KIND_COUNT] = {
    [END_EXITED] = "exited",
    [END_SIGNALLED] = "signalled",
    [END_TIMED_OUT] = "timed_out",
    [END_CANCELLED] = "cancelled",
    [END_START_FAILED] = "start_failed",
};

static const LineNumber numbers[] = {
    { "exit_code", offsetof(RunExit, exit_code), -1, 255 },
    { "signal", offsetof(RunExit, signal), 0, 64 },
    { "started", offsetof(RunExit, started_ms), 0, RUN_TIME_MAX_MS },
    { "finished", offsetof(RunExit, finished_ms), 0, RUN_TIME_MAX_MS },
    { "duration_ms", offsetof(RunExit, duration_ms), 0, RUN_NUMBER_MAX },
    { "user_ms", offsetof(RunExit, user_ms), 0, RUN_NUMBER_MAX },
    { "sys_ms", offsetof(RunExit, sys_ms), 0, RUN_NUMBER_MAX },
    { "max_rss_kib", offsetof(RunExit, max_rss_kib), 0, RUN_NUMBER_MAX },
    { "output_bytes", offsetof(RunExit, output_bytes), 0, RUN_NUMBER_MAX },
    { "kept_bytes", offsetof(RunExit, kept_bytes), 0, RUN_NUMBER_MAX },
    { "survivors", offsetof(RunExit, survivors), 0, INT32_MAX },
};

const char *end_kind_name(EndKind kind)
{
    return kind_names[kind];
}

/* END_KIND_COUNT for a word that no end has. */
static EndKind kind_parse(const char *name)
{
    int kind = 0;

    while (kind < END_KIND_COUNT && strcmp(name, kind_names[kind]) != 0)
        kind++;
    return (EndKind)kind;
}

/* What the kind says and what the numbers say must agree: succeeded is read from here. */
static bool ending_is_valid(const RunExit *end)
{
    bool has_code = end->exit_code >= 0;
    bool has_signal = end->signal > 0;

    switch (end->kind) {
    case END_EXITED:
        return has_code && !has_signal;
    case END_SIGNALLED:
        return has_signal && !has_code;
    case END_TIMED_OUT:
    case END_CANCELLED:
        return !has_code || !has_signal; /* neither: even KILL did not end it in time */
    case END_START_FAILED:
        return !has_code && !has_signal && end->reason[0] != '\0';
    case END_KIND_COUNT:
        break;
    }

    return false;
}

static bool exit_is_valid(const RunExit *end)
{
    return ending_is_valid(end) && lines_numbers_are_valid(numbers, COUNT(numbers), end) &&
           end->kept_bytes <= end->output_bytes;
}

bool run_exit_print(const RunExit *end, char *buffer, size_t size, size_t *out_length)
{
    LineWriter writer;

    if (!exit_is_valid(end))
        return false;

    lines_begin(&writer, buffer, size);
    lines_put(&writer, "end", kind_names[end->kind]);
    lines_put_numbers(&writer, numbers, COUNT(numbers), end);
    lines_put(&writer, "reason", end->reason);

    if (writer.is_full)
        return false;
    *out_length = writer.length;
    return true;
}

LinesVerdict run_exit_parse(char *text, size_t length, RunExit *out)
{
    LineReader reader;
    const char *reason;

    *out = (RunExit){ .kind = END_KIND_COUNT };
    lines_open(&reader, text, length);
    out->kind = kind_parse(lines_take(&reader, "end"));
    lines_take_numbers(&reader, numbers, COUNT(numbers), out);
    reason = lines_take(&reader, "reason");
    if (strlen(reason) < sizeof(out->reason))
        memcpy(out->reason, reason, strlen(reason) + 1);
    else
        lines_refuse(&reader, "reason");

    if (lines_close(&reader) == LINES_OK && !exit_is_valid(out))
        lines_refuse(&reader, "not the end of a run");
    return reader.verdict;
}

#include "agent2/folder/task.h"

#include <limits.h>
#include <string.h>

#include "common/base/banned.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ID_MAX       (INT64_C(0xffffffff) - 1) /* the last one means "no change" to the kernel */

static const LineNumber limits[] = {
    { "timeout_ms", offsetof(RunTask, timeout_ms), 0, RUN_TIMEOUT_MAX_MS },
    { "kill_grace_ms", offsetof(RunTask, kill_grace_ms), 0, RUN_GRACE_MAX_MS },
    { "max_output", offsetof(RunTask, max_output), RUN_OUTPUT_MIN, RUN_OUTPUT_MAX },
};

static const LineNumber identity[] = {
    { "uid", offsetof(RunTask, uid), 0, ID_MAX },
    { "gid", offsetof(RunTask, gid), 0, ID_MAX },
};

static bool is_between(int64_t value, int64_t min, int64_t max)
{
    return value >= min && value <= max;
}

/* NAME=value, and not the name that the shim sets itself. */
static bool env_is_valid(const char *entry)
{
    size_t name = strcspn(entry, "=");

    return name > 0 && entry[name] == '=' &&
           (name != strlen(RUN_COOKIE) || memcmp(entry, RUN_COOKIE, name) != 0);
}

static bool identity_is_valid(const RunTask *task)
{
    if (task->uid == RUN_AS_NOBODY_ELSE)
        return true;
    if (!lines_numbers_are_valid(identity, COUNT(identity), task) ||
        task->group_count > RUN_GROUPS_MAX)
        return false;
    for (unsigned i = 0; i < task->group_count; i++) {
        if (!is_between(task->groups[i], 0, ID_MAX))
            return false;
    }

    return true;
}

static bool command_is_valid(const RunTask *task)
{
    if (task->cwd[0] != '/' || strlen(task->cwd) >= PATH_MAX || task->env_count > RUN_ENV_MAX)
        return false;
    for (unsigned i = 0; i < task->env_count; i++) {
        if (!env_is_valid(task->env[i]))
            return false;
    }

    return is_between(task->arg_count, 1, RUN_ARGS_MAX) && task->args[0][0] != '\0' &&
           !task->args[task->arg_count];
}

bool run_task_is_valid(const RunTask *task)
{
    bool has_window = task->window_end_ms != RUN_NO_WINDOW;

    return run_id_is_valid(task->run) && is_between(task->attempt, 1, RUN_ATTEMPT_MAX) &&
           boot_id_is_valid(task->boot_id) && is_between(task->expires_ms, 0, RUN_TIME_MAX_MS) &&
           (!has_window || is_between(task->window_end_ms, 0, RUN_TIME_MAX_MS)) &&
           lines_numbers_are_valid(limits, COUNT(limits), task) && identity_is_valid(task) &&
           command_is_valid(task);
}

bool run_task_print(const RunTask *task, char *buffer, size_t size, size_t *out_length)
{
    LineWriter writer;

    if (!run_task_is_valid(task))
        return false;

    lines_begin(&writer, buffer, size);
    lines_put(&writer, "run", task->run);
    lines_put_number(&writer, "attempt", task->attempt);
    lines_put(&writer, "boot", task->boot_id);
    lines_put_number(&writer, "expires", task->expires_ms);
    if (task->window_end_ms != RUN_NO_WINDOW)
        lines_put_number(&writer, "window_end", task->window_end_ms);
    lines_put_numbers(&writer, limits, COUNT(limits), task);
    if (task->uid != RUN_AS_NOBODY_ELSE) {
        lines_put_numbers(&writer, identity, COUNT(identity), task);
        for (unsigned i = 0; i < task->group_count; i++)
            lines_put_number(&writer, "group", task->groups[i]);
    }
    lines_put(&writer, "cwd", task->cwd);
    for (unsigned i = 0; i < task->env_count; i++)
        lines_put(&writer, "env", task->env[i]);
    /* The count makes every torn file, even one torn between two arguments, a broken one. */
    lines_put_number(&writer, "args", task->arg_count);
    for (unsigned i = 0; i < task->arg_count; i++)
        lines_put(&writer, "arg", task->args[i]);
    if (task->meta)
        lines_put(&writer, "meta", task->meta);

    if (writer.is_full || writer.length > RUN_TASK_MAX_BYTES)
        return false;
    *out_length = writer.length;
    return true;
}

static void take_identity(LineReader *reader, RunTask *task)
{
    task->uid = RUN_AS_NOBODY_ELSE;
    task->gid = RUN_AS_NOBODY_ELSE;
    task->group_count = 0;
    if (!lines_next_is(reader, "uid"))
        return;

    lines_take_numbers(reader, identity, COUNT(identity), task);
    while (lines_next_is(reader, "group")) {
        int64_t group = lines_take_number(reader, "group", 0, ID_MAX);

        if (task->group_count == RUN_GROUPS_MAX)
            lines_refuse(reader, "too many groups");
        else
            task->groups[task->group_count++] = group;
    }
}

static void take_command(LineReader *reader, RunTask *task)
{
    task->cwd = lines_take(reader, "cwd");
    for (task->env_count = 0; lines_next_is(reader, "env");) {
        const char *entry = lines_take(reader, "env");

        if (task->env_count == RUN_ENV_MAX)
            lines_refuse(reader, "too large an environment");
        else
            task->env[task->env_count++] = entry;
    }
    task->arg_count = (unsigned)lines_take_number(reader, "args", 1, RUN_ARGS_MAX);
    for (unsigned i = 0; i < task->arg_count; i++)
        task->args[i] = lines_take(reader, "arg");
    task->args[task->arg_count] = NULL;
}

LinesVerdict run_task_parse(char *text, size_t length, RunTask *out, const char **out_problem)
{
    LineReader reader;
    LinesVerdict verdict;

    lines_open(&reader, text, length);
    out->run = lines_take(&reader, "run");
    out->attempt = lines_take_number(&reader, "attempt", 1, RUN_ATTEMPT_MAX);
    out->boot_id = lines_take(&reader, "boot");
    out->expires_ms = lines_take_number(&reader, "expires", 0, RUN_TIME_MAX_MS);
    out->window_end_ms = RUN_NO_WINDOW;
    if (lines_next_is(&reader, "window_end"))
        out->window_end_ms = lines_take_number(&reader, "window_end", 0, RUN_TIME_MAX_MS);
    lines_take_numbers(&reader, limits, COUNT(limits), out);
    take_identity(&reader, out);
    take_command(&reader, out);
    out->meta = lines_next_is(&reader, "meta") ? lines_take(&reader, "meta") : NULL;

    verdict = lines_close(&reader);
    if (verdict == LINES_OK && (length > RUN_TASK_MAX_BYTES || !run_task_is_valid(out))) {
        lines_refuse(&reader, "not a task that may run");
        verdict = reader.verdict;
    }
    if (out_problem)
        *out_problem = reader.problem;
    return verdict;
}

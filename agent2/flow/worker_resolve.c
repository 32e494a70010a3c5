#include "agent2/flow/worker_resolve.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

#define SHELL_PATH "/bin/sh"
#define SHELL_TEXT "text" /* the only argument of shell, where args are given */
#define TIMEOUT_S  600    /* for a task that names none */
#define BLANKS     " \t\r\n"

/* The argument of a JSON value; NULL for what is no text, number or bool. */
static char *argument_text(const Json *value)
{
    int64_t number;

    if (json_kind(value) == JSON_STRING)
        return g_strdup(json_string(value));
    if (json_kind(value) == JSON_BOOL)
        return g_strdup(json_bool(value) ? "true" : "false");
    if (json_int(value, &number))
        return g_strdup_printf("%" G_GINT64_FORMAT, number);
    return NULL;
}

static SkillCall *call_from_args(const char *name, const Json *args, GError **error)
{
    g_autoptr(SkillCall) call = skill_call_new(name);

    if (json_kind(args) != JSON_ABSENT && json_kind(args) != JSON_OBJECT) {
        g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: args: expected an object", name);
        return NULL;
    }
    for (const Json *member = json_first(args); member; member = json_next(member)) {
        g_autofree char *value = argument_text(member);

        if (!value || call->arguments->len == SKILL_ARGUMENTS_MAX) {
            g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: args.%s: %s", name, json_name(member),
                        value ? "too many arguments"
                              : "expected a text, a whole number, true or false");
            return NULL;
        }
        skill_call_add(call, json_name(member), value);
    }
    return g_steal_pointer(&call);
}

static char **shell_argv(const char *text, GError **error)
{
    g_autoptr(GStrvBuilder) argv = g_strv_builder_new();

    if (!*text || strlen(text) > TASK_TEXT_MAX_BYTES) {
        g_set_error_literal(error, PROBLEM, PROBLEM_LIMIT,
                            reason_format(*text ? REASON_TASK_TOO_LONG : REASON_TASK_EMPTY));
        return NULL;
    }
    /* A text may begin with a hyphen, and is no option all the same. */
    g_strv_builder_add_many(argv, SHELL_PATH, "-c", "--", text, NULL);
    return g_strv_builder_end(argv);
}

static bool unknown_skill(const SkillBook *skills, const char *name, GError **error)
{
    g_autofree char *list = skill_book_list(skills);
    g_autofree char *reason = name ? reason_make(REASON_SKILL_UNKNOWN, name, list, NULL)
                                   : reason_make(REASON_NO_FREE_TEXT, list, NULL);

    g_set_error_literal(error, PROBLEM, PROBLEM_VALUE, reason);
    return false;
}

/* A task given as skill and args. */
static char **resolve_args(const SkillBook *skills, const MessageTask *task,
                           const Skill **out_skill, GError **error)
{
    const Skill *skill = skill_book_find(skills, task->skill);
    g_autoptr(SkillCall) call = NULL;

    if (!skill) {
        unknown_skill(skills, task->skill, error);
        return NULL;
    }
    *out_skill = skill;
    if (!skill->argv) {
        const char *text = json_string(json_member(task->args, SHELL_TEXT));

        return shell_argv(text ? text : "", error);
    }
    call = call_from_args(task->skill, task->args, error);
    return call ? skill_command(skill, call, error) : NULL;
}

/* A task given as text. */
static char **resolve_text(const SkillBook *skills, const char *text, const Skill **out_skill,
                           GError **error)
{
    g_autofree char *name = skill_call_name(text);
    const Skill *skill = name ? skill_book_find(skills, name) : NULL;
    g_autoptr(SkillCall) call = NULL;

    text += strspn(text, BLANKS);
    if (skill && skill->argv) {
        *out_skill = skill;
        call = skill_call_parse(text, error);
        return call ? skill_command(skill, call, error) : NULL;
    }
    if (skill && text[strlen(name)] != '(') {
        text += strlen(name);
        text += strspn(text, BLANKS);
    }
    *out_skill = skill_book_find(skills, SKILL_SHELL);
    if (!*out_skill) {
        unknown_skill(skills, NULL, error);
        return NULL;
    }
    return shell_argv(text, error);
}

WorkerOrder *worker_resolve(const SkillBook *skills, const MessageTask *task,
                            const Skill **out_skill, GError **error)
{
    g_autoptr(WorkerOrder) order = worker_order_new();
    int64_t timeout_s = task->timeout_s > 0 ? task->timeout_s : TIMEOUT_S;
    const Skill *skill = NULL;

    order->argv = task->skill ? resolve_args(skills, task, &skill, error)
                              : resolve_text(skills, task->task ? task->task : "", &skill, error);
    if (!order->argv)
        return NULL;

    order->timeout_ms = MIN(timeout_s, RUN_TIMEOUT_MAX_MS / 1000) * 1000;
    if (skill->timeout_ms != SKILL_TIMEOUT_OF_TASK)
        order->timeout_ms = MIN(order->timeout_ms, skill->timeout_ms);
    order->environment = g_new0(char *, skill->environment->len + 1);
    for (guint i = 0; i < skill->environment->len; i++)
        order->environment[i] = g_strdup(g_ptr_array_index(skill->environment, i));
    *out_skill = skill;
    return g_steal_pointer(&order);
}

#include "agent1/flow/commands/task_line.h"

#include <string.h>

#include "agent1/model/target.h"
#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define OPTION_SHOWN_CHARS 40

char *task_line_judge(const Core *core, const char *task)
{
    if (!*task)
        return g_strdup(core_words(
            core, "the task is empty; expected @<agent> <task>, or DELEGATE: <agent> | <task>"));
    if (strlen(task) > TASK_TEXT_MAX_BYTES)
        return g_strdup_printf(core_words(core, "the task is %zu bytes long; at most %d"),
                               strlen(task), TASK_TEXT_MAX_BYTES);
    if (!text_is_harmless(task)) {
        g_autofree char *shown = text_make_harmless(task, strlen(task));
        g_autofree char *line = text_make_line(shown, 200);

        return g_strdup_printf(
            core_words(core, "the task holds hidden or control characters; nothing was done: %s"),
            line);
    }
    return NULL;
}

void task_line_limit(GPtrArray *names, const TaskOptions *options)
{
    if (options->limit > 0 && options->limit < names->len)
        g_ptr_array_set_size(names, (int)options->limit);
}

bool task_line_read_target(Turn *turn, const char *text, char **out_target, TaskOptions *options)
{
    const char *at = text + strspn(text, " \t");
    g_autofree char *target = NULL;
    g_autofree char *complaint = task_options_take(options, &at, "<agent>");

    if (!complaint) {
        target = target_take(&at);
        complaint = task_options_take(options, &at, *target ? target : "<agent>");
    }
    if (complaint)
        turn_fail(turn, "%s", complaint);
    else if (!*target)
        turn_fail(turn, "expected an agent before the bar; !agents lists them");
    else if (*at) {
        g_autofree char *shown = text_make_line(at, OPTION_SHOWN_CHARS);

        turn_fail(turn,
                  "expected one target before the bar, or options; found \"%s\" behind it; several "
                  "agents stand with commas: web1,web2",
                  shown);
    } else {
        *out_target = g_steal_pointer(&target);
        return true;
    }
    return false;
}

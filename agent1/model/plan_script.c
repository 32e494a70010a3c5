#include "agent1/model/plan_script.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/wire/reason.h"
#include "common/base/banned.h"

#define SEPARATOR   ";;"
#define ESCAPE      '\\'
#define SHOWN_CHARS 40

static void free_step(void *data)
{
    ScriptStep *step = data;

    g_free(step->target);
    g_free(step->task);
    g_free(step);
}

/* The text up to the next separator, without escapes; *text moves behind it, to NULL at the end. */
static char *take_part(const char **text)
{
    GString *part = g_string_new(NULL);
    const char *at = *text;

    *text = NULL;
    while (*at) {
        if (*at == ESCAPE && g_str_has_prefix(at + 1, SEPARATOR)) {
            g_string_append(part, SEPARATOR);
            at += 1 + strlen(SEPARATOR);
        } else if (g_str_has_prefix(at, SEPARATOR)) {
            *text = at + strlen(SEPARATOR);
            break;
        } else {
            g_string_append_c(part, *at++);
        }
    }
    return g_strstrip(g_string_free(part, FALSE));
}

/* What is wrong with a step, or NULL: then it was added. */
static char *add_step(GPtrArray *steps, const char *part)
{
    const char *bar = strchr(part, '|');
    g_autofree char *shown = text_make_line(part, SHOWN_CHARS);
    g_autofree char *most = g_strdup_printf("%d", PLAN_STEPS_MAX);
    g_autofree char *number = g_strdup_printf("%u", steps->len + 1);
    ScriptStep *step;

    if (steps->len >= PLAN_STEPS_MAX)
        return reason_make(REASON_PLAN_LONG, most, NULL);
    if (!*part)
        return reason_make(REASON_STEP_EMPTY, number, NULL);
    if (!bar)
        return reason_make(REASON_STEP_NO_BAR, number, shown, NULL);
    step = g_new0(ScriptStep, 1);
    step->target = g_strstrip(g_strndup(part, (size_t)(bar - part)));
    step->task = g_strstrip(g_strdup(bar + 1));
    g_ptr_array_add(steps, step);
    return NULL;
}

void plan_script_add(GString *text, const char *target, const char *task)
{
    g_auto(GStrv) parts = g_strsplit(task, SEPARATOR, -1);
    g_autofree char *escaped = g_strjoinv("\\" SEPARATOR, parts);

    g_string_append_printf(text, "%s%s|%s", text->len > 0 ? " " SEPARATOR " " : "", target,
                           escaped);
}

GPtrArray *plan_script_parse(const char *text, char **out_complaint)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(free_step);
    const char *at = text;

    while (at) {
        g_autofree char *part = take_part(&at);
        char *complaint = add_step(steps, part);

        if (complaint) {
            *out_complaint = complaint;
            return NULL;
        }
    }
    return g_steal_pointer(&steps);
}

#include "agent1/model/plan_script.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/text.h"
#include "common/base/banned.h"

#define SEPARATOR   ";;"
#define ESCAPE      '\\'
#define USAGE       "expected PLAN: <agent>|<task> ;; <agent>|<task> …"
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
    ScriptStep *step;

    if (steps->len >= PLAN_STEPS_MAX)
        return g_strdup_printf("a plan has at most %d steps; nothing was done", PLAN_STEPS_MAX);
    if (!*part)
        return g_strdup_printf("step %u is empty: " USAGE "; nothing was done", steps->len + 1);
    if (!bar)
        return g_strdup_printf("step %u, \"%s\": there is no bar: " USAGE "; nothing was done",
                               steps->len + 1, shown);
    step = g_new0(ScriptStep, 1);
    step->target = g_strstrip(g_strndup(part, (size_t)(bar - part)));
    step->task = g_strstrip(g_strdup(bar + 1));
    g_ptr_array_add(steps, step);
    return NULL;
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

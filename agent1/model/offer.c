#include "agent1/model/offer.h"

#include <string.h>

#include "common/base/text.h"
#include "common/wire/skill_arguments.h"
#include "common/wire/skill_call.h"
#include "common/base/banned.h"

#define WORDS_MAX_CHARS 200

static void free_parameter(void *parameter)
{
    skill_parameter_free(parameter);
}

/* A pattern is for the agent to try: one of a hostile agent could take for ever. */
static SkillParameter *read_parameter(const Json *node)
{
    g_autoptr(Json) copy = json_copy(node);

    if (json_kind(copy) != JSON_OBJECT)
        return NULL;
    json_remove(copy, "pattern");
    return skill_parameter_read(copy, "params", NULL, NULL);
}

/* SkillParameter *; NULL when the agent did not tell them in a way that this version reads. */
static GPtrArray *read_parameters(const Json *skill)
{
    g_autoptr(GPtrArray) parameters = g_ptr_array_new_with_free_func(free_parameter);
    const Json *params = json_member(skill, "params");
    const Json *node;

    if (json_kind(params) != JSON_ARRAY || json_count(params) > SKILL_ARGUMENTS_MAX)
        return NULL;
    for (node = json_first(params); node; node = json_next(node)) {
        SkillParameter *parameter = read_parameter(node);

        if (!parameter)
            return NULL;
        g_ptr_array_add(parameters, parameter);
    }
    return g_steal_pointer(&parameters);
}

char *offer_usage(const Json *skill)
{
    g_autoptr(GPtrArray) parameters = read_parameters(skill);
    const char *name = skill_offered_name(skill);

    return parameters ? skill_arguments_usage(name, parameters) : g_strdup(name);
}

char *offer_line(const Json *skill)
{
    const char *description = json_string(json_member(skill, "description"));
    const char *risk = json_string(json_member(skill, "risk"));
    g_autofree char *usage = offer_usage(skill);
    g_autofree char *words = text_make_line(description ? description : "", WORDS_MAX_CHARS);
    g_autofree char *how = text_make_line(risk ? risk : "?", WORDS_MAX_CHARS);

    return g_strdup_printf("%s%s%s (risk %s)", usage, *words ? ": " : "", words, how);
}

static const char *const type_words[PARAMETER_TYPE_COUNT] = {
    [PARAMETER_UNIT] = "the name of a systemd unit",
    [PARAMETER_NAME] = "a name",
    [PARAMETER_CHOICE] = "one of",
    [PARAMETER_INT] = "a whole number",
    [PARAMETER_PATH] = "an absolute path",
    [PARAMETER_BOOL] = "yes or no",
    [PARAMETER_TEXT] = "a line of text",
};

static void append_line(GString *text, const char *before, const char *words)
{
    g_autofree char *line = text_make_line(words, WORDS_MAX_CHARS);

    g_string_append_printf(text, "%s%s", before, line);
}

static void append_parameter(GString *text, const SkillParameter *parameter)
{
    unsigned i;

    g_string_append_printf(text, "\n%s: %s", parameter->name, type_words[parameter->type]);
    for (i = 0; parameter->choices && i < parameter->choices->len; i++)
        append_line(text, i ? ", " : " ", parameter->choices->pdata[i]);
    if (parameter->minimum != INT64_MIN)
        g_string_append_printf(text, ", at least %" G_GINT64_FORMAT, parameter->minimum);
    if (parameter->maximum != INT64_MAX)
        g_string_append_printf(text, ", at most %" G_GINT64_FORMAT, parameter->maximum);
    if (parameter->standard)
        append_line(text, "; left out: ", parameter->standard);
    else if (!parameter->is_required)
        g_string_append(text, "; may be left out");
    if (parameter->description)
        append_line(text, "; ", parameter->description);
}

char *offer_parameters_text(const Json *skill)
{
    g_autoptr(GPtrArray) parameters = read_parameters(skill);
    GString *text = g_string_new(NULL);
    unsigned i;

    for (i = 0; parameters && i < parameters->len; i++)
        append_parameter(text, parameters->pdata[i]);
    return g_string_free(text, FALSE);
}

bool offer_judge(const Json *skill, const char *task, GError **error)
{
    g_autoptr(GPtrArray) parameters = read_parameters(skill);
    g_autoptr(SkillCall) call = parameters ? skill_call_parse(task, error) : NULL;
    g_autoptr(GHashTable) values = NULL;

    if (!parameters)
        return true;
    if (!call)
        return false;
    values = skill_arguments_take(call->name, parameters, call, error);
    return values != NULL;
}

#include "common/wire/skill_arguments.h"

#include "common/base/problem.h"
#include "common/wire/reason.h"

#include "common/base/banned.h"

/* What a call is matched against, and what came of it so far. */
typedef struct Match {
    const char *skill;
    const GPtrArray *parameters;
    GHashTable *values; /* name → text */
    GHashTable *given;  /* a set of names, borrowed from the parameters */
} Match;

char *skill_arguments_usage(const char *skill, const GPtrArray *parameters)
{
    GString *usage = g_string_new(skill);

    for (guint i = 0; i < parameters->len; i++) {
        const SkillParameter *parameter = g_ptr_array_index(parameters, i);

        g_string_append_printf(usage, "%s%s%s", i == 0 ? "(" : ", ", parameter->name,
                               parameter->is_required ? "" : "?");
    }
    if (parameters->len > 0)
        g_string_append_c(usage, ')');
    return g_string_free(usage, FALSE);
}

/* The parameter that an argument is for: by its name or its position. */
static const SkillParameter *match_argument(const Match *match, const SkillArgument *argument,
                                            unsigned position, GError **error)
{
    const SkillParameter *parameter = NULL;
    g_autofree char *reason = NULL;
    g_autofree char *usage = NULL;

    if (argument->name)
        parameter = skill_parameter_find(match->parameters, argument->name);
    else if (position < match->parameters->len)
        parameter = g_ptr_array_index(match->parameters, position);
    if (parameter)
        return parameter;

    usage = skill_arguments_usage(match->skill, match->parameters);
    reason = argument->name ? reason_make(REASON_NO_PARAMETER, argument->name, usage, NULL)
                            : reason_make(REASON_TOO_MANY, usage, NULL);
    g_set_error_literal(error, PROBLEM, PROBLEM_VALUE, reason);
    return NULL;
}

static bool take_value(GHashTable *values, const SkillParameter *parameter, const char *text,
                       GError **error)
{
    g_autofree char *value = skill_parameter_take(parameter, text, error);

    if (!value)
        return false;
    if (*value || !parameter->flag)
        g_hash_table_insert(values, g_strdup(parameter->name), g_steal_pointer(&value));
    return true;
}

static bool take_arguments(const Match *match, const SkillCall *call, GError **error)
{
    for (guint i = 0; i < call->arguments->len; i++) {
        const SkillArgument *argument = g_ptr_array_index(call->arguments, i);
        const SkillParameter *parameter = match_argument(match, argument, i, error);

        if (!parameter)
            return false;
        if (!g_hash_table_add(match->given, parameter->name)) {
            g_autofree char *reason = reason_make(REASON_GIVEN_TWICE, parameter->name, NULL);

            g_set_error_literal(error, PROBLEM, PROBLEM_VALUE, reason);
            return false;
        }
        if (!take_value(match->values, parameter, argument->value, error))
            return false;
    }
    return true;
}

static bool take_defaults(const Match *match, GError **error)
{
    for (guint i = 0; i < match->parameters->len; i++) {
        const SkillParameter *parameter = g_ptr_array_index(match->parameters, i);

        if (g_hash_table_contains(match->given, parameter->name))
            continue;
        if (parameter->is_required) {
            g_autofree char *usage = skill_arguments_usage(match->skill, match->parameters);

            g_autofree char *reason = reason_make(REASON_MISSING, parameter->name, usage, NULL);

            g_set_error_literal(error, PROBLEM, PROBLEM_MISSING, reason);
            return false;
        }
        if (parameter->standard &&
            !take_value(match->values, parameter, parameter->standard, error))
            return false;
    }
    return true;
}

GHashTable *skill_arguments_take(const char *skill, const GPtrArray *parameters,
                                 const SkillCall *call, GError **error)
{
    g_autoptr(GHashTable) values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) given = g_hash_table_new(g_str_hash, g_str_equal);
    Match match = { .skill = skill, .parameters = parameters, .values = values, .given = given };

    if (!take_arguments(&match, call, error) || !take_defaults(&match, error)) {
        g_prefix_error(error, "%s: ", skill);
        return NULL;
    }
    return g_steal_pointer(&values);
}

/*
 * The arguments of a call against the parameters of its skill: by name or by position, each once,
 * with the defaults of those that are not given. The worker makes the command from them; agent1
 * judges a call before it leaves. Pure.
 */
#ifndef COMMON_WIRE_SKILL_ARGUMENTS_H
#define COMMON_WIRE_SKILL_ARGUMENTS_H

#include "common/wire/skill_call.h"
#include "common/wire/skill_parameter.h"

#include <glib.h>

/* Parameters are SkillParameter *, in the order of arguments without names. */

/* "ansible.playbook(name, limit?)". The caller owns it. */
char *skill_arguments_usage(const char *skill, const GPtrArray *parameters);

/* The values: parameter's name → text as skill_parameter_take() made it; a parameter without a
 * value is absent. NULL, with a sentence for the person who typed it, when the call does not fit.
 */
GHashTable *skill_arguments_take(const char *skill, const GPtrArray *parameters,
                                 const SkillCall *call, GError **error);

#endif

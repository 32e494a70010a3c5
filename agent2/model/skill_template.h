/*
 * The argv template of a skill: a JSON array in which parameters stand in braces.
 *
 *     ["ansible-playbook", ["--limit", "{limit}"], "--", "/etc/ansible/{name}.yml"]
 *
 * An element is a text, or an array of texts: a group, which is left out when one of its parameters
 * has no value. "{name}" stands for a parameter's value, "{{" and "}}" for braces. The first
 * element is the program and depends on no parameter.
 *
 * No shell is involved: one element becomes one argument, whatever stands in the value. What would
 * undo that is refused when the template is read: a placeholder inside a script ("sh -c"), free
 * text without "--" or an option before it, a parameter without value outside of a group. Pure.
 */
#ifndef AGENT2_MODEL_SKILL_TEMPLATE_H
#define AGENT2_MODEL_SKILL_TEMPLATE_H

#include "common/data/json.h"
#include "common/wire/skill_parameter.h"

#include <glib.h>

typedef struct SkillTemplate SkillTemplate;

/* parameters: SkillParameter *, only looked at during the call. path is the prefix of messages. */
SkillTemplate *skill_template_read(const Json *argv, const GPtrArray *parameters, const char *path,
                                   GError **error);
void skill_template_free(SkillTemplate *skill_template);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SkillTemplate, skill_template_free)

/* The command for these values (parameter's name → text, as skill_parameter_take() made it; an
 * absent one and an empty flag leave their groups out). NULL-terminated, for g_strfreev(). */
char **skill_template_fill(const SkillTemplate *skill_template, GHashTable *values);

#endif

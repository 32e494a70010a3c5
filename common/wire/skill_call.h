/*
 * How a task names a skill and its arguments, in the text that a person types:
 *
 *     apt.update
 *     service.restart(nginx)           service.restart nginx
 *     ansible.playbook(site, limit=web)    ansible.playbook site limit=web
 *     deploy.run(service=shop, version="2.1, hotfix")
 *
 * After the name stand either parentheses with arguments between commas, or words between blanks.
 * An argument is a value, or name=value. A value may be quoted: 'as it stands', or "with \" and
 * \\". Arguments without a name come first and in the order of the skill's parameters.
 *
 * Does not know which skills exist or what they take: agent2/model/skill.h. Pure.
 */
#ifndef COMMON_WIRE_SKILL_CALL_H
#define COMMON_WIRE_SKILL_CALL_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>

#define SKILL_NAME_MAX_CHARS      64
#define SKILL_ARGUMENTS_MAX       16
#define SKILL_ARGUMENT_MAX_BYTES  4096
#define SKILL_PARAMETER_MAX_CHARS 32

typedef struct SkillArgument {
    char *name; /* NULL: by position */
    char *value;
} SkillArgument;

typedef struct SkillCall {
    char *name;
    GPtrArray *arguments; /* SkillArgument *, in the order written */
} SkillCall;

SkillCall *skill_call_new(const char *name);
void skill_call_free(SkillCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SkillCall, skill_call_free)

/* Appends an argument; name may be NULL. */
void skill_call_add(SkillCall *call, const char *name, const char *value);

/* The name at the beginning of a text: [a-z][a-z0-9_.-]*, at most SKILL_NAME_MAX_CHARS, ended by
 * the end of the text, a blank or '('. NULL when the text does not begin so. The caller owns it. */
char *skill_call_name(const char *text);

/* The skill of free text. */
#define SKILL_SHELL "shell"

/* True for [a-z][a-z0-9_.-]* and for [a-z][a-z0-9_]* within their limits. */
bool skill_name_is_valid(const char *name);
bool skill_parameter_name_is_valid(const char *name);

/* The name in what an agent tells of a skill, its own word: NULL unless it is one. Borrowed. */
const char *skill_offered_name(const Json *skill);

/* Reads name and arguments. PROBLEM_SYNTAX and PROBLEM_LIMIT, in words for the person who typed it.
 */
SkillCall *skill_call_parse(const char *text, GError **error);

/* The canonical text, which skill_call_parse() reads as the same call: "name", or "name(a, b=c)"
 * with quotes where a value needs them. The caller owns it. */
char *skill_call_print(const SkillCall *call);

#endif

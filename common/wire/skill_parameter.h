/*
 * The parameters of skills: what a value may be. A skill pack says it in JSON, a registration
 * repeats it, and the worker checks every value by it before the value becomes part of a command.
 *
 * | type   | a value is                                        | further members               |
 * | ------ | ------------------------------------------------- | ----------------------------- |
 * | unit   | the name of a systemd unit                        |                               |
 * | name   | letters, digits, '.', '_', '-'; at most 64         |                               |
 * | choice | one of `choices`                                  | choices                       |
 * | int    | a whole number                                    | minimum, maximum              |
 * | path   | absolute, without "..", at most 1024 bytes         | below: folders, one of which  |
 * |        |                                                   | it must be, or lie in         |
 * | bool   | true, false, yes, no                              | flag: the option it stands for|
 * | text   | one line, nothing hidden in it                    | max: bytes (256); pattern     |
 *
 * A value is one line with nothing hidden in it. No value of any type but int begins with '-' or
 * '@', so that none is taken for an option or for the name of a file with options. `pattern` is a
 * regular expression (PCRE) for the whole value. Pure.
 */
#ifndef COMMON_WIRE_SKILL_PARAMETER_H
#define COMMON_WIRE_SKILL_PARAMETER_H

#include "common/data/json.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    PARAMETER_UNIT,
    PARAMETER_NAME,
    PARAMETER_CHOICE,
    PARAMETER_INT,
    PARAMETER_PATH,
    PARAMETER_BOOL,
    PARAMETER_TEXT,
    PARAMETER_TYPE_COUNT,
} ParameterType;

typedef struct SkillParameter {
    char *name;
    char *description; /* or NULL */
    int type;          /* ParameterType */
    bool is_required;
    char *standard; /* the value where none is given ("default"); NULL: none */
    GPtrArray *choices;
    int64_t minimum; /* INT64_MIN: none */
    int64_t maximum; /* INT64_MAX: none */
    int64_t max_bytes;
    char *pattern;
    GPtrArray *below;
    char *flag;
} SkillParameter;

/* Reads one parameter; path is the prefix of messages. Refuses members that do not belong to its
 * type, and a default that its own type does not allow. */
SkillParameter *skill_parameter_read(const Json *object, const char *path, GPtrArray *warnings,
                                     GError **error);
void skill_parameter_free(SkillParameter *parameter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SkillParameter, skill_parameter_free)

/* As skill_parameter_read() reads it. The caller owns it. */
Json *skill_parameter_write(const SkillParameter *parameter);

/* The one of that name among SkillParameter *, borrowed; NULL: there is none. */
const SkillParameter *skill_parameter_find(const GPtrArray *parameters, const char *name);

/* "unit", "name", … */
const char *parameter_type_name(ParameterType type);

/* Checks a value that a person gave and returns what stands for it in a command: the value itself,
 * or for a bool the flag, "true" or "false". An empty text: a flag that is not set. PROBLEM_VALUE
 * with the value and what was expected. The caller owns the result. */
char *skill_parameter_take(const SkillParameter *parameter, const char *value, GError **error);

#endif

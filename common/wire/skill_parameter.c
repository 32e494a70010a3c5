#include "common/wire/skill_parameter.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/skill_call.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

#define TEXT_STANDARD_MAX_BYTES 256
#define UNIT_MAX_CHARS          255
#define NAME_MAX_CHARS          64
#define PATH_MAX_BYTES          1024

static const char *const type_names[PARAMETER_TYPE_COUNT + 1] = {
    [PARAMETER_UNIT] = "unit", [PARAMETER_NAME] = "name", [PARAMETER_CHOICE] = "choice",
    [PARAMETER_INT] = "int",   [PARAMETER_PATH] = "path", [PARAMETER_BOOL] = "bool",
    [PARAMETER_TEXT] = "text",
};

#define OFFSET(member) offsetof(SkillParameter, member)

/* clang-format off */
static const Field fields[] = {
    { .name = "name", .kind = FIELD_STRING, .offset = OFFSET(name), .is_required = true,
      .is_valid = skill_parameter_name_is_valid,
      .expected = "a name: a small letter, then letters, digits and '_'" },
    { .name = "description", .kind = FIELD_STRING, .offset = OFFSET(description), .minimum = 1,
      .maximum = 200 },
    { .name = "type", .kind = FIELD_CHOICE, .offset = OFFSET(type), .is_required = true,
      .is_always_written = true, .choices = type_names },
    { .name = "required", .kind = FIELD_BOOL, .offset = OFFSET(is_required) },
    { .name = "default", .kind = FIELD_STRING, .offset = OFFSET(standard) },
    { .name = "choices", .kind = FIELD_STRINGS, .offset = OFFSET(choices), .maximum = 100 },
    { .name = "minimum", .kind = FIELD_INT, .offset = OFFSET(minimum), .absent = INT64_MIN },
    { .name = "maximum", .kind = FIELD_INT, .offset = OFFSET(maximum), .absent = INT64_MAX },
    { .name = "max", .kind = FIELD_INT, .offset = OFFSET(max_bytes), .minimum = 1,
      .maximum = SKILL_ARGUMENT_MAX_BYTES, .absent = TEXT_STANDARD_MAX_BYTES },
    { .name = "pattern", .kind = FIELD_STRING, .offset = OFFSET(pattern), .minimum = 1,
      .maximum = 1024 },
    { .name = "below", .kind = FIELD_STRINGS, .offset = OFFSET(below), .maximum = 100 },
    { .name = "flag", .kind = FIELD_STRING, .offset = OFFSET(flag), .minimum = 1, .maximum = 256 },
    { .name = NULL },
};

/* Which members belong to one type only. */
static const struct {
    const char *member;
    ParameterType type;
} belongings[] = {
    { "choices", PARAMETER_CHOICE }, { "minimum", PARAMETER_INT },  { "maximum", PARAMETER_INT },
    { "max", PARAMETER_TEXT },       { "pattern", PARAMETER_TEXT }, { "below", PARAMETER_PATH },
    { "flag", PARAMETER_BOOL },
};
/* clang-format on */

const SkillParameter *skill_parameter_find(const GPtrArray *parameters, const char *name)
{
    for (guint i = 0; i < parameters->len; i++) {
        const SkillParameter *parameter = g_ptr_array_index(parameters, i);

        if (strcmp(parameter->name, name) == 0)
            return parameter;
    }
    return NULL;
}

const char *parameter_type_name(ParameterType type)
{
    g_assert(type < PARAMETER_TYPE_COUNT);
    return type_names[type];
}

void skill_parameter_free(SkillParameter *parameter)
{
    if (!parameter)
        return;

    record_clear(fields, parameter);
    g_free(parameter);
}

static GRegex *compile_pattern(const char *pattern, GError **error)
{
    g_autofree char *whole = g_strdup_printf("\\A(?:%s)\\z", pattern);

    return g_regex_new(whole, G_REGEX_DOLLAR_ENDONLY, 0, error);
}

static bool is_absolute_path(const char *path)
{
    g_auto(GStrv) parts = g_strsplit(path, "/", -1);

    return *path == '/' && strlen(path) <= PATH_MAX_BYTES &&
           !g_strv_contains((const char *const *)parts, "..");
}

/* They are shown to people where a value does not fit. */
static bool are_lines(const GPtrArray *texts, const char *member, const char *path, GError **error)
{
    for (guint i = 0; texts && i < texts->len; i++) {
        const char *text = g_ptr_array_index(texts, i);

        if (text_is_harmless(text) && !strpbrk(text, "\n\t"))
            continue;
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.%s[%u]: has hidden characters", path, member,
                    i);
        return false;
    }
    return true;
}

static bool check_members(const SkillParameter *parameter, const Json *object, const char *path,
                          GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(belongings); i++) {
        if ((int)belongings[i].type != parameter->type &&
            json_kind(json_member(object, belongings[i].member)) != JSON_ABSENT) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.%s: belongs to type %s, not %s", path,
                        belongings[i].member, type_names[belongings[i].type],
                        type_names[parameter->type]);
            return false;
        }
    }
    if (parameter->type == PARAMETER_CHOICE && (!parameter->choices || !parameter->choices->len)) {
        g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s.choices: a choice needs at least one",
                    path);
        return false;
    }
    if (parameter->minimum > parameter->maximum) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.minimum: is above the maximum", path);
        return false;
    }
    for (guint i = 0; parameter->below && i < parameter->below->len; i++) {
        if (!is_absolute_path(g_ptr_array_index(parameter->below, i))) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.below[%u]: expected an absolute path",
                        path, i);
            return false;
        }
    }
    return are_lines(parameter->choices, "choices", path, error) &&
           are_lines(parameter->below, "below", path, error);
}

static bool check_pattern(const SkillParameter *parameter, const char *path, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GRegex) regex = NULL;

    if (!parameter->pattern)
        return true;

    regex = compile_pattern(parameter->pattern, &cause);
    if (!regex)
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.pattern: %s", path, cause->message);
    return regex != NULL;
}

static bool check_default(const SkillParameter *parameter, const char *path, GError **error)
{
    g_autofree char *taken = NULL;

    if (!parameter->standard)
        return true;
    if (parameter->is_required) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE,
                    "%s.default: a required parameter has no default", path);
        return false;
    }
    taken = skill_parameter_take(parameter, parameter->standard, error);
    if (!taken)
        g_prefix_error(error, "%s.default: ", path);
    return taken != NULL;
}

SkillParameter *skill_parameter_read(const Json *object, const char *path, GPtrArray *warnings,
                                     GError **error)
{
    g_autoptr(SkillParameter) parameter = g_new0(SkillParameter, 1);

    record_init(fields, parameter);
    if (!record_read(fields, parameter, object, path, warnings, error) ||
        !check_members(parameter, object, path, error) || !check_pattern(parameter, path, error) ||
        !check_default(parameter, path, error))
        return NULL;

    return g_steal_pointer(&parameter);
}

Json *skill_parameter_write(const SkillParameter *parameter)
{
    Json *object = json_new_object();

    record_write(fields, parameter, object);
    return object;
}

static bool has_only(const char *value, const char *others, size_t max_chars)
{
    size_t length = 0;

    while (g_ascii_isalnum(value[length]) || (value[length] && strchr(others, value[length])))
        length++;
    return length > 0 && length <= max_chars && value[length] == '\0';
}

static bool is_below(const GPtrArray *folders, const char *path)
{
    for (guint i = 0; i < folders->len; i++) {
        const char *folder = g_ptr_array_index(folders, i);
        size_t length = strlen(folder);

        while (length > 1 && folder[length - 1] == '/')
            length--;
        if (length == 1 ||
            (strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0')))
            return true;
    }
    return false;
}

static bool is_in_range(const SkillParameter *parameter, const char *value)
{
    gint64 number;

    return g_ascii_string_to_signed(value, 10, parameter->minimum, parameter->maximum, &number,
                                    NULL);
}

static bool fits_text(const SkillParameter *parameter, const char *value)
{
    g_autoptr(GRegex) regex = NULL;

    if (strlen(value) > (size_t)parameter->max_bytes)
        return false;
    if (!parameter->pattern)
        return true;

    regex = compile_pattern(parameter->pattern, NULL);
    return regex && g_regex_match(regex, value, 0, NULL);
}

static bool is_choice(const SkillParameter *parameter, const char *value)
{
    for (guint i = 0; i < parameter->choices->len; i++) {
        if (strcmp(g_ptr_array_index(parameter->choices, i), value) == 0)
            return true;
    }
    return false;
}

/* Yes: 1, no: 0, neither: -1. */
static int parse_bool(const char *value)
{
    static const struct {
        const char *word;
        int meaning;
    } words[] = { { "true", 1 }, { "yes", 1 }, { "false", 0 }, { "no", 0 } };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(value, words[i].word) == 0)
            return words[i].meaning;
    }
    return -1;
}

static bool fits_type(const SkillParameter *parameter, const char *value)
{
    switch ((ParameterType)parameter->type) {
    case PARAMETER_UNIT:
        return has_only(value, ":_.\\@-", UNIT_MAX_CHARS);
    case PARAMETER_NAME:
        return *value != '.' && has_only(value, "._-", NAME_MAX_CHARS);
    case PARAMETER_CHOICE:
        return is_choice(parameter, value);
    case PARAMETER_INT:
        return is_in_range(parameter, value);
    case PARAMETER_PATH:
        return is_absolute_path(value) && (!parameter->below || is_below(parameter->below, value));
    case PARAMETER_BOOL:
        return parse_bool(value) >= 0;
    case PARAMETER_TEXT:
        return fits_text(parameter, value);
    case PARAMETER_TYPE_COUNT:
        break;
    }
    g_assert_not_reached();
}

static char *join(const GPtrArray *texts)
{
    GString *joined = g_string_new(NULL);

    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(texts, i));
    return g_string_free(joined, FALSE);
}

static char *describe_int(const SkillParameter *parameter)
{
    g_autofree char *minimum = g_strdup_printf("%" G_GINT64_FORMAT, parameter->minimum);
    g_autofree char *maximum = g_strdup_printf("%" G_GINT64_FORMAT, parameter->maximum);

    if (parameter->minimum == INT64_MIN && parameter->maximum == INT64_MAX)
        return reason_make(REASON_EXPECT_INT, NULL);
    if (parameter->maximum == INT64_MAX)
        return reason_make(REASON_EXPECT_INT_FROM, minimum, NULL);
    if (parameter->minimum == INT64_MIN)
        return reason_make(REASON_EXPECT_INT_UP_TO, maximum, NULL);
    return reason_make(REASON_EXPECT_INT_BETWEEN, minimum, maximum, NULL);
}

static char *describe_text(const SkillParameter *parameter)
{
    g_autofree char *bytes = g_strdup_printf("%" G_GINT64_FORMAT, parameter->max_bytes);

    return parameter->pattern
               ? reason_make(REASON_EXPECT_LINE_FITTING, bytes, parameter->pattern, NULL)
               : reason_make(REASON_EXPECT_LINE, bytes, NULL);
}

static char *describe(const SkillParameter *parameter)
{
    g_autofree char *list = NULL;

    switch ((ParameterType)parameter->type) {
    case PARAMETER_UNIT:
        return reason_make(REASON_EXPECT_UNIT, NULL);
    case PARAMETER_NAME:
        return reason_make(REASON_EXPECT_NAME, NULL);
    case PARAMETER_CHOICE:
        list = join(parameter->choices);
        return reason_make(REASON_EXPECT_CHOICE, list, NULL);
    case PARAMETER_INT:
        return describe_int(parameter);
    case PARAMETER_PATH:
        list = parameter->below ? join(parameter->below) : NULL;
        return list ? reason_make(REASON_EXPECT_PATH_IN, list, NULL)
                    : reason_make(REASON_EXPECT_PATH, NULL);
    case PARAMETER_BOOL:
        return reason_make(REASON_EXPECT_BOOL, NULL);
    case PARAMETER_TEXT:
        return describe_text(parameter);
    case PARAMETER_TYPE_COUNT:
        break;
    }
    g_assert_not_reached();
}

char *skill_parameter_take(const SkillParameter *parameter, const char *value, GError **error)
{
    bool is_option_like = (*value == '-' || *value == '@') && parameter->type != PARAMETER_INT;

    if (is_option_like || !text_is_harmless(value) || strpbrk(value, "\n\t") ||
        !fits_type(parameter, value)) {
        g_autofree char *shown = text_make_line(value, SHOWN_MAX_CHARS);
        g_autofree char *expected = describe(parameter);
        g_autofree char *reason = reason_make(is_option_like ? REASON_BAD_OPTION : REASON_BAD_VALUE,
                                              parameter->name, shown, expected, NULL);

        g_set_error_literal(error, PROBLEM, PROBLEM_VALUE, reason);
        return NULL;
    }
    if (parameter->type != PARAMETER_BOOL)
        return g_strdup(value);
    if (parameter->flag)
        return g_strdup(parse_bool(value) == 1 ? parameter->flag : "");
    return g_strdup(parse_bool(value) == 1 ? "true" : "false");
}

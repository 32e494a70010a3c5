#include "agent2/flow/skill_book.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/skill_arguments.h"

#include <string.h>

#include "common/base/banned.h"

#define TIMEOUT_MAX_MS  (7 * 24 * 3600 * INT64_C(1000))
#define ENVIRONMENT_MAX 32

struct SkillBook {
    GPtrArray *skills; /* Skill *, in the order read */
    GHashTable *by_name;
};

/* A skill as its record stands in the pack, before the parts are looked at. */
typedef struct SkillRow {
    Skill skill;
    Json *params;
    Json *argv;
    Json *environment;
} SkillRow;

typedef struct PackRow {
    int64_t format;
    char *name;
    char *description;
    Json *skills;
} PackRow;

static const char *const risk_names[] = {
    [SKILL_RISK_READ] = "read",
    [SKILL_RISK_LOW] = "low",
    [SKILL_RISK_GUARDED] = "guarded",
    [SKILL_RISK_HIGH] = "high",
    NULL,
};

#define SKILL(member) offsetof(SkillRow, member)
#define PACK(member)  offsetof(PackRow, member)

/* clang-format off */
static const Field skill_fields[] = {
    { .name = "name", .kind = FIELD_STRING, .offset = SKILL(skill.name), .is_required = true,
      .is_valid = skill_name_is_valid,
      .expected = "a name: a small letter, then small letters, digits, '.', '_' and '-'" },
    { .name = "description", .kind = FIELD_STRING, .offset = SKILL(skill.description),
      .is_required = true, .minimum = 1, .maximum = 200 },
    { .name = "risk", .kind = FIELD_CHOICE, .offset = SKILL(skill.risk), .is_required = true,
      .choices = risk_names },
    { .name = "params", .kind = FIELD_JSON, .offset = SKILL(params) },
    { .name = "argv", .kind = FIELD_JSON, .offset = SKILL(argv), .is_required = true },
    { .name = "timeout", .kind = FIELD_DURATION, .offset = SKILL(skill.timeout_ms),
      .minimum = 1000, .maximum = TIMEOUT_MAX_MS, .absent = SKILL_TIMEOUT_OF_TASK },
    { .name = "idempotent", .kind = FIELD_BOOL, .offset = SKILL(skill.is_idempotent) },
    { .name = "environment", .kind = FIELD_JSON, .offset = SKILL(environment) },
    { .name = NULL },
};

static const Field pack_fields[] = {
    { .name = "format", .kind = FIELD_INT, .offset = PACK(format), .is_required = true,
      .minimum = SKILL_PACK_FORMAT, .maximum = SKILL_PACK_FORMAT, .absent = -1,
      .expected = "1, the format that this version reads" },
    { .name = "pack", .kind = FIELD_STRING, .offset = PACK(name), .is_required = true,
      .is_valid = skill_name_is_valid,
      .expected = "a name: a small letter, then small letters, digits, '.', '_' and '-'" },
    { .name = "description", .kind = FIELD_STRING, .offset = PACK(description) },
    { .name = "skills", .kind = FIELD_JSON, .offset = PACK(skills), .is_required = true },
    { .name = NULL },
};
/* clang-format on */

static void free_parameter(void *data)
{
    skill_parameter_free(data);
}

static void free_skill(void *data)
{
    Skill *skill = data;

    g_free(skill->name);
    g_free(skill->description);
    g_ptr_array_unref(skill->parameters);
    skill_template_free(skill->argv);
    g_ptr_array_unref(skill->environment);
    g_free(skill);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Skill, free_skill)

static Skill *new_skill(void)
{
    Skill *skill = g_new0(Skill, 1);

    skill->parameters = g_ptr_array_new_with_free_func(free_parameter);
    skill->environment = g_ptr_array_new_with_free_func(g_free);
    skill->timeout_ms = SKILL_TIMEOUT_OF_TASK;
    return skill;
}

SkillBook *skill_book_new(void)
{
    SkillBook *book = g_new0(SkillBook, 1);

    book->skills = g_ptr_array_new_with_free_func(free_skill);
    book->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    return book;
}

void skill_book_free(SkillBook *book)
{
    if (!book)
        return;

    g_hash_table_unref(book->by_name);
    g_ptr_array_unref(book->skills);
    g_free(book);
}

static bool type_error(const char *path, const Json *found, const char *expected, GError **error)
{
    g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected %s, found %s", path, expected,
                json_kind_name(json_kind(found)));
    return false;
}

/* Positions must be unambiguous: a required parameter after an optional one has none. */
static bool check_order(const Skill *skill, const SkillParameter *parameter, const char *path,
                        GError **error)
{
    const SkillParameter *last = NULL;
    const char *problem = NULL;

    if (skill->parameters->len > 0)
        last = g_ptr_array_index(skill->parameters, skill->parameters->len - 1);
    if (skill_parameter_find(skill->parameters, parameter->name))
        problem = "is there twice";
    else if (last && !last->is_required && parameter->is_required)
        problem = "is required, but stands after one that is not";
    if (!problem)
        return true;

    g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.name: \"%s\" %s", path, parameter->name,
                problem);
    return false;
}

static bool read_parameters(Skill *skill, const Json *params, const char *path, GPtrArray *warnings,
                            GError **error)
{
    unsigned index = 0;

    if (json_kind(params) == JSON_ABSENT)
        return true;
    if (json_kind(params) != JSON_ARRAY || json_count(params) > SKILL_ARGUMENTS_MAX) {
        g_autofree char *list_path = g_strdup_printf("%s.params", path);

        return type_error(list_path, params, "an array of at most 16 objects", error);
    }
    for (const Json *node = json_first(params); node; node = json_next(node)) {
        g_autofree char *node_path = g_strdup_printf("%s.params[%u]", path, index++);
        g_autoptr(SkillParameter) parameter = NULL;

        if (json_kind(node) != JSON_OBJECT)
            return type_error(node_path, node, "an object", error);
        parameter = skill_parameter_read(node, node_path, warnings, error);
        if (!parameter || !check_order(skill, parameter, node_path, error))
            return false;
        g_ptr_array_add(skill->parameters, g_steal_pointer(&parameter));
    }
    return true;
}

static bool is_variable(const char *name)
{
    size_t length = 0;

    while (g_ascii_isalnum(name[length]) || name[length] == '_')
        length++;
    return length > 0 && !g_ascii_isdigit(*name) && name[length] == '\0';
}

static bool read_environment(Skill *skill, const Json *object, const char *path, GError **error)
{
    if (json_kind(object) == JSON_ABSENT)
        return true;
    if (json_kind(object) != JSON_OBJECT || json_count(object) > ENVIRONMENT_MAX) {
        g_autofree char *object_path = g_strdup_printf("%s.environment", path);

        return type_error(object_path, object, "an object of at most 32 texts", error);
    }
    for (const Json *node = json_first(object); node; node = json_next(node)) {
        g_autofree char *shown = text_make_line(json_name(node), SHOWN_MAX_CHARS);
        g_autofree char *node_path = g_strdup_printf("%s.environment.%s", path, shown);

        if (!json_string(node))
            return type_error(node_path, node, "a text", error);
        if (!is_variable(json_name(node))) {
            g_set_error(error, PROBLEM, PROBLEM_VALUE,
                        "%s: expected a variable's name: letters, digits and '_'", node_path);
            return false;
        }
        g_ptr_array_add(skill->environment,
                        g_strdup_printf("%s=%s", json_name(node), json_string(node)));
    }
    return true;
}

static bool read_argv(Skill *skill, const Json *argv, const char *path, GError **error)
{
    g_autofree char *argv_path = g_strdup_printf("%s.argv", path);

    skill->argv = skill_template_read(argv, skill->parameters, argv_path, error);
    return skill->argv != NULL;
}

/* Moves what the row itself says to a skill of its own. */
static Skill *take_skill(SkillRow *row)
{
    Skill *skill = new_skill();

    skill->name = g_steal_pointer(&row->skill.name);
    skill->description = g_steal_pointer(&row->skill.description);
    skill->risk = row->skill.risk;
    skill->timeout_ms = row->skill.timeout_ms;
    skill->is_idempotent = row->skill.is_idempotent;
    return skill;
}

static Skill *read_skill(const Json *object, const char *path, GPtrArray *warnings, GError **error)
{
    g_autoptr(Skill) skill = NULL;
    SkillRow row = { 0 };
    bool is_read;

    record_init(skill_fields, &row);
    is_read = record_read(skill_fields, &row, object, path, warnings, error);
    if (is_read) {
        skill = take_skill(&row);
        is_read = read_parameters(skill, row.params, path, warnings, error) &&
                  read_argv(skill, row.argv, path, error) &&
                  read_environment(skill, row.environment, path, error);
    }
    record_clear(skill_fields, &row);
    return is_read ? g_steal_pointer(&skill) : NULL;
}

static void add_skill(SkillBook *book, Skill *skill)
{
    g_ptr_array_add(book->skills, skill);
    g_hash_table_insert(book->by_name, skill->name, skill);
}

static bool check_name(const SkillBook *book, const Skill *skill, const char *path, GError **error)
{
    if (skill_book_find(book, skill->name) || strcmp(skill->name, SKILL_SHELL) == 0) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s.name: \"%s\" is taken", path, skill->name);
        return false;
    }
    if (book->skills->len == SKILLS_MAX) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT, "%s: more than %d skills", path, SKILLS_MAX);
        return false;
    }
    return true;
}

static bool read_skills(SkillBook *book, const Json *skills, GPtrArray *warnings, GError **error)
{
    unsigned index = 0;

    if (json_kind(skills) != JSON_ARRAY)
        return type_error("skills", skills, "an array", error);

    for (const Json *node = json_first(skills); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("skills[%u]", index++);
        g_autoptr(Skill) skill = NULL;

        if (json_kind(node) != JSON_OBJECT)
            return type_error(path, node, "an object", error);
        skill = read_skill(node, path, warnings, error);
        if (!skill || !check_name(book, skill, path, error))
            return false;
        add_skill(book, g_steal_pointer(&skill));
    }
    return true;
}

bool skill_book_add_pack(SkillBook *book, const Json *pack, GPtrArray *warnings, GError **error)
{
    PackRow row = { 0 };
    bool is_read;

    if (json_kind(pack) != JSON_OBJECT)
        return type_error("the pack", pack, "an object", error);

    record_init(pack_fields, &row);
    is_read = record_read(pack_fields, &row, pack, "", warnings, error) &&
              read_skills(book, row.skills, warnings, error);
    record_clear(pack_fields, &row);
    return is_read;
}

void skill_book_add_shell(SkillBook *book)
{
    Skill *skill = new_skill();

    skill->name = g_strdup(SKILL_SHELL);
    skill->description = g_strdup("Run the task's text with /bin/sh");
    skill->risk = SKILL_RISK_GUARDED;
    add_skill(book, skill);
}

const Skill *skill_book_find(const SkillBook *book, const char *name)
{
    return g_hash_table_lookup(book->by_name, name);
}

unsigned skill_book_count(const SkillBook *book)
{
    return book->skills->len;
}

char *skill_usage(const Skill *skill)
{
    return skill_arguments_usage(skill->name, skill->parameters);
}

char *skill_book_list(const SkillBook *book)
{
    GString *list = g_string_new(book->skills->len == 0 ? "none" : NULL);

    for (guint i = 0; i < book->skills->len; i++) {
        g_autofree char *usage = skill_usage(g_ptr_array_index(book->skills, i));

        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "", usage);
    }
    return g_string_free(list, FALSE);
}

static Json *describe_skill(const Skill *skill, bool is_complete)
{
    Json *object = json_new_object();
    Json *params = NULL;

    json_set_string(object, "name", skill->name);
    json_set_string(object, "risk", risk_names[skill->risk]);
    if (!is_complete)
        return object;

    json_set_string(object, "description", skill->description);
    json_set_bool(object, "idempotent", skill->is_idempotent);
    if (skill->timeout_ms != SKILL_TIMEOUT_OF_TASK)
        json_set_int(object, "timeout_s", skill->timeout_ms / 1000);
    params = json_new_array();
    for (guint i = 0; i < skill->parameters->len; i++)
        json_append(params, skill_parameter_write(g_ptr_array_index(skill->parameters, i)));
    json_set(object, "params", params);
    return object;
}

Json *skill_book_describe(const SkillBook *book, bool is_complete)
{
    Json *list = json_new_array();

    for (guint i = 0; i < book->skills->len; i++)
        json_append(list, describe_skill(g_ptr_array_index(book->skills, i), is_complete));
    return list;
}

char **skill_command(const Skill *skill, const SkillCall *call, GError **error)
{
    g_autoptr(GHashTable) values =
        skill_arguments_take(skill->name, skill->parameters, call, error);

    return values ? skill_template_fill(skill->argv, values) : NULL;
}

#include "agent2/model/skill_template.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define ELEMENTS_MAX 64

/* One element of the template, or several that come and go together. */
typedef struct Part {
    GPtrArray *elements; /* char * */
    bool is_group;
} Part;

struct SkillTemplate {
    GPtrArray *parts; /* Part * */
};

/* Where the reader of a template stands, for the checks of an element. */
typedef struct Place {
    const GPtrArray *parameters;
    const char *path;
    const char *program;  /* NULL: the coming element is the program */
    const char *previous; /* the element before, or NULL */
    bool is_in_group;
    bool is_after_dashes; /* a "--" came before */
} Place;

static void free_part(void *data)
{
    Part *part = data;

    g_ptr_array_unref(part->elements);
    g_free(part);
}

void skill_template_free(SkillTemplate *skill_template)
{
    if (!skill_template)
        return;

    g_ptr_array_unref(skill_template->parts);
    g_free(skill_template);
}

/* Reads on in an element: appends its literal text up to the next placeholder, whose name goes to
 * *out_name (NULL at the end; the caller owns it). False when a brace is not doubled or closed. */
static bool next_placeholder(const char **at, GString *literal, char **out_name)
{
    const char *text = *at;
    const char *end;

    *out_name = NULL;
    for (; *text; text++) {
        bool is_brace = *text == '{' || *text == '}';

        if (is_brace && text[1] != text[0])
            break;
        g_string_append_c(literal, *text);
        text += is_brace;
    }
    *at = text;
    if (!*text)
        return true;

    end = *text == '{' ? strchr(text, '}') : NULL;
    if (!end)
        return false;
    *out_name = g_strndup(text + 1, (gsize)(end - text - 1));
    *at = end + 1;
    return true;
}

/* True when the program reads the element after this option as a script ("sh -ec"). */
static bool takes_script(const char *program, const char *option)
{
    static const struct {
        const char *program;
        char letter;
    } rows[] = {
        { "sh", 'c' },   { "bash", 'c' }, { "dash", 'c' },    { "zsh", 'c' },
        { "ksh", 'c' },  { "env", 'S' },  { "python3", 'c' }, { "perl", 'e' },
        { "ruby", 'e' }, { "node", 'e' }, { "su", 'c' },
    };
    g_autofree char *name = g_path_get_basename(program);

    if (option[0] != '-' || option[1] == '-')
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].program, name) == 0 && strchr(option, rows[i].letter))
            return true;
    }
    return false;
}

static bool check_placeholder(const char *name, bool is_at_start, const Place *place,
                              GError **error)
{
    const SkillParameter *parameter = skill_parameter_find(place->parameters, name);
    const char *problem = NULL;
    g_autofree char *shown = NULL;

    if (!place->program)
        problem = "the program may not depend on a parameter";
    else if (!parameter)
        problem = "there is no such parameter";
    else if (!place->is_in_group && !parameter->is_required && !parameter->standard)
        problem = "has no default: put the element into an array, to be left out without it";
    else if (!place->is_in_group && parameter->flag)
        problem = "is a flag: put the element into an array, to be left out when it is not set";
    else if (place->previous && takes_script(place->program, place->previous))
        problem = "stands inside a script: give it as an argument after the script ($1)";
    else if (parameter->type == PARAMETER_TEXT && is_at_start && !place->is_after_dashes &&
             *place->previous != '-')
        problem = "is free text: put \"--\" or an option before it";
    if (!problem)
        return true;

    shown = text_make_line(name, SHOWN_MAX_CHARS);
    g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: {%s}: %s", place->path, shown, problem);
    return false;
}

static bool check_element(const char *element, const Place *place, GError **error)
{
    g_autoptr(GString) literal = g_string_new(NULL);
    const char *at = element;

    if (!place->program && !*element) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "%s: expected a program", place->path);
        return false;
    }
    while (*at) {
        g_autofree char *name = NULL;

        if (!next_placeholder(&at, literal, &name)) {
            g_autofree char *shown = text_make_line(element, SHOWN_MAX_CHARS);

            g_set_error(error, PROBLEM, PROBLEM_SYNTAX,
                        "%s: \"%s\": a brace is neither closed nor doubled", place->path, shown);
            return false;
        }
        if (name && !check_placeholder(name, literal->len == 0, place, error))
            return false;
    }
    return true;
}

static bool type_error(const char *path, const Json *found, const char *expected, GError **error)
{
    g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: expected %s, found %s", path, expected,
                json_kind_name(json_kind(found)));
    return false;
}

static bool read_element(Part *part, const Json *node, Place *place, GError **error)
{
    const char *element = json_string(node);

    if (!element)
        return type_error(place->path, node, part->is_group ? "a text" : "a text or an array",
                          error);
    if (!check_element(element, place, error))
        return false;

    g_ptr_array_add(part->elements, g_strdup(element));
    place->previous = g_ptr_array_index(part->elements, part->elements->len - 1);
    if (!place->program)
        place->program = place->previous;
    place->is_after_dashes = place->is_after_dashes || strcmp(element, "--") == 0;
    return true;
}

static bool read_group(Part *part, const Json *group, Place *place, GError **error)
{
    const char *path = place->path;
    bool is_read = true;
    unsigned index = 0;

    if (!place->program)
        return type_error(path, group, "a program", error);
    if (json_count(group) == 0 || json_count(group) > ELEMENTS_MAX)
        return type_error(path, group, "1 to 64 texts", error);

    part->is_group = place->is_in_group = true;
    for (const Json *node = json_first(group); node && is_read; node = json_next(node)) {
        g_autofree char *inner = g_strdup_printf("%s[%u]", path, index++);

        place->path = inner;
        is_read = read_element(part, node, place, error);
    }
    place->path = path;
    place->is_in_group = false;
    return is_read;
}

SkillTemplate *skill_template_read(const Json *argv, const GPtrArray *parameters, const char *path,
                                   GError **error)
{
    g_autoptr(SkillTemplate) skill_template = g_new0(SkillTemplate, 1);
    Place place = { .parameters = parameters };
    unsigned index = 0;

    skill_template->parts = g_ptr_array_new_with_free_func(free_part);
    if (json_kind(argv) != JSON_ARRAY || json_count(argv) == 0 || json_count(argv) > ELEMENTS_MAX) {
        type_error(path, argv, "an array of 1 to 64 elements", error);
        return NULL;
    }
    for (const Json *node = json_first(argv); node; node = json_next(node)) {
        g_autofree char *element_path = g_strdup_printf("%s[%u]", path, index++);
        Part *part = g_new0(Part, 1);

        part->elements = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(skill_template->parts, part);
        place.path = element_path;
        if (json_kind(node) == JSON_ARRAY ? !read_group(part, node, &place, error)
                                          : !read_element(part, node, &place, error))
            return NULL;
    }
    return g_steal_pointer(&skill_template);
}

/* The element with its values; NULL when one has none. */
static char *fill_element(const char *element, GHashTable *values)
{
    g_autoptr(GString) filled = g_string_new(NULL);
    const char *at = element;

    while (*at) {
        g_autofree char *name = NULL;
        const char *value;
        bool is_well_formed = next_placeholder(&at, filled, &name);

        g_assert(is_well_formed);
        if (!name)
            continue;
        value = g_hash_table_lookup(values, name);
        if (!value)
            return NULL;
        g_string_append(filled, value);
    }
    return g_string_free(g_steal_pointer(&filled), FALSE);
}

static void fill_part(const Part *part, GHashTable *values, GPtrArray *argv)
{
    guint before = argv->len;

    for (guint i = 0; i < part->elements->len; i++) {
        char *element = fill_element(g_ptr_array_index(part->elements, i), values);

        if (!element) {
            g_assert(part->is_group);
            g_ptr_array_set_size(argv, (gint)before);
            return;
        }
        g_ptr_array_add(argv, element);
    }
}

char **skill_template_fill(const SkillTemplate *skill_template, GHashTable *values)
{
    g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < skill_template->parts->len; i++)
        fill_part(g_ptr_array_index(skill_template->parts, i), values, argv);
    g_ptr_array_add(argv, NULL);
    g_ptr_array_set_free_func(argv, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&argv), FALSE);
}

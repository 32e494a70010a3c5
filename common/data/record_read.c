/* The reading half of record.h, with the words of its errors. */
#include "common/data/record.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/quantity.h"
#include "common/base/text.h"
#include "common/base/timestamp.h"

#include <string.h>

#include "common/base/banned.h"

/* Reads one present value into its place; path, of what the field belongs to, is for the error. */
typedef bool ReadFunction(const Field *field, void *slot, const Json *value, const char *path,
                          GError **error);

static void *slot_of(const Field *field, void *record)
{
    return (char *)record + field->offset;
}

static bool has_bounds(const Field *field)
{
    return field->minimum != 0 || field->maximum != 0;
}

static bool is_within(const Field *field, int64_t value)
{
    if (!has_bounds(field))
        return true;
    return value >= field->minimum && (field->maximum < field->minimum || value <= field->maximum);
}

static char *show_amount(FieldKind kind, int64_t amount)
{
    if (kind == FIELD_DURATION)
        return duration_print(amount);
    if (kind == FIELD_SIZE)
        return size_print(amount);
    return g_strdup_printf("%" G_GINT64_FORMAT, amount);
}

/* The words with the bounds, where there are any: "a text", " of ", " bytes" make "a text of 1 to
 * 64 bytes". */
static char *with_bounds(const Field *field, const char *what, const char *joint, const char *unit)
{
    g_autofree char *minimum = NULL;
    g_autofree char *maximum = NULL;

    if (!has_bounds(field))
        return g_strdup(what);
    minimum = show_amount(field->kind, field->minimum);
    if (field->maximum < field->minimum)
        return g_strconcat(what, " of at least ", minimum, unit, NULL);
    maximum = show_amount(field->kind, field->maximum);
    return g_strconcat(what, joint, minimum, " to ", maximum, unit, NULL);
}

static char *expected_by(const Field *field)
{
    g_autofree char *choices = NULL;

    if (field->expected)
        return g_strdup(field->expected);

    switch (field->kind) {
    case FIELD_STRING:
        return with_bounds(field, "a text", " of ", " bytes");
    case FIELD_BOOL:
        return g_strdup("true or false");
    case FIELD_INT:
        return with_bounds(field, "a whole number", " from ", "");
    case FIELD_DURATION:
        return with_bounds(field, "a duration such as \"10m\"", ", from ", "");
    case FIELD_SIZE:
        return with_bounds(field, "a size such as \"16MiB\"", ", from ", "");
    case FIELD_TIME:
        return g_strdup("a time such as \"2026-11-21T02:14:05.123Z\"");
    case FIELD_CHOICE:
        choices = g_strjoinv(", ", (char **)(guintptr)field->choices);
        return g_strdup_printf("one of %s", choices);
    case FIELD_STRINGS:
        return with_bounds(field, "an array", " of ", " texts");
    case FIELD_OBJECT:
        return g_strdup("an object");
    case FIELD_JSON:
        return g_strdup("a value");
    }
    return g_strdup("a value");
}

/* A field without a name is what the path says. The caller owns the result. */
static char *path_of(const Field *field, const char *path)
{
    return g_strconcat(path, field->name && *path ? "." : "", field->name, NULL);
}

/* Always false: "path: <found>: expected …". */
static bool refuse(const Field *field, const Json *value, const char *path, Problem code,
                   GError **error)
{
    g_autofree char *where = path_of(field, path);
    g_autofree char *expected = expected_by(field);
    g_autofree char *printed = json_print(value);
    g_autofree char *found = text_make_line(printed, SHOWN_MAX_CHARS);

    g_set_error(error, PROBLEM, (gint)code, "%s%s%s: expected %s", where, *where ? ": " : "", found,
                expected);
    return false;
}

static void set_text(const Field *field, char **place, const char *text)
{
    if (!field->is_shared) {
        g_free(*place);
        *place = g_strdup(text);
        return;
    }
    if (*place)
        g_ref_string_release(*place);
    *place = g_ref_string_new(text);
}

static bool read_string(const Field *field, void *slot, const Json *value, const char *path,
                        GError **error)
{
    const char *text = json_string(value);

    if (!text)
        return refuse(field, value, path, PROBLEM_TYPE, error);
    if (!is_within(field, (int64_t)strlen(text)) || (field->is_valid && !field->is_valid(text)))
        return refuse(field, value, path, PROBLEM_VALUE, error);

    set_text(field, slot, text);
    return true;
}

static bool read_bool(const Field *field, void *slot, const Json *value, const char *path,
                      GError **error)
{
    if (json_kind(value) != JSON_BOOL)
        return refuse(field, value, path, PROBLEM_TYPE, error);

    *(bool *)slot = json_bool(value);
    return true;
}

static bool read_int(const Field *field, void *slot, const Json *value, const char *path,
                     GError **error)
{
    int64_t number;

    if (!json_int(value, &number))
        return refuse(field, value, path, PROBLEM_TYPE, error);
    if (!is_within(field, number))
        return refuse(field, value, path, PROBLEM_VALUE, error);

    *(int64_t *)slot = number;
    return true;
}

/* Numbers that JSON has as a text. */
static bool read_amount(const Field *field, void *slot, const Json *value, const char *path,
                        GError **error)
{
    static bool (*const parsers[])(const char *, int64_t *, GError **) = {
        [FIELD_DURATION] = duration_parse,
        [FIELD_SIZE] = size_parse,
        [FIELD_TIME] = timestamp_parse,
    };
    const char *text = json_string(value);
    int64_t amount;

    if (!text)
        return refuse(field, value, path, PROBLEM_TYPE, error);
    if (!parsers[field->kind](text, &amount, NULL) || !is_within(field, amount))
        return refuse(field, value, path, PROBLEM_VALUE, error);

    *(int64_t *)slot = amount;
    return true;
}

static bool read_choice(const Field *field, void *slot, const Json *value, const char *path,
                        GError **error)
{
    const char *text = json_string(value);

    if (!text)
        return refuse(field, value, path, PROBLEM_TYPE, error);
    for (int i = 0; field->choices[i]; i++) {
        if (strcmp(text, field->choices[i]) == 0) {
            *(int *)slot = i;
            return true;
        }
    }
    return refuse(field, value, path, PROBLEM_VALUE, error);
}

static bool read_strings(const Field *field, void *slot, const Json *value, const char *path,
                         GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    GPtrArray **place = slot;

    if (json_kind(value) != JSON_ARRAY)
        return refuse(field, value, path, PROBLEM_TYPE, error);
    if (!is_within(field, (int64_t)json_count(value)))
        return refuse(field, value, path, PROBLEM_LIMIT, error);

    for (const Json *element = json_first(value); element; element = json_next(element)) {
        const char *text = json_string(element);

        if (!text || (field->is_valid && !field->is_valid(text))) {
            const Field one = { .kind = FIELD_STRING, .expected = field->expected };
            g_autofree char *whole = path_of(field, path);
            g_autofree char *where = g_strdup_printf("%s[%u]", whole, texts->len);

            return refuse(&one, element, where, text ? PROBLEM_VALUE : PROBLEM_TYPE, error);
        }
        g_ptr_array_add(texts, g_strdup(text));
    }

    g_clear_pointer(place, g_ptr_array_unref);
    *place = g_steal_pointer(&texts);
    return true;
}

static bool read_object(const Field *field, void *slot, const Json *value, const char *path,
                        GError **error)
{
    (void)slot;
    if (json_kind(value) != JSON_OBJECT)
        return refuse(field, value, path, PROBLEM_TYPE, error);
    return true;
}

static bool read_json(const Field *field, void *slot, const Json *value, const char *path,
                      GError **error)
{
    Json **place = slot;

    (void)field;
    (void)path;
    (void)error;
    json_free(*place);
    *place = json_copy(value);
    return true;
}

static ReadFunction *const readers[] = {
    [FIELD_STRING] = read_string,   [FIELD_BOOL] = read_bool,       [FIELD_INT] = read_int,
    [FIELD_DURATION] = read_amount, [FIELD_SIZE] = read_amount,     [FIELD_TIME] = read_amount,
    [FIELD_CHOICE] = read_choice,   [FIELD_STRINGS] = read_strings, [FIELD_OBJECT] = read_object,
    [FIELD_JSON] = read_json,
};

void record_warn_unknown(const char *name, const char *const *known, const char *path,
                         GPtrArray *warnings)
{
    const char *nearest;
    g_autofree char *shown = NULL;
    GString *warning;

    if (name[0] == '_' || g_strv_contains(known, name))
        return;

    nearest = text_nearest_one(name, known);
    shown = text_make_line(name, SHOWN_MAX_CHARS);
    warning = g_string_new(NULL);
    g_string_append_printf(warning, "unknown key \"%s\"", shown);
    if (*path)
        g_string_append_printf(warning, " in %s", path);
    if (nearest)
        g_string_append_printf(warning, " (did you mean \"%s\"?)", nearest);
    g_ptr_array_add(warnings, g_string_free(warning, FALSE));
}

static void warn_unknown(const Field *fields, const Json *object, const char *path,
                         GPtrArray *warnings)
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (const Field *field = fields; field->name; field++)
        g_ptr_array_add(known, (void *)(guintptr)field->name);
    g_ptr_array_add(known, NULL);

    for (const Json *member = json_first(object); member; member = json_next(member))
        record_warn_unknown(json_name(member), (const char *const *)known->pdata, path, warnings);
}

static bool read_field(const Field *field, void *record, const Json *object, const char *path,
                       GPtrArray *warnings, GError **error)
{
    const Json *value = json_member(object, field->name);
    bool is_there = json_kind(value) != JSON_ABSENT && json_kind(value) != JSON_NULL;
    g_autofree char *where = NULL;

    if (!is_there && !field->is_required)
        return true;
    if (is_there && !readers[field->kind](field, slot_of(field, record), value, path, error))
        return false;
    if (is_there && field->kind != FIELD_OBJECT)
        return true;

    where = path_of(field, path);
    if (!is_there) {
        g_autofree char *expected = expected_by(field);

        g_set_error(error, PROBLEM, PROBLEM_MISSING, "%s: missing: expected %s", where, expected);
        return false;
    }

    return record_read(field->fields, record, value, where, warnings, error);
}

bool record_read(const Field *fields, void *record, const Json *object, const char *path,
                 GPtrArray *warnings, GError **error)
{
    if (json_kind(object) != JSON_OBJECT) {
        static const Field whole = { .kind = FIELD_OBJECT };

        return refuse(&whole, object, path, PROBLEM_TYPE, error);
    }

    if (warnings)
        warn_unknown(fields, object, path, warnings);
    for (const Field *field = fields; field->name; field++) {
        if (!read_field(field, record, object, path, warnings, error))
            return false;
    }
    return true;
}

#include "common/data/record.h"

#include "common/base/quantity.h"
#include "common/base/timestamp.h"

#include "common/base/banned.h"

static void *slot_of(const Field *field, void *record)
{
    return (char *)record + field->offset;
}

static const void *const_slot_of(const Field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static void free_texts(GPtrArray *texts)
{
    if (texts)
        g_ptr_array_unref(texts);
}

void record_init(const Field *fields, void *record)
{
    for (const Field *field = fields; field->name; field++) {
        void *slot = slot_of(field, record);

        switch (field->kind) {
        case FIELD_STRING:
            *(char **)slot = NULL;
            break;
        case FIELD_BOOL:
            *(bool *)slot = false;
            break;
        case FIELD_INT:
        case FIELD_DURATION:
        case FIELD_SIZE:
        case FIELD_TIME:
            *(int64_t *)slot = field->absent;
            break;
        case FIELD_CHOICE:
            *(int *)slot = 0;
            break;
        case FIELD_STRINGS:
            *(GPtrArray **)slot = NULL;
            break;
        case FIELD_OBJECT:
            record_init(field->fields, record);
            break;
        case FIELD_JSON:
            *(Json **)slot = NULL;
            break;
        }
    }
}

static void free_owned(const Field *fields, void *record)
{
    for (const Field *field = fields; field->name; field++) {
        void *slot = slot_of(field, record);

        switch (field->kind) {
        case FIELD_STRING:
            g_free(*(char **)slot);
            break;
        case FIELD_STRINGS:
            free_texts(*(GPtrArray **)slot);
            break;
        case FIELD_OBJECT:
            free_owned(field->fields, record);
            break;
        case FIELD_JSON:
            json_free(*(Json **)slot);
            break;
        case FIELD_BOOL:
        case FIELD_INT:
        case FIELD_DURATION:
        case FIELD_SIZE:
        case FIELD_TIME:
        case FIELD_CHOICE:
            break;
        }
    }
}

void record_clear(const Field *fields, void *record)
{
    free_owned(fields, record);
    record_init(fields, record);
}

static GPtrArray *copy_texts(const GPtrArray *texts)
{
    GPtrArray *copy = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < texts->len; i++)
        g_ptr_array_add(copy, g_strdup(g_ptr_array_index(texts, i)));
    return copy;
}

void record_copy(const Field *fields, const void *from, void *to)
{
    for (const Field *field = fields; field->name; field++) {
        const void *source = const_slot_of(field, from);
        void *slot = slot_of(field, to);
        GPtrArray *texts;

        switch (field->kind) {
        case FIELD_STRING:
            *(char **)slot = g_strdup(*(char *const *)source);
            break;
        case FIELD_BOOL:
            *(bool *)slot = *(const bool *)source;
            break;
        case FIELD_INT:
        case FIELD_DURATION:
        case FIELD_SIZE:
        case FIELD_TIME:
            *(int64_t *)slot = *(const int64_t *)source;
            break;
        case FIELD_CHOICE:
            *(int *)slot = *(const int *)source;
            break;
        case FIELD_STRINGS:
            texts = *(GPtrArray *const *)source;
            *(GPtrArray **)slot = texts ? copy_texts(texts) : NULL;
            break;
        case FIELD_OBJECT:
            record_copy(field->fields, from, to);
            break;
        case FIELD_JSON:
            *(Json **)slot = json_copy(*(Json *const *)source);
            break;
        }
    }
}

static bool is_there(const Field *field, const void *slot)
{
    switch (field->kind) {
    case FIELD_STRING:
        return *(char *const *)slot != NULL;
    case FIELD_BOOL:
        return field->is_always_written || *(const bool *)slot;
    case FIELD_INT:
    case FIELD_DURATION:
    case FIELD_SIZE:
    case FIELD_TIME:
        return *(const int64_t *)slot != field->absent;
    case FIELD_CHOICE:
        return field->is_always_written || *(const int *)slot != 0;
    case FIELD_STRINGS:
        return *(GPtrArray *const *)slot != NULL;
    case FIELD_OBJECT:
        return true;
    case FIELD_JSON:
        return *(Json *const *)slot != NULL;
    }
    return false;
}

static Json *print_texts(const GPtrArray *texts)
{
    Json *array = json_new_array();

    for (guint i = 0; i < texts->len; i++)
        json_append_string(array, g_ptr_array_index(texts, i));
    return array;
}

static Json *take_text(char *text)
{
    Json *string = json_new_string(text);

    g_free(text);
    return string;
}

/* NULL for an object of which nothing is there. */
static Json *print_object(const Field *fields, const void *record)
{
    g_autoptr(Json) object = json_new_object();

    record_write(fields, record, object);
    return json_first(object) ? g_steal_pointer(&object) : NULL;
}

static Json *print_value(const Field *field, const void *slot, const void *record)
{
    switch (field->kind) {
    case FIELD_STRING:
        return json_new_string(*(char *const *)slot);
    case FIELD_BOOL:
        return json_new_bool(*(const bool *)slot);
    case FIELD_INT:
        return json_new_int(*(const int64_t *)slot);
    case FIELD_DURATION:
        return take_text(duration_print(*(const int64_t *)slot));
    case FIELD_SIZE:
        return take_text(size_print(*(const int64_t *)slot));
    case FIELD_TIME:
        return take_text(timestamp_format(*(const int64_t *)slot));
    case FIELD_CHOICE:
        return json_new_string(field->choices[*(const int *)slot]);
    case FIELD_STRINGS:
        return print_texts(*(GPtrArray *const *)slot);
    case FIELD_OBJECT:
        return print_object(field->fields, record);
    case FIELD_JSON:
        return json_copy(*(Json *const *)slot);
    }
    return NULL;
}

void record_write(const Field *fields, const void *record, Json *object)
{
    for (const Field *field = fields; field->name; field++) {
        const void *slot = const_slot_of(field, record);
        Json *value;

        if (!is_there(field, slot))
            continue;
        value = print_value(field, slot, record);
        if (value)
            json_set(object, field->name, value);
    }
}

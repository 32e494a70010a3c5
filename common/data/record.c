#include "common/data/record.h"

#include "common/base/quantity.h"
#include "common/base/timestamp.h"

#include <string.h>

#include "common/base/banned.h"

static void *slot_of(const Field *field, void *record)
{
    return (char *)record + field->offset;
}

static const void *const_slot_of(const Field *field, const void *record)
{
    return (const char *)record + field->offset;
}

static void free_text(const Field *field, char *text)
{
    if (field->is_shared && text)
        g_ref_string_release(text);
    else
        g_free(text);
}

static char *copy_text(const Field *field, char *text)
{
    return field->is_shared && text ? g_ref_string_acquire(text) : g_strdup(text);
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
            free_text(field, *(char **)slot);
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

static void release_word(void *word)
{
    g_ref_string_release(word);
}

GHashTable *record_words_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, release_word, NULL);
}

static void share(char **place, GHashTable *words)
{
    char *word = g_hash_table_lookup(words, *place);

    if (!word) {
        g_hash_table_add(words, g_ref_string_acquire(*place));
        return;
    }
    g_ref_string_acquire(word);
    g_ref_string_release(*place);
    *place = word;
}

void record_share(const Field *fields, void *record, GHashTable *words)
{
    for (const Field *field = fields; field->name; field++) {
        char **slot = slot_of(field, record);

        if (field->kind == FIELD_STRING && field->is_shared && *slot)
            share(slot, words);
    }
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
            *(char **)slot = copy_text(field, *(char *const *)source);
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

static void print_texts(GString *out, const GPtrArray *texts)
{
    g_string_append_c(out, '[');
    for (guint i = 0; i < texts->len; i++) {
        if (i > 0)
            g_string_append_c(out, ',');
        json_write_text(out, g_ptr_array_index(texts, i));
    }
    g_string_append_c(out, ']');
}

static void print_amount(const Field *field, GString *out, int64_t amount)
{
    g_autofree char *text = field->kind == FIELD_DURATION ? duration_print(amount)
                            : field->kind == FIELD_SIZE   ? size_print(amount)
                                                          : timestamp_format(amount);

    json_write_text(out, text);
}

static void print_value(const Field *field, const void *slot, GString *out)
{
    switch (field->kind) {
    case FIELD_STRING:
        json_write_text(out, *(char *const *)slot);
        break;
    case FIELD_BOOL:
        g_string_append(out, *(const bool *)slot ? "true" : "false");
        break;
    case FIELD_INT:
        json_write_int(out, *(const int64_t *)slot);
        break;
    case FIELD_DURATION:
    case FIELD_SIZE:
    case FIELD_TIME:
        print_amount(field, out, *(const int64_t *)slot);
        break;
    case FIELD_CHOICE:
        json_write_text(out, field->choices[*(const int *)slot]);
        break;
    case FIELD_STRINGS:
        print_texts(out, *(GPtrArray *const *)slot);
        break;
    case FIELD_JSON:
        json_write(out, *(Json *const *)slot);
        break;
    case FIELD_OBJECT:
        g_assert_not_reached();
    }
}

static void begin_member(GString *out, const char *name)
{
    if (out->str[out->len - 1] != '{')
        g_string_append_c(out, ',');
    json_write_text(out, name);
    g_string_append_c(out, ':');
}

/* Nothing for an object of which nothing is there. */
static void print_object(const Field *field, const void *record, GString *out)
{
    size_t before = out->len;
    size_t inside;

    begin_member(out, field->name);
    g_string_append_c(out, '{');
    inside = out->len;
    record_append(field->fields, record, out);
    if (out->len == inside)
        g_string_truncate(out, before);
    else
        g_string_append_c(out, '}');
}

void record_append(const Field *fields, const void *record, GString *out)
{
    for (const Field *field = fields; field->name; field++) {
        const void *slot = const_slot_of(field, record);

        if (!is_there(field, slot))
            continue;
        if (field->kind == FIELD_OBJECT) {
            print_object(field, record, out);
        } else {
            begin_member(out, field->name);
            print_value(field, slot, out);
        }
    }
}

char *record_print(const Field *fields, const void *record)
{
    GString *out = g_string_new("{");

    record_append(fields, record, out);
    g_string_append_c(out, '}');
    return g_string_free(out, FALSE);
}

void record_write(const Field *fields, const void *record, Json *object)
{
    g_autofree char *text = record_print(fields, record);
    g_autoptr(Json) members = json_parse(text, strlen(text), G_MAXSIZE, NULL);

    g_assert(members);
    for (const Json *member = json_first(members); member; member = json_next(member))
        json_set(object, json_name(member), json_copy(member));
}

#include "common/data/json.h"

#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/json_scan.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>

#include "common/base/banned.h"

/* From 2^53 on, neighbouring whole numbers share one double. */
#define WHOLE_BOUND 9007199254740992.0

struct Json {
    cJSON node;
};

static Json *wrap(cJSON *node)
{
    return (Json *)node;
}

/* For fresh nodes: cJSON says NULL when there is no memory, and then we end as GLib does. */
static Json *wrap_new(cJSON *node)
{
    g_assert(node);
    return wrap(node);
}

Json *json_parse(const char *text, size_t length, size_t max_bytes, GError **error)
{
    const char *end = NULL;
    cJSON *node;

    if (length > max_bytes) {
        g_set_error(error, PROBLEM, PROBLEM_LIMIT,
                    "%" G_GSIZE_FORMAT " bytes: expected at most %" G_GSIZE_FORMAT, length,
                    max_bytes);
        return NULL;
    }
    if (!json_scan(text, length, error))
        return NULL;

    node = cJSON_ParseWithLengthOpts(text, length, &end, false);
    if (!node) {
        g_set_error(error, PROBLEM, PROBLEM_INTERNAL, "cJSON refuses what the grammar allows");
        return NULL;
    }
    return wrap(node);
}

void json_free(Json *json)
{
    if (json)
        cJSON_Delete(&json->node);
}

Json *json_copy(const Json *json)
{
    return json ? wrap_new(cJSON_Duplicate(&json->node, true)) : NULL;
}

JsonKind json_kind(const Json *json)
{
    static const struct {
        int type;
        JsonKind kind;
    } kinds[] = {
        { cJSON_NULL, JSON_NULL },     { cJSON_False, JSON_BOOL },    { cJSON_True, JSON_BOOL },
        { cJSON_Number, JSON_NUMBER }, { cJSON_String, JSON_STRING }, { cJSON_Array, JSON_ARRAY },
        { cJSON_Object, JSON_OBJECT },
    };

    for (size_t i = 0; json && i < G_N_ELEMENTS(kinds); i++) {
        if ((json->node.type & 0xff) == kinds[i].type)
            return kinds[i].kind;
    }
    return JSON_ABSENT;
}

const char *json_kind_name(JsonKind kind)
{
    static const char *const names[] = {
        [JSON_ABSENT] = "nothing",   [JSON_NULL] = "null",       [JSON_BOOL] = "true or false",
        [JSON_NUMBER] = "a number",  [JSON_STRING] = "a string", [JSON_ARRAY] = "an array",
        [JSON_OBJECT] = "an object",
    };

    return names[kind];
}

const char *json_string(const Json *json)
{
    return json && cJSON_IsString(&json->node) ? json->node.valuestring : NULL;
}

bool json_bool(const Json *json)
{
    return json && cJSON_IsTrue(&json->node);
}

bool json_number(const Json *json, double *out)
{
    if (!json || !cJSON_IsNumber(&json->node))
        return false;
    *out = json->node.valuedouble;
    return true;
}

bool json_int(const Json *json, int64_t *out)
{
    double number;

    if (!json_number(json, &number) || fabs(number) >= WHOLE_BOUND || number != trunc(number))
        return false;
    *out = (int64_t)number;
    return true;
}

Json *json_member_mutable(Json *object, const char *name)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    return wrap(cJSON_GetObjectItemCaseSensitive(&object->node, name));
}

const Json *json_member(const Json *object, const char *name)
{
    if (json_kind(object) != JSON_OBJECT)
        return NULL;
    return wrap(cJSON_GetObjectItemCaseSensitive(&object->node, name));
}

const Json *json_first(const Json *container)
{
    return container ? wrap(container->node.child) : NULL;
}

const Json *json_next(const Json *node)
{
    return node ? wrap(node->node.next) : NULL;
}

Json *json_first_mutable(Json *container)
{
    return container ? wrap(container->node.child) : NULL;
}

Json *json_next_mutable(Json *node)
{
    return node ? wrap(node->node.next) : NULL;
}

void json_remove_element(Json *array, Json *element)
{
    g_assert(json_kind(array) == JSON_ARRAY);
    cJSON_Delete(cJSON_DetachItemViaPointer(&array->node, &element->node));
}

const char *json_name(const Json *node)
{
    return node ? node->node.string : NULL;
}

unsigned json_count(const Json *container)
{
    return container ? (unsigned)cJSON_GetArraySize(&container->node) : 0;
}

Json *json_new_object(void)
{
    return wrap_new(cJSON_CreateObject());
}

Json *json_new_array(void)
{
    return wrap_new(cJSON_CreateArray());
}

Json *json_new_string(const char *value)
{
    g_assert(g_utf8_validate(value, -1, NULL));
    return wrap_new(cJSON_CreateString(value));
}

static bool is_exact(int64_t value)
{
    return value > -(int64_t)WHOLE_BOUND && value < (int64_t)WHOLE_BOUND;
}

void json_write_int(GString *out, int64_t value)
{
    g_assert(is_exact(value));
    text_append_number(out, value);
}

Json *json_new_int(int64_t value)
{
    g_assert(is_exact(value));
    return wrap_new(cJSON_CreateNumber((double)value));
}

Json *json_new_bool(bool value)
{
    return wrap_new(cJSON_CreateBool(value));
}

Json *json_new_null(void)
{
    return wrap_new(cJSON_CreateNull());
}

void json_set(Json *object, const char *name, Json *value)
{
    bool is_set;

    g_assert(json_kind(object) == JSON_OBJECT);

    if (json_member(object, name))
        is_set = cJSON_ReplaceItemInObjectCaseSensitive(&object->node, name, &value->node);
    else
        is_set = cJSON_AddItemToObject(&object->node, name, &value->node);
    g_assert(is_set);
}

void json_set_string(Json *object, const char *name, const char *value)
{
    json_set(object, name, value ? json_new_string(value) : json_new_null());
}

void json_set_int(Json *object, const char *name, int64_t value)
{
    json_set(object, name, json_new_int(value));
}

void json_set_bool(Json *object, const char *name, bool value)
{
    json_set(object, name, json_new_bool(value));
}

void json_remove(Json *object, const char *name)
{
    g_assert(json_kind(object) == JSON_OBJECT);
    cJSON_DeleteItemFromObjectCaseSensitive(&object->node, name);
}

void json_append(Json *array, Json *value)
{
    bool is_added;

    g_assert(json_kind(array) == JSON_ARRAY);
    is_added = cJSON_AddItemToArray(&array->node, &value->node);
    g_assert(is_added);
}

void json_append_string(Json *array, const char *value)
{
    json_append(array, json_new_string(value));
}

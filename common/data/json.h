/*
 * JSON (RFC 8259), strictly: one value and nothing after it, valid UTF-8, no NUL, no duplicate
 * names, no control characters or leading zeros, depth and size limits checked before a tree is
 * built. The parser inside is cJSON, which is lenient in each of these; nothing else includes it.
 *
 * A Json is a node of a tree; the root owns the tree. Readers take const nodes that are borrowed
 * from it. All readers accept NULL as "absent". Pure.
 */
#ifndef COMMON_DATA_JSON_H
#define COMMON_DATA_JSON_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct Json Json;

typedef enum {
    JSON_ABSENT,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
} JsonKind;

/* Parses exactly length bytes, at most max_bytes. Errors name line and column and what was
 * expected: "line 3, column 5: expected ',' or '}', found '\"'". The caller owns the tree. */
Json *json_parse(const char *text, size_t length, size_t max_bytes, GError **error);

void json_free(Json *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Json, json_free)

/* Compact, on one line; and for files that people edit, with indentation and a final newline. Names
 * keep their order. The caller owns the text. */
char *json_print(const Json *json);
char *json_print_pretty(const Json *json);

/* The same, appended: where a tree would be made only to be printed. */
void json_write(GString *out, const Json *json);
void json_write_text(GString *out, const char *text);
void json_write_int(GString *out, int64_t value);

Json *json_copy(const Json *json);

/* Reading. */
JsonKind json_kind(const Json *json);
const char *json_kind_name(JsonKind kind);     /* "a string", "an object", … for messages */
const char *json_string(const Json *json);     /* NULL unless a string */
bool json_bool(const Json *json);              /* false unless true */
bool json_int(const Json *json, int64_t *out); /* only whole numbers within ±2^53 */
bool json_number(const Json *json, double *out);

/* A member by exact name, NULL when absent or when json is no object. */
const Json *json_member(const Json *object, const char *name);

/* The members or elements in their order: for (n = json_first(c); n; n = json_next(n)). */
const Json *json_first(const Json *container);
const Json *json_next(const Json *node);
const char *json_name(const Json *node); /* NULL for elements of arrays and for roots */
unsigned json_count(const Json *container);

/* Building. Strings must be valid UTF-8. json_set_* replaces a member of that name in its place, or
 * appends it; json_append_* appends an element to an array. set and append of a Json take it over.
 */
Json *json_new_object(void);
Json *json_new_array(void);
Json *json_new_string(const char *value);
Json *json_new_int(int64_t value);
Json *json_new_bool(bool value);
Json *json_new_null(void);
void json_set(Json *object, const char *name, Json *value);
void json_set_string(Json *object, const char *name, const char *value); /* NULL: null */
void json_set_int(Json *object, const char *name, int64_t value);
void json_set_bool(Json *object, const char *name, bool value);
void json_remove(Json *object, const char *name);
void json_append(Json *array, Json *value);
void json_append_string(Json *array, const char *value);

/* A node of a tree that is ours to change, by member name; NULL when absent. */
Json *json_member_mutable(Json *object, const char *name);

/* The elements of an array that is ours to change, in their order; and takes one out of it, which
 * is freed. */
Json *json_first_mutable(Json *container);
Json *json_next_mutable(Json *node);
void json_remove_element(Json *array, Json *element);

#endif

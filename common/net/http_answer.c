#include "common/net/http_answer.h"

#include <string.h>

#include "common/base/banned.h"

void http_answer_init(HttpAnswer *answer)
{
    *answer = (HttpAnswer){ 0 };
    answer->fields = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void http_answer_clear(HttpAnswer *answer)
{
    g_clear_pointer(&answer->fields, g_hash_table_unref);
}

/* "HTTP/1.1 200 OK" */
static void take_status(HttpAnswer *answer, const char *line)
{
    const char *at = strchr(line, ' ');

    g_hash_table_remove_all(answer->fields);
    answer->status = at ? (unsigned)g_ascii_strtoull(at, NULL, 10) : 0;
}

static void take_field(HttpAnswer *answer, const char *line)
{
    const char *colon = strchr(line, ':');
    const char *before;
    char *name;
    g_autofree char *value = NULL;

    if (!colon)
        return;

    name = g_ascii_strdown(line, colon - line);
    value = g_strstrip(g_strdup(colon + 1));
    before = g_hash_table_lookup(answer->fields, name);
    g_hash_table_insert(answer->fields, name,
                        before ? g_strconcat(before, ", ", value, NULL) : g_steal_pointer(&value));
}

bool http_answer_take_line(HttpAnswer *answer, const char *line, size_t length)
{
    g_autofree char *copy = g_strndup(line, length);

    answer->bytes += length;
    if (answer->bytes > HTTP_HEADERS_MAX_BYTES)
        return false;
    if (answer->is_whole)
        return true;

    g_strchomp(copy);
    if (g_str_has_prefix(copy, "HTTP/"))
        take_status(answer, copy);
    else if (*copy)
        take_field(answer, copy);
    else
        answer->is_whole = answer->status >= 200;

    return true;
}

unsigned http_answer_status(const HttpAnswer *answer)
{
    return answer->status;
}

const char *http_answer_field(const HttpAnswer *answer, const char *name)
{
    g_autofree char *small = g_ascii_strdown(name, -1);

    return g_hash_table_lookup(answer->fields, small);
}

bool http_field_is_valid(const HttpField *field)
{
    if (!*field->name)
        return false;
    for (const char *c = field->name; *c; c++) {
        if (!g_ascii_isalnum(*c) && !strchr("!#$%&'*+-.^_`|~", *c))
            return false;
    }
    for (const char *c = field->value; *c; c++) {
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7f)
            return false;
    }

    return true;
}

#include "common/wire/task_mark.h"

#include "common/base/name.h"
#include "common/base/timestamp.h"

#include <string.h>

#include "common/base/banned.h"

/* No text that is looked for here is longer. */
#define VALUE_MAX_BYTES 64
#define BLANKS          " \t\r\n"

/* Where the value of the first member of that name begins; NULL: there is none. A text within a
 * value has its quotation marks escaped, so a name in them is a name. */
static const char *find_value(const char *body, const char *end, const char *name)
{
    g_autofree char *quoted = g_strdup_printf("\"%s\"", name);
    size_t length = strlen(quoted);
    const char *at = body;

    while ((at = memmem(at, (size_t)(end - at), quoted, length))) {
        at += length;
        while (at < end && strchr(BLANKS, *at))
            at++;
        if (at == end || *at != ':')
            continue;
        for (at++; at < end && strchr(BLANKS, *at);)
            at++;
        return at;
    }
    return NULL;
}

static char *read_text(const char *body, const char *end, const char *name)
{
    const char *value = find_value(body, end, name);
    const char *close;

    if (!value || value == end || *value != '"')
        return NULL;

    value++;
    close = memchr(value, '"', MIN((size_t)(end - value), VALUE_MAX_BYTES));
    return close ? g_strndup(value, (size_t)(close - value)) : NULL;
}

static int64_t read_number(const char *body, const char *end, const char *name)
{
    const char *value = find_value(body, end, name);
    g_autofree char *digits =
        value ? g_strndup(value, MIN((size_t)(end - value), VALUE_MAX_BYTES)) : NULL;

    return digits ? g_ascii_strtoll(digits, NULL, 10) : 0;
}

void task_mark_clear(TaskMark *mark)
{
    g_free(mark->request);
    g_free(mark->run);
    g_free(mark->journal);
    *mark = (TaskMark){ 0 };
}

bool task_mark_find(const char *body, size_t length, TaskMark *out)
{
    const char *end = body + length;
    g_autofree char *type = read_text(body, end, "type");
    g_autofree char *expires = read_text(body, end, "expires");
    g_auto(TaskMark) mark = {
        .request = read_text(body, end, "id"),
        .run = read_text(body, end, "run"),
        .journal = read_text(body, end, "journal"),
        .number = read_number(body, end, "number"),
        .attempt = read_number(body, end, "attempt"),
    };

    if (g_strcmp0(type, "task") != 0 || !mark.request || !name_is_ulid(mark.request) || !mark.run ||
        !name_is_ulid(mark.run) || mark.attempt < 1)
        return false;

    if (expires)
        timestamp_parse(expires, &mark.expires_ms, NULL);
    *out = mark;
    mark = (TaskMark){ 0 };
    return true;
}

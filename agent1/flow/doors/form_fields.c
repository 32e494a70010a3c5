#include "agent1/flow/doors/form_fields.h"

#include <string.h>

#include "common/base/banned.h"

#define NAME_FORMAT "argument%u"

typedef struct Part {
    char *label;
    bool is_required;
    bool is_behind_bar;
} Part;

static void part_free(void *data)
{
    Part *part = data;

    g_free(part->label);
    g_free(part);
}

static Part *part_new(const char *label, size_t length, bool is_required, bool is_behind_bar)
{
    Part *part = g_new0(Part, 1);

    part->label = g_strndup(label, length);
    part->is_required = is_required;
    part->is_behind_bar = is_behind_bar;
    return part;
}

/* One "<…>", or the bare word in brackets; false: of another shape. */
static bool read_part(GPtrArray *parts, const char **at, bool is_optional, bool *is_behind_bar)
{
    bool is_angled = **at == '<';
    const char *start = *at + (is_angled ? 1 : 0);
    size_t length = strcspn(start, is_angled ? ">" : " ]|<[");

    if (length == 0 || (is_angled && start[length] != '>') || (!is_angled && !is_optional) ||
        memchr(start, '|', length))
        return false;

    g_ptr_array_add(parts, part_new(start, length, !is_optional, *is_behind_bar));
    *is_behind_bar = false;
    *at = start + length + (is_angled ? 1 : 0);
    return true;
}

static bool read_parts(const char *arguments, GPtrArray *parts)
{
    bool is_optional = false;
    bool is_behind_bar = false;
    const char *at = arguments;

    while (*at) {
        if (*at == ' ') {
            at++;
        } else if (*at == '|') {
            is_behind_bar = true;
            at++;
        } else if (*at == '[' && !is_optional) {
            is_optional = true;
            at++;
        } else if (*at == ']' && is_optional) {
            is_optional = false;
            at++;
        } else if (!read_part(parts, &at, is_optional, &is_behind_bar)) {
            return false;
        }
    }
    return !is_optional && !is_behind_bar;
}

static GPtrArray *parts_of(const char *arguments)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(part_free);

    if (!read_parts(arguments, parts)) {
        g_ptr_array_set_size(parts, 0);
        g_ptr_array_add(parts, part_new(arguments, strlen(arguments), arguments[0] != '[', false));
    }
    return parts;
}

void form_fields_add(XmppForm *form, const char *arguments)
{
    g_autoptr(GPtrArray) parts = parts_of(arguments);
    unsigned i;

    for (i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];
        g_autofree char *name = g_strdup_printf(NAME_FORMAT, i + 1);

        xmpp_form_add(form, name, part->label, NULL, part->is_required);
    }
}

/* On one line: a form types one order. The caller owns it. */
static char *value_of(const XmppForm *submitted, unsigned index)
{
    g_autofree char *name = g_strdup_printf(NAME_FORMAT, index + 1);
    const char *value = xmpp_form_value(submitted, name);
    char *line = g_strdup(value ? value : "");

    g_strdelimit(line, "\r\n", ' ');
    return g_strstrip(line);
}

char *form_fields_type(const char *word, const char *arguments, const XmppForm *submitted,
                       char **out_missing)
{
    g_autoptr(GPtrArray) parts = parts_of(arguments);
    GString *line = g_string_new(word);
    unsigned i;

    *out_missing = NULL;
    for (i = 0; i < parts->len; i++) {
        const Part *part = parts->pdata[i];
        g_autofree char *value = value_of(submitted, i);

        if (!*value && part->is_required) {
            *out_missing = g_strdup(part->label);
            g_string_free(line, TRUE);
            return NULL;
        }
        if (*value)
            g_string_append_printf(line, " %s%s", part->is_behind_bar ? "| " : "", value);
    }
    return g_string_free(line, FALSE);
}

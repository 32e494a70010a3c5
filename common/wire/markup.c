#include "common/wire/markup.h"

#include <glib.h>
#include <string.h>

#include "common/base/banned.h"

#define COMMENT       "!--"
#define COMMENT_START "<!--"
#define COMMENT_END   "-->"

/* Elements that hold nothing. */
static const char *const empty_elements[] = {
    "area",  "base", "br",   "col",   "embed",  "hr",    "img",
    "input", "link", "meta", "param", "source", "track", "wbr",
};

typedef struct Tag {
    char name[MARKUP_NAME_MAX + 1];
    bool is_end;
    bool is_empty;
    const char *after;
} Tag;

static size_t name_length(const char *at)
{
    size_t length = 0;

    if (!g_ascii_isalpha(*at))
        return 0;
    while (g_ascii_isalnum(at[length]) || at[length] == '-' || at[length] == '_')
        length++;
    return length;
}

/* The tag at a `<`, which may go on in the next line where it begins its own. */
static bool read_tag(const char *at, const char *last_bracket, bool begins_line, Tag *out)
{
    const char *name = at + 1;
    const char *end;
    size_t length;

    out->is_end = *name == '/';
    name += out->is_end;
    length = name_length(name);
    if (length == 0 || length > MARKUP_NAME_MAX || !strchr(" \t/>", name[length]))
        return false;
    end = last_bracket && at < last_bracket ? strchr(name, '>') : NULL;
    if (!end && !begins_line)
        return false;

    memcpy(out->name, name, length);
    out->name[length] = '\0';
    out->is_empty = end && end[-1] == '/' && !out->is_end;
    for (size_t i = 0; i < G_N_ELEMENTS(empty_elements); i++)
        out->is_empty |= g_ascii_strcasecmp(out->name, empty_elements[i]) == 0;
    out->after = end ? end + 1 : name + strlen(name);
    return true;
}

static void apply(Markup *markup, const Tag *tag)
{
    if (tag->is_empty)
        return;
    if (markup->depth == 0 && tag->is_end) {
        markup->has_stray_end = true;
    } else if (markup->depth == 0) {
        g_strlcpy(markup->name, tag->name, sizeof(markup->name));
        markup->depth = 1;
    } else if (g_ascii_strcasecmp(markup->name, tag->name) == 0) {
        markup->depth += tag->is_end ? -1U : 1U;
    }
}

/* Behind the comment that begins at a `<`, or NULL when it goes on. */
static const char *skip_comment(Markup *markup, const char *at)
{
    const char *end = strstr(at, COMMENT_END);

    if (end) {
        markup->depth = 0;
        return end + strlen(COMMENT_END);
    }
    g_strlcpy(markup->name, COMMENT, sizeof(markup->name));
    markup->depth = 1;
    return NULL;
}

/* Behind the code that begins at a backtick; behind those backticks alone where it does not end. */
static const char *skip_code(const char *at, const char *last_backtick)
{
    const char *inside = at + strspn(at, "`");
    const char *end = last_backtick >= inside ? strchr(inside, '`') : NULL;

    return end ? end + strspn(end, "`") : inside;
}

bool markup_step(Markup *markup, const char *line)
{
    const char *last_bracket = strrchr(line, '>');
    const char *last_backtick = strrchr(line, '`');
    const char *first = line + strspn(line, " \t");
    const char *at = line;
    bool is_inside = markup->depth > 0;
    Tag tag;

    if (is_inside && strcmp(markup->name, COMMENT) == 0)
        at = skip_comment(markup, at);
    while (at && (at = strpbrk(at, "<`"))) {
        if (*at == '`') {
            at = markup->depth == 0 ? skip_code(at, last_backtick) : at + 1;
        } else if (markup->depth == 0 && g_str_has_prefix(at, COMMENT_START)) {
            is_inside = true;
            at = skip_comment(markup, at + strlen(COMMENT_START));
        } else if (read_tag(at, last_bracket, at == first, &tag)) {
            is_inside |= !tag.is_empty;
            apply(markup, &tag);
            at = tag.after;
        } else {
            at++;
        }
    }
    return is_inside;
}

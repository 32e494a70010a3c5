#include "common/wire/skill_call.h"

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/wire/reason.h"

#include <string.h>

#include "common/base/banned.h"

#define BLANKS " \t\r\n"

/* Where the reader stands, and the form it is in: between parentheses or between blanks. */
typedef struct Reader {
    const char *at;
    bool is_in_parentheses;
} Reader;

static void free_argument(void *data)
{
    SkillArgument *argument = data;

    g_free(argument->name);
    g_free(argument->value);
    g_free(argument);
}

SkillCall *skill_call_new(const char *name)
{
    SkillCall *call = g_new0(SkillCall, 1);

    call->name = g_strdup(name);
    call->arguments = g_ptr_array_new_with_free_func(free_argument);
    return call;
}

void skill_call_free(SkillCall *call)
{
    if (!call)
        return;

    g_free(call->name);
    g_ptr_array_unref(call->arguments);
    g_free(call);
}

void skill_call_add(SkillCall *call, const char *name, const char *value)
{
    SkillArgument *argument = g_new0(SkillArgument, 1);

    argument->name = g_strdup(name);
    argument->value = g_strdup(value);
    g_ptr_array_add(call->arguments, argument);
}

/* How many characters of the text are a name whose later characters may be `more` besides letters
 * and digits; 0 when it does not begin with a letter. */
static size_t name_length(const char *text, const char *more)
{
    size_t length = 0;

    if (!g_ascii_islower(*text))
        return 0;

    while (g_ascii_islower(text[length]) || g_ascii_isdigit(text[length]) ||
           (text[length] && strchr(more, text[length])))
        length++;
    return length;
}

bool skill_name_is_valid(const char *name)
{
    size_t length = name_length(name, "_.-");

    return length > 0 && length <= SKILL_NAME_MAX_CHARS && name[length] == '\0';
}

const char *skill_offered_name(const Json *skill)
{
    const char *name = json_string(json_member(skill, "name"));

    return name && skill_name_is_valid(name) ? name : NULL;
}

bool skill_parameter_name_is_valid(const char *name)
{
    size_t length = name_length(name, "_");

    return length > 0 && length <= SKILL_PARAMETER_MAX_CHARS && name[length] == '\0';
}

static bool is_blank(char c)
{
    return c != '\0' && strchr(BLANKS, c) != NULL;
}

char *skill_call_name(const char *text)
{
    size_t length;

    text += strspn(text, BLANKS);
    length = name_length(text, "_.-");
    if (length == 0 || length > SKILL_NAME_MAX_CHARS)
        return NULL;
    if (text[length] != '\0' && text[length] != '(' && !is_blank(text[length]))
        return NULL;

    return g_strndup(text, length);
}

/* A reason as an error; what fills its only place, NULL where it has none. */
static void complain(GError **error, Problem problem, ReasonKind kind, const char *part)
{
    g_autofree char *reason = reason_make(kind, part, NULL);

    g_set_error_literal(error, PROBLEM, problem, reason);
}

static void skip_blanks(Reader *reader)
{
    reader->at += strspn(reader->at, BLANKS);
}

/* A value in quotes, whose first stands at the reader. */
static char *read_quoted(Reader *reader, GError **error)
{
    char quote = *reader->at++;
    g_autoptr(GString) value = g_string_new(NULL);

    for (; *reader->at && *reader->at != quote; reader->at++) {
        if (quote == '"' && *reader->at == '\\') {
            reader->at++;
            if (*reader->at != '"' && *reader->at != '\\') {
                complain(error, PROBLEM_SYNTAX, REASON_CALL_ESCAPE, NULL);
                return NULL;
            }
        }
        g_string_append_c(value, *reader->at);
    }
    if (!*reader->at) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_QUOTE, quote == '"' ? "\"" : "'");
        return NULL;
    }
    reader->at++;
    return g_string_free(g_steal_pointer(&value), false);
}

/* A value without quotes: up to a comma or parenthesis, without blanks at its ends; or up to a
 * blank. */
static char *read_bare(Reader *reader, GError **error)
{
    size_t length = strcspn(reader->at, reader->is_in_parentheses ? ",()'\"" : BLANKS "'\"");
    const char *start = reader->at;

    reader->at += length;
    if (*reader->at == '\'' || *reader->at == '"' || *reader->at == '(') {
        char sign[] = { *reader->at, '\0' };

        complain(error, PROBLEM_SYNTAX, REASON_CALL_INSIDE, sign);
        return NULL;
    }
    while (length > 0 && is_blank(start[length - 1]))
        length--;
    if (length == 0) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_EMPTY, NULL);
        return NULL;
    }
    return g_strndup(start, length);
}

static char *read_value(Reader *reader, GError **error)
{
    bool is_quoted = *reader->at == '\'' || *reader->at == '"';
    g_autofree char *value = is_quoted ? read_quoted(reader, error) : read_bare(reader, error);

    if (!value)
        return NULL;
    if (strlen(value) > SKILL_ARGUMENT_MAX_BYTES) {
        complain(error, PROBLEM_LIMIT, REASON_CALL_LONG, G_STRINGIFY(SKILL_ARGUMENT_MAX_BYTES));
        return NULL;
    }
    if (is_quoted && !reader->is_in_parentheses && *reader->at && !is_blank(*reader->at)) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_BLANK, NULL);
        return NULL;
    }
    return g_steal_pointer(&value);
}

/* Reads "name=" where it stands; NULL and no step when it does not. */
static char *read_argument_name(Reader *reader)
{
    size_t length = name_length(reader->at, "_");
    const char *after = reader->at + length;
    char *name;

    if (length == 0 || length > SKILL_PARAMETER_MAX_CHARS)
        return NULL;
    if (reader->is_in_parentheses)
        after += strspn(after, BLANKS);
    if (*after != '=')
        return NULL;

    name = g_strndup(reader->at, length);
    reader->at = after + 1;
    if (reader->is_in_parentheses)
        skip_blanks(reader);
    return name;
}

static bool has_argument_named(const SkillCall *call, const char *name)
{
    for (guint i = 0; i < call->arguments->len; i++) {
        const SkillArgument *argument = g_ptr_array_index(call->arguments, i);

        if (g_strcmp0(argument->name, name) == 0)
            return true;
    }
    return false;
}

static bool read_argument(Reader *reader, SkillCall *call, GError **error)
{
    g_autofree char *name = read_argument_name(reader);
    g_autofree char *value = NULL;
    const SkillArgument *last = NULL;

    if (call->arguments->len == SKILL_ARGUMENTS_MAX) {
        complain(error, PROBLEM_LIMIT, REASON_CALL_MANY, G_STRINGIFY(SKILL_ARGUMENTS_MAX));
        return false;
    }
    value = read_value(reader, error);
    if (!value) {
        if (name)
            g_prefix_error(error, "%s: ", name);
        return false;
    }
    if (call->arguments->len > 0)
        last = g_ptr_array_index(call->arguments, call->arguments->len - 1);
    if (!name && last && last->name) {
        g_autofree char *shown = text_make_line(value, SHOWN_MAX_CHARS);
        g_autofree char *reason = reason_make(REASON_CALL_NO_NAME, shown, last->name, NULL);

        g_set_error_literal(error, PROBLEM, PROBLEM_SYNTAX, reason);
        return false;
    }
    if (name && has_argument_named(call, name)) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_TWICE, name);
        return false;
    }
    skill_call_add(call, name, value);
    return true;
}

static bool read_words(Reader *reader, SkillCall *call, GError **error)
{
    for (skip_blanks(reader); *reader->at; skip_blanks(reader)) {
        if (!read_argument(reader, call, error))
            return false;
    }
    return true;
}

/* The reader stands after '('. */
static bool read_list(Reader *reader, SkillCall *call, GError **error)
{
    skip_blanks(reader);
    while (*reader->at && *reader->at != ')') {
        if (!read_argument(reader, call, error))
            return false;
        skip_blanks(reader);
        if (*reader->at == ')')
            break;
        if (*reader->at != ',') {
            complain(error, PROBLEM_SYNTAX, REASON_CALL_COMMA, NULL);
            return false;
        }
        reader->at++;
        skip_blanks(reader);
        if (*reader->at == ')') {
            complain(error, PROBLEM_SYNTAX, REASON_CALL_AFTER_COMMA, NULL);
            return false;
        }
    }
    if (*reader->at != ')') {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_NO_END, NULL);
        return false;
    }
    reader->at++;
    skip_blanks(reader);
    if (*reader->at) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_AFTER_END, NULL);
        return false;
    }
    return true;
}

SkillCall *skill_call_parse(const char *text, GError **error)
{
    g_autofree char *name = skill_call_name(text);
    g_autoptr(SkillCall) call = NULL;
    Reader reader = { .at = text + strspn(text, BLANKS) };
    bool is_read;

    if (!name) {
        complain(error, PROBLEM_SYNTAX, REASON_CALL_NO_SKILL, NULL);
        return NULL;
    }

    call = skill_call_new(name);
    reader.at += strlen(name);
    skip_blanks(&reader);
    if (*reader.at == '(') {
        reader.at++;
        reader.is_in_parentheses = true;
        is_read = read_list(&reader, call, error);
    } else {
        is_read = read_words(&reader, call, error);
    }
    if (!is_read) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    return g_steal_pointer(&call);
}

/* Quotes what would not be read back as it stands. */
static void print_value(GString *text, const SkillArgument *argument)
{
    const char *value = argument->value;
    bool is_plain = *value && !is_blank(*value) && !is_blank(value[strlen(value) - 1]) &&
                    !strpbrk(value, ",()'\"") && (argument->name || !strchr(value, '='));

    if (is_plain) {
        g_string_append(text, value);
        return;
    }
    g_string_append_c(text, '"');
    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            g_string_append_c(text, '\\');
        g_string_append_c(text, *value);
    }
    g_string_append_c(text, '"');
}

char *skill_call_print(const SkillCall *call)
{
    GString *text = g_string_new(call->name);

    for (guint i = 0; i < call->arguments->len; i++) {
        const SkillArgument *argument = g_ptr_array_index(call->arguments, i);

        g_string_append(text, i == 0 ? "(" : ", ");
        if (argument->name)
            g_string_append_printf(text, "%s=", argument->name);
        print_value(text, argument);
    }
    if (call->arguments->len > 0)
        g_string_append_c(text, ')');
    return g_string_free(text, false);
}

#include "agent1/providers/trigger_tools.h"

#include "agent1/providers/trigger_pattern.h"
#include "common/base/limits.h"
#include "common/base/text.h"

#include <string.h>

#include "common/base/banned.h"

#define STEPS          "steps"
#define STEP_SEPARATOR ";;"

/* ---- what is offered ---- */

char *trigger_tool_name(Trigger trigger)
{
    const char *word = trigger_info(trigger)->name;

    /* Without its colon. */
    return g_ascii_strdown(word, (gssize)strlen(word) - 1);
}

static Json *object_schema(Json *properties, Json *required)
{
    Json *schema = json_new_object();

    json_set_string(schema, "type", "object");
    json_set(schema, "properties", properties);
    json_set(schema, "required", required);
    json_set_bool(schema, "additionalProperties", false);

    return schema;
}

static Json *parts_schema(const TriggerPattern *pattern)
{
    Json *properties = json_new_object();
    Json *required = json_new_array();

    for (unsigned i = 0; i < pattern->count; i++) {
        Json *text = json_new_object();

        json_set_string(text, "type", "string");
        json_set(properties, pattern->parts[i].name, text);
        if (!pattern->parts[i].is_optional)
            json_append_string(required, pattern->parts[i].name);
    }

    return object_schema(properties, required);
}

static Json *list_schema(const TriggerPattern *pattern)
{
    Json *properties = json_new_object();
    Json *required = json_new_array();
    Json *steps = json_new_object();

    json_set_string(steps, "type", "array");
    json_set(steps, "items", parts_schema(pattern));
    json_set_int(steps, "minItems", 1);
    json_set(properties, STEPS, steps);
    json_append_string(required, STEPS);

    return object_schema(properties, required);
}

Json *trigger_tool_schema(Trigger trigger)
{
    const TriggerPattern pattern = trigger_pattern_read(trigger_info(trigger)->arguments);

    return pattern.is_list ? list_schema(&pattern) : parts_schema(&pattern);
}

/* ---- what is called ---- */

/* What keeps a text from standing in a line, or NULL. */
static const char *misfit(const char *text, bool is_last)
{
    size_t length = strlen(text);

    if (strpbrk(text, "\n\r"))
        return "a line break";
    if (strchr(text, '\t') || !text_is_harmless(text))
        return "a control or hidden sign";
    if (length > 0 && (g_ascii_isspace(text[0]) || g_ascii_isspace(text[length - 1])))
        return "a blank at its end";
    if (!is_last && strchr(text, '|'))
        return "a bar";
    return NULL;
}

static const PatternPart *find_part(const TriggerPattern *pattern, const char *name)
{
    for (unsigned i = 0; i < pattern->count; i++) {
        if (g_str_equal(pattern->parts[i].name, name))
            return &pattern->parts[i];
    }

    return NULL;
}

static char *name_foreign(const TriggerPattern *pattern, const Json *object)
{
    for (const Json *node = json_first(object); node; node = json_next(node)) {
        g_autofree char *shown = NULL;

        if (find_part(pattern, json_name(node)))
            continue;
        shown = text_make_line(json_name(node), SHOWN_MAX_CHARS);
        return g_strdup_printf("\"%s\" is no parameter of it", shown);
    }

    return NULL;
}

/* Why the part cannot stand there, or NULL. An empty text stands for an optional part that is left
 * out. */
static char *judge_part(const PatternPart *part, const Json *value, bool is_last)
{
    const char *text = json_string(value);
    const char *why;

    if (!value)
        return part->is_optional ? NULL : g_strdup_printf("%s is missing", part->name);
    if (!text)
        return g_strdup_printf("%s is %s, not a text", part->name,
                               json_kind_name(json_kind(value)));
    if (!*text && !part->is_optional)
        return g_strdup_printf("%s is empty", part->name);
    why = misfit(text, is_last);
    return why ? g_strdup_printf("there is %s in %s", why, part->name) : NULL;
}

/* "web1 | uptime", or NULL with *out_why. */
static char *join_parts(const TriggerPattern *pattern, const Json *object, char **out_why)
{
    g_autoptr(GString) joined = g_string_new(NULL);
    g_autofree char *why = name_foreign(pattern, object);
    size_t length = 0; /* without the bars of what is left out at the end */

    for (unsigned i = 0; i < pattern->count && !why; i++) {
        const PatternPart *part = &pattern->parts[i];
        const Json *value = json_member(object, part->name);

        why = judge_part(part, value, i + 1 == pattern->count);
        if (why)
            break;
        if (i > 0)
            g_string_append(joined, joined->len > 0 ? " | " : "| ");
        if (value && *json_string(value)) {
            g_string_append(joined, json_string(value));
            length = joined->len;
        }
    }
    if (why) {
        *out_why = g_steal_pointer(&why);
        return NULL;
    }

    return g_strndup(joined->str, length);
}

static char *escape_step(const char *text)
{
    g_auto(GStrv) pieces = g_strsplit(text, STEP_SEPARATOR, -1);

    return g_strjoinv("\\" STEP_SEPARATOR, pieces);
}

static char *join_step(const TriggerPattern *pattern, const Json *step, char **out_why)
{
    g_autofree char *joined = NULL;

    if (json_kind(step) != JSON_OBJECT) {
        *out_why = g_strdup_printf("it is %s, not an object", json_kind_name(json_kind(step)));
        return NULL;
    }
    joined = join_parts(pattern, step, out_why);
    return joined ? escape_step(joined) : NULL;
}

static char *join_steps(const TriggerPattern *pattern, const Json *object, char **out_why)
{
    static const TriggerPattern whole = { .parts = { { .name = STEPS } }, .count = 1 };
    g_autoptr(GString) joined = g_string_new(NULL);
    const Json *steps = json_member(object, STEPS);
    unsigned number = 0;

    *out_why = name_foreign(&whole, object);
    if (*out_why)
        return NULL;
    if (json_kind(steps) != JSON_ARRAY || json_count(steps) == 0) {
        *out_why = g_strdup(STEPS " is no array with steps in it");
        return NULL;
    }
    for (const Json *node = json_first(steps); node; node = json_next(node)) {
        g_autofree char *why = NULL;
        g_autofree char *step = join_step(pattern, node, &why);

        number++;
        if (!step) {
            *out_why = g_strdup_printf("step %u: %s", number, why);
            return NULL;
        }
        g_string_append_printf(joined, "%s%s", number > 1 ? " " STEP_SEPARATOR " " : "", step);
    }

    return g_strdup(joined->str);
}

static bool find_trigger(const char *name, Trigger *out)
{
    for (int trigger = 0; trigger < TRIGGER_COUNT; trigger++) {
        g_autofree char *tool = trigger_tool_name((Trigger)trigger);

        if (g_str_equal(tool, name)) {
            *out = (Trigger)trigger;
            return true;
        }
    }

    return false;
}

char *trigger_tool_line(const char *name, const Json *arguments, char **out_why)
{
    g_autofree char *shown = text_make_line(name, SHOWN_MAX_CHARS);
    g_autofree char *joined = NULL;
    g_autofree char *why = NULL;
    TriggerPattern pattern;
    Trigger trigger;

    if (!find_trigger(name, &trigger)) {
        *out_why = g_strdup_printf("it calls \"%s\", which is no tool", shown);
        return NULL;
    }
    if (json_kind(arguments) != JSON_OBJECT) {
        *out_why = g_strdup_printf("its call of %s is broken", shown);
        return NULL;
    }

    pattern = trigger_pattern_read(trigger_info(trigger)->arguments);
    joined = pattern.is_list ? join_steps(&pattern, arguments, &why)
                             : join_parts(&pattern, arguments, &why);
    if (!joined) {
        *out_why = g_strdup_printf("its call of %s does not fit: %s", shown, why);
        return NULL;
    }

    return g_strdup_printf("%s%s%s", trigger_info(trigger)->name, *joined ? " " : "", joined);
}

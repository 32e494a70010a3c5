#include "agent1/model/target.h"

#include <string.h>

#include "common/base/text.h"
#include "common/base/banned.h"

#define BLANKS   " \t"
#define JOINTS   ",&"
#define EVERYONE "all"

/* ---- reading ---- */

/* Whether the text goes on with the same target behind its blanks: "web1, web2", "web1 ,web2". */
static bool is_joined(const char *start, const char *at)
{
    const char *next = at + strspn(at, BLANKS);

    return *next && (strchr(JOINTS, *next) || (at > start && strchr(JOINTS, at[-1])));
}

char *target_take(const char **text)
{
    const char *start = *text + strspn(*text, BLANKS);
    const char *at = start;
    g_autoptr(GString) target = g_string_new(NULL);

    do {
        size_t length;

        at += strspn(at, BLANKS);
        length = strcspn(at, BLANKS "|");
        g_string_append_len(target, at, (gssize)length);
        at += length;
    } while (*at && *at != '|' && is_joined(start, at));
    *text = at + strspn(at, BLANKS);
    return g_ascii_strdown(target->str, -1);
}

static bool is_pattern(const char *term)
{
    return strpbrk(term, "*?[") != NULL;
}

bool target_is_name(const char *target)
{
    return *target && !strpbrk(target, JOINTS "=") && !is_pattern(target) &&
           strcmp(target, EVERYONE) != 0;
}

/* ---- finding ---- */

/* What a label says, for a term such as role=web. The value may be a pattern, and case is not
 * looked at. */
static bool fits_label(const TargetAgent *agent, const char *term)
{
    const char *equals = strchr(term, '=');
    g_autofree char *name = g_strndup(term, (size_t)(equals - term));
    const char *value = agent->labels ? g_hash_table_lookup(agent->labels, name) : NULL;
    g_autofree char *lower = value ? g_ascii_strdown(value, -1) : NULL;

    return lower && text_matches_glob(equals + 1, lower);
}

static bool fits(const TargetAgent *agent, const char *term)
{
    if (target_is_name(term))
        return strcmp(agent->name, term) == 0;
    if (!agent->is_accepted)
        return false;
    if (strchr(term, '='))
        return fits_label(agent, term);
    return strcmp(term, EVERYONE) == 0 || text_matches_glob(term, agent->name);
}

/* What is wrong with a single term, whatever stands around it. */
static TargetResult judge_term(const char *term, const TargetAgent *agents, unsigned count)
{
    const char *equals = strchr(term, '=');
    unsigned i;

    if (!*term)
        return TARGET_EMPTY;
    if (equals && (equals == term || !equals[1]))
        return TARGET_MALFORMED;
    for (i = 0; i < count; i++) {
        if (fits(&agents[i], term))
            return TARGET_FOUND;
    }
    if (target_is_name(term))
        return TARGET_UNKNOWN;
    return equals ? TARGET_NO_LABEL : TARGET_NO_MATCH;
}

static bool fits_all(const TargetAgent *agent, char *const *terms)
{
    unsigned i;

    for (i = 0; terms[i]; i++) {
        if (!fits(agent, terms[i]))
            return false;
    }
    return true;
}

/* Adds what one part between commas means. */
static TargetResult find_part(const char *part, const TargetAgent *agents, unsigned count,
                              GHashTable *found, char **out_term)
{
    g_auto(GStrv) terms = g_strsplit(part, "&", -1);
    bool has_any = false;
    unsigned i;

    if (!*part) {
        *out_term = g_strdup(part);
        return TARGET_EMPTY;
    }
    for (i = 0; terms[i]; i++) {
        TargetResult result = judge_term(terms[i], agents, count);

        if (result != TARGET_FOUND) {
            *out_term = g_strdup(terms[i]);
            return result;
        }
    }
    for (i = 0; i < count; i++) {
        if (!fits_all(&agents[i], terms))
            continue;
        has_any = true;
        g_hash_table_add(found, (void *)(guintptr)agents[i].name);
    }
    if (!has_any)
        *out_term = g_strdup(part);
    return has_any ? TARGET_FOUND : TARGET_NO_MATCH;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

TargetResult target_resolve(const char *target, const TargetAgent *agents, unsigned count,
                            GPtrArray **out_names, char **out_term)
{
    g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) parts = g_strsplit(target, ",", -1);
    GHashTableIter iter;
    void *name;
    unsigned i;

    if (!parts[0]) {
        *out_term = g_strdup("");
        return TARGET_EMPTY;
    }
    for (i = 0; parts[i]; i++) {
        TargetResult result = find_part(parts[i], agents, count, found, out_term);

        if (result != TARGET_FOUND)
            return result;
    }

    *out_names = g_ptr_array_new();
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &name, NULL))
        g_ptr_array_add(*out_names, name);
    g_ptr_array_sort(*out_names, compare_names);
    return TARGET_FOUND;
}

char *target_list_text(const GPtrArray *names, unsigned shown)
{
    g_autoptr(GString) text = g_string_new(NULL);
    unsigned i;

    for (i = 0; i < names->len && i < shown; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
    if (names->len > shown)
        g_string_append_printf(text, " and %u more", names->len - shown);
    return g_strdup(text->str);
}

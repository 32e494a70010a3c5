#include "agent1/model/rulebook.h"

#include <string.h>

#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"
#include "common/wire/topic_rules.h"
#include "common/base/banned.h"

#define RULES_MAX        1000
#define PATTERNS_MAX     100
#define REASON_MAX_BYTES 300

/* Which members of a rule name something, and what of the case they are held against. */
typedef enum {
    NAMES_USER,
    NAMES_PRINCIPAL,
    NAMES_ROLE,
    NAMES_AGENT,
    NAMES_SKILL,
    NAMES_RISK,
    NAMES_DOOR,
    NAMES_COUNT,
} Names;

typedef enum {
    PRESET_DEFAULT, /* what the file does not say */
    PRESET_PERMISSIVE,
    PRESET_RESTRICTIVE,
} Preset;

typedef struct PolicyRule {
    Json *named[NAMES_COUNT];         /* as the file has them */
    GPtrArray *patterns[NAMES_COUNT]; /* char *; NULL: the rule does not name it */
    int decision;                     /* PolicyDecision */
    char *reason;
    Json *second;
    bool needs_second; /* as `second` says, or as the risk does where it is absent */
    bool says_second;
} PolicyRule;

struct Rulebook {
    int preset;
    Json *rules_json;
    GPtrArray *rules; /* PolicyRule * */
    GPtrArray *publish;
    GPtrArray *subscribe;
};

static const char *const preset_words[] = { "default", "permissive", "restrictive", NULL };
static const char *const decision_words[] = { "allow", "ask", "deny", NULL };
static const char *const role_words[] = { "none", "viewer", "operator", "admin", NULL };
static const char *const risk_words[] = { "read", "low", "guarded", "high", NULL };
static const char *const door_words[] = { "xmpp",          "cli",      "unsigned",
                                          "homeassistant", "schedule", NULL };

/* The members that name something; where words are given, only these can be meant. */
static const struct {
    const char *name;
    const char *const *words;
} members[NAMES_COUNT] = {
    [NAMES_USER] = { "user", NULL },       [NAMES_PRINCIPAL] = { "principal", NULL },
    [NAMES_ROLE] = { "role", role_words }, [NAMES_AGENT] = { "agent", NULL },
    [NAMES_SKILL] = { "skill", NULL },     [NAMES_RISK] = { "risk", risk_words },
    [NAMES_DOOR] = { "door", door_words },
};

#define RULE_AT(member) offsetof(PolicyRule, member)
#define NAMED(json_name, names)                                                                    \
    {                                                                                              \
        .name = (json_name), .kind = FIELD_JSON, .offset = RULE_AT(named[names])                   \
    }

static const Field rule_fields[] = {
    NAMED("user", NAMES_USER),
    NAMED("principal", NAMES_PRINCIPAL),
    NAMED("role", NAMES_ROLE),
    NAMED("agent", NAMES_AGENT),
    NAMED("skill", NAMES_SKILL),
    NAMED("risk", NAMES_RISK),
    NAMED("door", NAMES_DOOR),
    { .name = "decision",
      .kind = FIELD_CHOICE,
      .offset = RULE_AT(decision),
      .is_required = true,
      .choices = decision_words },
    { .name = "reason",
      .kind = FIELD_STRING,
      .offset = RULE_AT(reason),
      .minimum = 1,
      .maximum = REASON_MAX_BYTES,
      .is_valid = text_is_harmless,
      .expected = "a text of at most 300 bytes without hidden characters" },
    { .name = "second", .kind = FIELD_JSON, .offset = RULE_AT(second) },
    { .name = NULL },
};

#define BOOK_AT(member) offsetof(Rulebook, member)
#define FILTERS                                                                                    \
    .kind = FIELD_STRINGS, .maximum = PATTERNS_MAX, .is_valid = topic_rule_is_valid,               \
    .expected = "topic filters of your own such as home/+/state: never agents/…, #, +/… or $…"

static const Field mqtt_fields[] = {
    { .name = "publish", .offset = BOOK_AT(publish), FILTERS },
    { .name = "subscribe", .offset = BOOK_AT(subscribe), FILTERS },
    { .name = NULL },
};

static const Field book_fields[] = {
    { .name = "preset", .kind = FIELD_CHOICE, .offset = BOOK_AT(preset), .choices = preset_words },
    { .name = "rules", .kind = FIELD_JSON, .offset = BOOK_AT(rules_json) },
    { .name = "mqtt", .kind = FIELD_OBJECT, .fields = mqtt_fields },
    { .name = NULL },
};

static void free_rule(void *data)
{
    PolicyRule *rule = data;
    int names;

    for (names = 0; names < NAMES_COUNT; names++) {
        if (rule->patterns[names])
            g_ptr_array_unref(rule->patterns[names]);
    }
    record_clear(rule_fields, rule);
    g_free(rule);
}

void rulebook_free(Rulebook *rulebook)
{
    if (!rulebook)
        return;

    g_ptr_array_unref(rulebook->rules);
    record_clear(book_fields, rulebook);
    g_free(rulebook);
}

/* ---- reading ---- */

static bool complain(const char *path, const char *found, const char *expected, GError **error)
{
    problem_set_expected(error, PROBLEM_VALUE, found, expected);
    g_prefix_error(error, "%s: ", path);
    return false;
}

/* The same of what is no text, but another kind of value. */
static bool complain_kind(const char *path, const Json *found, const char *expected, GError **error)
{
    g_set_error(error, PROBLEM, PROBLEM_TYPE, "%s: %s: expected %s", path,
                json_kind_name(json_kind(found)), expected);
    return false;
}

/* "read, low, guarded, high". The caller owns it. */
static char *list_words(const char *const *words)
{
    g_autoptr(GString) text = g_string_new("one of ");
    unsigned i;

    for (i = 0; words[i]; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", words[i]);
    return g_strdup(text->str);
}

/* One pattern, or several with commas between. A role, a risk or a door is a word of its list. */
static bool add_patterns(GPtrArray *patterns, const char *text, Names names, const char *path,
                         GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    const char *const *words = members[names].words;
    unsigned i;

    if (!parts[0])
        return complain(path, text, "1 to 100 names or patterns such as web*", error);
    for (i = 0; parts[i]; i++) {
        const char *part = g_strstrip(parts[i]);

        if (!*part || patterns->len == PATTERNS_MAX)
            return complain(path, text, "1 to 100 names or patterns such as web*", error);
        if (words && !g_strv_contains(words, part)) {
            g_autofree char *expected = list_words(words);

            return complain(path, part, expected, error);
        }
        g_ptr_array_add(patterns, g_strdup(part));
    }
    return true;
}

/* A text, or an array of texts. */
static bool read_named(PolicyRule *rule, Names names, const char *path, GError **error)
{
    const Json *json = rule->named[names];
    g_autofree char *here = g_strdup_printf("%s.%s", path, members[names].name);
    const Json *node;

    if (!json)
        return true;
    rule->patterns[names] = g_ptr_array_new_with_free_func(g_free);
    if (json_string(json))
        return add_patterns(rule->patterns[names], json_string(json), names, here, error);

    for (node = json_first(json); node && json_string(node); node = json_next(node)) {
        if (!add_patterns(rule->patterns[names], json_string(node), names, here, error))
            return false;
    }
    if (json_kind(json) == JSON_ARRAY && !node && rule->patterns[names]->len > 0)
        return true;
    return complain_kind(here, json, "a text, or an array of texts", error);
}

static bool read_second(PolicyRule *rule, const char *path, GError **error)
{
    g_autofree char *here = g_strdup_printf("%s.second", path);

    if (!rule->second)
        return true;
    if (json_kind(rule->second) != JSON_BOOL)
        return complain_kind(here, rule->second, "true or false", error);
    if (rule->decision != POLICY_ASK)
        return complain(here, decision_words[rule->decision],
                        "a rule whose decision is ask: only that has a second person", error);
    rule->says_second = true;
    rule->needs_second = json_bool(rule->second);
    return true;
}

static bool read_rule(PolicyRule *rule, const Json *object, const char *path, GPtrArray *warnings,
                      GError **error)
{
    int names;

    if (!record_read(rule_fields, rule, object, path, warnings, error))
        return false;
    for (names = 0; names < NAMES_COUNT; names++) {
        if (!read_named(rule, (Names)names, path, error))
            return false;
    }
    return read_second(rule, path, error);
}

static bool read_rules(Rulebook *book, GPtrArray *warnings, GError **error)
{
    const Json *node;

    if (book->rules_json && json_kind(book->rules_json) != JSON_ARRAY)
        return complain_kind("rules", book->rules_json, "an array of rules", error);
    if (json_count(book->rules_json) > RULES_MAX)
        return complain("rules", "more than 1000 rules", "at most 1000", error);
    for (node = json_first(book->rules_json); node; node = json_next(node)) {
        g_autofree char *path = g_strdup_printf("rules[%u]", book->rules->len);
        PolicyRule *rule = g_new0(PolicyRule, 1);

        record_init(rule_fields, rule);
        g_ptr_array_add(book->rules, rule);
        if (!read_rule(rule, node, path, warnings, error))
            return false;
    }
    return true;
}

Rulebook *rulebook_parse(const Json *object, GPtrArray *warnings, GError **error)
{
    g_autoptr(Rulebook) book = g_new0(Rulebook, 1);

    record_init(book_fields, book);
    book->rules = g_ptr_array_new_with_free_func(free_rule);
    if (object && !record_read(book_fields, book, object, "", warnings, error))
        return NULL;
    if (!read_rules(book, warnings, error))
        return NULL;
    return g_steal_pointer(&book);
}

/* ---- judging ---- */

/* "role=web*" asks for a label, whose name and value are compared without case. */
static bool fits_label(const char *pattern, GHashTable *labels)
{
    g_autofree char *lower = g_utf8_strdown(pattern, -1);
    char *value = strchr(lower, '=');
    const char *found;
    g_autofree char *found_lower = NULL;

    if (!value || !labels)
        return false;
    *value++ = '\0';
    found = g_hash_table_lookup(labels, lower);
    found_lower = found ? g_utf8_strdown(found, -1) : NULL;
    return found_lower && text_matches_glob(value, found_lower);
}

static bool fits_named(const GPtrArray *patterns, Names names, const char *value,
                       GHashTable *labels)
{
    unsigned i;

    for (i = 0; i < patterns->len; i++) {
        const char *pattern = patterns->pdata[i];

        if (value && text_matches_glob(pattern, value))
            return true;
        if (names == NAMES_AGENT && fits_label(pattern, labels))
            return true;
    }
    return false;
}

static bool fits(const PolicyRule *rule, const RulebookCase *asked)
{
    const char *const values[NAMES_COUNT] = {
        [NAMES_USER] = asked->user,   [NAMES_PRINCIPAL] = asked->principal,
        [NAMES_AGENT] = asked->agent, [NAMES_ROLE] = role_name(asked->role),
        [NAMES_SKILL] = asked->skill, [NAMES_RISK] = asked->risk,
        [NAMES_DOOR] = asked->door,
    };
    int names;

    for (names = 0; names < NAMES_COUNT; names++) {
        if (rule->patterns[names] &&
            !fits_named(rule->patterns[names], (Names)names, values[names], asked->labels))
            return false;
    }
    return true;
}

static bool is_risk(const RulebookCase *asked, const char *risk)
{
    return g_strcmp0(asked->risk, risk) == 0;
}

/* What no rule speaks of. */
static void judge_by_preset(const Rulebook *book, const RulebookCase *asked, RulebookAnswer *out)
{
    bool is_high = is_risk(asked, "high");
    bool is_guarded = is_risk(asked, "guarded");

    *out = (RulebookAnswer){ .decision = POLICY_ALLOW };
    if (is_high || (is_guarded && book->preset == PRESET_RESTRICTIVE))
        out->decision = POLICY_ASK;
    out->needs_second = is_high && book->preset != PRESET_PERMISSIVE;
}

void rulebook_judge(const Rulebook *rulebook, const RulebookCase *asked, RulebookAnswer *out)
{
    unsigned i;

    for (i = 0; i < rulebook->rules->len; i++) {
        const PolicyRule *rule = rulebook->rules->pdata[i];

        if (!fits(rule, asked))
            continue;
        *out = (RulebookAnswer){
            .decision = (PolicyDecision)rule->decision,
            .needs_second = rule->says_second ? rule->needs_second : is_risk(asked, "high"),
            .place = i + 1,
            .reason = rule->reason,
        };
        return;
    }
    judge_by_preset(rulebook, asked, out);
}

const char *rulebook_preset(const Rulebook *rulebook)
{
    return preset_words[rulebook->preset];
}

bool rulebook_may_publish(const Rulebook *rulebook, const char *topic)
{
    return !strpbrk(topic, "+#") && topic_rules_cover(rulebook->publish, topic);
}

bool rulebook_may_subscribe(const Rulebook *rulebook, const char *filter)
{
    return topic_rules_cover(rulebook->subscribe, filter);
}

const GPtrArray *rulebook_publish_filters(const Rulebook *rulebook)
{
    return rulebook->publish;
}

const GPtrArray *rulebook_subscribe_filters(const Rulebook *rulebook)
{
    return rulebook->subscribe;
}

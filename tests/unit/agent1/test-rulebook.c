/* policy.json: what may stand in it, which rule fits, what the presets say where none does. */
#include "agent1/model/rulebook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define MAX_BYTES 1000000

static Json *parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    Json *json = json_parse(text, strlen(text), MAX_BYTES, &error);

    if (!json)
        fail_msg("%s: %s", text, error->message);
    return json;
}

static Rulebook *book_of(const char *text)
{
    g_autoptr(Json) json = parse(text);
    g_autoptr(GError) error = NULL;
    Rulebook *book = rulebook_parse(json, NULL, &error);

    if (!book)
        fail_msg("%s: %s", text, error->message);
    return book;
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        { "[]", "expected an object" },
        { "{\"preset\":\"lax\"}",
          "preset: \"lax\": expected one of default, permissive, restrictive" },
        { "{\"rules\":{}}", "rules: an object: expected an array of rules" },
        { "{\"rules\":[{}]}", "rules[0].decision: missing" },
        { "{\"rules\":[{\"decision\":\"ask\"},{\"decision\":\"maybe\"}]}",
          "rules[1].decision: \"maybe\": expected one of allow, ask, deny" },
        { "{\"rules\":[{\"decision\":\"ask\",\"user\":3}]}",
          "rules[0].user: a number: expected a text, or an array of texts" },
        { "{\"rules\":[{\"decision\":\"ask\",\"user\":[]}]}",
          "rules[0].user: an array: expected a text, or an array of texts" },
        { "{\"rules\":[{\"decision\":\"ask\",\"user\":[\"ana\",3]}]}",
          "rules[0].user: an array: expected a text, or an array of texts" },
        { "{\"rules\":[{\"decision\":\"ask\",\"agent\":[\"web1\",\"\"]}]}",
          "rules[0].agent: \"\": expected 1 to 100 names" },
        { "{\"rules\":[{\"decision\":\"ask\",\"agent\":\"web1,,web2\"}]}",
          "rules[0].agent: \"web1,,web2\": expected 1 to 100 names" },
        { "{\"rules\":[{\"decision\":\"ask\",\"risk\":\"low,huge\"}]}",
          "rules[0].risk: \"huge\": expected one of read, low, guarded, high" },
        { "{\"rules\":[{\"decision\":\"ask\",\"role\":[\"root\"]}]}",
          "rules[0].role: \"root\": expected one of none, viewer, operator, admin" },
        { "{\"rules\":[{\"decision\":\"ask\",\"door\":\"back\"}]}",
          "rules[0].door: \"back\": expected one of xmpp, cli, unsigned" },
        { "{\"rules\":[{\"decision\":\"ask\",\"second\":1}]}",
          "rules[0].second: a number: expected true or false" },
        { "{\"rules\":[{\"decision\":\"deny\",\"second\":true}]}",
          "rules[0].second: \"deny\": expected a rule whose decision is ask" },
        { "{\"rules\":[{\"decision\":\"deny\",\"reason\":\"a\\u202eb\"}]}", "rules[0].reason: " },
        { "{\"mqtt\":{\"publish\":[\"agents/#\"]}}", "mqtt.publish[0]: \"agents/#\": expected " },
        { "{\"mqtt\":{\"subscribe\":[\"home/#\",\"$SYS/x\"]}}", "mqtt.subscribe[1]: \"$SYS/x\"" },
        { "{\"mqtt\":{\"subscribe\":[\"+/x\"]}}", "mqtt.subscribe[0]: \"+/x\"" },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = parse(rows[i].text);
        g_autoptr(GError) error = NULL;

        print_message("%s\n", rows[i].text);
        assert_null(rulebook_parse(json, NULL, &error));
        if (!strstr(error->message, rows[i].message))
            fail_msg("\"%s\" does not contain \"%s\"", error->message, rows[i].message);
    }
}

static void a_thousand_rules_at_most(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"rules\":[");
    g_autoptr(Json) json = NULL;
    g_autoptr(GError) error = NULL;
    unsigned i;

    (void)state;
    for (i = 0; i < 1001; i++)
        g_string_append_printf(text, "%s{\"decision\":\"ask\"}", i ? "," : "");
    g_string_append(text, "]}");
    json = parse(text->str);
    assert_null(rulebook_parse(json, NULL, &error));
    assert_non_null(strstr(error->message, "at most 1000"));
}

static void a_hundred_patterns_at_most(void **state)
{
    g_autoptr(GString) text = g_string_new("{\"rules\":[{\"decision\":\"ask\",\"agent\":\"a");
    g_autoptr(Json) json = NULL;
    g_autoptr(GError) error = NULL;
    unsigned i;

    (void)state;
    for (i = 0; i < 100; i++)
        g_string_append(text, ",a");
    g_string_append(text, "\"}]}");
    json = parse(text->str);
    assert_null(rulebook_parse(json, NULL, &error));
}

static void a_misspelt_member_is_told(void **state)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Json) json =
        parse("{\"_\":\"x\",\"rules\":[{\"decision\":\"ask\",\"agnet\":\"a\"}]}");
    g_autoptr(Rulebook) book = rulebook_parse(json, warnings, NULL);

    (void)state;
    assert_non_null(book);
    assert_int_equal(warnings->len, 1);
    assert_string_equal(warnings->pdata[0],
                        "unknown key \"agnet\" in rules[0] (did you mean \"agent\"?)");
}

/* ---- which rule fits ---- */

static GHashTable *labels_of_web1(void)
{
    GHashTable *labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    g_hash_table_insert(labels, g_strdup("role"), g_strdup("Web-Front"));
    return labels;
}

static void each_member_must_fit(void **state)
{
    static const struct {
        const char *rule; /* members beside the decision */
        bool fits;
    } rows[] = {
        { "\"user\":\"ana\"", true },
        { "\"user\":\"an?\"", true },
        { "\"user\":\"oskar\"", false },
        { "\"user\":[\"oskar\",\"ana\"]", true },
        { "\"user\":\"oskar, ana\"", true },
        { "\"principal\":\"ana@*\"", true },
        { "\"principal\":\"x25519:*\"", false },
        { "\"role\":\"operator\"", true },
        { "\"role\":\"admin,viewer\"", false },
        { "\"agent\":\"web*\"", true },
        { "\"agent\":\"db*\"", false },
        { "\"agent\":\"role=web*\"", true },
        { "\"agent\":\"ROLE=web-front\"", true },
        { "\"agent\":\"role=db\"", false },
        { "\"agent\":\"dc=par\"", false },
        { "\"skill\":\"deploy*\"", true },
        { "\"skill\":\"shell\"", false },
        { "\"risk\":[\"guarded\",\"high\"]", true },
        { "\"risk\":\"low\"", false },
        { "\"door\":\"xmpp\"", true },
        { "\"door\":\"cli\"", false },
        { "\"user\":\"ana\",\"agent\":\"web1\",\"risk\":\"guarded\"", true },
        { "\"user\":\"ana\",\"agent\":\"db1\",\"risk\":\"guarded\"", false },
    };
    g_autoptr(GHashTable) labels = labels_of_web1();
    RulebookCase asked = { .user = "ana",
                           .principal = "ana@example.org",
                           .role = ROLE_OPERATOR,
                           .agent = "web1",
                           .labels = labels,
                           .skill = "deploy.run",
                           .risk = "guarded",
                           .door = "xmpp" };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("{\"rules\":[{%s,\"decision\":\"deny\"}]}", rows[i].rule);
        g_autoptr(Rulebook) book = book_of(text);
        RulebookAnswer answer;

        print_message("%s\n", rows[i].rule);
        rulebook_judge(book, &asked, &answer);
        assert_int_equal(answer.decision, rows[i].fits ? POLICY_DENY : POLICY_ALLOW);
        assert_int_equal(answer.place, rows[i].fits ? 1 : 0);
    }
}

/* What is not known fits no rule that names it, not even one that fits everything. */
static void what_is_not_known_fits_nothing(void **state)
{
    static const char *const members[] = { "user", "principal", "agent", "skill" };
    const RulebookCase nothing = { .role = ROLE_OPERATOR };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *text =
            g_strdup_printf("{\"rules\":[{\"%s\":\"*\",\"decision\":\"deny\"}]}", members[i]);
        g_autoptr(Rulebook) book = book_of(text);
        RulebookAnswer answer;

        rulebook_judge(book, &nothing, &answer);
        assert_int_equal(answer.decision, POLICY_ALLOW);
    }
}

static void an_agent_without_labels_has_none_that_fits(void **state)
{
    g_autoptr(Rulebook) book =
        book_of("{\"rules\":[{\"agent\":\"role=*\",\"decision\":\"deny\"}]}");
    RulebookAnswer answer;

    (void)state;
    rulebook_judge(book, &(RulebookCase){ .agent = "web1", .risk = "read" }, &answer);
    assert_int_equal(answer.decision, POLICY_ALLOW);
}

static void the_first_rule_that_fits_decides(void **state)
{
    g_autoptr(Rulebook) book =
        book_of("{\"rules\":[{\"agent\":\"db*\",\"decision\":\"deny\"},"
                "{\"agent\":\"web1\",\"decision\":\"ask\",\"reason\":\"the freeze\"},"
                "{\"agent\":\"web1\",\"decision\":\"deny\"},{\"decision\":\"allow\"}]}");
    RulebookCase asked = { .agent = "web1", .risk = "read" };
    RulebookAnswer answer;

    (void)state;
    rulebook_judge(book, &asked, &answer);
    assert_int_equal(answer.decision, POLICY_ASK);
    assert_int_equal(answer.place, 2);
    assert_string_equal(answer.reason, "the freeze");
    asked.agent = "mail";
    asked.risk = "high";
    rulebook_judge(book, &asked, &answer);
    assert_int_equal(answer.decision, POLICY_ALLOW);
    assert_int_equal(answer.place, 4);
    assert_null(answer.reason);
}

/* A second user is for high risk, unless the rule says otherwise. */
static void who_must_approve(void **state)
{
    static const struct {
        const char *second;
        const char *risk;
        bool needs_second;
    } rows[] = {
        { "", "high", true },
        { "", "guarded", false },
        { ",\"second\":true", "read", true },
        { ",\"second\":false", "high", false },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("{\"rules\":[{\"decision\":\"ask\"%s}]}", rows[i].second);
        g_autoptr(Rulebook) book = book_of(text);
        RulebookCase asked = { .risk = rows[i].risk };
        RulebookAnswer answer;

        rulebook_judge(book, &asked, &answer);
        assert_int_equal(answer.decision, POLICY_ASK);
        assert_int_equal(answer.needs_second, rows[i].needs_second);
    }
}

static void what_the_presets_say(void **state)
{
    static const struct {
        const char *text; /* NULL: there is no file */
        const char *preset;
        const char *risk;
        PolicyDecision decision;
        bool needs_second;
    } rows[] = {
        { NULL, "default", "guarded", POLICY_ALLOW, false },
        { NULL, "default", "high", POLICY_ASK, true },
        { NULL, "default", NULL, POLICY_ALLOW, false },
        { "{}", "default", "high", POLICY_ASK, true },
        { "{\"preset\":\"permissive\"}", "permissive", "high", POLICY_ASK, false },
        { "{\"preset\":\"permissive\"}", "permissive", "guarded", POLICY_ALLOW, false },
        { "{\"preset\":\"restrictive\"}", "restrictive", "low", POLICY_ALLOW, false },
        { "{\"preset\":\"restrictive\"}", "restrictive", "guarded", POLICY_ASK, false },
        { "{\"preset\":\"restrictive\"}", "restrictive", "high", POLICY_ASK, true },
    };
    unsigned i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Json) json = rows[i].text ? parse(rows[i].text) : NULL;
        g_autoptr(Rulebook) book = rulebook_parse(json, NULL, NULL);
        RulebookCase asked = { .risk = rows[i].risk };
        RulebookAnswer answer;

        print_message("%s, %s\n", rows[i].preset, rows[i].risk ? rows[i].risk : "no risk");
        rulebook_judge(book, &asked, &answer);
        assert_string_equal(rulebook_preset(book), rows[i].preset);
        assert_int_equal(answer.decision, rows[i].decision);
        assert_int_equal(answer.needs_second, rows[i].needs_second);
        assert_int_equal(answer.place, 0);
    }
}

static void topics_are_those_of_the_lists(void **state)
{
    g_autoptr(Rulebook) book =
        book_of("{\"mqtt\":{\"publish\":[\"home/+/set\"],\"subscribe\":[\"home/#\"]}}");
    g_autoptr(Rulebook) none = book_of("{}");

    (void)state;
    assert_true(rulebook_may_publish(book, "home/lamp/set"));
    assert_false(rulebook_may_publish(book, "home/lamp/state"));
    assert_false(rulebook_may_publish(book, "home/+/set"));
    assert_true(rulebook_may_subscribe(book, "home/+/state"));
    assert_false(rulebook_may_subscribe(book, "agents/#"));
    assert_false(rulebook_may_publish(none, "home/lamp/set"));
    assert_false(rulebook_may_subscribe(none, "home/#"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_thousand_rules_at_most),
        cmocka_unit_test(a_hundred_patterns_at_most),
        cmocka_unit_test(a_misspelt_member_is_told),
        cmocka_unit_test(each_member_must_fit),
        cmocka_unit_test(what_is_not_known_fits_nothing),
        cmocka_unit_test(an_agent_without_labels_has_none_that_fits),
        cmocka_unit_test(the_first_rule_that_fits_decides),
        cmocka_unit_test(who_must_approve),
        cmocka_unit_test(what_the_presets_say),
        cmocka_unit_test(topics_are_those_of_the_lists),
    };

    return cmocka_run_group_tests_name("rulebook", tests, NULL, NULL);
}
